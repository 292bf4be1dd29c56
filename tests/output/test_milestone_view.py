"""What of the milestones is shown: a narrow terminal's headline, chosen rows and columns, what was met."""

import csv
import io
import json
from datetime import date, timedelta

import pytest

from simulator.errors import InputFault
from simulator.inputs.files import date_of, decimal_year
from simulator.inputs.observations import Observation
from simulator.output.rendering import rendered
from simulator.output.tables.milestones import HEADLINE_MILESTONES, MilestoneView, milestones_answer
from simulator.store.in_memory import run_in_memory


@pytest.fixture(scope="module")
def result():
    from simulator.inputs.load import load_plan

    return run_in_memory(load_plan("baseline", ["draws=300", "condition.observations=[]"]), 1)


MET = Observation(
    name="met", year=decimal_year(date(2025, 2, 17)), source="x", milestone="run_1e26", met=True
)


def shown(monkeypatch, answer, columns):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    return rendered(answer, "table").splitlines()


def test_dates_and_decimal_years_are_inverse():
    for day in range(0, 12_000, 7):
        then = date(2019, 1, 1) + timedelta(days=day)
        assert date_of(decimal_year(then)) == then


def test_a_narrow_terminal_shows_the_headline(result, monkeypatch):
    lines = shown(monkeypatch, milestones_answer([result], recorded=[MET]), 80)
    assert max(map(len, lines)) <= 80
    assert lines[1].split()[1:4] == ["p10", "p50", "p90"]
    rows = lines[2 : 2 + len(HEADLINE_MILESTONES)]
    assert {row.split()[0] for row in rows} == set(HEADLINE_MILESTONES)
    assert "--all" in " ".join(lines)


@pytest.mark.parametrize("columns", [80, 60, 20])
def test_all_are_shown_with_whole_names_and_what_was_met(result, monkeypatch, columns):
    answer = milestones_answer([result], view=MilestoneView(every=True), recorded=[MET])
    lines = shown(monkeypatch, answer, columns)
    assert max(map(len, lines)) <= columns
    names = [line.split()[0] for line in lines if not line.startswith(" ") and line]
    assert {milestone.name for milestone in result.plan.milestones} <= set(names)
    assert "2025-02-17" in "".join(lines)
    assert "…" not in "".join(lines)


def test_milestones_and_columns_are_those_asked_for(result, monkeypatch):
    view = MilestoneView(["run_1e28", "run_1e26"], ["p90", "before_2035", "not_reached", "met_by"])
    answer = milestones_answer([result], view=view, recorded=[MET])
    lines = shown(monkeypatch, answer, 80)
    assert lines[1].split("  ")[-1] == "met by"
    assert [line.split()[0] for line in lines[2:4]] == ["run_1e26", "run_1e28"]
    assert not any("Not shown" in line for line in lines)
    rows = list(csv.DictReader(io.StringIO(rendered(answer, "csv"))))
    assert list(rows[0]) == ["run", "name", *view.columns]
    whole = {row["name"]: row for row in result.milestone_estimates}
    for row in rows:
        assert float(row["p90"]) == whole[row["name"]]["p90"]
        assert float(row["before_2035"]) == whole[row["name"]]["by_year"]["2035"]
        assert float(row["not_reached"]) == 1.0 - whole[row["name"]]["reached"]
    assert [row["met_by"] for row in rows] == ["2025-02-17", ""]
    document = json.loads(rendered(answer, "json"))
    assert [row["met_by"] for row in document["milestones"]] == ["2025-02-17", None]


def test_every_unknown_name_is_a_fault(result):
    view = MilestoneView(["run_1e29x"], ["p51", "before_2199"])
    with pytest.raises(InputFault) as refused:
        milestones_answer([result], view=view)
    assert len(refused.value.faults) == 3
    assert 'did you mean "run_1e29"' in str(refused.value)


@pytest.mark.parametrize(
    "words",
    [
        ("x", "--columns", "p10", "--format", "json"),
        ("--list", "--all"),
        ("--list", "--milestones", "run_1e28"),
    ],
)
def test_what_has_no_use_is_refused(oomcast, folder, words):
    refused = oomcast("milestones", *words)
    assert refused.code == 2
    assert words[1 if words[0] == "x" else 0] in refused.err
