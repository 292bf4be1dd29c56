"""Runs a plan and writes its result, with snapshots from which a run that was stopped is resumed."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from os import PathLike
from pathlib import Path
from typing import IO

import numpy as np

from simulator.errors import ClusterLost, DrawFailed, InputFault, Interrupted, RunFailed, listed
from simulator.evidence import tempered
from simulator.evidence.weights import RangeLikelihoods
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.simulate import blocks, engines
from simulator.simulate.blocks import CompiledPlan
from simulator.simulate.cpus import same_bits
from simulator.simulate.engines import Engine, Workers
from simulator.store import (
    beginning,
    datatree,
    disk,
    in_memory,
    likelihoods,
    manifest,
    results,
    work,
)
from simulator.store.beginning import RunRequest
from simulator.store.manifest import ResultHead
from simulator.store.work import WorkState
from simulator.summaries.records import csv_text, flat
from simulator.summaries.result import ImportanceWeights, Result

BETWEEN_SNAPSHOTS = 5.0  # seconds; no byte of a result depends on it

SHORT_RANGE = 256  # draws in a range whose trajectories are kept, which take 40 kB each


def run(
    plan: Plan,
    folder: str | PathLike[str],
    workers: Workers = 1,
    progress: Callable[[int], None] = lambda draws: None,
    weighed: Callable[[int], None] = lambda draws: None,
    pictures: Callable[[Result, Path], None] = lambda result, folder: None,
    resume: bool = False,
    overwrite: bool = False,
    keep_draws: int | None = None,
    keep_trajectories: int | None = None,
    warn: Callable[[str], None] = lambda warning: None,
) -> Result:
    """Simulate every draw of a plan and write its result.

    Parameters
    ----------
    plan : what to simulate
    folder : the result's folder
    workers : threads, or an open engine
    progress : called with the number of draws done since the last call
    weighed : called before, with the number of draws weighed since the last call, where observations weigh them
    pictures : called with the result and the folder to draw in, once the numbers are written
    resume : go on with an unfinished run, or extend a result of fewer draws; begin when there is neither
    overwrite : replace what exists, once the new result is complete; with `resume`, go on with doing so
    keep_draws, keep_trajectories : of how many first draws; when left out as in what exists, else 100,000 and 1,000
    warn : called when draws of machines come together whose last bits differ

    Returns
    -------
    the result, whose draws stay on the disk until they are used; loaded when the folder holds it already

    Raises
    ------
    InputFault
        when something else is in the way, another process is at work there, or no draw agrees with the observations
    RunFailed
        when a draw or the machine fails; what was done is kept for `resume`
    Interrupted
        when KeyboardInterrupt was raised; what was done is kept too
    """
    request = RunRequest(plan, resume, overwrite, keep_draws, keep_trajectories)
    target = Path(folder)
    work_folder = results.partial_folder(target)
    with explained_endings(work_folder):
        existing = beginning.finished_head(target, request)
        if existing and existing.plan.draws == plan.draws:
            progress(plan.draws)
            work.tidy_leftovers(work_folder)
            return results.load_result(target, plan)
        with work.work_lock(work_folder) as lock:
            # another process may have finished it before the lock was free
            existing = beginning.finished_head(target, request)
            if existing and existing.plan.draws == plan.draws:
                return results.load_result(target, plan)
            compiled = blocks.compile_plan(plan)
            state, first = beginning.starting_state(
                work_folder, target, existing, request, compiled
            )
            progress(state.simulated)
            try:
                state, weights = simulate_missing(
                    work_folder, lock, state, compiled, first, workers, progress, weighed, warn
                )
            except (
                InputFault
            ):  # no draw agrees with the observations, so there is nothing to resume
                work.clear_work(work_folder)
                raise
            result = write_result(work_folder / work.RESULT, state, weights, pictures)
            work.finish_work(work_folder, target, lock)
            return results.with_draws(result, results.open_draws(target, state.head), target)


def simulate_missing(
    folder: Path,
    lock: IO[str],
    state: WorkState,
    compiled: CompiledPlan,
    first: RangeLikelihoods | None,
    workers: Workers,
    progress: Callable[[int], None],
    weighed: Callable[[int], None],
    warn: Callable[[str], None],
    part: range | None = None,
    weights: ImportanceWeights | None = None,
) -> tuple[WorkState, ImportanceWeights | None]:
    """Simulate the draws that are missing, with a snapshot every few seconds and at the end.

    A plan with observations is simulated once before, for its weights, unless they are given; the likelihoods that it
    then finds are kept, and it goes on with them when it is resumed. With `part`, only the draws in it are simulated.
    """
    unsaved: set[str] = set()
    with engines.opened_engine(workers) as engine:
        try:
            conditioned = compiled
            if weights is None:
                conditioned, weights = _weighed_draws(
                    folder, lock, compiled, first, engine, weighed
                )
            ranges = _missing_ranges(state, engine, part)
            shape, keep, saved_at = state.shape, state.head.keep, time.monotonic()
            for summary in in_memory.range_summaries(
                conditioned, shape, keep, weights, engine, ranges
            ):
                unsaved.update(work.write_draws(folder, state, summary))
                before, state = state, work.with_range(state, summary)
                warn_of_families(folder, before.head, state.head, warn)
                progress(len(summary.draws))
                del before, summary  # or they stay in memory until the next range is done
                if time.monotonic() - saved_at > BETWEEN_SNAPSHOTS:
                    work.require_lock(folder, lock)
                    work.save_snapshot(folder, state, unsaved)
                    unsaved, saved_at = set(), time.monotonic()
        except BaseException:
            with suppress(OSError, RunFailed):  # on a full disk the last snapshot stays valid
                work.require_lock(folder, lock)
                work.save_snapshot(folder, state, unsaved)
            raise
    work.require_lock(folder, lock)
    work.save_snapshot(folder, state, unsaved)
    return state, weights


def _kept_likelihoods(folder: Path, plan: Plan) -> list[RangeLikelihoods]:
    """The likelihoods that an unfinished run has; none where the file is damaged, for they can be made again."""
    with suppress(InputFault):
        return likelihoods.load(folder, plan, of_this_family=True)
    return []


def _weighed_draws(
    folder: Path,
    lock: IO[str],
    compiled: CompiledPlan,
    first: RangeLikelihoods | None,
    engine: Engine,
    weighed: Callable[[int], None],
) -> tuple[CompiledPlan, ImportanceWeights | None]:
    """The draws to count and their weights; new likelihoods are written into the work folder as they come."""
    known = [first] if first else _kept_likelihoods(folder, compiled.plan)
    recorded = partial(
        likelihoods.recorded,
        folder=folder,
        known=known,
        require_lock=partial(work.require_lock, folder, lock),
        every=BETWEEN_SNAPSHOTS,
    )
    return in_memory.conditioned_draws(compiled, engine, tuple(known), weighed, recorded)


def warn_of_families(
    folder: Path, before: ResultHead, after: ResultHead, warn: Callable[[str], None]
) -> None:
    """Warn when draws come from a machine whose last bits differ from those of the draws before."""
    added = [family for family in after.families if family not in before.families]
    others = [each for each in before.families if not any(same_bits(each, a) for a in added)]
    if added and others:
        before_with, now_with = (
            listed(sorted(set(one.features) - set(other.features))) or "fewer instructions"
            for one, other in ((others[0], added[0]), (added[0], others[0]))
        )
        warn(
            f"{shown_path(folder)}: draws simulated on a CPU with {before_with} come together with draws of one with "
            f"{now_with}, and differ in their last bits (docs/method.md, Bits)"
        )


def _missing_ranges(state: WorkState, engine: Engine, part: range | None = None) -> list[range]:
    """Ranges that are not simulated yet; short where trajectories are kept, so that few of them are in memory."""
    ranges: list[range] = []
    wanted = range(state.head.plan.draws) if part is None else part
    for missing in engines.missing_ranges(state.done, range(state.head.plan.draws)):
        gap = range(max(missing.start, wanted.start), min(missing.stop, wanted.stop))
        if not gap:
            continue
        split = min(max(gap.start, state.head.keep.trajectories), gap.stop)
        ranges += engines.cut_ranges(range(gap.start, split), engine.workers, SHORT_RANGE)
        ranges += engines.cut_ranges(range(split, gap.stop), engine.workers, engine.longest)
    return ranges


def write_result(
    folder: Path,
    state: WorkState,
    weights: ImportanceWeights | None,
    pictures: Callable[[Result, Path], None],
) -> Result:
    """Write numbers, then pictures, then the manifest.

    Returns
    -------
    the result without its draws: Windows does not rename a folder in which a file is open
    """
    work.remove_summary_files(folder, state)
    plan, counts = state.head.plan, state.counts
    if weights:
        counts = tempered.with_effective_size(plan, counts, weights)
        with disk.replacing(folder / results.WEIGHTS) as file:
            results.write_weights(file, weights)
    with disk.replacing(folder / results.COUNTS) as file:
        results.write_counts(file, state.shape, counts)
    draws = results.open_draws(folder, state.head)
    result = results.assemble_result(state.head, state.shape, counts, weights, draws, folder)
    with disk.replacing(folder / results.TABLE) as file:
        file.write(csv_text([flat(row) for row in result.milestone_estimates]).encode())
    with disk.replacing(folder / results.SUMMARIES) as file:
        file.write(datatree.netcdf_bytes(datatree.summary_dataset(result)))
    pictures(result, folder)
    manifest.seal(state.head, folder, results.number_files(plan))
    none = {name: np.array(rows[:0]) for name, rows in draws.items()}
    return results.with_draws(result, none, folder)


@contextmanager
def explained_endings(folder: Path) -> Iterator[None]:
    """Turn what stops a run into a message that says what is kept and how to go on."""
    try:
        yield
    except DrawFailed as failed:
        raise DrawFailed(failed.draw, failed.what, shown_path(folder)) from None
    except ClusterLost as lost:
        raise RunFailed(f"{lost}. {_what_is_kept(folder)}") from lost
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted. {_what_is_kept(folder)}") from None
    except OSError as error:
        raise RunFailed(f"{_reason(error, folder)} {_what_is_kept(folder)}") from error


def _reason(error: OSError, folder: Path) -> str:
    where = f"{shown_path(folder)}: {error.strerror or error}"
    if error.errno in disk.FULL:
        return f"{where}. Free some space there, or choose another --out."
    if error.errno in disk.FORBIDDEN:
        return f"{where}. Have the folder made writable, or choose another --out."
    if error.errno in disk.GONE:
        return f"{where}, of {error.filename}: removed in mid-run. Run it again."
    return f"{where} ({errno.errorcode.get(error.errno or 0, type(error).__name__)})."


def _what_is_kept(folder: Path) -> str:
    with suppress(OSError, InputFault):
        if state := work.load_snapshot(folder):
            done, plan = state.simulated, state.head.plan
            known = 0 if done else sum(len(p.draws) for p in likelihoods.load(folder, plan))
            what = f"the likelihoods of {known:,}" if known else f"{done:,}"
            kept = f"{what} of {plan.draws:,} draws are kept in {shown_path(folder)}"
            return f"{kept[0].upper()}{kept[1:]}; the same command with --resume goes on."
    return "Nothing is kept; the same command starts again."
