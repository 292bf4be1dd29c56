"""The application, and the options and progress bars that commands share."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from simulator.inputs.plan import Plan
    from simulator.summaries.result import Result


app = typer.Typer(
    name="oomcast",
    help="Credible intervals for the years in which AI milestones arrive.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """Forms of a table."""

    table = "table"
    csv = "csv"
    json = "json"
    md = "md"


RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run file's path, or a run's name.")]

RunNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="RUN", help="Run files or names of runs; baseline when left out."),
]

ResultName = Annotated[
    str, typer.Argument(metavar="RESULT", help="A result's folder, or the name of one in ./runs.")
]

SeriesNames = Annotated[
    list[str] | None,
    typer.Option("--series", help="Names, with commas between; all that are kept when left out."),
]

Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change one key of the run, or fix a parameter."
    ),
]

Priors = Annotated[
    str | None,
    typer.Option(
        "--priors", metavar="DIR", help="Lay a folder of prior files over the shipped ones."
    ),
]

Draws = Annotated[int | None, typer.Option("--draws", help="How many draws.")]

Seed = Annotated[int | None, typer.Option("--seed", help="The seed of every draw's luck.")]

Horizon = Annotated[float | None, typer.Option("--horizon", help="The last year.")]

TableFormat = Annotated[Format | None, typer.Option("--format", help="How to print the table.")]

Output = Annotated[
    Path | None,
    typer.Option("-o", metavar="FILE", help="Write to a file; its ending picks the format."),
]


@app.callback(invoke_without_command=True)
def common(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Credible intervals for the years in which AI milestones arrive."""
    if version:
        from simulator import __version__

        print(f"oomcast {__version__}")
        raise typer.Exit


def settings(sets: list[str] | None, **options: float | None) -> list[str]:
    """`--set` settings with the options that are short for some, which win."""
    given = [f"{key}={value}" for key, value in options.items() if value is not None]
    return [*(sets or ()), *given]


def listed(given: list[str] | None) -> list[str]:
    """What was given with commas between, or by saying the option again."""
    parts = (part.strip() for text in given or () for part in text.split(","))
    return [part for part in parts if part]


def announce_overlay() -> None:
    """Say on stderr that `./priors` takes part."""
    import sys

    from simulator.inputs.load import prior_folders

    for folder in prior_folders()[1:]:
        print(f"oomcast: priors in ./{folder} overlay the shipped ones", file=sys.stderr)


Source = Annotated[str, typer.Argument(metavar="RUN|RESULT", help="A finished result, else a run.")]

Walks = Annotated[int, typer.Option("--draws", min=0, help="Draws; the method's own when 0.")]

Replicates = Annotated[int, typer.Option("--replicates", min=0, help="Bootstrap replicates.")]

IntervalShare = Annotated[float, typer.Option("--interval", help="Share inside the intervals.")]

Workers = Annotated[int, typer.Option("--workers", min=1, help="Threads.")]

Target = Annotated[
    str, typer.Option("--target", help="milestone, milestone@2031, series@2030 or series.")
]

CORES = os.cpu_count() or 1

PROGRESS_PARTS = 1000  # of a progress bar


def is_picture(format: Format | None, output: Path | None) -> bool:
    """Say whether the output is a picture."""
    from simulator.output.figures.canvas import ENDINGS

    return format is None and output is not None and output.suffix.lower() in ENDINGS


def open_source(
    source: str, sets: list[str] | None = None, priors: str | None = None
) -> Plan | Result:
    """A result of this name, else a run; settings are for a run."""
    from simulator.errors import InputFault
    from simulator.inputs import load
    from simulator.store import results

    if sets or priors:
        return load.load_plan(source, settings(sets), priors)
    try:
        found = results.read_result(source)
    except InputFault as fault:
        try:
            return load.load_plan(source)
        except InputFault as other:
            raise (fault if Path(source).is_dir() else other) from None
    print(f"oomcast: {source} is the finished run of that name", file=sys.stderr)
    return found


def progress_bar() -> Any:
    """A progress bar on stderr, hidden off a terminal."""
    hidden = not sys.stderr.isatty()
    return typer.progressbar(length=PROGRESS_PARTS, label="walks", file=sys.stderr, hidden=hidden)
