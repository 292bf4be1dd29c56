"""Scores: closed forms between chance and ceiling, and the ceiling that a benchmark may leave out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import model
from simulator.drivers.benchmarks import Benchmark, scores
from simulator.inputs import load
from simulator.inputs.stored_plan import NotAPlan, parse_plan
from simulator.page.trace import trace
from simulator.sensitivity import targets
from simulator.simulate import blocks

FIELDS = {"midpoint": ("OOM", 2.5), "slope": ("1/OOM", 1.2), "floor": ("fraction", 0.2)}
CEILING = "benchmark_exam_ceiling"


def fixed(name, unit, value):
    return f'priors.{name}={{unit="{unit}", family="fixed", value={value}, source="judgement"}}'


def plan_with_exam(ceiling=None, *sets):
    """The baseline with one more benchmark, with a ceiling or without."""
    exam = [fixed(f"benchmark_exam_{field}", *own) for field, own in FIELDS.items()]
    top = [] if ceiling is None else [fixed(CEILING, "fraction", ceiling)]
    return load.load_plan("baseline", ["draws=64", *exam, *top, *sets])


def simulated(plan):
    return blocks.simulate_block(blocks.compile_plan(plan), range(64))


def score(effective_compute, **fields):
    values = {name: np.array([value]) for name, value in fields.items()}
    (given_,) = scores(np.array([[effective_compute]]), {"exam": Benchmark(**values)}).values()
    return given_.item()


shares = st.floats(0.0, 0.5)
tops = st.floats(0.6, 1.0)


@given(shares, tops)
def test_half_of_what_can_be_learned_is_learned_at_the_midpoint(floor, ceiling):
    at_midpoint = score(3.0, midpoint=3.0, slope=0.7, floor=floor, ceiling=ceiling)
    assert at_midpoint == pytest.approx((floor + ceiling) / 2.0, rel=1e-14)


@given(shares, tops)
def test_a_score_goes_from_chance_to_its_ceiling(floor, ceiling):
    own = {"midpoint": 3.0, "slope": 0.7, "floor": floor, "ceiling": ceiling}
    assert score(-1e4, **own) == pytest.approx(floor, abs=1e-15)
    assert score(1e4, **own) == pytest.approx(ceiling, rel=1e-15)


@given(shares, tops, st.floats(0.1, 0.9))
def test_a_threshold_is_passed_where_the_logarithm_of_its_odds_says(floor, ceiling, share):
    threshold = floor + share * (ceiling - floor)
    where = 3.0 + np.log((threshold - floor) / (ceiling - threshold)) / 0.7
    passed = score(where, midpoint=3.0, slope=0.7, floor=floor, ceiling=ceiling)
    assert passed == pytest.approx(threshold, rel=1e-12)


def test_no_shipped_ceiling_puts_a_milestone_out_of_reach_in_any_draw(plan):
    lowest = {prior.name: prior.distribution.support.low for prior in plan.priors}
    asked = {m.name: m for m in plan.milestones if m.series.startswith("score_")}
    assert set(asked) == {"mmlu_90", "math_90", "gpqa_90", "swe_bench_90"}
    for each in asked.values():
        ceiling = f"benchmark_{each.series.removeprefix('score_')}_ceiling"
        assert lowest[ceiling] > each.threshold, ceiling


@given(shares, st.floats(-10.0, 10.0))
def test_no_ceiling_is_one_of_1_to_the_last_bit(floor, effective_compute):
    own = {"midpoint": 3.0, "slope": 0.7, "floor": floor}
    assert score(effective_compute, **own) == score(effective_compute, **own, ceiling=1.0)


def test_a_ceiling_is_the_one_field_that_a_member_may_leave_out():
    _, groups = model.declared_parameters()
    assert {group.prefix: dict(group.defaults) for group in groups} == {
        "benchmark": {"ceiling": 1.0},
        "unhobbling": {},
    }


def test_a_plan_without_a_ceiling_says_nothing_of_it():
    plan = plan_with_exam()
    assert CEILING not in plan.canonical()
    assert plan.digest() != plan_with_exam(1.0).digest()


@pytest.mark.parametrize("ceiling", [None, 0.9])
def test_a_stored_plan_may_lack_a_ceiling_and_nothing_else(ceiling):
    plan = plan_with_exam(ceiling)
    assert parse_plan(plan.canonical()) == plan
    short = plan.model_copy(
        update={"priors": tuple(p for p in plan.priors if p.name != "benchmark_exam_floor")}
    )
    with pytest.raises(NotAPlan, match="benchmark_exam_floor"):
        parse_plan(short.canonical())


def test_draws_without_a_ceiling_are_those_with_one_of_1():
    without, with_one = simulated(plan_with_exam()), simulated(plan_with_exam(1.0))
    assert without.series.keys() == with_one.series.keys()
    for name, values in without.series.items():
        np.testing.assert_array_equal(values, with_one.series[name], err_msg=name)
    assert CEILING not in without.parameters
    assert (with_one.parameters[CEILING] == 1.0).all()


def test_a_ceiling_lowers_its_own_score_alone():
    without, lowered = simulated(plan_with_exam()), simulated(plan_with_exam(0.9))
    for name, values in without.series.items():
        expected = 0.2 + (values - 0.2) * 0.7 / 0.8 if name == "score_exam" else values
        np.testing.assert_allclose(lowered.series[name], expected, rtol=1e-12, err_msg=name)


def test_a_ceiling_may_be_computed():
    table = 'unit="fraction", family="computed", formula="1 - exam_errors", source="judgement"'
    errors = fixed("exam_errors", "fraction", 0.1)
    plan = plan_with_exam(None, f"priors.{CEILING}={{{table}}}", errors)
    computed, stated = simulated(plan), simulated(plan_with_exam(0.9))
    np.testing.assert_array_equal(computed.series["score_exam"], stated.series["score_exam"])


@pytest.mark.parametrize("ceiling", [None, 0.9])
def test_what_can_move_a_score_is_what_its_plan_has(ceiling):
    plan = plan_with_exam(ceiling)
    target = targets.read_target(plan, "score_exam@2030")
    matter = targets.parameters_that_matter(blocks.compile_plan(plan), target)
    assert (CEILING in matter) == (ceiling is not None)
    assert matter <= {parameter.name for parameter in plan.parameters}


@pytest.mark.parametrize("ceiling", [None, 0.9])
def test_a_traced_draw_has_the_parameters_of_its_plan(ceiling):
    graph = trace(plan_with_exam(ceiling)).graph
    read = {node.detail for node in graph.nodes.values() if node.operation == "parameter"}
    assert (CEILING in read) == (ceiling is not None)
    assert "benchmark_exam_floor" in read
