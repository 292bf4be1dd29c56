"""`run`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.app import (
    Draws,
    Horizon,
    Output,
    Priors,
    RunName,
    Seed,
    Sets,
    TableFormat,
    announce_overlay,
    app,
    settings,
)  # fmt: skip
from simulator.cli.interrupts import telling

if TYPE_CHECKING:
    from simulator.store import Result

PICTURE = "effective_compute.svg"


@app.command()
def run(
    run: RunName = "baseline",
    draws: Draws = None,
    seed: Seed = None,
    horizon: Horizon = None,
    sets: Sets = None,
    priors: Priors = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="The result's folder.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Threads.")] = os.cpu_count()
    or 1,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with an interrupted run, or extend a shorter one."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the result that is there.")
    ] = False,
    keep_cards: Annotated[
        int | None,
        typer.Option("--keep-cards", min=0, help="Draws whose parameters and arrivals are kept."),
    ] = None,
    keep_trajectories: Annotated[
        int | None,
        typer.Option("--keep-trajectories", min=0, help="Draws whose every series is kept."),
    ] = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Walk every draw of a run; leave a result and print its milestone table."""
    from simulator import plan, running, store
    from simulator.cli.results import milestone_answer, warn_of_past
    from simulator.export import give

    announce_overlay()
    made = plan.read(run, settings(sets, draws=draws, seed=seed, horizon=horizon), priors)
    kept = {"keep_cards": keep_cards, "keep_trajectories": keep_trajectories}
    with telling(), _bar(made.draws) as progress:
        folder = running.run(
            made, out, workers, progress.update, _pictures, resume, overwrite, **kept
        )
    result = store.read_result(str(folder))
    give(milestone_answer([result]), format.value if format else None, output)
    warn_of_past(result)
    print(f"The result is in {folder}; its picture is {folder / PICTURE}.", file=sys.stderr)


def _bar(draws: int) -> Any:
    """A progress bar on stderr, hidden off a terminal."""
    return typer.progressbar(
        length=draws, label="draws", file=sys.stderr, hidden=not sys.stderr.isatty()
    )


def _pictures(result: Result, folder: Path) -> None:
    """Draw the run's picture; one that fails warns, for the numbers are there."""
    from simulator import report

    try:
        report.effective_compute(result, folder / PICTURE)
    except Exception as error:  # whatever fails in drawing must not lose a result
        (folder / PICTURE).unlink(missing_ok=True)  # nor leave half a picture in it
        print(
            f"oomcast: warning: the picture failed ({type(error).__name__}: {error})",
            file=sys.stderr,
        )
