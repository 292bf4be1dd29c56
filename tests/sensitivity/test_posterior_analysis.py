"""Conditioned scenarios mean their posterior: comparison, attribution, sensitivity."""

import json

import numpy as np
import pytest

from simulator.errors import InputFault
from simulator.evidence import weights
from simulator.inputs import load
from simulator.sensitivity import (
    analysis,
    attribution,
    bootstrap,
    comparison,
    given_data,
    subjects,
    targets,
)
from simulator.simulate import blocks
from simulator.store import in_memory

DRAWS = 600
READ = 1600


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
    actual = weights.range_likelihoods(blocks.compile_plan(plan), range(DRAWS))
    return median(researcher(plan), weights.smoothed_weights(actual.log_likelihood).whole)


def test_a_scenario_that_adds_a_not_yet_event_is_compared_with_it(unconditioned, truncated):
    """A certain record leaves the draws that agree, so the difference is that of two plain medians."""
    actual = comparison.answer_differences(unconditioned, truncated, DRAWS, 50)
    (row,) = (row for row in actual.records if row["name"] == "automated_researcher")
    arrivals = researcher(unconditioned)
    later = arrivals[arrivals > truncated.observations[0].year]
    assert 0 < len(later) < DRAWS
    assert row["difference"] == median(later) - median(arrivals)
    assert row["reached_b"] == pytest.approx(np.isfinite(later).mean(), abs=1e-12)
    assert row["difference"] > 0.0
    assert actual.of == "posterior"
    assert [w.effective for w in actual.weights] == [DRAWS, len(later)]
    prior = comparison.answer_differences(unconditioned, truncated, DRAWS, 50, prior=True)
    assert {row["difference"] for row in prior.records if np.isfinite(row["difference"])} == {0.0}
    assert prior.of == "prior"


def test_a_difference_of_evidence_alone_is_the_part_of_evidence(unconditioned, weighed):
    actual = attribution.attribute(
        unconditioned, weighed, "automated_researcher", draws=DRAWS, replicate=60
    )
    parts = dict(zip(actual.drivers, actual.parts.value, strict=True))
    assert parts.pop("evidence") == pytest.approx(float(actual.whole.value), abs=1e-12)
    assert set(parts.values()) == {0.0}
    assert actual.a == median(researcher(unconditioned))
    assert actual.b == posterior_median(weighed)
    assert actual.simulations == DRAWS  # evidence needs no simulation of its own


@pytest.mark.parametrize("target", ["automated_researcher", "automated_researcher@2030"])
def test_parts_of_drivers_and_evidence_sum_to_the_difference_of_posteriors(truncated, target):
    other = scenario("grok4", "revenue_2026", sets=["algorithms_growth=0.2"])
    actual = attribution.attribute(truncated, other, target, draws=DRAWS, replicate=60)
    parts = dict(zip(actual.drivers, actual.parts.value, strict=True))
    assert actual.of == "posterior"
    assert {name for name, part in parts.items() if part} == {"algorithms", "evidence"}
    assert sum(parts.values()) == pytest.approx(actual.b - actual.a, abs=1e-9)
    if "@" not in target:
        assert (actual.a, actual.b) == (posterior_median(truncated), posterior_median(other))
    prior = attribution.attribute(truncated, other, target, draws=DRAWS, replicate=60, prior=True)
    assert "evidence" not in prior.drivers
    assert prior.of == "prior"


def test_the_same_evidence_in_both_has_no_part(weighed):
    other = scenario("grok4", "revenue_2026", "no_researcher", sets=["algorithms_growth=0.2"])
    actual = attribution.attribute(
        weighed, other, "automated_researcher", draws=DRAWS, replicate=60
    )
    parts = dict(zip(actual.drivers, actual.parts.value, strict=True))
    assert parts["evidence"] == 0.0
    assert parts["algorithms"] == pytest.approx(actual.b - actual.a)


def test_what_only_the_evidence_reads_can_have_a_part(weighed):
    """Revenue does not lead to the researcher, but a draw of higher revenue weighs less."""
    moved = scenario("grok4", "revenue_2026", "no_researcher", sets=["revenue_growth=0.5"])
    options = {"draws": DRAWS, "replicate": 60}
    actual = attribution.attribute(weighed, moved, "training_flop@2030", **options)
    prior = attribution.attribute(weighed, moved, "training_flop@2030", **options, prior=True)
    assert np.any(actual.parts.value != 0.0)
    assert len(actual.drivers) == len(prior.drivers) + 1


def test_a_scenario_that_no_draw_agrees_with_is_named(truncated):
    early = scenario("no_researcher", sets=["researcher_threshold=0.5"])
    with pytest.raises(InputFault, match="no_researcher"):
        comparison.answer_differences(truncated, early, DRAWS, 50)


def asked(source, target="automated_researcher", **options):
    return analysis.analyse(source, target, **{"replicates": 50} | options)


def test_what_a_plan_is_asked_about_its_posterior_its_result_answers_alike(weighed):
    long = weighed.model_copy(update={"draws": READ})
    result = in_memory.run_in_memory(long)
    one, other = asked(long, draws=READ), asked(result, draws=READ)
    assert one.query.method == other.query.method == "given-draws"
    assert one.of == other.of == "posterior"
    for mine, theirs in zip(one.records, other.records, strict=True):
        assert mine.pop("name") == theirs.pop("name")
        mine, theirs = ({k: v for k, v in r.items() if v is not None} for r in (mine, theirs))
        assert mine == pytest.approx(theirs, nan_ok=True, rel=1e-6, abs=1e-6)


def test_after_a_certain_record_the_draws_that_agree_are_read_as_they_are(unconditioned, truncated):
    target = targets.read_target(unconditioned, "automated_researcher")
    scenario = subjects.targeted_plan(unconditioned, target)
    subject = subjects.subject(scenario)
    levels = subject.levels(range(READ))
    late = subject.answer(levels)[0] > truncated.observations[0].year
    values, answer = (
        subjects.varying_parameters(scenario, levels)[:, late].T,
        subject.answer(levels)[0],
    )
    counts = bootstrap.bootstrap_counts(int(late.sum()), 50, unconditioned.seed)
    read = given_data.given_data_measures(scenario.varying, values, answer[late], counts, 0.95)
    actual = asked(truncated, draws=READ)
    assert [r["first_order"] for r in actual.records] == pytest.approx(read.first_order.value)
    assert [r["rank_correlation"] for r in actual.records] == pytest.approx(
        read.rank_correlation.value
    )
    assert actual.now["effective_draws"] == late.sum() < READ


@pytest.mark.parametrize(
    "options",
    [
        {"method": "sobol", "by": "parameter"},
        {"method": "correlated"},
        {"method": "shapley"},
        {"method": "information", "by": "driver"},
    ],
)
def test_methods_that_redraw_groups_refuse_a_posterior_and_say_why(weighed, options):
    with pytest.raises(InputFault, match=r"tie .*--prior"):
        asked(weighed, draws=2048, **options)


def test_a_posterior_by_driver_is_told_where_to_go(weighed):
    with pytest.raises(InputFault, match="--method tornado; --prior"):
        asked(weighed, by="driver")


def test_the_prior_is_answered_when_it_is_asked_for(unconditioned, weighed):
    options = {"method": "correlated", "draws": 256}
    prior = asked(weighed, **options, prior=True)
    assert prior.of == "prior"
    assert prior.records == asked(unconditioned, **options).records
    drawn = asked(weighed, method="given-draws", draws=READ, prior=True)
    assert drawn.records == asked(unconditioned, method="given-draws", draws=READ).records


def test_draws_of_tempered_smc_have_no_prior():
    plan = scenario("grok4", sets=["condition.sampler=sequential", "horizon=2030"])
    result = in_memory.run_in_memory(plan.model_copy(update={"draws": 900}))
    with pytest.raises(InputFault, match="tempered"):
        asked(result, "training_flop@2028", method="given-draws", prior=True)
    assert asked(result, "training_flop@2028", draws=900).of == "posterior"


def test_a_tornado_of_the_posterior_holds_what_is_known_and_weighs_the_rest(truncated):
    actual = asked(truncated, method="tornado", by="parameter", draws=DRAWS)
    (row,) = (r for r in actual.records if r["name"] == "researcher_threshold")
    assert actual.of == "posterior"
    assert actual.now["median"] == [posterior_median(truncated)]
    levels = subjects.subject(
        subjects.targeted_plan(truncated, actual.target, truncated.observations)
    ).levels(range(4096))["researcher_threshold"]
    block = blocks.simulate_block(blocks.compile_plan(truncated), range(4096))
    column = [m.name for m in truncated.milestones].index("automated_researcher")
    late = block.arrivals[column] > truncated.observations[0].year
    for key, share in (("p10", 0.1), ("p90", 0.9)):
        end = np.quantile(levels[late], share, method="inverted_cdf")
        held = truncated.model_copy(update={"hold": {"researcher_threshold": float(end)}})
        target = targets.read_target(truncated, "automated_researcher")
        subject = subjects.subject(subjects.targeted_plan(held, target), cut=False)
        arrivals = subject.answer(subject.levels(range(DRAWS)))[0]
        expected = median(arrivals[arrivals > truncated.observations[0].year])
        assert row[f"median_{key}"] == pytest.approx(expected, abs=0.03)


def test_the_threshold_explains_as_much_before_the_evidence_as_after():
    """Methods of the prior and of the posterior agree where the evidence says nothing of a parameter."""
    plan = load.load_plan("baseline")
    options = {"by": "parameter", "replicates": 50}
    sobol = asked(plan, method="correlated", draws=2048, prior=True, **options)
    drawn = asked(plan, method="given-draws", draws=8000, **options)
    one, other = (
        next(r for r in actual.records if r["name"] == "researcher_threshold")
        for actual in (sobol, drawn)
    )
    error = np.hypot(one["mcse_first_order"], other["mcse_first_order"])
    assert abs(one["first_order"] - other["first_order"]) < 3.0 * error
    assert error < 0.06


@pytest.mark.parametrize(
    ("method", "draws"),
    [("given-draws", 1024), ("discovery", 1024), ("tornado", 256), ("information", 1024)],
)
def test_every_method_says_what_it_is_of(oomcast, method, draws):
    target = "automated_researcher@2031" if method == "discovery" else "automated_researcher"
    sets = ["--set", "horizon=2040"]
    words = ["sensitivity", "baseline", *sets, "--target", target, "--method", method]
    words += ["--by", "parameter", "--draws", draws, "--replicates", 50]
    document = json.loads(oomcast(*words, "--format", "json").out)
    assert document["of"] == "posterior"
    assert 0 < document["effective_draws"] < draws
    assert "Of the posterior: effective draws" in oomcast(*words).out
    prior = oomcast(*words, "--prior")
    assert "Of the prior." in prior.out, prior.err
