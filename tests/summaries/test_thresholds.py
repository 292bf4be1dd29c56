"""Quantiles of a threshold: a number, a prior, a held prior, and one computed from others."""

import pytest

from simulator.inputs.load import load_plan
from simulator.summaries.estimates import threshold_quantiles

NORMAL_10 = 1.2815515655446004  # the standard normal's p90


def quantiles(plan, name):
    (milestone,) = [each for each in plan.milestones if each.name == name]
    return threshold_quantiles(plan, milestone)


def test_a_number_stands_alone():
    assert quantiles(load_plan("baseline"), "run_1e27") == (27.0, 27.0, 27.0)


def test_a_prior_gives_its_p10_p50_and_p90():
    loaded = load_plan("baseline")
    normal = {"family": "normal", "natural": {"mean": 8.0, "sd": 2.0}, "stated": {}}
    priors = [
        each.model_copy(update=normal) if each.name == "researcher_threshold" else each
        for each in loaded.priors
    ]
    plan = loaded.model_copy(update={"priors": tuple(priors)})
    expected = [8.0 - 2.0 * NORMAL_10, 8.0, 8.0 + 2.0 * NORMAL_10]
    assert quantiles(plan, "automated_researcher") == pytest.approx(expected, rel=1e-9)
    held = plan.model_copy(update={"hold": {"researcher_threshold": 0.9}})
    assert quantiles(held, "automated_researcher") == pytest.approx([expected[2]] * 3, rel=1e-9)


def test_a_computed_threshold_gives_those_of_its_draws():
    plan = load_plan("routes")
    low, middle, high = quantiles(plan, "automated_researcher")
    assert low < middle < high
    excess = {each.name: each for each in plan.priors}["remote_work_excess"].distribution
    remote = quantiles(plan, "remote_work")
    assert remote[1] - middle == pytest.approx(float(excess.inverse_cdf(0.5)), abs=0.5)
