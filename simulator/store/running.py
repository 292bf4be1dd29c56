"""A plan to its result, whatever stops it in between."""

from __future__ import annotations

import csv
import errno
import io
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from simulator import engines, readings, sequential, store, walk
from simulator.conditioning import Weights
from simulator.entries import shown
from simulator.faults import DrawFailed, InputFault, Interrupted, RunFailed
from simulator.plan import Plan
from simulator.store import Result, beginning, datatree, disk, manifest, work
from simulator.store.beginning import Asked
from simulator.store.work import State

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
    asked = Asked(plan, resume, overwrite, keep_cards, keep_trajectories)
    target = store.place(plan, out)
    folder = store.partial(target)
    with _ending_well(folder):
        there = beginning.finished(target, asked)
        if there and there.plan.draws == plan.draws:
            progress(plan.draws)
            work.tidy(folder)
            return target
        with work.locked(folder) as lock:
            there = beginning.finished(
                target, asked
            )  # by another process, before the lock was free
            if there and there.plan.draws == plan.draws:
                return target
            state = beginning.state(folder, target, there, asked)
            progress(state.walked)
            try:
                state, weights = _walked(folder, lock, state, workers, progress)
            except InputFault:  # evidence that no draw agrees with leaves nothing to go on with
                work.clear(folder)
                raise
            _finished(folder / work.RESULT, state, weights, pictures)
            work.finish(folder, target, lock)
    return target


def _walked(
    folder: Path, lock: IO[str], state: State, workers: int, progress: Callable[[int], None]
) -> tuple[State, Weights | None]:
    """Walk what is missing, with a snapshot every few seconds and whenever it ends.

    A run that conditions is walked once before, for its weights; they are the same when it is resumed.
    """
    keep, every = state.of.keep, engines.ranges(range(state.of.plan.draws), workers)
    executor = ThreadPoolExecutor(workers) if workers > 1 else None
    each = partial(engines.each, executor=executor, ahead=workers + 1)
    unsaved: set[str] = set()
    try:
        walker, weights = sequential.weighed(
            walk.ready(state.of.plan), lambda task: each(task, every)
        )
        task = partial(
            walk.walk,
            walker,
            state.shape,
            cards=keep.cards,
            trajectories=keep.trajectories,
            weights=weights.whole if weights else None,
        )
        saved_at = time.monotonic()
        for walked in each(task, _pieces(state, workers)):
            unsaved.update(work.put(folder, state, walked))
            state = work.counted(state, walked)
            progress(len(walked.draws))
            if time.monotonic() - saved_at > BETWEEN_SNAPSHOTS:
                work.insist(folder, lock)
                work.save(folder, state, unsaved)
                unsaved, saved_at = set(), time.monotonic()
    except BaseException:
        with suppress(OSError, RunFailed):  # on a full disk the last snapshot stands
            work.insist(folder, lock)
            work.save(folder, state, unsaved)
        raise
    finally:
        if executor:
            executor.shutdown(cancel_futures=True)
    work.insist(folder, lock)
    work.save(folder, state, unsaved)
    return state, weights


def _pieces(state: State, workers: int) -> list[range]:
    """What is missing, in pieces; smaller ones where trajectories are kept, so that few of them are in flight."""
    pieces, thick = [], state.of.keep.trajectories
    for gap in work.missing(state.done, state.of.plan.draws):
        split = min(max(gap.start, thick), gap.stop)
        pieces += engines.ranges(range(gap.start, split), workers, THICK)
        pieces += engines.ranges(range(split, gap.stop), workers)
    return pieces


def _finished(
    folder: Path,
    state: State,
    weights: Weights | None,
    pictures: Callable[[Result, Path], None],
) -> None:
    """Write numbers, then pictures, then the manifest."""
    work.bare(folder, state)
    if weights:
        state = replace(state, counts=sequential.trusted(state.of.plan, state.counts, weights))
        with disk.replacing(folder / store.WEIGHTS) as file:
            store.write_weights(file, weights)
    with disk.replacing(folder / store.COUNTS) as file:
        store.write_counts(file, state.shape, state.counts)
    result = store.gathered(state.of, state.shape, state.counts, folder)
    with disk.replacing(folder / store.TABLE) as file:
        file.write(_csv(readings.milestone_rows(state.counts, state.shape)).encode())
    with disk.replacing(folder / store.SUMMARIES) as file:
        file.write(datatree.netcdf(datatree.summaries(result)))
    pictures(result, folder)
    manifest.seal(state.of, folder, store.numbers(state.of.plan))


def _csv(rows: list[dict[str, Any]]) -> str:
    flat = [{k: v for k, v in row.items() if not isinstance(v, dict)} for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(flat[0]) if flat else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


@contextmanager
def _ending_well(folder: Path) -> Iterator[None]:
    """Turn whatever stops a run into a message that says what is kept and what to do."""
    try:
        yield
    except DrawFailed as failed:
        raise DrawFailed(failed.draw, failed.what, shown(folder)) from None
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted. {_kept(folder)}") from None
    except OSError as error:
        raise RunFailed(f"{_reason(error, folder)} {_kept(folder)}") from error


def _reason(error: OSError, folder: Path) -> str:
    where = f"{shown(folder)}: {error.strerror or error}"
    if error.errno in disk.FULL:
        return f"{where}. Free some space there, or choose another --out."
    if error.errno in disk.FORBIDDEN:
        return f"{where}. Have the folder made writable, or choose another --out."
    if error.errno in disk.GONE:
        return f"{where}, of {error.filename}: removed in mid-run. Run it again."
    return f"{where} ({errno.errorcode.get(error.errno or 0, type(error).__name__)})."


def _kept(folder: Path) -> str:
    with suppress(OSError, InputFault):
        if begun := work.saved(folder):
            done, draws = begun.walked, begun.of.plan.draws
            return f"{done:,} of {draws:,} draws are kept in {shown(folder)}; the same command with --resume goes on."
    return "Nothing is kept; the same command starts again."
