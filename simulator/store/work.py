"""Unfinished work: its folder, the lock on it, and the snapshots from which it goes on.

    .NAME.partial/
      lock           held by the process that works here, which its text names
      plan.json      of which a draw that fails can be replayed
      snapshot.npz   the counts and the ranges of draws that are in them, in one file that is replaced in one step
      result/        what becomes the result's folder, cards in their places

The snapshot claims no card that is not on the disk. There is work to go on with where both `snapshot.npz` and `result/`
are; anything else is what a process left behind that died while it began or ended, and holds no draw.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
from filelock import lock_descriptor

from simulator.errors import Fault, InputFault, RunFailed
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.store import disk, manifest, results
from simulator.store.manifest import ResultHead
from simulator.summaries.counts import CountLayout, Counts, merge_counts
from simulator.summaries.summarise import RangeSummary

LOCK, SNAPSHOT, RESULT, REPLACED = "lock", "snapshot.npz", "result", "replaced"


@dataclass(frozen=True)
class WorkState:
    """How far a run has come: what a snapshot holds.

    Attributes
    ----------
    cards : the shape of each file of cards
    done : ranges of draws that are in the counts, rising and apart
    """

    of: ResultHead
    shape: CountLayout
    cards: dict[str, tuple[int, ...]]
    counts: Counts
    done: tuple[range, ...]

    @property
    def walked(self) -> int:
        """How many draws are in the counts, whatever they weigh."""
        return sum(map(len, self.done))


@contextmanager
def work_lock(folder: Path) -> Iterator[IO[str]]:
    """Hold the lock of a work folder, which is made if need be; a lock whose holder died is free.

    Raises
    ------
    InputFault
        naming the process that holds it
    """
    with _acquired_lock(folder) as lock:
        try:
            yield lock
        finally:
            # Unlinked while it is held: whoever has opened it meanwhile sees that it is no longer the folder's.
            held = lock_is_held(folder, lock)
            if held:
                _remove_lock(folder)
    if held and os.name == "nt":  # where an open file cannot be unlinked
        _remove_lock(folder)


def _remove_lock(folder: Path) -> None:
    """Remove the lock, and the folder if nothing else is in it."""
    with suppress(OSError):
        (folder / LOCK).unlink()
        folder.rmdir()


def _acquired_lock(folder: Path) -> IO[str]:
    """The open lock file of a folder, locked and with the name of this process in it."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = (folder / LOCK).open("a+")
        except FileNotFoundError:  # the last holder has just removed the folder
            continue
        try:
            locked = lock_descriptor(lock.fileno(), blocking=False)
            if locked and lock_is_held(folder, lock):
                lock.truncate(0)
                lock.write(f" process {os.getpid()} on {socket.gethostname()}")
                lock.flush()
                return lock
            holder = "" if locked else _holder(lock)
        except BaseException:
            lock.close()
            raise
        lock.close()
        if not locked:
            fix = "wait for it, or choose another --out"
            raise InputFault([Fault(shown_path(folder), "", "", f"{holder} at work", fix=fix)])


def _holder(lock: IO[str]) -> str:
    """The process that holds a lock, read from the second byte on: Windows locks the first for readers too."""
    lock.seek(1)
    return lock.read() or "another process"


def lock_is_held(folder: Path, lock: IO[str]) -> bool:
    """Say whether a lock is still the folder's own: not when the folder was removed, or made anew."""
    try:
        return os.path.samestat((folder / LOCK).stat(), os.fstat(lock.fileno()))
    except OSError:
        return False


def require_lock(folder: Path, lock: IO[str]) -> None:
    """Stop when the folder is no longer this process's own.

    Raises
    ------
    RunFailed
        for what is written now would mix with the work of another
    """
    if not lock_is_held(folder, lock):
        raise RunFailed(f"{shown_path(folder)} was removed in mid-run. Run it again.")


def tidy_leftovers(folder: Path) -> None:
    """Remove what a process left that died just after its result was whole; whoever works there is left alone."""
    with suppress(OSError, InputFault):
        if folder.exists():
            with work_lock(folder):
                if load_snapshot(folder) is None:
                    clear_work(folder)


def clear_work(folder: Path) -> None:
    """Remove whatever a folder of work holds, but its lock."""
    for path in folder.iterdir():
        if path.name != LOCK:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def note_plan(folder: Path, plan: Plan) -> None:
    """Say in an empty folder what is worked on."""
    clear_work(folder)
    (folder / results.PLAN).write_text(plan.canonical(), "utf-8")


def begin_work(folder: Path, state: WorkState, old: Path | None = None) -> None:
    """Lay the files of cards and write the first snapshot; `old` is a finished result that is extended."""
    result = folder / RESULT
    result.mkdir()
    for name in state.cards:
        if old:
            shutil.copyfile(old / f"{name}.npy", result / f"{name}.npy")
    lay_card_files(folder, state)
    save_snapshot(folder, state, state.cards)


def lay_card_files(folder: Path, state: WorkState) -> None:
    """Give every file of cards its size."""
    for name, shape in state.cards.items():
        disk.lay_array(folder / RESULT / f"{name}.npy", shape)


def write_cards(folder: Path, state: WorkState, walked: RangeSummary) -> list[str]:
    """Write the cards of a range into their places; names of the files that are written to."""
    given = {name: getattr(walked, name) for name in state.cards}
    written = [name for name, rows in given.items() if rows.size]
    for name in written:
        path = folder / RESULT / f"{name}.npy"
        disk.write_rows(path, state.cards[name], walked.draws.start, given[name])
    return written


def remove_leftovers(folder: Path, state: WorkState) -> None:
    """Leave nothing beside the cards of a result: what an end that came to nothing has written is written again."""
    for path in folder.iterdir():
        if path.stem not in state.cards or path.suffix != ".npy":
            path.unlink()


def with_range(state: WorkState, walked: RangeSummary) -> WorkState:
    """The state with one more range of draws in its counts."""
    counts = merge_counts(state.counts, walked.counts)
    return replace(state, counts=counts, done=joined_ranges([*state.done, walked.draws]))


def joined_ranges(ranges: Iterable[range]) -> tuple[range, ...]:
    """The same draws in as few ranges as there can be, rising."""
    found: list[range] = []
    for each in sorted((r for r in ranges if len(r)), key=lambda r: r.start):
        if found and found[-1].stop == each.start:
            each = range(found.pop().start, each.stop)
        found.append(each)
    return tuple(found)


def missing_ranges(done: Iterable[range], draws: int) -> list[range]:
    """The ranges of draws that are yet to be walked."""
    starts = [0, *(each.stop for each in done)]
    stops = [*(each.start for each in done), draws]
    return [range(a, b) for a, b in zip(starts, stops, strict=True) if a < b]


def save_snapshot(folder: Path, state: WorkState, written: Iterable[str]) -> None:
    """Write a snapshot, once the cards that were written since the last one are on the disk."""
    for name in written:
        disk.sync(folder / RESULT / f"{name}.npy")
    with disk.replacing(folder / SNAPSHOT) as file:
        done = np.array([(each.start, each.stop) for each in state.done], np.int64).reshape(-1, 2)
        head = np.array(json.dumps(state.of.document()))
        results.write_counts(file, state.shape, state.counts, done=done, head=head)


def load_snapshot(folder: Path) -> WorkState | None:
    """The state of unfinished work, or None when there is none.

    Raises
    ------
    InputFault
        when it cannot be read
    """
    path = folder / SNAPSHOT
    if not (path.is_file() and (folder / RESULT).is_dir()):
        return None
    try:
        with np.load(path) as file:
            of = manifest.read_head(json.loads(str(file["head"])), path)
            shape, counts = results.read_counts(file, of.plan)
            done = tuple(range(int(a), int(b)) for a, b in file["done"])
    except results.UNREADABLE as error:
        what = f"what cannot be read ({type(error).__name__}: {error})"
        fix = "--overwrite starts again"
        raise InputFault([Fault(shown_path(path), "", "", what, fix=fix)]) from None
    return WorkState(of, shape, results.card_shapes(of), counts, done)


def finish_work(folder: Path, target: Path, lock: IO[str]) -> None:
    """Give the sealed result its place, in one rename, and remove the folder of work.

    A result that is replaced steps aside first, into the folder of work.
    """
    require_lock(folder, lock)
    if target.exists():
        shutil.rmtree(folder / REPLACED, ignore_errors=True)
        target.rename(folder / REPLACED)
    (folder / RESULT).rename(target)
    disk.sync(target.parent)
    (folder / SNAPSHOT).unlink()
    shutil.rmtree(folder, ignore_errors=True)
