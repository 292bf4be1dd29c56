"""`run`: one scenario, several, or the points of a sweep."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from simulator.cli.interrupts import interrupted_messages
from simulator.cli.options import (
    CORES,
    Draws,
    Horizon,
    Output,
    Priors,
    RunNames,
    Seed,
    Sets,
    TableFormat,
    Workers,
    announce_overlay,
    app,
    settings,
)

if TYPE_CHECKING:
    from simulator.inputs.plan import Plan
    from simulator.summaries.result import Result


class Failure(NamedTuple):
    """A run that came to nothing, and why."""

    run: str
    error: Exception


def _load_all(
    runs: Iterable[str], sets: Sequence[str], priors: str | None
) -> tuple[list[Plan], list[Failure]]:
    """Read every run before any is walked; those at fault are named now, not after hours."""
    from simulator.errors import InputFault
    from simulator.inputs import sweeps

    plans, failures = [], []
    for run in dict.fromkeys(runs):
        try:
            plans += sweeps.load_plans(run, sets, priors)
        except InputFault as error:
            failures.append(_report_failure(Failure(run, error)))
    return plans, failures


def _run_all(
    plans: Iterable[Plan], out: str | None, walk: Callable[[Plan, str | None], Path]
) -> tuple[list[Path], list[Failure]]:
    """Walk each plan into a folder of its own, under `out` if that is given.

    `walk` takes a plan and its folder and gives the result's.
    """
    from simulator.errors import Fault, InputFault
    from simulator.store import results

    folders: dict[Path, Plan] = {}
    failures = []
    for plan in plans:
        place = results.result_folder(plan, str(Path(out) / plan.name) if out else None)
        there = _is_unchanged(place, plan)
        try:
            if place in folders and folders[place] != plan:
                found = f"two runs of the name {plan.name}"
                raise InputFault([Fault(str(place), "", "", found, "one", "rename one of them")])
            walk(plan, str(place))
        except Exception as error:  # whatever befell one run must not cost the others
            failures.append(_report_failure(Failure(plan.name, error)))
            continue
        folders[place] = plan
        print(f"oomcast: {plan.name}: {'unchanged' if there else 'done'}, {place}", file=sys.stderr)
    return list(folders), failures


def _is_unchanged(place: Path, plan: Plan) -> bool:
    """Say whether the result of this very plan is there."""
    from simulator.errors import InputFault
    from simulator.store import results

    try:
        return results.open_plan(str(place)) == plan
    except InputFault:
        return False


def _report_failure(failure: Failure) -> Failure:
    from simulator.errors import InputFault, RunFailed

    run, error = failure
    told: Iterable[object] = [error]
    if isinstance(error, InputFault):
        told = error.faults
    elif not isinstance(error, RunFailed | OSError):
        told = [f"{type(error).__name__}: {error}"]
    for each in told:
        place = "" if str(each).startswith(run) else f"{run}: "
        print(f"oomcast: {place}{each}", file=sys.stderr)
    return failure


def _exit_code(failures: Sequence[Failure]) -> int:
    """0 when there is none, 2 when the input is at fault in every one of them, else 1."""
    from simulator.errors import InputFault

    if not failures:
        return 0
    return 2 if all(isinstance(failure.error, InputFault) for failure in failures) else 1


PICTURE = "effective_compute.svg"


Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="The result's folder; of several runs, theirs."),
]

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
@interrupted_messages()
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
    from simulator.inputs import sweeps
    from simulator.output import rendering

    announce_overlay()
    wanted = list(dict.fromkeys(runs or ["baseline"]))
    changes = settings(sets, draws=draws, seed=seed, horizon=horizon)
    form = rendering.choose_format(format, output)
    options: dict[str, Any] = {"workers": workers, "resume": resume, "overwrite": overwrite}
    options |= {"keep_cards": keep_cards, "keep_trajectories": keep_trajectories}
    _warn_of_inputs(wanted, changes, priors)
    if len(wanted) == 1:
        plans = sweeps.load_plans(wanted[0], changes, priors)
        if len(plans) == 1:
            folder = _run_plan(plans[0], out, **options)
            _print_results([folder], form, output)
            drawn = (folder / PICTURE).exists()
            picture = f"; its picture is {folder / PICTURE}" if drawn else ""
            print(f"The result is in {folder}{picture}.", file=sys.stderr)
            return
    plans, at_fault = _load_all(wanted, changes, priors)
    walk = partial(_run_plan, **options)
    folders, failed = _run_all(plans, out, walk)
    if folders:
        _print_results(folders, form, output, listed=True)
    raise typer.Exit(_exit_code([*at_fault, *failed]))


def _warn_of_inputs(runs: list[str], sets: list[str], priors: str | None) -> None:
    """Say what is legal but odd, as `check` does: a wrong unit is easier to mend before the walk."""
    from simulator.inputs import input_warnings, inspection

    worlds, _ = inspection.load_runs(runs, sets, priors)
    for oddity in dict.fromkeys(
        o for world in worlds for o in input_warnings.input_warnings(world)
    ):
        print(f"oomcast: warning: {oddity}", file=sys.stderr)


def _run_plan(plan: Plan, out: str | None, **options: Any) -> Path:
    """Walk one plan; give the folder of its result."""
    from simulator.store import running

    with _draws_bar(plan.draws) as progress:
        return running.run(plan, out, progress=progress.update, pictures=_draw_picture, **options)


def _print_results(
    folders: list[Path], form: str, output: Path | None, listed: bool = False
) -> None:
    """Print one milestone table, and what there is to warn of."""
    from simulator.output.messages import warn_of_past, warn_of_weights
    from simulator.output.rendering import emit
    from simulator.output.tables.milestones import milestones_answer
    from simulator.store.results import read_result

    results = (read_result(str(folder)) for folder in folders)
    emit(milestones_answer(results, listed=listed), form, output)
    for folder in folders:
        result = read_result(str(folder))
        warn_of_past(result)
        warn_of_weights(result)


def _draws_bar(draws: int) -> Any:
    """A progress bar on stderr, hidden off a terminal."""
    return typer.progressbar(
        length=draws, label="draws", file=sys.stderr, hidden=not sys.stderr.isatty()
    )


def _draw_picture(result: Result, folder: Path) -> None:
    """Draw the run's picture; one that fails warns, for the numbers are there."""
    from simulator.output.figures import fan

    if "effective_compute" not in result.plan.series:
        return
    try:
        fan.fan(result, folder / PICTURE)
    except Exception as error:  # whatever fails in drawing must not lose a result
        (folder / PICTURE).unlink(missing_ok=True)  # nor leave half a picture in it
        print(
            f"oomcast: warning: the picture failed ({type(error).__name__}: {error})",
            file=sys.stderr,
        )
