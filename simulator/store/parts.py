"""Parts of a run, each simulated on its own, on any machine, and their merging to the result of the whole.

    parts/17/          laid out as the work folder of a run (`work.py`), which it stays when the part is done
      part.json        which part it is

The counts of a part are whole numbers over bins that depend on the plan alone, so parts merge to the bytes of the whole
run in any order. Parts of a run with observations are simulated twice (`part_weights.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array
from simulator.errors import Fault, InputFault, listed
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.simulate import blocks, engines
from simulator.simulate.engines import Workers
from simulator.store import (
    archives,
    beginning,
    disk,
    likelihoods,
    part_weights,
    results,
    running,
    work,
)
from simulator.store.archives import UNREADABLE
from simulator.store.beginning import RunRequest
from simulator.store.manifest import ResultHead
from simulator.store.work import WorkState
from simulator.summaries.counts import CountLayout, empty_counts, merge_counts
from simulator.summaries.result import ImportanceWeights, Result

PART = "part.json"

LAST_BITS = 1e-9  # by which edges of bins may differ between machines: far more than last bits, far less than a bin


class DrawPart(NamedTuple):
    """One of `of` nearly equal parts of a run's draws, numbered from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def draws(self, total: int) -> range:
        """The draws of this part: from floor(total (number - 1) / of) to floor(total number / of)."""
        return range(total * (self.number - 1) // self.of, total * self.number // self.of)


class SimulatedPart(NamedTuple):
    """What a folder holds of a run, without its counts, which would not fit the memory for many parts."""

    folder: Path
    part: DrawPart
    head: ResultHead
    shape: CountLayout
    done: tuple[range, ...]


def parse_part(text: str) -> DrawPart:
    """The part that a text such as "17/400" names.

    Raises
    ------
    InputFault
        when it names none
    """
    match = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text.strip(), re.ASCII)
    if match and 1 <= int(match[1]) <= int(match[2]):
        return DrawPart(int(match[1]), int(match[2]))
    allowed = "NUMBER/OF, with NUMBER from 1 to OF"
    raise InputFault([Fault("--part", "", "", f'"{text}"', allowed, "as in --part 17/400")])


def run_part(
    request: RunRequest,
    folder: str | PathLike[str],
    part: DrawPart,
    workers: Workers = 1,
    progress: Callable[[int], None] = lambda draws: None,
    weighed: Callable[[int], None] = lambda draws: None,
    warn: Callable[[str], None] = lambda warning: None,
) -> bool:
    """Simulate one part of a plan's draws and leave it in a folder for `merge_parts`; nothing to do when it is done.

    A part of a plan with observations is simulated for its likelihoods first, which `weigh_parts` makes weights of; the
    second time its draws are counted with these.

    Parameters
    ----------
    request : the plan, whether to resume or overwrite, and what to keep, as for a whole run
    folder : the part's folder
    part : which part
    workers : threads, or an open engine
    progress : called with the number of draws done since the last call
    weighed : called with the number of draws weighed since the last call, where only their likelihoods are wanted
    warn : called when draws of machines come together whose last bits differ

    Returns
    -------
    whether the part is counted, rather than only its likelihoods known

    Raises
    ------
    InputFault
        when the plan is tempered in stages, the part is empty, or something else is in the folder
    RunFailed, Interrupted
        as from a whole run; what was done is kept for `resume`
    """
    plan, target = request.plan, Path(folder)
    draws = part.draws(plan.draws)
    _require_divisible(plan, part)
    beginning.require_folder_above(target)
    _require_part_folder(target)
    with running.explained_endings(target), work.work_lock(target) as lock:
        if not request.overwrite:
            request = request._replace(resume=_may_go_on(target, request, part))
        compiled = blocks.compile_plan(plan)
        state, _ = beginning.starting_state(target, target, None, request, compiled)
        with disk.replacing(target / PART) as file:
            file.write(json.dumps(part._asdict()).encode())
        state = _without_other_rows(target, state, draws)
        weights = part_weights.weights_to_count(target, plan, draws) if plan.observations else None
        if plan.observations and not weights:
            if part_weights.read_likelihoods(target, plan, draws) is None:
                own = partial(work.require_lock, target, lock)
                every = running.BETWEEN_SNAPSHOTS
                part_weights.weigh_part(target, compiled, draws, workers, weighed, own, every)
            return False
        progress(state.simulated)
        running.simulate_missing(
            target, lock, state, compiled, None, workers, progress, weighed, warn, draws, weights
        )
        return True


def _require_divisible(plan: Plan, part: DrawPart) -> None:
    """Refuse parts of a plan that is tempered in stages, each of which needs all draws, and parts without a draw."""
    if plan.is_tempered:
        problem = "a scenario tempered in stages, each of which needs the likelihoods of all draws"
        fix = "--set condition.sampler=importance"
        raise InputFault([Fault("--part", "", "", problem, "draws that are weighed once", fix)])
    if not part.draws(plan.draws):
        problem = f"{part}, a part without a draw"
        allowed = f"at most as many parts as draws, {plan.draws:,}"
        raise InputFault([Fault("--part", "", "", problem, allowed, "take fewer parts")])


def _require_part_folder(folder: Path) -> None:
    """Refuse a folder with other files than those of a part, which would be removed."""
    if not folder.exists():
        return
    written = {work.SNAPSHOT, PART, likelihoods.LIKELIHOODS, part_weights.WEIGHTS}
    known = {work.LOCK, results.PLAN, work.RESULT, *written, *(f"{name}.new" for name in written)}
    foreign = sorted({path.name for path in folder.iterdir()} - known)
    if foreign:
        problem = f"other files than those of a part ({listed(foreign, 3)})"
        fix = "choose another --out"
        raise InputFault([Fault(shown_path(folder), found=problem, fix=fix)])


def _recorded_part(folder: Path) -> DrawPart | None:
    """Which part a folder is of; None when it is of none."""
    try:
        return DrawPart(**json.loads((folder / PART).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _may_go_on(folder: Path, request: RunRequest, part: DrawPart) -> bool:
    """Whether the run goes on with what is in a folder: when asked to, or when the same part is done there."""
    state = work.load_snapshot(folder)
    if not state:
        return request.resume
    recorded, total = _recorded_part(folder), state.head.plan.draws
    never_begun = recorded is None and not state.done
    if (recorded != part and not never_begun) or total != request.plan.draws:
        of = f"part {recorded}" if recorded else "an unfinished run"
        problem = f"{of} of {total:,} draws, not part {part} of {request.plan.draws:,}"
        fix = "choose another --out; --overwrite replaces it"
        raise InputFault([Fault(shown_path(folder), "", "", problem, fix=fix)])
    weighed = not state.done and (folder / likelihoods.LIKELIHOODS).exists()
    return request.resume or weighed or state.done == (part.draws(total),)


def _without_other_rows(folder: Path, state: WorkState, draws: range) -> WorkState:
    """The state without the files of kept draws of which a part has no row; they take their full size on the disk."""
    own = {name: shape for name, shape in state.draw_files.items() if draws.start < shape[0]}
    for name in set(state.draw_files) - set(own):
        (folder / work.RESULT / f"{name}.npy").unlink(missing_ok=True)
    return replace(state, draw_files=own)


def weigh_parts(folders: Iterable[str | PathLike[str]]) -> ImportanceWeights | None:
    """Give the parts of a run with observations the weights of their draws, once all likelihoods are known.

    Parameters
    ----------
    folders : of all parts, in any order

    Returns
    -------
    the weights of all draws; None where no part is without its weights, or the run has no observations

    Raises
    ------
    InputFault
        when a folder is no part, parts are of different plans, share draws or leave draws out, or no draw agrees with
        the observations
    """
    parts = [_simulated_part(Path(folder)) for folder in folders]
    _require_one_plan(parts)
    plan = parts[0].head.plan
    if not plan.observations or all((p.folder / part_weights.WEIGHTS).exists() for p in parts):
        return None
    weights = _weights_of_all(parts)
    of_all = part_weights.checksum(weights)
    for each in parts:
        draws = each.part.draws(plan.draws)
        own = part_weights.PartWeights(weights.whole[draws.start : draws.stop], of_all)
        part_weights.write_weights(each.folder, own)
    return weights


def _weights_of_all(parts: Sequence[SimulatedPart]) -> ImportanceWeights:
    """The weights of all draws, from the likelihoods of all parts; a part that was counted with others is refused."""
    plan = parts[0].head.plan
    of_parts = [
        part_weights.read_likelihoods(each.folder, plan, each.part.draws(plan.draws))
        for each in parts
    ]
    known = [
        each._replace(done=(own.draws,) if own else ())
        for each, own in zip(parts, of_parts, strict=True)
    ]
    _require_no_overlap(known)
    _require_all_draws(known)
    weights = part_weights.weights_of_all(plan, [own for own in of_parts if own])
    of_all = part_weights.checksum(weights)
    faults = []
    for each in parts:
        own = part_weights.read_weights(each.folder, each.part.draws(plan.draws))
        if own and each.done and own.of_all != of_all:
            problem = "draws that are counted with other weights than those of all parts"
            fix = f"simulate part {each.part} again with --overwrite"
            faults.append(Fault(shown_path(each.folder), "", "", problem, fix=fix))
    if faults:
        raise InputFault(faults)
    return weights


def merge_parts(
    folders: Iterable[str | PathLike[str]],
    out: str | PathLike[str],
    pictures: Callable[[Result, Path], None] = lambda result, folder: None,
    overwrite: bool = False,
    warn: Callable[[str], None] = lambda warning: None,
) -> Result:
    """Merge the parts of a run to its result, with the bytes that the whole run would have.

    Parts from machines of several families, whose last bits differ, are counted in the bins of the first draws' part.

    Parameters
    ----------
    folders : of all parts, in any order; they stay as they are
    out : the result's folder
    pictures : called with the result and the folder to draw in, once the numbers are written
    overwrite : replace the result that is there
    warn : called when parts come from machines whose last bits differ

    Returns
    -------
    the result

    Raises
    ------
    InputFault
        when a folder is no part, parts are of different plans, share draws or leave draws out, or something else is
        in the way
    """
    parts = [_simulated_part(Path(folder)) for folder in folders]
    _require_one_plan(parts)
    _require_no_overlap(parts)
    _require_all_draws(parts)
    parts.sort(key=_first_draw)
    head, target = _joined_head(parts, warn), Path(out)
    weights = _weights_of_all(parts) if head.plan.observations else None
    request = RunRequest(head.plan, False, overwrite, *head.keep)
    folder = results.partial_folder(target)
    with running.explained_endings(folder):
        existing = beginning.finished_head(target, request)
        if existing and existing.plan.draws == head.plan.draws:
            return results.load_result(target, head.plan)
        with work.work_lock(folder) as lock:
            _require_free(folder, target, request, existing)
            state = _merged_state(folder, head, parts)
            result = running.write_result(folder / work.RESULT, state, weights, pictures)
            work.finish_work(folder, target, lock)
            return results.with_draws(result, results.open_draws(target, head), target)


def _simulated_part(folder: Path) -> SimulatedPart:
    state, part = work.load_snapshot(folder), _recorded_part(folder)
    if state is None or part is None:
        problem = "no part of a run" if folder.is_dir() else "no such folder"
        allowed = "a folder that oomcast run --part has made"
        raise InputFault([Fault(shown_path(folder), "", "", problem, allowed)])
    return SimulatedPart(folder, part, state.head, state.shape, state.done)


def _require_one_plan(parts: Sequence[SimulatedPart]) -> None:
    """Refuse parts of another plan, version, number of draws, or that keep others, than the first."""
    first = parts[0]
    faults = []
    for other in parts[1:]:
        if other.head != first.head:
            problem = f"a part of another plan than {shown_path(first.folder)}"
            fix = "merge the parts of one command, with the same version, priors, --draws and --keep-draws"
        elif not _same_bins(other, first):
            problem = f"other bins than {shown_path(first.folder)}"
            fix = f"simulate part {other.part} again with --overwrite, on the same kind of CPU"
        else:
            continue
        faults.append(Fault(shown_path(other.folder), "", "", problem, fix=fix))
    if faults:
        raise InputFault(faults)


def _same_bins(a: SimulatedPart, b: SimulatedPart) -> bool:
    """Whether two parts count over the same bins, up to last bits if their machines differ in these."""
    exact = set(a.head.families) == set(b.head.families)
    tolerance = 0.0 if exact else LAST_BITS
    return a.shape.grids.keys() == b.shape.grids.keys() and all(
        grid.knots.shape == (other := b.shape.grids[name]).knots.shape
        and np.array_equal(grid.positions, other.positions)
        and np.allclose(grid.knots, other.knots, rtol=tolerance, atol=tolerance)
        for name, grid in a.shape.grids.items()
    )


def _first_draw(part: SimulatedPart) -> int:
    """The first draw of a part; of one that has none yet, past every other."""
    return part.done[0].start if part.done else part.head.plan.draws


def _require_no_overlap(parts: Sequence[SimulatedPart]) -> None:
    """Refuse parts that share draws, which would be counted twice."""
    ranges = [(draws.start, draws.stop, each.folder) for each in parts for draws in each.done]
    faults = []
    for (_, stop, before), (start, end, after) in pairwise(sorted(ranges)):
        if start < stop:
            problem = (
                f"draws {start:,} to {min(stop, end) - 1:,}, which {shown_path(before)} has too"
            )
            fix = "leave one of the two out"
            faults.append(Fault(shown_path(after), "", "", problem, fix=fix))
    if faults:
        raise InputFault(faults)


def _require_all_draws(parts: Sequence[SimulatedPart]) -> None:
    """Refuse to merge while draws are missing; lists them, and the parts to run."""
    total = parts[0].head.plan.draws
    missing = engines.missing_ranges(
        work.joined_ranges(draws for each in parts for draws in each.done), range(total)
    )
    if not missing:
        return
    ranges = listed(f"{gap.start:,} to {gap.stop - 1:,}" for gap in missing)
    fault = Fault("PART...", "", "", f"no draws {ranges} of {total:,}", "every draw of the plan")
    of = {each.part.of for each in parts}
    if len(of) == 1:
        fault = replace(fault, fix=f"run {listed(_parts_to_run(parts, of.pop(), total))}")
    raise InputFault([fault])


def _parts_to_run(parts: Sequence[SimulatedPart], of: int, total: int) -> list[str]:
    """The options that simulate what is missing, with --resume where a part has begun."""
    done = {each.part.number for each in parts if each.done == (each.part.draws(total),)}
    begun = {each.part.number for each in parts} - done
    return [
        f"--part {number}/{of}" + (" --resume" if number in begun else "")
        for number in range(1, of + 1)
        if number not in done and DrawPart(number, of).draws(total)
    ]


def _require_free(
    folder: Path, target: Path, request: RunRequest, existing: ResultHead | None
) -> None:
    """Refuse to replace a shorter result, or an unfinished run other than a merge that stopped at its end."""
    unfinished = None if request.overwrite else work.load_snapshot(folder)
    stopped_merge = (
        unfinished
        and unfinished.head == request.head()
        and unfinished.simulated == request.plan.draws
    )
    if existing or (unfinished and not stopped_merge):
        what = "a result of fewer draws" if existing else "an unfinished run"
        problem = f"{what} in {shown_path(target if existing else folder)}"
        raise InputFault([Fault(shown_path(target), "", "", problem, fix=beginning.ELSEWHERE)])


def _joined_head(parts: Sequence[SimulatedPart], warn: Callable[[str], None]) -> ResultHead:
    """The head of the parts' result, with the families of all their machines."""
    head = parts[0].head
    for each in parts[1:]:
        joined = head.with_families(each.head.families)
        running.warn_of_families(each.folder, head, joined, warn)
        head = joined
    return head


def _merged_state(folder: Path, head: ResultHead, parts: Sequence[SimulatedPart]) -> WorkState:
    """Put the parts' counts and kept draws together in a work folder; one part at a time is in memory."""
    shape, files = parts[0].shape, results.draw_file_shapes(head)
    counts = empty_counts(shape)
    work.write_plan(folder, head.plan)
    (folder / work.RESULT).mkdir()
    merged = WorkState(head, shape, files, counts, (range(head.plan.draws),))
    work.allocate_draw_files(folder, merged)
    for each in parts:
        state = work.load_snapshot(each.folder)
        if state is None or state.done != each.done:
            problem = "a part that changed while it was merged"
            raise InputFault([Fault(shown_path(each.folder), found=problem, fix="merge again")])
        counts = merge_counts(counts, state.counts)
        for name, rows in files.items():
            _copy_rows(each, folder / work.RESULT / f"{name}.npy", rows)
    merged = replace(merged, counts=counts)
    work.save_snapshot(folder, merged, files)
    return merged


def _copy_rows(part: SimulatedPart, target: Path, shape: tuple[int, ...]) -> None:
    """Copy the rows of the draws that a part has done into their rows of the file of the whole."""
    for draws in part.done:
        stop = min(draws.stop, shape[0])
        if draws.start < stop:
            rows = _rows_of_part(part.folder / work.RESULT / target.name, shape)
            disk.write_rows(target, shape, draws.start, rows[draws.start : stop])


def _rows_of_part(path: Path, shape: tuple[int, ...]) -> Array:
    try:
        return archives.map_array(path, shape)
    except UNREADABLE as error:
        problem = f"what cannot be read ({type(error).__name__}: {error})"
        fix = "run the part again with --overwrite"
        raise InputFault([Fault(shown_path(path), "", "", problem, fix=fix)]) from None
