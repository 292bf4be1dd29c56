"""The application, and the options that commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

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

    from simulator.plan import overlays

    for folder in overlays()[1:]:
        print(f"oomcast: priors in ./{folder} overlay the shipped ones", file=sys.stderr)
