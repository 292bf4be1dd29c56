"""The README's commands run, its files work, and its table is what a fresh run gives."""

import json
import math
import re
import shlex
from pathlib import Path

import pytest
from checkout import ROOT
from test_extend import DRIVER

from simulator.inputs.load import load_plan

README = (ROOT / "README.md").read_text("utf-8")
SCENARIOS = ("baseline", "situational-awareness", "peak-data")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.M | re.S)


def test_its_driver_is_the_one_that_a_test_adds():
    (block,) = [block for block in blocks("python") if block.startswith("# simulator/drivers/")]
    assert block.partition("\n")[2] == DRIVER


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which every file of the README was written and every command run, in order."""
    home = tmp_path_factory.mktemp("reader")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        from simulator.cli import call

        for block in blocks("toml"):
            path = Path(block.partition("\n")[0].removeprefix("# "))
            path.parent.mkdir(exist_ok=True)
            path.write_text(block)
        lines = [line for block in blocks("sh") for line in block.splitlines()]
        assert len(lines) > 7
        codes = {line: call(shlex.split(line)[1:]) for line in lines}
    return home, codes


@pytest.mark.slow
def test_its_commands_run(finished):
    home, codes = finished
    assert set(codes.values()) == {0}, codes
    drawn = (home / "scenarios.svg").read_text()
    assert all(f">{title}</" in drawn for title in ("Baseline", "Slow power"))


@pytest.mark.slow
def test_its_report_is_of_the_baseline_as_shipped():
    """Another plan than the shipped one would show numbers that nobody can make again: `make report` writes it anew."""
    assert "(docs/report.html)" in README
    page = (ROOT / "docs/report.html").read_text("utf-8")
    assert load_plan("baseline").digest() in page
    assert len(page) < 1_000_000


@pytest.mark.slow
def test_its_milestone_is_counted(finished, capsys, monkeypatch):
    from simulator.cli import call

    monkeypatch.chdir(finished[0])
    assert call(["milestones", "slow-power", "--format", "json"]) == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)["milestones"]]
    assert "cluster_chips_10m" in names


def rows():
    """Milestone, scenario and the cells of each row of the table of scenarios."""
    lines = [line.strip("| ").split(" | ") for line in README.splitlines() if line.startswith("|")]
    return [cells for cells in lines if len(cells) == 7 and cells[1] in SCENARIOS]


def near(cell, value, mcse, horizon):
    """Say whether a printed cell is this value, within its last digit and four standard errors."""
    if (
        value is None or cell == f"> {horizon:g}"
    ):  # or so near the horizon that the error reaches it
        reached = value is None or value + 4.0 * mcse > horizon
        return cell == f"> {horizon:g}" and reached
    number = cell.removeprefix("~").removesuffix(" %")
    scale = 100.0 if cell.endswith("%") else 1.0
    digits = len(number.partition(".")[2])
    return abs(float(number) - scale * value) <= 0.51 * 10.0**-digits + 4.0 * scale * mcse


@pytest.mark.slow
def test_its_table_is_a_fresh_run(finished, capsys, monkeypatch):
    from simulator.cli import call

    monkeypatch.chdir(finished[0])
    assert call(["milestones", *SCENARIOS, "--format", "json"]) == 0
    documents = {d["run"]: d for d in json.loads(capsys.readouterr().out)}
    table = rows()
    assert len(table) == 15
    for milestone, scenario, *cells in table:
        document = documents[scenario]
        (row,) = [r for r in document["milestones"] if r["name"] == milestone]
        actual = [(row[p], row[f"mcse_{p}"]) for p in ("p10", "p50", "p90")]
        actual = [(value, math.inf if mcse is None else mcse) for value, mcse in actual]
        actual += [(row["by_year"][y], row["mcse_by_year"][y]) for y in ("2028", "2031")]
        for cell, (value, mcse) in zip(cells, actual, strict=True):
            assert near(cell, value, mcse, document["horizon"]), (milestone, scenario, cell, value)
