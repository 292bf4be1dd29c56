"""One model, two languages: what is traced computes what NumPy does, and what cannot be traced says so."""

from dataclasses import replace

import numpy as np
import pytest
from checkout import ROOT
from programs import needs_node, run_program

from simulator import model
from simulator.arrays import Array
from simulator.drivers.driver import Limit, Rate, gives
from simulator.drivers.growth import saturating, sigmoid
from simulator.evidence.likelihood import log_likelihood
from simulator.inputs.load import load_plan
from simulator.inputs.priors import Prior
from simulator.model import Milestone
from simulator.page.graph import TraceFailed
from simulator.page.javascript import CALLS, FORMS, INFIX, program
from simulator.page.symbols import ELEMENTWISE
from simulator.page.trace import trace
from simulator.simulate import blocks

DRAWS = 200
SCENARIOS = sorted(path.stem for path in (ROOT / "runs").glob("*.toml"))
SLOW = [name for name in SCENARIOS if name not in ("baseline", "peak-data", "hindcast-2023")]


def expected(plan, joined=None):
    compiled = blocks.compile_plan(plan)
    compiled = replace(compiled, model=joined or compiled.model)
    block = blocks.simulate_block(compiled, range(DRAWS))
    of_block = (block.series, block.parameters, plan.grid.years)
    return block, log_likelihood(plan.observations, *of_block)


def assert_agrees(plan, joined=None):
    emitted = program(trace(plan, joined))
    block, logs = expected(plan, joined)
    series, arrivals, found_logs = run_program(emitted, block.parameters)
    for i, name in enumerate(emitted.series):
        np.testing.assert_allclose(
            series[i], block.series[name], rtol=1e-9, atol=1e-9, err_msg=name
        )
    assert emitted.arrivals == tuple(milestone.name for milestone in plan.milestones)
    np.testing.assert_allclose(arrivals, block.arrivals, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found_logs, logs, rtol=1e-9, atol=1e-9)


@needs_node
@pytest.mark.parametrize(
    "scenario",
    [pytest.param(s, marks=pytest.mark.slow) if s in SLOW else s for s in SCENARIOS],
)
def test_javascript_agrees_with_numpy_in_every_shipped_scenario(scenario):
    assert_agrees(load_plan(scenario))


@needs_node
def test_javascript_agrees_with_numpy_with_and_without_ceilings():
    def uniform(name, unit, low):
        table = f'unit="{unit}", family="uniform", low={low}, high={low + 0.2}, source="judgement"'
        return f"priors.benchmark_{name}={{{table}}}"

    fields = (("midpoint", "OOM", 2.0), ("slope", "1/OOM", 0.8), ("floor", "fraction", 0.1))
    exams = [uniform(f"{exam}_{f}", *own) for exam in ("exam", "essay") for f, *own in fields]
    assert_agrees(load_plan("baseline", [*exams, uniform("exam_ceiling", "fraction", 0.7)]))


def with_driver(plan, driver):
    """A plan and its model with a user's driver, whose two priors are narrow."""
    priors = [
        Prior(
            name=name, unit="1", family="uniform", natural={"low": low, "high": low + 0.2}, stated={},
            shift=0.0, lower=None, upper=None, source="judgement", note="",
        )
        for name, low in (("researchers_growth", 0.1), ("researchers_limit", 1.5))
    ]  # fmt: skip
    mark = Milestone(
        name="ten_times",
        series="researchers",
        direction=">=",
        threshold=1.0,
        meaning="Added by a test.",
        source="judgement",
    )
    changes = {"priors": (*plan.priors, *priors), "milestones": (*plan.milestones, mark)}
    plan = plan.model_copy(update=changes)
    joined = model.join_drivers(prior.name for prior in plan.priors)
    return plan, replace(joined, order=(*joined.order, driver))


@gives({"researchers": "OOM"})
def researchers(
    t: Array,
    year: Array,
    effective_compute: Array,
    researchers_growth: Rate,
    researchers_limit: Limit,
) -> Array:
    grown = saturating(researchers_growth, researchers_limit, t)
    late = np.where((year > 2030.0) & (effective_compute > 3.0), sigmoid(effective_compute), 0.0)
    step = np.diff(grown, axis=0) ** 2
    total = np.zeros_like(grown) + late
    total = total + np.clip(grown, -0.5, 1.2)
    for k in range(1, len(t)):
        total[k] = 0.9 * total[k - 1] + grown[k] + step[k - 1] * np.abs(t[k])
    return total + grown[3] - grown[-1] * 0.1


@needs_node
def test_javascript_agrees_with_numpy_in_a_scenario_with_a_users_driver(plan):
    assert_agrees(*with_driver(plan, researchers))


def failing(body):
    def researchers(t: Array, researchers_growth: Rate, researchers_limit: Limit) -> Array:
        return body(researchers_growth * t, researchers_limit)

    return gives({"researchers": "OOM"})(researchers)


def written_twice(x, limit):
    x[0] = limit
    y = 2.0 * x
    x[1] = limit
    return x + y


def in_place(x, limit):
    x += limit
    return x


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (lambda x, limit: x if limit > 1.6 else 2.0 * x, "branches on a value"),
        (lambda x, limit: np.cumsum(x, axis=0), "cumsum"),
        (lambda x, limit: np.add.accumulate(x, axis=0), "across the years"),
        (lambda x, limit: x[x > limit], "by a condition"),
        (lambda x, limit: limit[0] * x, "indexes a parameter"),
        (lambda x, limit: x * float(limit), "plain number"),
        (lambda x, limit: x[[1, 2]][0] * x, "listed years"),
        (lambda x, limit: np.sort(x, axis=0), "sort"),
        (lambda x, limit: x.cumsum(axis=0), "cumsum"),
        (lambda x, limit: x + np.arange(4.0), "shape"),
        (lambda x, limit: sum(x), "element by element"),
        (lambda x, limit: np.modf(x)[0], "modf"),
        (written_twice, "after it used"),
        (in_place, "in place"),
    ],
)  # fmt: skip
def test_what_cannot_be_traced_names_the_driver_and_what_it_does(plan, body, said):
    with pytest.raises(TraceFailed, match=said) as failed:
        trace(*with_driver(plan, failing(body)))
    assert str(failed.value).startswith("driver researchers (")


def test_an_expression_that_occurs_twice_is_one_node(plan):
    graph = trace(plan).graph
    kinds = {(n.operation, n.arguments, repr(n.detail), n.length) for n in graph.nodes.values()}
    assert len(kinds) == len(graph.nodes)


def test_every_function_that_can_be_traced_can_be_written():
    assert not ELEMENTWISE - {*INFIX, *CALLS, *FORMS}


def test_steps_through_time_are_loops(plan):
    source = program(trace(plan)).source
    assert len(source) < 60_000
    assert len([line for line in source.splitlines() if line.startswith("for ")]) < 80
