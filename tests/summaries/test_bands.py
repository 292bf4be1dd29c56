"""`bands`: any series, any quantiles, by year, against the draws themselves; what cannot be had is a fault."""

import csv
import io
import json
import math
import re

import numpy as np
import pytest

from simulator import cli
from simulator.errors import InputFault
from simulator.inputs import load
from simulator.simulate import blocks
from simulator.store import results, running
from simulator.summaries import bands

DRAWS = 2000
KEPT = ["effective_compute", "training_flop", "data_penalty", "binding_constraint"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = load.load_plan(
        "baseline",
        [
            f"draws={DRAWS}",
            "horizon=2040",
            "condition.observations=[]",
            f"series={json.dumps(KEPT)}",
        ],
    )
    return str(running.run(made, tmp_path_factory.mktemp("runs") / "world").folder)


@pytest.fixture(scope="module")
def result(folder):
    return results.load_result(folder)


@pytest.fixture(scope="module")
def block(result):
    return blocks.simulate_block(blocks.compile_plan(result.plan), range(DRAWS))


def answer(capsys, *words):
    assert cli.call(["bands", *words]) == 0
    return capsys.readouterr().out


def refused(capsys, *words):
    assert cli.call(["bands", *words]) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert "Traceback" not in printed.err
    return printed.err


@pytest.mark.parametrize(
    ("asked", "key", "level"),
    [
        ("p05", "p05", 0.05),
        ("5", "p05", 0.05),
        ("50", "p50", 0.5),
        ("p975", "p975", 0.975),
        ("97.5", "p975", 0.975),
        ("p10", "p10", 0.1),
        ("0", "least", 0.0),
        ("100", "most", 1.0),
    ],
)
def test_quantiles_are_read(asked, key, level):
    assert bands.quantile_levels([asked]) == {key: pytest.approx(level, rel=1e-12)}


@pytest.mark.parametrize("asked", ["p5", "0.5", "-1", "101", "median", "p", "nan", "inf"])
def test_what_is_no_quantile_is_a_fault(asked):
    with pytest.raises(InputFault, match="--quantiles"):
        bands.quantile_levels([asked])


@pytest.mark.parametrize("series", ["effective_compute", "training_flop"])
def test_quantiles_are_those_of_the_draws(capsys, folder, result, block, series):
    wanted = ("--series", series, "--years", "2023.25,2030-2032", "--quantiles", "2.5,50,p90")
    (actual,) = json.loads(answer(capsys, folder, *wanted, "--format", "json"))["series"]
    assert actual["year"] == [2023.25, 2030.0, 2031.0, 2032.0]
    rows = np.searchsorted(result.plan.grid.years, actual["year"])
    for key, level in (("p025", 0.025), ("p50", 0.5), ("p90", 0.9)):
        exact = np.quantile(block.series[series][rows], level, axis=1, method="inverted_cdf")
        error = np.array(actual[f"mcse_{key}"])
        assert (error[1:] > 0).all()  # at the anchor nearly all draws are exactly 0
        assert (np.abs(np.array(actual[key]) - exact) <= error).all()


def test_the_extremes_are_exact_and_have_no_error(capsys, folder, result, block):
    wanted = ("--series", "training_flop", "--years", "2030", "--quantiles", "0,100")
    (actual,) = json.loads(answer(capsys, folder, *wanted, "--format", "json"))["series"]
    values = block.series["training_flop"][np.searchsorted(result.plan.grid.years, 2030.0)]
    assert (actual["least"], actual["most"]) == ([values.min()], [values.max()])
    assert actual["mcse_most"] == [None]


def test_a_code_is_told_in_shares(capsys, folder, result, block):
    wanted = ("--series", "binding_constraint", "--years", "2030", "--format", "json")
    (actual,) = json.loads(answer(capsys, folder, *wanted))["series"]
    row = np.searchsorted(result.plan.grid.years, 2030.0)
    codes = block.series["binding_constraint"][row]
    assert list(actual["shares"]) == ["money", "power", "chips", "latency"]
    for code, name in enumerate(actual["shares"]):
        assert actual["shares"][name] == [np.mean(codes == code)]
        assert actual["mcse_shares"][name][0] > 0
    assert not [key for key in actual if key.startswith("p")]


def test_all_that_is_kept_when_nothing_is_asked(capsys, folder, result):
    document = json.loads(answer(capsys, folder, "--format", "json"))
    assert document["run"] == "baseline"
    assert [each["name"] for each in document["series"]] == list(result.plan.series)
    numbers = next(each for each in document["series"] if each["name"] == "training_flop")
    assert {"unit", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "mcse_p50"} <= set(numbers)
    assert len(numbers["year"]) == 2040 - 2019 + 1 + 1


def test_csv_is_tidy(capsys, folder):
    wanted = ("--series", "training_flop,binding_constraint", "--years", "2030,2031")
    rows = list(csv.DictReader(io.StringIO(answer(capsys, folder, *wanted, "--format", "csv"))))
    assert [(row["series"], row["year"]) for row in rows] == [
        ("training_flop", "2030.0"),
        ("training_flop", "2031.0"),
        ("binding_constraint", "2030.0"),
        ("binding_constraint", "2031.0"),
    ]
    assert rows[0]["share_money"] == rows[2]["p50"] == ""
    assert float(rows[2]["share_money"]) + float(rows[2]["share_power"]) > 0.5


@pytest.mark.parametrize(("format", "mark"), [("table", "mcse p50"), ("md", "| --- |")])
def test_tables_for_people(capsys, folder, format, mark):
    wanted = ("--series", "training_flop", "--years", "2030", "--format", format)
    text = answer(capsys, folder, *wanted)
    assert mark in text
    assert "training_flop [FLOP]" in text
    (row,) = (line for line in text.splitlines() if line.strip("| ").startswith("training_flop"))
    shown = [float(cell) for cell in re.findall(r"\b\de\d\d\b|\b\d\.\de\d\d\b", row)]
    assert shown == sorted(shown)
    assert 26.5 < math.log10(shown[3]) < 29.5  # the median, of which json has the logarithm


def test_a_file_takes_its_format_from_its_ending(capsys, folder, tmp_path):
    to = tmp_path / "bands.csv"
    assert not answer(capsys, folder, "--series", "training_flop", "-o", str(to))
    assert to.read_text().startswith("run,series,unit,year,p05")


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (("--series", "traning_flop"), 'did you mean "training_flop"?'),
        (("--series", "cluster_cost"), "did not keep"),
        (("--years", "2030.5"), "whole years, 2019 to 2040, and the anchor, 2023.25"),
        (("--years", "2039-2041"), "whole years, 2019 to 2040"),
        (("--years", "2035-2030"), "whole years, 2019 to 2040"),
        (("--years", "soon"), "no year"),
        (("--quantiles", "p5"), "say p05 or p50"),
        (("--format", "table", "-o", "no/such/../x.foo", "--series", "x"), "no such series"),
    ],
)
def test_what_cannot_be_had_is_a_fault(capsys, folder, words, output):
    assert output in refused(capsys, folder, *words)


def test_a_series_that_is_not_kept_says_how_to_keep_it(capsys, folder):
    assert 'add "cluster_cost" to `series`' in refused(capsys, folder, "--series", "cluster_cost")
