"""The command line: the shapes that other programs read, formats, exit codes, and the naive reference end to end."""

import csv
import io
import json
import math
import subprocess
import sys

import numpy as np
import pytest
import reference
from conftest import files_in, opened, surroundings

from simulator.cli import call
from simulator.evidence.rolling import FORECASTERS

LEVELS = ("p05", "p10", "p25", "p50", "p75", "p90", "p95")
WALLS = (
    "stock_start=13.0", "latency_ceiling=28.5", "regime_occurs=1", "feedback_multiplier=5",
    "condition.observations=[]",
)  # fmt: skip
DRAWS = 300


def strictly(text):
    """Read JSON in which inf and NaN are not bare."""

    def refuse(token):
        raise AssertionError(f"{token} in JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A small result of a scenario in which much happens, made through the command line."""
    folder = tmp_path_factory.mktemp("made") / "walls"
    sets = [word for setting in WALLS for word in ("--set", setting)]
    argv = ["run", "--draws", str(DRAWS), "--out", str(folder), "--seed", "0", *sets]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulator.output.figures.fan.fan", lambda *_: None)
        assert call([*argv, "-o", str(folder.parent / "table.json")]) == 0
    return folder


def test_run_prints_the_table_that_milestones_prints(result, oomcast):
    again = oomcast("milestones", result, "--format", "json")
    assert again.code == 0
    assert (result.parent / "table.json").read_text() == again.out


def test_milestones_as_json(result, oomcast):
    document = strictly(oomcast("milestones", result, "--format", "json").out)
    assert document["run"] == "baseline"
    assert (document["draws"], document["seed"], document["horizon"]) == (DRAWS, 0, 2050.0)
    cards = opened(result)
    names = [milestone.name for milestone in cards.plan.milestones]
    assert [row["name"] for row in document["milestones"]] == names
    for row, arrivals in zip(document["milestones"], np.asarray(cards.arrivals).T, strict=True):
        assert {*LEVELS, "mcse_p50", "reached", "mcse_reached", "by_year"} <= set(row)
        assert row["reached"] == np.isfinite(arrivals).mean()
        assert list(row["by_year"]) == [str(year) for year in range(2020, 2051)]
        assert row["by_year"]["2031"] == (arrivals < 2031.0).mean()
        assert row["before"] == row["by_year"]
        assert row["mcse_before"] == row["mcse_by_year"]
        exact = np.quantile(arrivals, 0.5, method="inverted_cdf")
        assert (row["p50"] is None) == math.isinf(exact)
        quantiles = [math.inf if row[level] is None else row[level] for level in LEVELS]
        assert quantiles == sorted(quantiles)


def test_one_draw_has_no_error_of_0(folder, oomcast, without_pictures):
    run = oomcast("run", "baseline", "--draws", "1", "--out", folder / "one", "--format", "json")
    assert run.code == 0
    for row in strictly(run.out)["milestones"]:
        assert {row[f"mcse_{level}"] for level in LEVELS} == {None}
        assert row["mcse_reached"] > 0.0
    shown = oomcast("milestones", folder / "one").out
    assert "0 y" not in shown
    asked = ("bands", folder / "one", "--series", "effective_compute")
    assert {
        row["mcse_p50"]
        for row in csv.DictReader(io.StringIO(oomcast(*asked, "--format", "csv").out))
    } == {""}
    assert {line.split()[-1] for line in oomcast(*asked).out.splitlines()[2:-1]} == {"-"}


def test_several_results_are_a_list(result, oomcast):
    documents = strictly(oomcast("milestones", result, result, "--format", "json").out)
    alone = strictly(oomcast("milestones", result, "--format", "json").out)
    assert [each["milestones"] for each in documents] == [alone["milestones"]] * 2
    assert {"run", "draws", "seed", "horizon"} <= set(documents[0])


@pytest.mark.parametrize("draw", [0, 5, DRAWS - 1])
def test_replay_is_the_draw_s_place_in_the_whole(result, oomcast, draw):
    output = strictly(oomcast("replay", result, "--draw", draw, "--format", "json").out)
    kept = opened(result)
    assert output["draw"] == draw
    assert list(output["parameters"].values()) == kept.parameters[draw].tolist()
    assert list(output["parameters"]) == [prior.name for prior in kept.plan.priors]
    arrivals = [math.inf if year is None else year for year in output["arrivals"].values()]
    assert arrivals == kept.arrivals[draw].tolist()
    assert list(output["series"]) == list(kept.series)
    for name, path in zip(kept.series, kept.trajectories[draw], strict=True):
        assert output["series"][name] == path.tolist(), name


@pytest.mark.parametrize("first", [0, DRAWS - 15])
def test_replay_agrees_with_the_naive_reference(result, oomcast, first):
    never = 0
    for draw in range(first, first + 15):
        output = strictly(oomcast("replay", result, "--draw", draw, "--format", "json").out)
        story = reference.series(output["parameters"], 2019.0, output["anchor_year"], 2050.0)
        assert story.pop("year") == output["year"]
        assert set(story) == set(output["series"])
        for name, path in story.items():
            np.testing.assert_allclose(output["series"][name], path, rtol=1e-12, atol=1e-9)
        for name, mark in output["milestones"].items():
            assert isinstance(mark["threshold"], float)
            path = story[mark["series"]]
            year = reference.arrival(output["year"], path, mark["direction"], mark["threshold"])
            actual = output["arrivals"][name]
            assert (actual is None) == math.isinf(year)
            assert actual is None or abs(actual - year) < 1e-9
            never += actual is None
    assert never


def test_a_run_can_be_replayed_without_a_result(folder, oomcast):
    output = strictly(oomcast("replay", "baseline", "--draw", 3, "--format", "json").out)
    assert output["draw"] == 3
    assert not list(folder.iterdir())


def test_tables_of_draws_say_which_draw(folder, oomcast):
    replayed = oomcast("replay", "baseline", "--draw", 3).out.splitlines()
    at_medians = oomcast("median", "baseline").out.splitlines()
    assert replayed[0] == "Baseline: draw 3"
    assert at_medians[0] == "Baseline: every parameter at its median"
    assert replayed[1:] != at_medians[1:]
    names = [line.split()[0] for line in replayed if line]
    assert {"effective_compute", "automated_researcher", "algorithms_growth"} <= set(names)


def test_a_milestone_not_reached_is_told_alike_of_a_draw_and_of_all(
    folder, oomcast, without_pictures
):
    asked = ("--set", "horizon=2030", "--set", 'milestones=["cluster_1t"]', "--draws", 50)
    whole = oomcast("run", "baseline", *asked, "--out", folder / "short").out.splitlines()
    assert whole[1].endswith("not by 2030")
    assert "> 2030" in whole[2]
    replayed = oomcast("replay", folder / "short", "--draw", 3).out.splitlines()
    (arrival,) = [line.split()[1:] for line in replayed if line.startswith("cluster_1t")]
    assert arrival == [">", "2030"]


def test_best_has_every_parameter_at_its_median(folder, oomcast, plan):
    said = oomcast("best", "--set", "hold.power_ceiling=0.9", "--format", "json")
    output = strictly(said.out)
    assert {"draw", "anchor_year", "parameters", "year", "series", "milestones", "arrivals"} <= set(
        output
    )
    assert output["draw"] is None
    for prior in plan.priors:
        level = 0.9 if prior.name == "power_ceiling" else 0.5
        (expected,) = prior.distribution.inverse_cdf(np.array([level]))
        assert output["parameters"][prior.name] == expected, prior.name
    assert not list(folder.iterdir())


@pytest.mark.parametrize("ending", ["csv", "json", "md", "txt"])
def test_an_output_s_ending_picks_the_format(folder, result, oomcast, ending):
    names = {"txt": "table"}
    said = oomcast("milestones", result, "-o", folder / f"out.{ending}")
    printed = oomcast("milestones", result, "--format", names.get(ending, ending))
    assert (said.code, said.out) == (0, "")
    assert (folder / f"out.{ending}").read_text() == printed.out


def test_csv_is_tidy(result, oomcast):
    document = strictly(oomcast("milestones", result, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(oomcast("milestones", result, "--format", "csv").out)))
    assert len(rows) == len(document["milestones"])
    for row, expected in zip(rows, document["milestones"], strict=True):
        assert row["name"] == expected["name"]
        assert row["p50"] == ("" if expected["p50"] is None else str(expected["p50"]))
        assert float(row["before_2031"]) == expected["by_year"]["2031"]
        assert not any(column.startswith("by_") for column in row)
        assert "inf" not in row.values()
        assert "nan" not in row.values()


def test_milestones_are_listed_with_what_they_mean(result, oomcast):
    document = strictly(oomcast("milestones", result, "--list", "--format", "json").out)
    rows = {row["name"]: row for row in document["milestones"]}
    assert list(rows) == [milestone.name for milestone in opened(result).plan.milestones]
    run = rows["run_1e28"]
    assert (run["series"], run["direction"], run["unit"]) == ("training_flop", ">=", "log10 FLOP")
    assert {run[f"threshold_{key}"] for key in ("p10", "p50", "p90")} == {28.0}
    uncertain = rows["automated_researcher"]
    assert uncertain["threshold_p10"] < uncertain["threshold_p50"] < uncertain["threshold_p90"]
    table = oomcast("milestones", result, "--list").out
    assert "training_flop >= 28 log10 FLOP" in table
    assert all(row["meaning"] in table for row in rows.values())
    assert oomcast("milestones", "--list", "--format", "csv").code == 0


def test_series_are_listed_with_what_they_mean(result, oomcast):
    document = strictly(oomcast("series", result, "--format", "json").out)
    rows = {row["name"]: row for row in document["series"]}
    assert list(rows) == list(opened(result).series)
    assert rows["training_flop"]["unit"] == "log10 FLOP"
    assert "run_1e28" in rows["training_flop"]["milestones"]
    assert rows["binding_constraint"]["codes"] == ["money", "power", "chips", "latency"]
    table = oomcast("series", result).out
    assert all(row["meaning"] in table for row in rows.values())
    listed = list(csv.DictReader(io.StringIO(oomcast("series", "--format", "csv").out)))
    assert {row["name"]: row["meaning"] for row in listed} == {
        name: row["meaning"] for name, row in rows.items()
    }


def test_milestones_need_a_result_and_a_list_one_run(oomcast):
    nothing = oomcast("milestones")
    assert nothing.code == 2
    assert "--list" in nothing.err
    several = oomcast("milestones", "--list", "baseline", "peak-data")
    assert several.code == 2
    assert "one run or result" in several.err


def test_markdown_is_a_table(result, oomcast):
    lines = oomcast("milestones", result, "--format", "md").out.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert set(table[1]) <= set("| -:")
    assert len({line.count("|") for line in table}) == 1
    assert len(table) == 2 + len(opened(result).plan.milestones)


def test_off_a_terminal_nothing_is_cut(result, oomcast_apart):
    said = oomcast_apart("milestones", result, COLUMNS="30")
    assert said.code == 0
    for milestone in opened(result).plan.milestones:
        assert any(line.startswith(f"{milestone.name} ") for line in said.out.splitlines())
    assert "> 2050" in said.out
    assert "…" not in said.out
    assert "\x1b" not in said.out + said.err


def test_a_run_twice_prints_its_table_and_another_plan_is_not_laid_over_it(
    folder, oomcast, without_pictures
):
    argv = ("run", "--draws", "50", "--set", 'series=["inference"]')
    first = oomcast(*argv)
    assert (first.code, [path.name for path in folder.iterdir()]) == (0, ["runs"])
    before = files_in(folder)
    again = oomcast(*argv)
    assert (again.code, again.out) == (0, first.out)
    other = oomcast(*argv, "--seed", "1")
    assert (other.code, other.out) == (2, "")
    assert "--out" in other.err
    assert "runs/baseline" in other.err
    assert files_in(folder) == before
    assert oomcast(*argv, "--seed", "1", "--out", "elsewhere").code == 0
    assert oomcast("check", "runs/baseline", "elsewhere").code == 0


def test_a_whole_run_draws_its_picture(folder, oomcast):
    said = oomcast(
        "run",
        "--draws",
        "60",
        "--set",
        'milestones=["run_1e27", "automated_researcher", "remote_work"]',
    )
    assert said.code == 0
    assert "warning: the picture" not in said.err
    assert list((folder / "runs/baseline").glob("*.svg"))


def test_a_picture_that_fails_loses_no_result(folder, oomcast, monkeypatch):
    def fail(*_):
        raise ValueError("no ink")

    monkeypatch.setattr("simulator.output.figures.fan.fan", fail)
    said = oomcast("run", "--draws", "50")
    assert said.code == 0
    assert "warning" in said.err
    assert "no ink" in said.err
    assert oomcast("check", "runs/baseline").code == 0


@pytest.mark.parametrize("argv", [["--help"], ["run", "--help"], ["--version"]])
def test_help_answers_without_numpy(argv):
    heavy = ("arviz", "matplotlib", "numpy", "pandas", "scipy", "xarray")
    program = (
        f"import sys; from simulator.cli import call; code = call({argv!r})\n"
        f"print(code, *sorted({{name.partition('.')[0] for name in sys.modules}} & set({heavy!r})))"
    )
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=surroundings())
    assert "oomcast" in done.stdout
    assert done.stdout.splitlines()[-1] == "0"


def test_without_a_command_help_is_printed(oomcast):
    said = oomcast()
    assert "Usage" in said.out + said.err
    for command in ("run", "milestones", "replay", "median", "check"):
        assert command in said.out + said.err


def test_arrivals_before_the_as_of_date_are_warned_of(folder, oomcast, without_pictures):
    quiet = ("run", "--draws", "200", "--set", "condition.observations=[]")
    said = oomcast(*quiet, "--out", "late")
    assert "warning" in said.err
    assert "as-of" in said.err
    assert "warning" not in oomcast(*quiet, "--set", "as_of=2019-01-02", "--out", "early").err


def test_an_overlay_is_said(folder, oomcast):
    (folder / "priors").mkdir()
    assert "./priors" in oomcast("run", "--draws", "0").err


def test_rolling_scores_as_json_csv_and_table(oomcast):
    document = strictly(
        oomcast("score", "--rolling", "--series", "cluster_cost", "--format", "json").out
    )
    (series,) = document["series"]
    overall = [each for each in series["scores"] if each["lead"] is None]
    assert [each["forecaster"] for each in overall] == list(FORECASTERS)
    forecasts = series["forecasts"]
    for each in overall:
        own = [f for f in forecasts if f["forecaster"] == each["forecaster"]]
        assert each["targets"] == len(own)
        assert each["crps"] == pytest.approx(np.mean([f["crps"] for f in own]))
    rows = list(csv.DictReader(io.StringIO(oomcast("score", "--rolling", "--format", "csv").out)))
    assert len(rows) == len({(r["series"], r["forecaster"], r["lead"]) for r in rows})
    table = oomcast("score", "--rolling", "--series", "cluster_cost").out
    assert f"{overall[0]['crps']:.2f}" in table


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["score"], "a result, or --rolling"),
        (["score", "hindcast-2023", "--rolling"], "observations alone"),
        (["score", "hindcast-2023", "--series", "x"], "--rolling only"),
        (["score", "--rolling", "--series", "cluster_cots"], 'did you mean "cluster_cost"?'),
        (["score", "--rolling", "-o", "scores.doc"], ".csv"),
        (["score", "--rolling", "-o", "none/scores.svg"], "no such folder"),
        (["score", "--rolling", "--series", "score_math", "-o", "x.svg"], "three records"),
    ],
)
def test_a_request_for_scores_that_cannot_be_met_is_refused(oomcast, argv, words):
    done = oomcast(*argv)
    assert done.code == 2
    assert words in done.err
