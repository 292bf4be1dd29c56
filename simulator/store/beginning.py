"""How a run starts: from nothing, from an unfinished run, or from a result of fewer draws.

Anything else in the result's folder is a fault that names the ways out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from simulator.errors import Fault, InputFault, listed
from simulator.evidence import weights
from simulator.evidence.weights import RangeLikelihoods
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.simulate.blocks import CompiledPlan
from simulator.store import archives, manifest, results, work
from simulator.store.archives import UNREADABLE
from simulator.store.manifest import MANIFEST, KeptDraws, ResultHead
from simulator.store.work import WorkState
from simulator.summaries.counts import CountLayout, Counts, empty_counts

ELSEWHERE = "--overwrite replaces it, --out DIR leaves it alone"


class RunRequest(NamedTuple):
    """What the caller wants; `draws` and `trajectories` to keep are as in an existing result when left out."""

    plan: Plan
    resume: bool = False
    overwrite: bool = False
    draws: int | None = None
    trajectories: int | None = None

    def head(self, existing: ResultHead | None = None) -> ResultHead:
        """The head of the result to make, given the one that exists."""
        draws, trajectories = existing.keep if existing else KeptDraws()
        keep = KeptDraws(
            draws if self.draws is None else self.draws,
            trajectories if self.trajectories is None else self.trajectories,
        )
        families = existing.families if existing else ()
        return ResultHead(self.plan, keep, families=families)


def finished_head(target: Path, request: RunRequest) -> ResultHead | None:
    """The head of the finished result in a folder, of as many draws as requested or of fewer.

    Returns
    -------
    None when there is no folder, or it may be overwritten

    Raises
    ------
    InputFault
        when something else is in the folder
    """
    if not target.exists():
        require_folder_above(target)
        return None
    if not (target / MANIFEST).is_file():
        raise _in_the_way(target, "what is not a result", "move it away, or choose --out")
    if request.overwrite:
        return None
    document = manifest.read_manifest(target)
    existing = manifest.read_head(document, target / MANIFEST, request.plan)
    _require_same(target, "a result", existing, request)
    return existing


def require_folder_above(target: Path) -> None:
    """Refuse a result's folder inside a file."""
    above = next(path for path in target.absolute().parents if path.exists())
    if not above.is_dir():
        location = shown_path(target)
        problem, allowed = (
            f"{shown_path(above)}, a file",
            "--out DIR inside folders, there or not yet",
        )
        raise InputFault([Fault(location, "", "", problem, allowed, "choose another --out")])


def _require_same(path: Path, what: str, existing: ResultHead, request: RunRequest) -> None:
    """Refuse to continue a run of another plan, of more draws, or that keeps other draws."""
    wanted = request.head(existing)
    if not existing.same_scenario(wanted):
        differs = listed(_differences(existing, wanted))
        raise _in_the_way(path, f"{what} of another plan (another {differs})", ELSEWHERE)
    if existing.plan.draws > wanted.plan.draws:
        problem = f"{what} of {existing.plan.draws:,} draws, more than the {wanted.plan.draws:,} asked for"
        raise _in_the_way(path, problem, f"ask for as many; {ELSEWHERE}")
    if existing.keep != wanted.keep:
        keep = existing.keep
        problem = f"{what} that keeps {keep.draws:,} draws and {keep.trajectories:,} trajectories"
        fix = f"leave out --keep-draws and --keep-trajectories; {ELSEWHERE}"
        raise _in_the_way(path, problem, fix)


def _differences(existing: ResultHead, wanted: ResultHead) -> Iterable[str]:
    if existing.version != wanted.version:
        yield f"version, {existing.version}"
    new, old = wanted.plan.model_dump(), existing.plan.model_dump()
    for key in new:
        if key == "priors":
            priors = [{prior["name"]: prior for prior in plan[key]} for plan in (new, old)]
            names = dict.fromkeys(name for plan in priors for name in plan)
            yield from (n for n in names if priors[0].get(n) != priors[1].get(n))
        elif key != "draws" and new[key] != old[key]:
            yield key.replace("_", " ")


def _in_the_way(path: Path, problem: str, fix: str) -> InputFault:
    return InputFault([Fault(shown_path(path), "", "", problem, fix=fix)])


def starting_state(
    folder: Path,
    target: Path,
    existing: ResultHead | None,
    request: RunRequest,
    compiled: CompiledPlan,
) -> tuple[WorkState, RangeLikelihoods | None]:
    """The state from which a run goes on, with the files of kept draws allocated.

    Parameters
    ----------
    folder : the work folder, locked
    target : the result's folder
    existing : the head of the finished result in it
    compiled : the plan requested, ready to simulate

    Returns
    -------
    the state; and likelihoods of the first draws, which a fresh run finds while it fits its grids

    Raises
    ------
    InputFault
        when there is an unfinished run or a shorter result, and the request does not say what to do with it
    """
    unfinished = work.load_snapshot(folder) if request.resume or not request.overwrite else None
    if unfinished and request.overwrite:
        wanted = request.head(unfinished.head)
        unfinished = unfinished if unfinished.head.same_scenario(wanted) else None
    if unfinished:
        return _resumed(folder, unfinished, request), None
    if existing:
        return _extended(folder, target, existing, request), None
    work.write_plan(folder, request.plan)
    head = request.head()
    shape, first = weights.layout_and_likelihoods(compiled)
    fresh = WorkState(head, shape, results.draw_file_shapes(head), empty_counts(shape), ())
    work.begin_work(folder, fresh)
    return fresh, first


def _resumed(folder: Path, unfinished: WorkState, request: RunRequest) -> WorkState:
    total = unfinished.head.plan.draws
    what = f"an unfinished run ({unfinished.simulated:,} of {total:,} draws)"
    _require_same(folder, what, unfinished.head, request)
    if not request.resume:
        raise _in_the_way(folder, what, f"--resume goes on with it; {ELSEWHERE}")
    head = request.head(unfinished.head)
    state = replace(unfinished, head=head, draw_files=results.draw_file_shapes(head))
    if _weights_change(unfinished.head, head):
        state = replace(state, counts=empty_counts(state.shape), done=())
    work.allocate_draw_files(folder, state)
    return state


def _extended(folder: Path, target: Path, existing: ResultHead, request: RunRequest) -> WorkState:
    if not request.resume:
        problem = f"a result of {existing.plan.draws:,} draws"
        fix = f"--resume extends it to {request.plan.draws:,}; {ELSEWHERE}"
        raise _in_the_way(target, problem, fix)
    manifest.verify_files(target)
    head = request.head(existing)
    shape, counts = _read_counts(target, existing)
    files, done = results.draw_file_shapes(head), (range(existing.plan.draws),)
    state = WorkState(head, shape, files, counts, done)
    if _weights_change(existing, head):
        state = replace(state, counts=empty_counts(shape), done=())
    work.write_plan(folder, request.plan)
    work.begin_work(folder, state, extended=target)
    return state


def _read_counts(target: Path, existing: ResultHead) -> tuple[CountLayout, Counts]:
    try:
        return results.read_counts(archives.read_archive(target / results.COUNTS), existing.plan)
    except UNREADABLE as error:
        problem = f"what cannot be read ({type(error).__name__}: {error})"
        raise _in_the_way(target / results.COUNTS, problem, manifest.AGAIN) from None


def _weights_change(existing: ResultHead, wanted: ResultHead) -> bool:
    """Whether more draws change the weights of those that exist, whose counts are then of no use."""
    return bool(wanted.plan.observations) and existing.plan.draws != wanted.plan.draws
