"""`run`: one scenario, several, or the points of a sweep."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
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
    examples,
    settings,
    split_commas,
    whole_number,
)
from simulator.cli.progress import run_bars

if TYPE_CHECKING:
    from simulator.evidence.settled import Settled
    from simulator.inputs.load import LoadedRun
    from simulator.inputs.observations import Observation
    from simulator.inputs.plan import Plan
    from simulator.summaries.precision import PrecisionTarget
    from simulator.summaries.result import Result


class Design(StrEnum):
    """How probability levels are drawn."""

    random = "random"
    sobol = "sobol"


class Failure(NamedTuple):
    """A run that failed, and why."""

    run: str
    error: Exception


class FinishedRun(NamedTuple):
    """What is printed of a result, without its counts: those of a long sweep would not fit the memory."""

    plan: Plan
    milestone_estimates: list[dict[str, Any]]
    settled: Mapping[str, Settled]
    warnings: Sequence[str]
    precise: bool = True  # as precise as --until-mcse wants it


def _input_failures(loaded: Iterable[LoadedRun]) -> list[Failure]:
    """Report the runs whose input is at fault, before the first run is simulated."""
    from simulator.errors import InputFault

    return [_reported(Failure(each.run, InputFault(each.faults))) for each in loaded if each.faults]


def _run_all(
    plans: Iterable[Plan], out: str | None, run_plan: Callable[[Plan, Path], FinishedRun]
) -> tuple[list[FinishedRun], list[Failure]]:
    """Run each plan into a folder of its own, under `out` if that is given."""
    from simulator.errors import Fault, InputFault
    from simulator.output.messages import announce_run
    from simulator.store import results

    finished: dict[Path, FinishedRun] = {}
    requested: dict[Path, Plan] = {}
    failures = []
    for plan in plans:
        folder = results.result_folder(plan, str(Path(out) / plan.name) if out else None)
        unchanged = results.is_result_of(folder, plan)
        try:
            if folder in finished and requested[folder] != plan:
                problem = f"two runs of the name {plan.name}"
                raise InputFault([Fault(str(folder), "", "", problem, "one", "rename one of them")])
            finished[folder], requested[folder] = run_plan(plan, folder), plan
        except Exception as error:  # a failure of one run must not stop the others
            failures.append(_reported(Failure(plan.name, error)))
            continue
        announce_run(plan.name, folder, unchanged)
    return list(finished.values()), failures


def finished_run(result: Result) -> FinishedRun:
    """What is printed of a result."""
    from simulator.evidence.settled import settled
    from simulator.inputs.observations import recorded_observations
    from simulator.output.messages import result_warnings

    met = settled(result, recorded_observations())
    return FinishedRun(result.plan, result.milestone_estimates, met, result_warnings(result))


def _exit_unless_precise(finished: Iterable[FinishedRun]) -> None:
    """Exit with 1 when a result is whole, but not as precise as wanted."""
    if not all(each.precise for each in finished):
        raise typer.Exit(1)


def _reported(failure: Failure) -> Failure:
    from simulator.output.messages import print_failure

    print_failure(failure.run, failure.error)
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

KeepDraws = Annotated[
    int | None,
    typer.Option(
        "--keep-draws",
        parser=whole_number,
        metavar="N",
        help="Draws whose parameters and arrivals are kept.",
    ),
]

KeepCards = Annotated[  # the old name of --keep-draws
    int | None, typer.Option("--keep-cards", parser=whole_number, hidden=True)
]

KeepTrajectories = Annotated[
    int | None,
    typer.Option(
        "--keep-trajectories",
        parser=whole_number,
        metavar="N",
        help="Draws whose series are kept, by quarter.",
    ),
]

DesignOption = Annotated[
    Design | None,
    typer.Option(
        "--design",
        help="How levels are drawn: at random, or as scrambled Sobol' points, of smaller errors.",
    ),
]

UntilMcse = Annotated[
    float | None,
    typer.Option(
        "--until-mcse",
        metavar="ERROR",
        help="Double the draws until every median has this Monte Carlo standard error in years, and "
        "every probability as a share; medians beyond the horizon are left out.",
    ),
]

Milestones = Annotated[
    list[str] | None,
    typer.Option(
        "--milestones", metavar="NAMES", help="With --until-mcse: whose errors matter; all if none."
    ),
]

MaxDraws = Annotated[
    int | None,
    typer.Option(
        "--max-draws",
        parser=whole_number,
        metavar="N",
        help="With --until-mcse: take no more draws than this; 1e7 when left out.",
    ),
]

Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="In place of threads, simulate on a dask scheduler, as in tcp://10.0.0.5:8786, or on N "
        "processes here, as in local:4.",
    ),
]

Part = Annotated[
    str | None,
    typer.Option(
        "--part",
        metavar="N/OF",
        help="Simulate this part of the draws alone, as in --part 17/400 --out parts/17; "
        "`oomcast merge` puts the parts together.",
    ),
]


@app.command(
    epilog=examples(
        "run",
        "run baseline peak-data --draws 1e5",
        "run baseline --set algorithms_growth=0.4 --out runs/fixed-growth",
    )
)
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
    keep_draws: KeepDraws = None,
    keep_cards: KeepCards = None,
    keep_trajectories: KeepTrajectories = None,
    design: DesignOption = None,
    until_mcse: UntilMcse = None,
    milestones: Milestones = None,
    max_draws: MaxDraws = None,
    cluster: Cluster = None,
    part: Part = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Simulate scenarios; keep results, print a milestone table.

    Several runs, or a run with a [sweep], are simulated in turn and end with one table. One that fails is named and the
    rest still simulated; the exit code is then 2 if the input was at fault in every failure, else 1. It is 1 too where
    --max-draws leave a larger error than --until-mcse.

    Example: oomcast run --until-mcse 0.02 --milestones automated_researcher
    """
    from simulator.output import rendering
    from simulator.simulate.cluster import opened_workers

    announce_overlay()
    changes = settings(sets, draws=draws, seed=seed, horizon=horizon, design=design)
    form = rendering.choose_format(format, output)
    target = _precision_target(until_mcse, milestones, max_draws, part)
    if part is not None:
        _require_no_table(format, output)
    options: dict[str, Any] = {"resume": resume, "overwrite": overwrite}
    kept = keep_cards if keep_draws is None else keep_draws
    options |= {"keep_draws": kept, "keep_trajectories": keep_trajectories, "target": target}
    loaded = _loaded_runs(runs or ["baseline"], changes, priors, target)
    plans = [plan for each in loaded for plan in each.plans]
    options["pictures"] = partial(draw_picture, observations=loaded[0].observations)
    with opened_workers(workers, cluster) as options["workers"]:
        if part is not None:
            _run_part(loaded, part, out, options)
        elif len(loaded) == len(plans) == 1:
            _run_alone(plans[0], out, form, output, options)
        else:
            _run_several(loaded, out, form, output, options)


def _precision_target(
    until_mcse: float | None,
    milestones: list[str] | None,
    max_draws: int | None,
    part: str | None,
) -> PrecisionTarget | None:
    """The precision that the options ask for; None without --until-mcse, which the others need."""
    from simulator.errors import Fault, InputFault
    from simulator.summaries.precision import MOST_DRAWS, PrecisionTarget

    if until_mcse is not None:
        if part is not None:
            fix = "give the parts a number of --draws"
            raise InputFault([Fault("--until-mcse", "", "", "--part", "a whole run", fix)])
        most = MOST_DRAWS if max_draws is None else max_draws
        return PrecisionTarget(until_mcse, tuple(split_commas(milestones)), most)
    stray = {"--milestones": milestones, "--max-draws": max_draws}
    faults = [
        Fault(name, "", "", "no --until-mcse", "both together", "as in --until-mcse 0.02")
        for name, value in stray.items()
        if value is not None
    ]
    if faults:
        raise InputFault(faults)
    return None


def _loaded_runs(
    runs: Iterable[str], changes: list[str], priors: str | None, target: PrecisionTarget | None
) -> list[LoadedRun]:
    """Load the runs of a command and print the warnings of their inputs; a single run must have no fault."""
    from simulator.errors import InputFault
    from simulator.inputs.load import load_runs
    from simulator.output.messages import warn_of_inputs
    from simulator.summaries.precision import require_target

    loaded = load_runs(dict.fromkeys(runs), changes, priors)
    warn_of_inputs(dict.fromkeys(warning for each in loaded for warning in each.warnings))
    if len(loaded) == 1 and loaded[0].faults:
        raise InputFault(loaded[0].faults)
    if target:
        for plan in (plan for each in loaded for plan in each.plans):
            require_target(target, plan)
    return loaded


def _run_several(
    loaded: Sequence[LoadedRun],
    out: str | None,
    form: str,
    output: Path | None,
    options: dict[str, Any],
) -> None:
    """Run every plan of a command, print one table, and exit with the code that its failures ask for."""
    at_fault = _input_failures(loaded)
    plans = [plan for each in loaded for plan in each.plans]
    finished, failed = _run_all(plans, out, partial(_run_plan, **options))
    if finished:
        print_results(finished, form, output, listed=True)
    if not (at_fault or failed):
        _exit_unless_precise(finished)
    raise typer.Exit(_exit_code([*at_fault, *failed]))


def _run_alone(
    plan: Plan, out: str | None, form: str, output: Path | None, options: dict[str, Any]
) -> None:
    """Run the only plan of a command, print its table, and say where its result is."""
    from simulator.output.messages import announce_result
    from simulator.store.results import result_folder

    folder = result_folder(plan, out)
    finished = _run_plan(plan, folder, **options)
    print_results([finished], form, output)
    announce_result(folder, folder / PICTURE)
    _exit_unless_precise([finished])


def _only_plan(loaded: Sequence[LoadedRun]) -> Plan:
    """The plan of which parts are asked for; several runs, or a sweep, are refused."""
    from simulator.errors import Fault, InputFault

    plans = [plan for each in loaded for plan in each.plans]
    if len(loaded) == len(plans) == 1:
        return plans[0]
    problem = f"{len(loaded)} runs" if len(loaded) > 1 else f"a sweep of {len(plans)} points"
    fix = "run the parts of one at a time"
    raise InputFault([Fault("--part", "", "", problem, "one run without a sweep", fix)])


def _require_no_table(format: TableFormat, output: Output) -> None:
    """Refuse what would have no effect: a part prints no table."""
    from simulator.errors import Fault, InputFault

    if format is not None or output is not None:
        given = "-o" if output is not None else "--format"
        fix = "leave it out: oomcast merge PART... prints the table of the whole"
        raise InputFault([Fault(given, "", "", "--part beside it", "one of the two", fix)])


def _run_part(
    loaded: Sequence[LoadedRun], text: str, out: str | None, options: dict[str, Any]
) -> None:
    """Simulate one part of the only plan of a command, and say how to go on."""
    from simulator.errors import Fault, InputFault
    from simulator.output.messages import announce_part, warn_of_run
    from simulator.store import parts
    from simulator.store.beginning import RunRequest

    plan, part = _only_plan(loaded), parts.parse_part(text)
    if out is None:
        fix = f"--out parts/{part.number}"
        raise InputFault([Fault("--part", "", "", "no --out", "a folder for the part", fix)])
    keep = options["keep_draws"], options["keep_trajectories"]
    request = RunRequest(plan, options["resume"], options["overwrite"], *keep)
    with run_bars(len(part.draws(plan.draws))) as bars:
        counted = parts.run_part(
            request, out, part, options["workers"], bars.counted, bars.weighed, warn_of_run
        )
    announce_part(str(part), out, counted)


def _run_plan(
    plan: Plan, folder: Path, target: PrecisionTarget | None, **options: Any
) -> FinishedRun:
    """Simulate one plan into a folder, with its picture, until it is as precise as wanted."""
    from simulator.output.messages import announce_doubling, precision_notes
    from simulator.store.until import run_until

    if target is None:
        return finished_run(_run_draws(plan, folder, **options))
    announce = partial(announce_doubling, plan.name)
    result, precision = run_until(plan, folder, target, _run_draws, announce, **options)
    finished, notes = finished_run(result), precision_notes(plan.name, precision, target)
    warnings, precise = [*finished.warnings, *notes], precision.reaches(target)
    return finished._replace(warnings=warnings, precise=precise)


def _run_draws(plan: Plan, folder: Path, **options: Any) -> Result:
    """Simulate the draws of one plan into a folder, with its progress and its picture."""
    from simulator.output.messages import warn_of_run
    from simulator.store import running

    with run_bars(plan.draws, plan.is_tempered) as bars:
        return running.run(
            plan, folder, progress=bars.counted, weighed=bars.weighed, warn=warn_of_run, **options
        )


def print_results(
    finished: Sequence[FinishedRun], form: str, output: Path | None, listed: bool = False
) -> None:
    """Print one milestone table, and the warnings about each result."""
    from simulator.output.rendering import emit
    from simulator.output.tables.milestones import milestones_answer

    emit(milestones_answer(finished, listed=listed), form, output)
    for each in finished:
        for warning in each.warnings:
            print(warning, file=sys.stderr)


def draw_picture(
    result: Result, folder: Path, observations: Sequence[Observation] | None = None
) -> None:
    """Draw the run's picture; if that fails, warn and leave no part of it, since the numbers are whole."""
    from simulator.output.figures import fan
    from simulator.output.messages import warn_of_picture

    if "effective_compute" not in result.plan.series:
        return
    try:
        fan.fan(result, folder / PICTURE, observations)
    except Exception as error:  # no failure in drawing may lose a result
        (folder / PICTURE).unlink(missing_ok=True)
        warn_of_picture(error)
