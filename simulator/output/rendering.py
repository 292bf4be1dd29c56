"""Tables as text, CSV, Markdown or JSON, on stdout or in a file."""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import Fault, InputFault
from simulator.summaries.records import csv_text

FORMATS = {"table": ".txt", "csv": ".csv", "json": ".json", "md": ".md"}

FIGURE_ENDINGS = (".svg", ".pdf", ".png")


@dataclass(frozen=True)
class Table:
    """A table for people: a header, rows of text already rounded to what their error allows, and a caption.

    The first `names` columns hold words and are aligned left, the others hold numbers.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    names: int = 1


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
    """A table as aligned text; off a terminal nothing is cut to a width."""
    from rich.console import Console
    from rich.table import Table as Grid

    text = io.StringIO()
    on_terminal = sys.stdout.isatty() and not wide
    console = Console(
        file=text, width=None if on_terminal else 10_000, highlight=False, markup=False
    )
    grid = Grid(box=None, title=table.title, title_justify="left", padding=(0, 2, 0, 0))
    for i, name in enumerate(table.header):
        grid.add_column(name, justify="left" if i < table.names else "right", no_wrap=True)
    for row in table.rows:
        grid.add_row(*row)
    console.print(grid)
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    return "\n".join([*lines, *([table.caption] if table.caption else [])]) + "\n"
