"""Computed parameters and the routes to the researcher's threshold: in plans, draws, tables, pages and results."""

import json

import numpy as np
import pytest

import simulator
from simulator import model
from simulator.errors import DrawFailed, InputFault
from simulator.inputs import load
from simulator.inputs.stored_plan import NotAPlan, parse_plan
from simulator.model import first_passage
from simulator.page.run_files import restated
from simulator.sensitivity import attribution, targets
from simulator.simulate import blocks
from simulator.store.in_memory import run_in_memory

WORK, MONTH = 0, 4.0  # the first route, and the log10 minutes of a month's work


@pytest.fixture(scope="module")
def plan():
    return load.load_plan("routes", ["draws=1500", "horizon=2040"])


@pytest.fixture(scope="module")
def block(plan):
    return blocks.simulate_block(blocks.compile_plan(plan), range(1500))


def with_threshold(table, *sets):
    return load.load_plan("baseline", [f"priors.researcher_threshold={{{table}}}", *sets])


def computed(formula, unit="OOM", more=""):
    text = f'unit="{unit}", family="computed", formula="{formula}", source="judgement"'
    return text + (f", {more}" if more else "")


def test_each_draw_has_its_route_s_threshold(block):
    p = block.parameters
    by_route = [
        (p["researcher_work"] - p["horizon_start"]) / p["horizon_slope"],
        p["benchmark_swe_bench_midpoint"]
        + np.log(0.9 / (p["benchmark_swe_bench_ceiling"] - 0.9)) / p["benchmark_swe_bench_slope"]
        + p["researcher_gap"],
        p["researcher_flop"] - p["anchor_compute"],
        p["researcher_ladder"],
    ]
    route = p["researcher_route"].astype(int)
    assert set(route) == {0, 1, 2, 3}
    assert p["researcher_threshold"].tolist() == np.choose(route, by_route).tolist()
    excess = p["remote_work_threshold"] - p["researcher_threshold"]
    np.testing.assert_allclose(excess, p["remote_work_excess"], rtol=1e-9)


def test_arrival_is_the_first_passage_of_the_computed_threshold(plan, block):
    expected = first_passage(
        block.series["effective_compute"],
        ">=",
        block.parameters["researcher_threshold"],
        plan.grid.years,
    )
    assert block.arrivals[0].tolist() == expected.tolist()


def test_no_researcher_of_the_horizon_s_route_fails_at_a_month_s_task(plan, block):
    names = [milestone.name for milestone in plan.milestones]
    route = block.parameters["researcher_route"] == WORK
    month, researcher = (
        block.arrivals[names.index(each)][route]
        for each in ("horizon_work_month", "automated_researcher")
    )
    met = np.isfinite(researcher)
    assert met.sum() > 300
    assert (month[met] <= researcher[met] + 1e-9).all()


def test_a_parameter_that_is_computed_elsewhere_changes_no_other_draw(plan, block):
    other = load.load_plan("baseline", ["draws=1500", "horizon=2040"])
    plain = blocks.simulate_block(blocks.compile_plan(other), range(1500)).parameters
    changed = {"researcher_threshold", "remote_work_threshold"}
    for name in set(plain) - changed:
        assert (plain[name] == block.parameters[name]).all(), name


@pytest.mark.parametrize(
    ("table", "sets", "said"),
    [
        (computed("horizon_strat + 1"), (), 'did you mean "horizon_start"'),
        (computed("researcher_threshold + 1"), (), "the parameter itself"),
        (computed("7"), (), "a number is a prior of the family fixed"),
        (computed("sin(horizon_start)"), (), "formula: found sin"),
        (computed("horizon_start + 1", unit="year"), (), 'unit: found "year"'),
        (computed("horizon_start", more="p05=1.0"), (), "p05: found an unknown key"),
        (computed("horizon_start", more="correlation={stock_growth=0.1}"), (), "correlation"),
        (computed("horizon_start"), ("hold.researcher_threshold=0.5",), "which has no level"),
        (
            computed("remote_work_threshold"),
            (f"priors.remote_work_threshold={{{computed('researcher_threshold')}}}",),
            "each of which needs another",
        ),
        ('unit="1", family="discrete", values=[1, 2], weights=[1, 1], labels=["a"], source="judgement"',
         (), "labels: found a"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_file_and_key(table, sets, said):
    with pytest.raises(InputFault) as refused:
        with_threshold(table, *sets)
    assert said in str(refused.value)
    assert "researcher_threshold" in str(refused.value)


def test_a_value_that_is_not_finite_ends_the_run_and_names_the_formula():
    plan = with_threshold(computed("horizon_start / (horizon_slope - horizon_slope)"), "draws=64")
    with pytest.raises(simulator.RunFailed, match="researcher_threshold = horizon_start / "):
        run_in_memory(plan)


def test_a_number_takes_the_formula_s_place(plan):
    fixed = load.load_plan("routes", ["draws=64", "researcher_threshold=7"])
    assert [each.name for each in fixed.computed] == ["remote_work_threshold"]
    block = blocks.simulate_block(blocks.compile_plan(fixed), range(8))
    assert block.parameters["researcher_threshold"].tolist() == [7.0] * 8


@pytest.mark.parametrize(
    ("name", "formula", "words"),
    [
        ("researcher_threshold", "log(horizon_start - 9)", "is nan.*finite"),
        ("researcher_threshold", "exp(1e4 + horizon_start)", "is inf.*finite"),
        ("algorithms_limit", "horizon_start - horizon_start", "is 0.0.*finite and > 0"),
        ("feedback_width", "-horizon_slope", "finite and > 0"),
        ("stock_growth", "-horizon_slope", "finite and >= 0"),
    ],
)
def test_a_value_that_a_parameter_may_not_have_fails_the_draw_by_name(name, formula, words):
    unit = model.declaration(name).unit
    made = load.load_plan("baseline", [f"priors.{name}={{{computed(formula, unit)}}}"])
    with pytest.raises(DrawFailed, match=f"draw 0: {name} = .*{words}"):
        blocks.simulate_block(blocks.compile_plan(made), range(8))


def test_what_a_formula_uses_matters_and_not_its_own_name(plan):
    target = targets.read_target(plan, "automated_researcher")
    names = targets.parameters_that_matter(blocks.compile_plan(plan), target)
    assert {"researcher_route", "researcher_work", "horizon_slope", "anchor_compute"} <= names
    assert not {"researcher_threshold", "remote_work_excess"} & names


def test_the_part_of_thresholds_is_the_whole_difference_of_routes(plan):
    """Nothing else differs, so that their part is the difference of the medians, to the last bit."""
    other = load.load_plan("baseline", ["draws=1500", "horizon=2040"])
    unweighed = [each.model_copy(update={"observations": ()}) for each in (plan, other)]
    output = attribution.attribute(*unweighed, "automated_researcher", draws=1500, replicate=20)
    parts = dict(zip(output.drivers, output.parts.value, strict=True))
    assert parts["thresholds"] == output.whole.value != 0.0


def test_results_have_the_computed_parameters_wherever_they_list_draws(tmp_path, plan):
    small = plan.model_copy(update={"draws": 300})
    result = simulator.run(small, tmp_path / "routes")
    drawn = simulator.draws(result)["parameters"]
    one = simulator.replay(result, 17)
    assert one["parameters"]["researcher_threshold"] == drawn["researcher_threshold"][17]
    tree = simulator.open_result(tmp_path / "routes")
    for group in ("prior", "posterior"):
        assert tree[group]["researcher_threshold"].attrs["formula"].startswith("choose(")
    assert (
        tree["prior"]["researcher_threshold"].values[0].tolist()
        == drawn["researcher_threshold"].tolist()
    )


def test_a_plan_survives_its_text_and_its_run_file(plan, tmp_path):
    assert parse_plan(plan.canonical()) == plan
    base = load.load_plan("baseline", ["draws=1500", "horizon=2040"])
    again = restated(plan, {"baseline": base})
    path = tmp_path / "again.toml"
    path.write_text(f"draws = 1500\n{again.toml}\n" + "\n".join(again.priors.values()))
    read = load.load_plan(str(path))
    stated = [each.model_copy(update={"stated": {}}) for each in plan.priors]
    assert [each.model_copy(update={"stated": {}}) for each in read.priors] == stated
    assert read.computed == plan.computed


@pytest.mark.parametrize("formula", ["__import__('os')", "no_such + 1", "remote_work_threshold"])
def test_a_stored_formula_that_does_not_hold_is_no_plan(plan, formula):
    document = json.loads(plan.canonical())
    document["computed"][0]["formula"] = formula
    with pytest.raises(NotAPlan, match="computed"):
        parse_plan(json.dumps(document))


def test_tables_say_what_is_computed(oomcast):
    said = oomcast("priors", "--run", "routes", "researcher_*")
    assert "computed" in said.out
    assert "= choose(researcher_route" in said.out
    rows = json.loads(
        oomcast("priors", "--run", "routes", "researcher_threshold", "--format", "json").out
    )
    (row,) = rows["priors"]
    assert row["p10"] < row["p50"] < row["p90"]
    meant = json.loads(oomcast("milestones", "routes", "--list", "--format", "json").out)
    threshold = next(m for m in meant["milestones"] if m["name"] == "automated_researcher")
    assert threshold["threshold_p50"] == row["p50"]
