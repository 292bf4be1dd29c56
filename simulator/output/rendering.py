"""Tables as text, CSV, Markdown or JSON, on stdout or in a file."""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simulator.errors import Fault, InputFault
from simulator.output.grid import grid, natural_width, wrapped
from simulator.summaries.records import csv_text

FORMATS = {"table": ".txt", "csv": ".csv", "json": ".json", "md": ".md"}

UNLIMITED = 10_000  # columns; off a terminal nothing is cut to a width

FIGURE_ENDINGS = (".svg", ".pdf", ".png")


@dataclass(frozen=True)
class Table:
    """A table for people: a header, rows of text already rounded to what their error allows, and a caption.

    The first `names` columns hold words and are aligned left, the others hold numbers. On a terminal too narrow for all
    columns only those of `headline` are shown, and of the rows only those of `headline_rows`, where there are such;
    `hint` says how to see the rest.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    names: int = 1
    headline: Sequence[str] = ()
    headline_rows: Sequence[int] = ()
    hint: str = "All are in -o FILE.csv."


@dataclass(frozen=True)
class Answer:
    """One answer in three forms: a table for people, tidy records with unrounded numbers, and a JSON document.

    `more` are tables that follow the first.
    """

    table: Table
    records: Sequence[dict[str, Any]]
    document: Any
    more: Sequence[Table] = ()


def choose_format(format: str | None, output: Path | None) -> str:
    """The requested format, else the one that the output's ending stands for, else `table`.

    Raises
    ------
    InputFault
        if there is no such format or ending, or no folder for the output
    """
    endings = {ending: name for name, ending in FORMATS.items()}
    chosen = format or (endings.get(output.suffix.lower(), "") if output else "table")
    if chosen not in FORMATS:
        subject = str(output) if output and not format else "--format"
        allowed = ", ".join(FORMATS) + " (or a file that ends in " + ", ".join(endings) + ")"
        raise InputFault([Fault(subject, found=format or _ending(output), allowed=allowed)])
    if output and not output.parent.is_dir():
        raise InputFault([Fault(str(output), found="no such folder", allowed="a file in a folder")])
    return chosen


def _ending(output: Path | None) -> str:
    if output is None:
        return "nothing"
    return "a folder" if output.is_dir() else output.suffix or "a name without an ending"


def is_figure(format: str | None, output: Path | None) -> bool:
    """Whether the output is a figure: no format is requested, and the file ends like one."""
    return format is None and output is not None and output.suffix.lower() in FIGURE_ENDINGS


def emit(answer: Answer, format: str | None, output: Path | None) -> None:
    """Print an answer, or write it to a file."""
    text = rendered(answer, choose_format(format, output), wide=output is not None)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text)


def rendered(answer: Answer, format: str, wide: bool = False) -> str:
    """An answer as text in one of the formats."""
    if format == "json":
        return json.dumps(_plain(answer.document), indent=1, allow_nan=False) + "\n"
    if format == "csv":
        return csv_text([_plain(record) for record in answer.records])
    tables = (answer.table, *answer.more)
    return "\n".join(_markdown(t) if format == "md" else _text(t, wide) for t in tables)


def _plain(value: Any) -> Any:
    """A value that JSON can hold: inf and NaN become null."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _markdown(table: Table) -> str:
    rows = [table.header, ["---"] * len(table.header), *table.rows]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return (
        "\n".join(
            filter(None, [f"**{table.title}**\n", *lines, table.caption and f"\n{table.caption}"])
        )
        + "\n"
    )


def _text(table: Table, wide: bool) -> str:
    """A table as aligned text; on a terminal it fits the width, elsewhere it is as wide as it needs."""
    if wide or not sys.stdout.isatty():
        caption = [table.caption] if table.caption else []
        return _joined([table.title, *_grid(table, UNLIMITED), *caption])
    width = shutil.get_terminal_size().columns
    notes = [table.caption] if table.caption else []
    if natural_width(table.header, table.rows) > width:
        table, left_out = _headline(table)
        if left_out:
            notes.append(f"Not shown in {width} columns: {left_out}. {table.hint}")
    lines = [line for note in notes for line in wrapped(note, width)]
    return _joined([*wrapped(table.title, width), *_grid(table, width), *lines])


def _headline(table: Table) -> tuple[Table, str]:
    """A table with its words, the columns of its headline and its first rows alone, and what that leaves out."""
    left_out = []
    chosen = list(range(len(table.header)))
    if table.headline:
        left_out = [name for name in table.header[table.names :] if name not in table.headline]
        chosen = [
            i for i, name in enumerate(table.header) if i < table.names or name in table.headline
        ]
    rows = [table.rows[i] for i in table.headline_rows] or table.rows
    if len(rows) < len(table.rows):
        left_out.append(f"{len(table.rows) - len(rows)} rows of {len(table.rows)}")
    header = [table.header[i] for i in chosen]
    short = replace(table, header=header, rows=[[row[i] for i in chosen] for row in rows])
    return short, ", ".join(left_out)


def _grid(table: Table, width: int) -> list[str]:
    return grid(table.header, table.rows, table.names, width)


def _joined(lines: Sequence[str]) -> str:
    return "".join(line.rstrip() + "\n" for line in lines)
