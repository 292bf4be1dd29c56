"""The public API: names, changes of a scenario, runs in memory, and its tables."""

import datetime
import importlib.util
import json
import math
import subprocess
import sys

import numpy as np
import pytest
import small_runs
import xarray as xr
from conftest import surroundings
from small_runs import quickly  # noqa: F401  (for every test here)

import simulator
from simulator import cli
from simulator.inputs import load
from simulator.output.figures.kinds import Kind
from simulator.store import results


@pytest.fixture(scope="module")
def in_memory():
    return simulator.run(small_runs.small(), keep_draws=900, keep_trajectories=300)


@pytest.fixture(scope="module")
def in_folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("api") / "small"
    return simulator.run(small_runs.small(), target, 2, keep_draws=900, keep_trajectories=300)


@pytest.fixture(scope="module")
def conditioned():
    """A small baseline on two of its observations, weighed."""
    sets = [
        "condition.observations=['revenue_2026', 'investment_2025']",
        "series=['effective_compute']",
    ]
    return simulator.run(small_runs.small(600, *sets))


# ---- names


def test_every_name_is_there_and_documented_and_none_is_a_module_too():
    for name in simulator.__all__:
        assert getattr(simulator, name).__doc__, name
        assert importlib.util.find_spec(f"simulator.{name}") is None, name
    assert dir(simulator) == simulator.__all__
    with pytest.raises(AttributeError, match="no attribute 'walk'"):
        simulator.walk  # noqa: B018


def test_the_package_is_cheap_until_a_name_is_used():
    program = """
import sys, simulator
before = "numpy" in sys.modules
simulator.run
print(before, "numpy" in sys.modules, "matplotlib" in sys.modules)
"""
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=surroundings())
    assert done.stdout.split() == ["False", "True", "False"]


# ---- scenarios


def test_a_mapping_says_what_the_settings_say():
    changes = {
        "draws": np.int64(50),
        "title": 'A "title", ä\n',
        "as_of": datetime.date(2026, 10, 1),
        "algorithms_growth": 0.4,
        "condition.observations": [],
        "hold": {"spending_growth": 0.9},
        "priors.stock_growth.p95": 0.4,
    }
    texts = [
        "draws=50",
        'title="A \\"title\\", ä\\n"',
        "as_of=2026-10-01",
        "algorithms_growth=0.4",
        "condition.observations=[]",
        "hold={spending_growth=0.9}",
        "priors.stock_growth.p95=0.4",
    ]
    assert simulator.load_scenario("baseline", changes) == load.load_plan("baseline", texts)
    assert simulator.load_scenario("baseline", texts) == load.load_plan("baseline", texts)


def test_a_mapping_replaces_a_prior():
    prior = {
        "unit": "OOM/year",
        "family": "lognormal",
        "p10": 0.3,
        "p90": 0.5,
        "source": "judgement",
        "note": "-",
    }
    plan = simulator.load_scenario("peak-data", {"algorithms_growth": prior})
    (made,) = [each for each in plan.priors if each.name == "algorithms_growth"]
    assert made.family == "lognormal"
    np.testing.assert_allclose(made.distribution.inverse_cdf(np.array([0.1, 0.9])), [0.3, 0.5])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"horizont": 2040}, 'did you mean "horizon"'),
        ({"draws": object()}, "a number, text, date, list or mapping"),
        (["draws"], "no TOML value"),
    ],
)
def test_a_wrong_change_is_a_fault(changes, message):
    with pytest.raises(simulator.InputFault, match=message):
        simulator.load_scenario("baseline", changes)


# ---- runs


@pytest.mark.parametrize("workers", [1, 3])
def test_a_run_in_memory_gives_the_numbers_of_a_run_in_a_folder(in_folder, workers, folder):
    result = simulator.run(
        small_runs.small(), workers=workers, keep_draws=900, keep_trajectories=300
    )
    assert result.folder is None
    assert list(folder.iterdir()) == []
    np.testing.assert_equal(vars(result.counts), vars(in_folder.counts))
    assert result.milestone_estimates == in_folder.milestone_estimates
    for name in results.DRAW_FILES:
        np.testing.assert_array_equal(getattr(result, name), getattr(in_folder, name))
    xr.testing.assert_identical(simulator.open_result(result), simulator.open_result(in_folder))


@pytest.mark.parametrize("sampler", ["weights", "sequential"])
def test_so_does_a_run_on_observations(tmp_path, sampler):
    plan = small_runs.small(
        400, "condition.observations=['revenue_2026']", f"condition.sampler={sampler}"
    )
    one, other = simulator.run(plan), simulator.run(plan, tmp_path / "world")
    np.testing.assert_equal(vars(one.counts), vars(other.counts))
    np.testing.assert_equal(vars(one.weights), vars(other.weights))
    assert simulator.replay(one, 3) == simulator.replay(other, 3)
    column = [prior.name for prior in plan.priors].index("algorithms_growth")
    assert simulator.replay(one, 3)["parameters"]["algorithms_growth"] == one.parameters[3, column]
    if sampler == "sequential":
        with pytest.raises(simulator.InputFault, match="its result"):
            simulator.replay(plan, 3)
        with pytest.raises(simulator.InputFault, match="0 to 399"):
            simulator.replay(one, 400)


def test_what_a_run_gives_back_is_what_a_folder_loads(in_folder):
    loaded = simulator.load_result(in_folder.folder)
    again = simulator.run(small_runs.small(), in_folder.folder, keep_draws=900)
    for result in (loaded, again):
        assert (result.plan, result.folder) == (in_folder.plan, in_folder.folder)
        assert result.milestone_estimates == in_folder.milestone_estimates
        np.testing.assert_array_equal(result.trajectories, in_folder.trajectories)


def test_a_folder_extends_and_overwrites_on_request(tmp_path, in_memory):
    target = tmp_path / "world"
    simulator.run(small_runs.small(700), target)
    with pytest.raises(simulator.InputFault, match="--resume extends it"):
        simulator.run(small_runs.small(), target)
    longer = simulator.run(small_runs.small(), target, resume=True)
    assert longer.milestone_estimates == in_memory.milestone_estimates
    other = simulator.run(small_runs.small(700, "seed=5"), target, overwrite=True)
    assert simulator.load_result(target).plan.seed == other.plan.seed == 5


@pytest.mark.parametrize("word", ["resume", "overwrite"])
def test_what_needs_a_folder_says_so(word):
    with pytest.raises(
        simulator.InputFault, match=rf"{word} without a folder.*run\(plan, folder\)"
    ):
        simulator.run(small_runs.small(), **{word: True})


def test_progress_counts_every_draw():
    done = []
    simulator.run(small_runs.small(1200), progress=done.append)
    assert sum(done) == 1200


# ---- tables


def test_milestones_are_those_of_the_command(in_folder, in_memory, capsys):
    table = simulator.milestones(in_memory)
    assert cli.call(["milestones", str(in_folder.folder), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["milestones"]
    assert list(table.index) == [row["name"] for row in rows]
    for row in rows:
        mine = table.loc[row["name"]]
        for key in ("p10", "p50", "mcse_p50", "reached", "mcse_reached"):
            assert mine[key] == (math.inf if row[key] is None else row[key])
        assert mine["by_2028"] == row["by_year"]["2028"]
        assert mine["mcse_by_2028"] > 0.0


def test_bands_take_names_years_and_quantiles(in_memory):
    band = simulator.bands(in_memory, "effective_compute", [2025, "2030-2031"], ["p025", 50])
    assert list(band.year) == [2025.0, 2030.0, 2031.0]
    assert [c for c in band.columns if c[0] == "p"] == ["p025", "p50"]
    summaries = simulator.open_result(in_memory)["summaries"]["effective_compute"]
    np.testing.assert_array_equal(band.p50, summaries.sel(level=0.5, year=band.year.to_list()))
    every = simulator.bands(in_memory)
    assert set(every.series) == {"effective_compute", "binding_constraint"}
    shares = every[every.series == "binding_constraint"].filter(regex="^share_")
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    with pytest.raises(simulator.InputFault, match="no such series"):
        simulator.bands(in_memory, "effective_computer")


def test_draws_have_their_parameters_arrivals_and_weights(in_memory, conditioned):
    drawn = simulator.draws(in_memory)
    assert len(drawn) == 900
    assert drawn.index.name == "draw"
    one = simulator.replay(in_memory, 17)
    assert drawn["parameters"].loc[17].to_dict() == one["parameters"]
    assert drawn["arrivals"].loc[17].to_dict() == one["arrivals"]
    assert (drawn["weight"] == 1.0).all()
    weighed = simulator.draws(conditioned)
    by_2031 = np.average(
        weighed["arrivals"]["automated_researcher"] < 2031.0, weights=weighed["weight"]
    )
    table = simulator.milestones(conditioned)
    assert by_2031 == pytest.approx(table.by_2031["automated_researcher"], abs=1e-12)


@pytest.mark.parametrize("kind", [*Kind])
def test_every_kind_is_drawn_of_a_result_in_memory(tmp_path, conditioned, kind):
    path = tmp_path / "picture.svg"
    if kind is Kind.calibration:  # of a scenario with an as-of date in the past
        plan = simulator.load_scenario("hindcast-2023", {"draws": 300})
        simulator.plot(simulator.run(plan), kind, path)
    elif kind in (Kind.compare, Kind.claims):
        simulator.plot([conditioned, conditioned], kind, path)
    elif kind is Kind.sweep:
        points = [small_runs.small(300, f"algorithms_growth={rate}") for rate in (0.2, 0.6)]
        simulator.plot([simulator.run(point) for point in points], kind, path)
    elif kind is Kind.binding:
        simulator.plot(simulator.run(small_runs.small(300)), kind, path)
    else:
        assert simulator.plot(conditioned, kind, path) == path
    assert path.read_text().rstrip().endswith("</svg>")


def test_a_picture_that_cannot_be_is_a_fault(tmp_path, in_memory):
    with pytest.raises(simulator.InputFault, match='did you mean "arrivals"'):
        simulator.plot(in_memory, "arrival", tmp_path / "x.svg")
    with pytest.raises(simulator.InputFault, match="2 results"):
        simulator.plot([in_memory, in_memory], "arrivals", tmp_path / "x.svg")


# ---- comparisons and what drives an answer


def test_a_comparison_names_what_differs(in_memory):
    other = small_runs.small(1500, "algorithms_growth=0.2")
    actual = simulator.compare(in_memory, other, draws=512)
    assert list(actual.plans.what) == ["algorithms_growth"]
    row = actual.milestones.loc["run_1e27"]
    assert row.difference == pytest.approx(row.p50_b - row.p50_a)
    assert actual.of == "prior"
    assert len(simulator.compare(in_memory, in_memory, draws=256).plans) == 0


def test_a_comparison_says_what_it_is_of(in_memory, conditioned):
    actual = simulator.compare(in_memory, conditioned, draws=512)
    assert actual.of == "posterior"
    assert actual.effective[0] == 512 > actual.effective[1]
    assert list(actual.plans.what) == ["observations"]
    assert actual.milestones.difference.abs().max() > 0.0
    before = simulator.compare(in_memory, conditioned, draws=512, prior=True)
    assert before.of == "prior"
    assert before.milestones.difference.abs().max() == 0.0


def test_results_in_memory_are_analysed_and_attributed(in_memory):
    actual = simulator.analyse(in_memory, "run_1e27", method="given-draws", replicates=40)
    assert {record["name"] for record in actual.records} >= {"algorithms_growth", "spending_growth"}
    other = small_runs.small(1500, "spending_growth=0.1")
    parts = simulator.attribute(in_memory, other, "run_1e27", draws=256)
    assert parts.parts.value.sum() == pytest.approx(parts.b - parts.a)
