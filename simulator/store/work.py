"""The folder of an unfinished run: its lock, and the snapshot from which the run is resumed.

    .NAME.partial/
      lock           held by the process that works here, which its text names
      plan.json      the plan, with which a draw that fails can be replayed
      snapshot.npz   the counts and the ranges of draws that are in them; replaced in one step
      likelihoods.npz  log-likelihoods of a run with observations (`likelihoods.py`)
      result/        what becomes the result's folder; draws that are kept are written into it by their numbers

A draw is in the snapshot only after its rows are on the disk. A run can be resumed when both `snapshot.npz` and
`result/` exist. Other files are leftovers of a process that died while it started or ended, and hold no draw.
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
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from filelock import lock_descriptor

from simulator.errors import Fault, InputFault, RunFailed
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.store import archives, disk, manifest, results
from simulator.store.archives import UNREADABLE, require_array
from simulator.store.manifest import ResultHead
from simulator.summaries.counts import CountLayout, Counts, merge_counts
from simulator.summaries.summarise import RangeSummary

LOCK, SNAPSHOT, RESULT, REPLACED = "lock", "snapshot.npz", "result", "replaced"


@dataclass(frozen=True)
class WorkState:
    """How far a run has come: what a snapshot holds.

    Attributes
    ----------
    head : what the run is of
    draw_files : name -> shape of each file of kept draws
    done : ranges of draws that are in the counts, in rising order, with gaps between them
    """

    head: ResultHead
    shape: CountLayout
    draw_files: dict[str, tuple[int, ...]]
    counts: Counts
    done: tuple[range, ...]

    @property
    def simulated(self) -> int:
        """How many draws are in the counts, whatever their weights."""
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
    """Whether a lock is still the one in the folder; it is not when the folder was removed or made again."""
    try:
        return os.path.samestat((folder / LOCK).stat(), os.fstat(lock.fileno()))
    except OSError:
        return False


def require_lock(folder: Path, lock: IO[str]) -> None:
    """Require that this process still holds the folder's lock.

    Raises
    ------
    RunFailed
        when it does not, because its files would mix with those of another process
    """
    if not lock_is_held(folder, lock):
        raise RunFailed(f"{shown_path(folder)} was removed in mid-run. Run it again.")


def tidy_leftovers(folder: Path) -> None:
    """Remove the leftovers of a process that died just after its result was complete, unless the folder is in use."""
    with suppress(OSError, InputFault):
        if folder.exists():
            with work_lock(folder):
                if load_snapshot(folder) is None:
                    clear_work(folder)


def clear_work(folder: Path) -> None:
    """Remove everything from a work folder except its lock."""
    for path in folder.iterdir():
        if path.name != LOCK:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def write_plan(folder: Path, plan: Plan) -> None:
    """Empty a work folder and write the plan into it."""
    clear_work(folder)
    (folder / results.PLAN).write_text(plan.canonical(), "utf-8")


def begin_work(folder: Path, state: WorkState, extended: Path | None = None) -> None:
    """Allocate the files of kept draws, copied from a result that is extended, and write the first snapshot."""
    result = folder / RESULT
    result.mkdir()
    for name in state.draw_files:
        if extended:
            shutil.copyfile(extended / f"{name}.npy", result / f"{name}.npy")
    allocate_draw_files(folder, state)
    save_snapshot(folder, state, state.draw_files)


def allocate_draw_files(folder: Path, state: WorkState) -> None:
    """Give every file of kept draws its size."""
    for name, shape in state.draw_files.items():
        disk.allocate_array(folder / RESULT / f"{name}.npy", shape)


def write_draws(folder: Path, state: WorkState, summary: RangeSummary) -> list[str]:
    """Write the kept draws of a range as rows of their files; gives the names of the files that changed."""
    rows = {name: getattr(summary, name) for name in state.draw_files}
    changed = [name for name in rows if rows[name].size]
    for name in changed:
        path = folder / RESULT / f"{name}.npy"
        disk.write_rows(path, state.draw_files[name], summary.draws.start, rows[name])
    return changed


def remove_summary_files(folder: Path, state: WorkState) -> None:
    """Remove all files but those of kept draws: an attempt to write them that failed is repeated in full."""
    for path in folder.iterdir():
        if path.stem not in state.draw_files or path.suffix != ".npy":
            path.unlink()


def with_range(state: WorkState, summary: RangeSummary) -> WorkState:
    """The state with one more range of draws in its counts, which are of no use afterwards."""
    counts = merge_counts(state.counts, summary.counts, into_b=True)
    done = [*state.done, summary.draws]
    head = state.head.with_families([summary.family])
    return replace(state, head=head, counts=counts, done=joined_ranges(done))


def joined_ranges(ranges: Iterable[range]) -> tuple[range, ...]:
    """The same draws in as few ranges as possible, in rising order."""
    joined: list[range] = []
    for each in sorted((r for r in ranges if len(r)), key=lambda r: r.start):
        if joined and joined[-1].stop == each.start:
            each = range(joined.pop().start, each.stop)
        joined.append(each)
    return tuple(joined)


def save_snapshot(folder: Path, state: WorkState, changed: Iterable[str]) -> None:
    """Write a snapshot, once the files of kept draws that changed since the last one are on the disk."""
    for name in changed:
        disk.sync(folder / RESULT / f"{name}.npy")
    with disk.replacing(folder / SNAPSHOT) as file:
        done = np.array([(each.start, each.stop) for each in state.done], np.int64).reshape(-1, 2)
        head = np.array(json.dumps(state.head.document()))
        results.write_counts(file, state.shape, state.counts, done=done, head=head)


def load_snapshot(folder: Path) -> WorkState | None:
    """The state of an unfinished run, or None when there is none.

    Raises
    ------
    InputFault
        when the snapshot cannot be read
    """
    path = folder / SNAPSHOT
    if not (path.is_file() and (folder / RESULT).is_dir()):
        return None
    try:
        file = archives.read_archive(path)
        head = manifest.read_head(json.loads(str(file["head"])), path)
        shape, counts = results.read_counts(file, head.plan)
        done = _read_ranges(file["done"], head.plan.draws)
    except UNREADABLE as error:
        what = f"what cannot be read ({type(error).__name__}: {error})"
        fix = "--overwrite starts again"
        raise InputFault([Fault(shown_path(path), "", "", what, fix=fix)]) from None
    return WorkState(head, shape, results.draw_file_shapes(head), counts, done)


def _read_ranges(done: npt.NDArray[Any], draws: int) -> tuple[range, ...]:
    """Ranges of draws in rising order, with gaps between them."""
    require_array("done", done, "u", (len(done), 2))
    ends = done.astype(np.int64).ravel()
    if (np.diff(ends) <= 0).any() or (len(ends) and ends[-1] > draws):
        raise ValueError("done: no ranges of draws in rising order")
    return tuple(range(int(a), int(b)) for a, b in done)


def finish_work(folder: Path, target: Path, lock: IO[str]) -> None:
    """Rename the sealed result to its final folder, in one step, and remove the work folder.

    A result that is replaced is first moved into the work folder.
    """
    require_lock(folder, lock)
    if target.exists():
        shutil.rmtree(folder / REPLACED, ignore_errors=True)
        target.rename(folder / REPLACED)
    (folder / RESULT).rename(target)
    disk.sync(target.parent)
    (folder / SNAPSHOT).unlink()
    shutil.rmtree(folder, ignore_errors=True)
