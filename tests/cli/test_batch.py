"""Several runs, and sweeps: one table, what is there left alone, failures named, the rest simulated."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from simulator import cli
from simulator.cli import run as several
from simulator.errors import InputFault, RunFailed
from simulator.inputs import load
from simulator.store import results, running

SMALL = 'extends = "baseline"\ndraws = 64\nhorizon = 2035\nmilestones = ["run_1e27"]\nseries = []\n'
WORLDS = {
    "one": SMALL,
    "two": SMALL + "seed = 2\n",
    "bad": SMALL + "drows = 3\n",
    "swept": SMALL + "[sweep.algorithms_growth]\nvalues = [0.3, 0.5]\n",
    "levels": SMALL + "[sweep.spending_growth]\nlevels = [0.1, 0.5, 0.975]\n",
}
VALUE, LEVEL = "[sweep.algorithms_growth]\nvalues = ", "[sweep.algorithms_growth]\nlevels = "


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    for name, text in WORLDS.items():
        (tmp_path / "runs" / f"{name}.toml").write_text(text)
    return tmp_path


def result_names():
    return sorted(path.name for path in Path("runs").iterdir() if path.is_dir())


def test_several_runs_end_with_one_tidy_table(capsys):
    assert cli.call(["run", "one", "two", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["run"], row["name"]) for row in rows] == [("one", "run_1e27"), ("two", "run_1e27")]
    assert result_names() == ["one", "two"]


def test_a_batch_gives_a_list_and_one_run_a_document(capsys):
    assert cli.call(["run", "one", "--format", "json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert cli.call(["run", "one", "two", "--format", "json"]) == 0
    both = json.loads(capsys.readouterr().out)
    assert both[0] == alone
    assert [document["run"] for document in both] == ["one", "two"]
    assert cli.call(["run", "one", "bad", "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out) == [alone]


def test_what_is_there_unchanged_is_left_alone(capsys, folder):
    assert cli.call(["run", "one"]) == 0
    before = (folder / "runs" / "one" / "manifest.json").stat().st_mtime_ns
    capsys.readouterr()
    assert cli.call(["run", "one", "two"]) == 0
    output = capsys.readouterr().err
    assert "one: unchanged" in output
    assert "two: done" in output
    assert (folder / "runs" / "one" / "manifest.json").stat().st_mtime_ns == before


def test_a_fault_is_named_and_the_rest_is_simulated(capsys):
    assert cli.call(["run", "bad", "one", "nope"]) == 2
    printed = capsys.readouterr()
    assert "drows" in printed.err
    assert "nope: found no such run" in printed.err
    assert "run_1e27" in printed.out
    assert result_names() == ["one"]


def test_a_failure_that_is_no_fault_of_the_input_gives_1(capsys, monkeypatch):
    run = running.run

    def failing(made, *args, **kwargs):
        if made.name == "one":
            raise RunFailed("draw 3: a bug")
        return run(made, *args, **kwargs)

    monkeypatch.setattr(running, "run", failing)
    assert cli.call(["run", "one", "bad", "two"]) == 1
    assert "one: draw 3: a bug" in capsys.readouterr().err
    assert result_names() == ["two"]


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], 0),
        ([InputFault([])], 2),
        ([InputFault([]), RunFailed("x")], 1),
        ([OSError("disk full")], 1),
        ([ValueError("a bug")], 1),
    ],
)
def test_exit_codes(errors, code):
    assert several._exit_code([several.Failure("x", error) for error in errors]) == code


def test_a_folder_for_several_holds_one_each(folder):
    assert cli.call(["run", "one", "two", "--out", "here"]) == 0
    assert sorted(path.name for path in (folder / "here").iterdir()) == ["one", "two"]
    assert result_names() == []


def test_two_runs_of_one_name_do_not_mix(capsys, folder):
    (folder / "other").mkdir()
    (folder / "other" / "one.toml").write_text(WORLDS["two"])
    assert cli.call(["run", "one", "other/one.toml"]) == 2
    assert "two runs of the name one" in capsys.readouterr().err
    assert results.open_plan("one").seed != 2


def test_a_format_that_cannot_be_is_refused_before_anything_is_simulated():
    assert cli.call(["run", "one", "two", "-o", "table.foo"]) == 2
    assert result_names() == []


def test_a_sweep_fixes_values_and_shares_levels():
    low, high = load.load_plans("swept")
    assert (low.name, high.name) == ("swept@algorithms_growth=0.3", "swept@algorithms_growth=0.5")
    for made, value in ((low, 0.3), (high, 0.5)):
        prior = next(prior for prior in made.priors if prior.name == "algorithms_growth")
        assert (prior.family, prior.natural) == ("fixed", {"value": value})
    assert low.seed == high.seed
    assert cli.call(["run", "swept"]) == 0
    assert result_names() == ["swept@algorithms_growth=0.3", "swept@algorithms_growth=0.5"]
    first, second = (results.load_result(name) for name in result_names())
    names = [prior.name for prior in low.priors]
    moved = np.any(np.asarray(first.parameters) != np.asarray(second.parameters), axis=0)
    assert [name for name, each in zip(names, moved, strict=True) if each] == ["algorithms_growth"]


def test_a_sweep_of_levels_holds_and_names_them():
    made = load.load_plans("levels")
    assert [each.name for each in made] == [
        "levels@spending_growth=p10",
        "levels@spending_growth=p50",
        "levels@spending_growth=p975",
    ]
    assert [each.hold["spending_growth"] for each in made] == [0.1, 0.5, 0.975]


def test_two_swept_parameters_make_a_grid_and_sets_reach_every_point():
    made = load.load_plans("swept", ["sweep.spending_growth.levels=[0.2, 0.4]", "draws=7"])
    assert [each.name for each in made] == [
        "swept@spending_growth=p20",
        "swept@spending_growth=p40",
    ]
    text = WORLDS["swept"] + "[sweep.spending_growth]\nlevels = [0.2, 0.4]\n"
    Path("runs/grid.toml").write_text(text)
    assert [each.name for each in load.load_plans("grid", ["draws=7"])] == [
        "grid@algorithms_growth=0.3,spending_growth=p20",
        "grid@algorithms_growth=0.3,spending_growth=p40",
        "grid@algorithms_growth=0.5,spending_growth=p20",
        "grid@algorithms_growth=0.5,spending_growth=p40",
    ]
    assert {each.draws for each in load.load_plans("grid", ["draws=7"])} == {7}


def test_a_run_without_a_sweep_is_itself():
    assert load.load_plans("one") == (load.load_plan("one"),)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        (VALUE + "[]", "at least 1"),
        (VALUE + "[0.3, 0.3]", "differ from one another"),
        (VALUE + "[0.3]\nlevels = [0.5]", "one of the two"),
        ("[sweep.algorithms_growth]", "one of the two"),
        (LEVEL + "[0.0]", "greater than 0"),
        (LEVEL + "[1.0]", "less than 1"),
        (VALUE + "[inf]", "finite"),
        (VALUE + "[-0.3]", "[sweep.algorithms_growth] values"),
        ("[sweep.algorithm_growth]\nvalues = [1]", 'did you mean "algorithms_growth"?'),
        (VALUE + f"{list(range(1001))}", "at most 1000"),
        ("sweep = 3", "sweep"),
    ],
)
def test_a_bad_sweep_is_a_fault(capsys, text, output):
    Path("runs/x.toml").write_text(SMALL + text)
    assert cli.call(["run", "x"]) == 2
    error = capsys.readouterr().err
    assert output in error
    assert "runs/x.toml" in error
    assert cli.call(["check", "x"]) == 2
    assert result_names() == []


def test_a_swept_parameter_cannot_be_set_too(capsys):
    assert cli.call(["run", "swept", "--set", "algorithms_growth=0.4"]) == 2
    assert "leave one of the two out" in capsys.readouterr().err


def test_scenarios_side_by_side_are_grouped_by_milestone(capsys):
    with Path("runs/far.toml").open("w") as file:
        file.write(
            SMALL.replace("2035", "2030").replace('["run_1e27"]', '["run_1e27", "run_1e28"]')
        )
    for name in ("one", "far"):
        assert cli.call(["run", name]) == 0
    capsys.readouterr()
    assert cli.call(["milestones", "one", "far"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "not by its horizon" in lines[1]
    words = [line.split()[:2] for line in lines[2:5]]
    assert words[0] == ["run_1e27", "one"]
    assert words[1][0] == "far"
    assert words[2] == ["run_1e28", "far"]
    assert cli.call(["milestones", "one", "far", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["before_2033"] for row in rows][1:] == ["", ""]


def test_results_of_one_name_are_told_apart(capsys):
    assert cli.call(["run", "one"]) == 0
    assert cli.call(["run", "one", "--seed", "5", "--out", "elsewhere"]) == 0
    capsys.readouterr()
    assert cli.call(["milestones", "one", "elsewhere", "--format", "json"]) == 0
    assert [d["run"] for d in json.loads(capsys.readouterr().out)] == ["one", "elsewhere"]


def test_a_sweep_s_name_stands_for_its_points_by_rising_value(capsys, folder):
    sets = ["--set", "sweep.algorithms_growth.values=[0.5, 0.3, 1.0, 0.05]"]
    assert cli.call(["run", "swept", *sets]) == 0
    capsys.readouterr()
    assert cli.call(["milestones", "swept", "--format", "json"]) == 0
    documents = json.loads(capsys.readouterr().out)
    points = [f"swept@algorithms_growth={value}" for value in ("0.05", "0.3", "0.5", "1")]
    assert [document["run"] for document in documents] == points
    assert cli.call(["plot", "swept", "sweep", "-o", "sweep.svg"]) == 0
    assert (folder / "sweep.svg").exists()
    assert results.with_sweeps_as_points(["one", "runs/swept", str(folder / "runs/swept")]) == [
        "one",
        *(f"runs/{point}" for point in points),
        *(str(folder / "runs" / point) for point in points),
    ]


def test_points_at_levels_come_by_rising_level(folder):
    sets = ["--set", "sweep.spending_growth.levels=[0.5, 0.125, 0.975]"]
    assert cli.call(["run", "levels", *sets]) == 0
    names = [Path(each).name for each in results.with_sweeps_as_points(["levels"])]
    assert names == [f"levels@spending_growth=p{level}" for level in ("125", "50", "975")]


def test_a_result_of_the_sweep_s_name_is_itself(folder):
    for run in (["swept"], ["one", "--out", "runs/swept"]):
        assert cli.call(["run", *run]) == 0
    assert results.with_sweeps_as_points(["swept"]) == ["swept"]
