"""Tables in every format: numbers unrounded where programs read them, and what cannot be written is refused."""

import csv
import io
import json
import math

import pytest

from simulator.errors import InputFault
from simulator.output.rendering import (
    FIGURE_ENDINGS,
    FORMATS,
    Answer,
    Table,
    choose_format,
    emit,
    is_figure,
    rendered,
)

ANSWER = Answer(
    Table("Title", ["name", "p50"], [["a", "1.5"], ["b", "> 2050"]], "Caption."),
    [{"name": "a", "p50": 0.1 + 0.2}, {"name": "b", "p50": math.inf, "extra": math.nan}],
    {"run": "x", "p50": [0.1 + 0.2, math.inf], "inner": {"mcse": math.nan}},
)


def test_json_keeps_every_digit_and_has_no_bare_inf():
    document = json.loads(rendered(ANSWER, "json"), parse_constant=pytest.fail)
    assert document == {"run": "x", "p50": [0.30000000000000004, None], "inner": {"mcse": None}}


def test_csv_has_a_row_a_record_and_every_column():
    rows = list(csv.DictReader(io.StringIO(rendered(ANSWER, "csv"))))
    assert rows == [
        {"name": "a", "p50": "0.30000000000000004", "extra": ""},
        {"name": "b", "p50": "", "extra": ""},
    ]


def test_markdown():
    assert rendered(ANSWER, "md").splitlines() == [
        "**Title**", "", "| name | p50 |", "| --- | --- |", "| a | 1.5 |", "| b | > 2050 |", "",
        "Caption.",
    ]  # fmt: skip


def test_text_aligns_names_left_and_numbers_right():
    lines = rendered(ANSWER, "table", wide=True).splitlines()
    assert lines == ["Title", "name     p50", "a        1.5", "b     > 2050", "Caption."]


@pytest.mark.parametrize("format", FORMATS)
def test_the_ending_picks_the_format(tmp_path, format):
    path = tmp_path / f"table{FORMATS[format]}"
    assert choose_format(None, path) == format
    emit(ANSWER, None, path)
    assert path.read_text() == rendered(ANSWER, format, wide=True)


def test_the_requested_format_wins_over_the_ending(tmp_path):
    assert choose_format("json", tmp_path / "table.csv") == "json"
    assert choose_format(None, None) == "table"


@pytest.mark.parametrize(
    ("name", "message"),
    [("table.foo", "a file that ends in"), ("none/table.csv", "no such folder")],
)
def test_what_cannot_be_written_is_a_fault(tmp_path, name, message):
    with pytest.raises(InputFault, match=message):
        choose_format(None, tmp_path / name)


def test_figures_are_told_from_tables_by_their_ending(tmp_path):
    assert all(is_figure(None, tmp_path / f"x{ending}") for ending in FIGURE_ENDINGS)
    assert is_figure(None, tmp_path / "X.SVG")
    assert not is_figure("csv", tmp_path / "x.svg")
    assert not is_figure(None, tmp_path / "x.csv")
    assert not is_figure(None, None)


def on_terminal(monkeypatch, answer, columns):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    return rendered(answer, "table").splitlines()


WIDE = Answer(
    Table(
        "Title",
        ["milestone", "p05", "p50", "p95", "mcse"],
        [["automated_researcher", "2027.2", "2029.7", "~2049", "0.07 y"]],
        "A caption that is longer than the terminal is wide, and so has to go on in a second line.",
        headline=("p50",),
    ),
    [],
    {},
)


def test_a_narrow_terminal_shows_the_headline_and_says_what_it_leaves_out(monkeypatch):
    lines = on_terminal(monkeypatch, WIDE, 40)
    assert max(map(len, lines)) <= 40
    assert lines[1].split() == ["milestone", "p50"]
    assert lines[2].split() == ["automated_researcher", "2029.7"]
    text = " ".join(lines)
    assert "so has to go on in a second line. Not shown in 40 columns: p05, p95, mcse" in text


@pytest.mark.parametrize("columns", [60, 200])
def test_a_terminal_that_is_wide_enough_shows_all(monkeypatch, columns):
    lines = on_terminal(monkeypatch, WIDE, columns)
    assert lines[1].split() == ["milestone", "p05", "p50", "p95", "mcse"]
    assert not any("Not shown" in line for line in lines)


CLAIM = "AI systems match the work of remote workers for a whole month of work"

CLAIMS = Answer(
    Table(
        "Claims",
        ["id", "claim", "probability", "outcome"],
        [["001-07", CLAIM, "0.125", "true"], ["a_name_longer_than_20_columns", CLAIM, "1", ""]],
    ),
    [],
    {},
)


@pytest.mark.parametrize("columns", [80, 70])
def test_long_texts_wrap_and_numbers_stay_whole(monkeypatch, columns):
    lines = on_terminal(monkeypatch, CLAIMS, columns)
    assert max(map(len, lines)) <= columns
    assert lines[2].split()[0] == "001-07"
    assert lines[2].split()[-2:] == ["0.125", "true"]
    assert "…" not in "".join(lines)
    cells = " ".join(lines[2:]).split()
    expected = [*CLAIM.split() * 2, "001-07", "0.125", "true", CLAIMS.table.rows[1][0], "1"]
    assert sorted(cells) == sorted(expected)


@pytest.mark.parametrize("columns", [60, 39, 20, 12])
def test_where_columns_do_not_fit_a_row_is_a_block_of_lines(monkeypatch, columns):
    lines = on_terminal(monkeypatch, CLAIMS, columns)
    assert max(map(len, lines)) <= columns
    assert "…" not in "".join(lines)
    text = "".join("".join(lines).split())
    whole = ["Claims"]
    for name, claim, probability, outcome in CLAIMS.table.rows:
        whole += [name, "claim:", claim, "probability:", probability]
        whole += ["outcome:", outcome] if outcome else []
    assert text == "".join("".join(whole).split())


def test_heads_of_columns_wrap_before_cells_do(monkeypatch):
    table = Table("T", ["name", "by end 2027", "p50"], [["run_1e28", "19 %", "2029.7"]])
    lines = on_terminal(monkeypatch, Answer(table, [], {}), 24)
    assert lines == [
        "T",
        "          by end",
        "name        2027     p50",
        "run_1e28    19 %  2029.7",
    ]


def test_a_narrow_terminal_shows_the_first_rows_and_says_how_to_see_the_rest(monkeypatch):
    rows = [[f"name_{i}", "2027.2", "2029.7"] for i in range(5)]
    header, hint = ["name", "p05", "p50"], "Add --all."
    table = Table("T", header, rows, "", 1, ("p50",), headline_rows=(0, 3), hint=hint)
    narrow = on_terminal(monkeypatch, Answer(table, [], {}), 20)
    assert [line.split() for line in narrow[2:4]] == [["name_0", "2029.7"], ["name_3", "2029.7"]]
    assert " ".join(narrow[4:]) == "Not shown in 20 columns: p05, 3 rows of 5. Add --all."
    assert len(on_terminal(monkeypatch, Answer(table, [], {}), 80)) == 7
    assert len(rendered(Answer(table, [], {}), "table", wide=True).splitlines()) == 7


def test_wide_signs_take_two_columns(monkeypatch):
    table = Table("T", ["name", "p50"], [["人工", "1"], ["abcd", "2"], ["e\u0301", "3"]])
    lines = rendered(Answer(table, [], {}), "table", wide=True).splitlines()
    assert lines[2:] == ["人工    1", "abcd    2", "e\u0301       3"]
