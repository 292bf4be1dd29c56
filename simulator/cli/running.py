"""`run`."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import batch as several
from simulator.cli.app import (
    Draws,
    Horizon,
    Output,
    Priors,
    RunNames,
    Seed,
    Sets,
    TableFormat,
    announce_overlay,
    app,
    settings,
)  # fmt: skip
from simulator.cli.interrupts import telling

if TYPE_CHECKING:
    from simulator.plan import Plan
    from simulator.store import Result

PICTURE = "effective_compute.svg"
CORES = os.cpu_count() or 1

Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="The result's folder; of several runs, theirs."),
]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Threads.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with an interrupted run, or extend a shorter one.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the result that is there.")]
KeepCards = Annotated[
    int | None,
    typer.Option("--keep-cards", min=0, help="Draws whose parameters and arrivals are kept."),
]
KeepTrajectories = Annotated[
    int | None,
    typer.Option("--keep-trajectories", min=0, help="Draws whose series are kept, by quarter."),
]


@app.command()
@telling()
def run(
    runs: RunNames = None,
    draws: Draws = None,
    seed: Seed = None,
    horizon: Horizon = None,
    sets: Sets = None,
    priors: Priors = None,
    out: Out = None,
    workers: Workers = CORES,
    resume: Resume = False,
    overwrite: Overwrite = False,
    keep_cards: KeepCards = None,
    keep_trajectories: KeepTrajectories = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Walk runs; leave results and print a milestone table.

    Several runs, or a run with a [sweep], are walked in turn and end with one table. One that fails is named and the
    rest still walked; the exit code is then 2 if the input was at fault in every failure, else 1.
    """
    from simulator import batch, export

    announce_overlay()
    wanted = list(dict.fromkeys(runs or ["baseline"]))
    changes = settings(sets, draws=draws, seed=seed, horizon=horizon)
    form = export.chosen(format.value if format else None, output)
    options: dict[str, Any] = {"workers": workers, "resume": resume, "overwrite": overwrite}
    options |= {"keep_cards": keep_cards, "keep_trajectories": keep_trajectories}
    _warn_of_oddities(wanted, changes, priors)
    if len(wanted) == 1:
        plans = batch.plans(wanted[0], changes, priors)
        if len(plans) == 1:
            folder = _walked(plans[0], out, **options)
            _tell([folder], form, output)
            drawn = (folder / PICTURE).exists()
            picture = f"; its picture is {folder / PICTURE}" if drawn else ""
            print(f"The result is in {folder}{picture}.", file=sys.stderr)
            return
    plans, at_fault = several.planned(wanted, changes, priors)
    walk = partial(_walked, **options)
    folders, failed = several.walked(plans, out, walk)
    if folders:
        _tell(folders, form, output, listed=True)
    raise typer.Exit(several.exit_code([*at_fault, *failed]))


def _warn_of_oddities(runs: list[str], sets: list[str], priors: str | None) -> None:
    """Say what is legal but odd, as `check` does: a wrong unit is easier to mend before the walk."""
    from simulator import inspection, oddities

    worlds, _ = inspection.gathered(runs, sets, priors)
    for oddity in dict.fromkeys(o for world in worlds for o in oddities.everything(world)):
        print(f"oomcast: warning: {oddity}", file=sys.stderr)


def _walked(plan: Plan, out: str | None, **options: Any) -> Path:
    """Walk one plan; give the folder of its result."""
    from simulator.store import running

    with _bar(plan.draws) as progress:
        return running.run(plan, out, progress=progress.update, pictures=_pictures, **options)


def _tell(folders: list[Path], form: str, output: Path | None, listed: bool = False) -> None:
    """Print one milestone table, and what there is to warn of."""
    from simulator.cli.evidence import tell_trust
    from simulator.cli.results import warn_of_past
    from simulator.cli.tables import milestone_answer
    from simulator.export import give
    from simulator.store import read_result

    results = (read_result(str(folder)) for folder in folders)
    give(milestone_answer(results, listed=listed), form, output)
    for folder in folders:
        result = read_result(str(folder))
        warn_of_past(result)
        tell_trust(result)


def _bar(draws: int) -> Any:
    """A progress bar on stderr, hidden off a terminal."""
    return typer.progressbar(
        length=draws, label="draws", file=sys.stderr, hidden=not sys.stderr.isatty()
    )


def _pictures(result: Result, folder: Path) -> None:
    """Draw the run's picture; one that fails warns, for the numbers are there."""
    from simulator.pictures import counting

    if "effective_compute" not in result.plan.series:
        return
    try:
        counting.effective_compute(result, folder / PICTURE)
    except Exception as error:  # whatever fails in drawing must not lose a result
        (folder / PICTURE).unlink(missing_ok=True)  # nor leave half a picture in it
        print(
            f"oomcast: warning: the picture failed ({type(error).__name__}: {error})",
            file=sys.stderr,
        )
