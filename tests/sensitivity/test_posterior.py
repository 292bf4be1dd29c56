"""Conditioned scenarios mean their posterior: comparison, attribution, sensitivity."""

import numpy as np
import pytest

from simulator.errors import InputFault
from simulator.evidence import weights
from simulator.inputs import load
from simulator.sensitivity import attribution, comparison
from simulator.simulate import blocks

DRAWS = 600


def scenario(*names, sets=()):
    return load.load_plan(
        "baseline",
        [f"condition.observations={list(names)!r}", f"draws={DRAWS}", "horizon=2040", *sets],
    )


@pytest.fixture(scope="module")
def unconditioned():
    return scenario()


@pytest.fixture(scope="module")
def truncated():
    return scenario("no_researcher")


@pytest.fixture(scope="module")
def weighed():
    return scenario("grok4", "revenue_2026", "no_researcher")


def researcher(plan):
    column = [m.name for m in plan.milestones].index("automated_researcher")
    return blocks.simulate_block(blocks.compile_plan(plan), range(DRAWS)).arrivals[column]


def median(values, whole=None):
    return np.quantile(values, 0.5, weights=whole, method="inverted_cdf")


def posterior_median(plan):
    found = weights.range_likelihoods(blocks.compile_plan(plan), range(DRAWS))
    return median(researcher(plan), weights.smoothed_weights(found.log_likelihood).whole)


def test_a_scenario_that_adds_a_not_yet_event_is_compared_with_it(unconditioned, truncated):
    """A certain record leaves the draws that agree, so the difference is that of two plain medians."""
    found = comparison.answer_differences(unconditioned, truncated, DRAWS, 50)
    (row,) = (row for row in found.records if row["name"] == "automated_researcher")
    arrivals = researcher(unconditioned)
    later = arrivals[arrivals > truncated.observations[0].year]
    assert 0 < len(later) < DRAWS
    assert row["difference"] == median(later) - median(arrivals)
    assert row["reached_b"] == pytest.approx(np.isfinite(later).mean(), abs=1e-12)
    assert row["difference"] > 0.0
    assert found.of == "posterior"
    assert [w.effective for w in found.weights] == [DRAWS, len(later)]
    prior = comparison.answer_differences(unconditioned, truncated, DRAWS, 50, prior=True)
    assert {row["difference"] for row in prior.records if np.isfinite(row["difference"])} == {0.0}
    assert prior.of == "prior"


def test_a_difference_of_evidence_alone_is_the_part_of_evidence(unconditioned, weighed):
    found = attribution.attribute(
        unconditioned, weighed, "automated_researcher", draws=DRAWS, replicate=60
    )
    parts = dict(zip(found.drivers, found.parts.value, strict=True))
    assert parts.pop("evidence") == pytest.approx(float(found.whole.value), abs=1e-12)
    assert set(parts.values()) == {0.0}
    assert found.a == median(researcher(unconditioned))
    assert found.b == posterior_median(weighed)
    assert found.walks == DRAWS  # evidence needs no simulation of its own


@pytest.mark.parametrize("target", ["automated_researcher", "automated_researcher@2030"])
def test_parts_of_drivers_and_evidence_sum_to_the_difference_of_posteriors(truncated, target):
    other = scenario("grok4", "revenue_2026", sets=["algorithms_growth=0.2"])
    found = attribution.attribute(truncated, other, target, draws=DRAWS, replicate=60)
    parts = dict(zip(found.drivers, found.parts.value, strict=True))
    assert found.of == "posterior"
    assert {name for name, part in parts.items() if part} == {"algorithms", "evidence"}
    assert sum(parts.values()) == pytest.approx(found.b - found.a, abs=1e-9)
    if "@" not in target:
        assert (found.a, found.b) == (posterior_median(truncated), posterior_median(other))
    prior = attribution.attribute(truncated, other, target, draws=DRAWS, replicate=60, prior=True)
    assert "evidence" not in prior.drivers
    assert prior.of == "prior"


def test_the_same_evidence_in_both_has_no_part(weighed):
    other = scenario("grok4", "revenue_2026", "no_researcher", sets=["algorithms_growth=0.2"])
    found = attribution.attribute(weighed, other, "automated_researcher", draws=DRAWS, replicate=60)
    parts = dict(zip(found.drivers, found.parts.value, strict=True))
    assert parts["evidence"] == 0.0
    assert parts["algorithms"] == pytest.approx(found.b - found.a)


def test_what_only_the_evidence_reads_can_have_a_part(weighed):
    """Revenue does not lead to the researcher, but a draw of higher revenue weighs less."""
    moved = scenario("grok4", "revenue_2026", "no_researcher", sets=["revenue_growth=0.5"])
    options = {"draws": DRAWS, "replicate": 60}
    found = attribution.attribute(weighed, moved, "training_flop@2030", **options)
    prior = attribution.attribute(weighed, moved, "training_flop@2030", **options, prior=True)
    assert np.any(found.parts.value != 0.0)
    assert len(found.drivers) == len(prior.drivers) + 1


def test_a_world_that_no_draw_agrees_with_is_named(truncated):
    early = scenario("no_researcher", sets=["researcher_threshold=0.5"])
    with pytest.raises(InputFault, match="no_researcher"):
        comparison.answer_differences(truncated, early, DRAWS, 50)
