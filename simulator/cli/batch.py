"""What `run` does with several runs: each in its turn, a failure named, the rest still walked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simulator.plan import Plan


class Failure(NamedTuple):
    """A run that came to nothing, and why."""

    run: str
    error: Exception


def planned(
    runs: Iterable[str], sets: Sequence[str], priors: str | None
) -> tuple[list[Plan], list[Failure]]:
    """Read every run before any is walked; those at fault are named now, not after hours."""
    from simulator import batch
    from simulator.faults import InputFault

    plans, failures = [], []
    for run in dict.fromkeys(runs):
        try:
            plans += batch.plans(run, sets, priors)
        except InputFault as error:
            failures.append(_named(Failure(run, error)))
    return plans, failures


def walked(
    plans: Iterable[Plan], out: str | None, walk: Callable[[Plan, str | None], Path]
) -> tuple[list[Path], list[Failure]]:
    """Walk each plan into a folder of its own, under `out` if that is given.

    `walk` takes a plan and its folder and gives the result's.
    """
    from simulator import store
    from simulator.faults import Fault, InputFault

    folders: dict[Path, Plan] = {}
    failures = []
    for plan in plans:
        place = store.place(plan, str(Path(out) / plan.name) if out else None)
        there = _unchanged(place, plan)
        try:
            if place in folders and folders[place] != plan:
                found = f"two runs of the name {plan.name}"
                raise InputFault([Fault(str(place), "", "", found, "one", "rename one of them")])
            walk(plan, str(place))
        except Exception as error:  # whatever befell one run must not cost the others
            failures.append(_named(Failure(plan.name, error)))
            continue
        folders[place] = plan
        print(f"oomcast: {plan.name}: {'unchanged' if there else 'done'}, {place}", file=sys.stderr)
    return list(folders), failures


def _unchanged(place: Path, plan: Plan) -> bool:
    """Say whether the result of this very plan is there."""
    from simulator import store
    from simulator.faults import InputFault

    try:
        return store.open_plan(str(place)) == plan
    except InputFault:
        return False


def _named(failure: Failure) -> Failure:
    from simulator.faults import InputFault, RunFailed

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


def exit_code(failures: Sequence[Failure]) -> int:
    """0 when there is none, 2 when the input is at fault in every one of them, else 1."""
    from simulator.faults import InputFault

    if not failures:
        return 0
    return 2 if all(isinstance(failure.error, InputFault) for failure in failures) else 1
