"""The application, and the options and arguments that commands share."""

from __future__ import annotations

import os
import sys
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.completion import (
    result_names,
    scenario_names,
    series_names,
    source_names,
    target_names,
)

if TYPE_CHECKING:
    from simulator.inputs.plan import Plan
    from simulator.summaries.result import Result


app = typer.Typer(
    name="oomcast",
    help="Credible intervals for the years in which AI milestones arrive.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def examples(*lines: str) -> str:
    """The end of a command's help: calls of `oomcast` as people type them, a line each."""
    return "\b\nExamples:\n" + "\n".join(f"  oomcast {line}" for line in lines)


class Format(StrEnum):
    """Forms of a table."""

    table = "table"
    csv = "csv"
    json = "json"
    md = "md"


RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A run file's path, or a run's name.", autocompletion=scenario_names
    ),
]

RunNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RUN",
        help="Run files or names of runs; baseline when left out.",
        autocompletion=scenario_names,
    ),
]

ResultNames = Annotated[
    list[str],
    typer.Argument(
        metavar="RESULT", help="Folders or names of results.", autocompletion=result_names
    ),
]

ResultName = Annotated[
    str,
    typer.Argument(
        metavar="RESULT",
        help="A result's folder, or the name of one in ./runs.",
        autocompletion=result_names,
    ),
]

SeriesNames = Annotated[
    list[str] | None,
    typer.Option(
        "--series",
        metavar="NAME,...",
        help="Names, with commas between; all that are kept when left out.",
        autocompletion=series_names,
    ),
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

MOST_DIGITS = 40  # of a whole number, as in a file


def whole_number(text: str | int) -> int:
    """A whole number from 0 up, as people write it: 10000, 10_000 or 1e4."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        number = Decimal("nan")
    whole = number.is_finite() and number >= 0 and number.adjusted() < MOST_DIGITS
    if whole and number == number.to_integral_value():
        return int(number)
    raise typer.BadParameter(
        f"{str(text)[:60]!r} is no whole number from 0 up, such as 10000 or 1e4"
    )


Draws = Annotated[
    int | None,
    typer.Option(
        "--draws", parser=whole_number, metavar="N", help="How many draws, such as 10000 or 1e10."
    ),
]

Seed = Annotated[int | None, typer.Option("--seed", help="The seed of all random numbers.")]

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


def settings(sets: list[str] | None, **options: float | str | None) -> list[str]:
    """The `--set` settings, then the options that stand for a setting, which win over them."""
    shortcuts = [f"{key}={value}" for key, value in options.items() if value is not None]
    return [*(sets or ()), *shortcuts]


def split_commas(texts: list[str] | None) -> list[str]:
    """The values of an option that is given several times, or once with commas between."""
    parts = (part.strip() for text in texts or () for part in text.split(","))
    return [part for part in parts if part]


def announce_overlay() -> None:
    """Say on stderr that `./priors` is laid over the shipped priors."""
    from simulator.inputs.merge import prior_folders

    for folder in prior_folders()[1:]:
        print(f"oomcast: priors in ./{folder} overlay the shipped ones", file=sys.stderr)


Source = Annotated[
    str,
    typer.Argument(
        metavar="RUN|RESULT", help="A finished result, else a run.", autocompletion=source_names
    ),
]

MethodDraws = Annotated[
    int,
    typer.Option(
        "--draws", parser=whole_number, metavar="N", help="Draws; the method's own when 0."
    ),
]

Replicates = Annotated[int, typer.Option("--replicates", min=0, help="Bootstrap replicates.")]

IntervalShare = Annotated[float, typer.Option("--interval", help="Share inside the intervals.")]

OfPrior = Annotated[
    bool, typer.Option("--prior", help="Of the prior, before observations are weighed.")
]

CORES = os.cpu_count() or 1

Workers = Annotated[int, typer.Option("--workers", min=1, help="Threads.")]

Target = Annotated[
    str,
    typer.Option(
        "--target",
        metavar="TARGET",
        help="milestone, milestone@2031, series@2030 or series.",
        autocompletion=target_names,
    ),
]


def open_source(
    source: str, sets: list[str] | None = None, priors: str | None = None
) -> Plan | Result:
    """The result of this name, else the plan of the run; with settings, always the plan of the run."""
    from simulator.errors import InputFault
    from simulator.inputs import load
    from simulator.output.messages import announce_source
    from simulator.store import results

    if sets or priors:
        return load.load_plan(source, settings(sets), priors)
    try:
        result = results.load_result(source)
    except InputFault as result_fault:
        try:
            return load.load_plan(source)
        except InputFault as run_fault:
            raise (result_fault if Path(source).is_dir() else run_fault) from None
    announce_source(source)
    return result
