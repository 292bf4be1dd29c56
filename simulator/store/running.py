"""A plan to its result, whatever stops it in between."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO

from simulator.errors import DrawFailed, InputFault, Interrupted, RunFailed
from simulator.evidence import tempered
from simulator.evidence.weights import RangeLikelihoods
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.simulate import blocks, engines
from simulator.simulate.blocks import CompiledPlan
from simulator.store import beginning, datatree, disk, manifest, results, work
from simulator.store.beginning import RunRequest
from simulator.store.work import WorkState
from simulator.summaries import summarise
from simulator.summaries.records import csv_text, flat
from simulator.summaries.result import ImportanceWeights, Result

BETWEEN_SNAPSHOTS = 5.0  # seconds; no byte of a result depends on it

THICK = 256  # draws in a piece whose trajectories are kept, which take 40 kB each


def run(
    plan: Plan,
    out: str | None = None,
    workers: int = 1,
    progress: Callable[[int], None] = lambda draws: None,
    pictures: Callable[[Result, Path], None] = lambda result, folder: None,
    resume: bool = False,
    overwrite: bool = False,
    keep_cards: int | None = None,
    keep_trajectories: int | None = None,
) -> Path:
    """Walk every draw of a plan and leave its result.

    Parameters
    ----------
    out : the result's folder; `./runs/NAME` when left out
    workers : threads
    progress : called with the number of draws done since the last call
    pictures : called with the result and the folder to draw in, once the numbers are there
    resume : go on with unfinished work, or extend a result of fewer draws; begin when neither is there
    overwrite : replace what is there, once the new result is whole; with `resume`, go on with doing so
    keep_cards, keep_trajectories : of how many first draws; 100,000 and 1,000, or what is there, when left out

    Returns
    -------
    the result's folder

    Raises
    ------
    InputFault
        when something else is in the way, or another process is at work there
    RunFailed
        when a draw or the machine fails; what was done is kept for `resume`
    Interrupted
        when KeyboardInterrupt was raised; what was done is kept too
    """
    asked = RunRequest(plan, resume, overwrite, keep_cards, keep_trajectories)
    target = results.result_folder(plan, out)
    folder = results.partial_folder(target)
    with _explained_endings(folder):
        there = beginning.finished_result(target, asked)
        if there and there.plan.draws == plan.draws:
            progress(plan.draws)
            work.tidy_leftovers(folder)
            return target
        with work.work_lock(folder) as lock:
            there = beginning.finished_result(
                target, asked
            )  # by another process, before the lock was free
            if there and there.plan.draws == plan.draws:
                return target
            compiled = blocks.compile_plan(plan)
            state, first = beginning.starting_state(folder, target, there, asked, compiled)
            progress(state.walked)
            try:
                state, weights = _simulate_missing(
                    folder, lock, state, compiled, first, workers, progress
                )
            except InputFault:  # evidence that no draw agrees with leaves nothing to go on with
                work.clear_work(folder)
                raise
            _write_result(folder / work.RESULT, state, weights, pictures)
            work.finish_work(folder, target, lock)
    return target


def _simulate_missing(
    folder: Path,
    lock: IO[str],
    state: WorkState,
    compiled: CompiledPlan,
    first: RangeLikelihoods | None,
    workers: int,
    progress: Callable[[int], None],
) -> tuple[WorkState, ImportanceWeights | None]:
    """Simulate what is missing, with a snapshot every few seconds and whenever it ends.

    A run that conditions is simulated once before, for its weights; they are the same when it is resumed.
    """
    keep = state.of.keep
    executor = ThreadPoolExecutor(workers) if workers > 1 else None
    each = partial(engines.run_ranges, executor=executor, ahead=workers + 1)
    unsaved: set[str] = set()
    try:
        compiled, weights = tempered.conditioned_draws(
            compiled, lambda task, draws: each(task, engines.cut_ranges(draws, workers)), first
        )
        task = partial(
            summarise.summarise_range,
            compiled,
            state.shape,
            cards=keep.cards,
            trajectories=keep.trajectories,
            weights=weights.whole if weights else None,
        )
        saved_at = time.monotonic()
        for walked in each(task, _pieces(state, workers)):
            unsaved.update(work.write_cards(folder, state, walked))
            state = work.with_range(state, walked)
            progress(len(walked.draws))
            if time.monotonic() - saved_at > BETWEEN_SNAPSHOTS:
                work.require_lock(folder, lock)
                work.save_snapshot(folder, state, unsaved)
                unsaved, saved_at = set(), time.monotonic()
    except BaseException:
        with suppress(OSError, RunFailed):  # on a full disk the last snapshot stands
            work.require_lock(folder, lock)
            work.save_snapshot(folder, state, unsaved)
        raise
    finally:
        if executor:
            executor.shutdown(cancel_futures=True)
    work.require_lock(folder, lock)
    work.save_snapshot(folder, state, unsaved)
    return state, weights


def _pieces(state: WorkState, workers: int) -> list[range]:
    """What is missing, in pieces; smaller ones where trajectories are kept, so that few of them are in flight."""
    pieces, thick = [], state.of.keep.trajectories
    for gap in work.missing_ranges(state.done, state.of.plan.draws):
        split = min(max(gap.start, thick), gap.stop)
        pieces += engines.cut_ranges(range(gap.start, split), workers, THICK)
        pieces += engines.cut_ranges(range(split, gap.stop), workers)
    return pieces


def _write_result(
    folder: Path,
    state: WorkState,
    weights: ImportanceWeights | None,
    pictures: Callable[[Result, Path], None],
) -> None:
    """Write numbers, then pictures, then the manifest."""
    work.remove_leftovers(folder, state)
    if weights:
        state = replace(
            state, counts=tempered.with_effective_size(state.of.plan, state.counts, weights)
        )
        with disk.replacing(folder / results.WEIGHTS) as file:
            results.write_weights(file, weights)
    with disk.replacing(folder / results.COUNTS) as file:
        results.write_counts(file, state.shape, state.counts)
    result = results.assemble_result(state.of, state.shape, state.counts, folder)
    with disk.replacing(folder / results.TABLE) as file:
        rows = result.milestone_estimates
        file.write(csv_text([flat(row) for row in rows]).encode())
    with disk.replacing(folder / results.SUMMARIES) as file:
        file.write(datatree.netcdf_bytes(datatree.summary_dataset(result)))
    pictures(result, folder)
    manifest.seal(state.of, folder, results.number_files(state.of.plan))


@contextmanager
def _explained_endings(folder: Path) -> Iterator[None]:
    """Turn whatever stops a run into a message that says what is kept and what to do."""
    try:
        yield
    except DrawFailed as failed:
        raise DrawFailed(failed.draw, failed.what, shown_path(folder)) from None
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
        if begun := work.load_snapshot(folder):
            done, draws = begun.walked, begun.of.plan.draws
            where = shown_path(folder)
            return f"{done:,} of {draws:,} draws are kept in {where}; the same command with --resume goes on."
    return "Nothing is kept; the same command starts again."
