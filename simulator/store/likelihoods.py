"""Log-likelihoods of draws that are still to be weighed, kept beside a run's snapshot: `likelihoods.npz`.

A run with observations simulates its draws for these first, and counts them afterwards; one that is stopped meanwhile
goes on with those it has.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from simulator.errors import Fault, InputFault, RunFailed
from simulator.evidence.weights import RangeLikelihoods
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.simulate.cpus import parse_family, same_bits, this_family
from simulator.store import archives, disk
from simulator.store.archives import UNREADABLE, require_array

LIKELIHOODS = "likelihoods.npz"


def save(folder: Path, parts: Sequence[RangeLikelihoods]) -> None:
    """Write the likelihoods of ranges of draws into a folder, in one step."""
    ordered = sorted(parts, key=lambda part: part.draws.start)
    with disk.replacing(folder / LIKELIHOODS) as file:
        np.savez(
            file,
            draws=np.array([(p.draws.start, p.draws.stop) for p in ordered], np.uint64),
            log_likelihood=np.concatenate([p.log_likelihood for p in ordered]),
            nearest=np.min([p.nearest for p in ordered], axis=0),
            family=np.array(json.dumps(this_family().document())),
        )


def load(folder: Path, plan: Plan, of_this_family: bool = False) -> list[RangeLikelihoods]:
    """The likelihoods that a folder holds, of ranges in rising order.

    Parameters
    ----------
    folder : of an unfinished run, or of a part
    plan : of which the draws are
    of_this_family : none, where they are from a machine whose last bits differ

    Raises
    ------
    InputFault
        when the file cannot be read
    """
    path = folder / LIKELIHOODS
    if not path.exists():
        return []
    try:
        file = archives.read_archive(path)
        ends = file["draws"]
        require_array("draws", ends, "u", (len(ends), 2))
        ranges = [range(int(start), int(stop)) for start, stop in ends]
        lengths = [len(each) for each in ranges]
        require_array("log_likelihood", file["log_likelihood"], "f", (sum(lengths),))
        require_array("nearest", file["nearest"], "f", (len(plan.observations),))
        flat = [end for each in ranges for end in (each.start, each.stop)]
        if flat != sorted(flat) or 0 in lengths or flat[-1:] > [plan.draws]:
            raise ValueError("draws: no ranges of draws of the plan in rising order")
        if not (file["log_likelihood"] < np.inf).all() or not (file["nearest"] >= 0.0).all():
            raise ValueError("no log-likelihoods")
        family = parse_family(json.loads(str(file["family"])))
    except (*UNREADABLE, AttributeError) as error:
        problem = f"what cannot be read ({type(error).__name__}: {error})"
        fix = "--overwrite starts again"
        raise InputFault([Fault(shown_path(path), "", "", problem, fix=fix)]) from None
    if of_this_family and not same_bits(family, this_family()):
        return []
    values = np.split(file["log_likelihood"], np.cumsum(lengths)[:-1])
    return [RangeLikelihoods(*each, file["nearest"]) for each in zip(ranges, values, strict=True)]


def recorded(
    new: Iterable[RangeLikelihoods],
    folder: Path,
    known: list[RangeLikelihoods],
    require_lock: Callable[[], None],
    every: float,
) -> Iterator[RangeLikelihoods]:
    """Pass likelihoods on as they are new, and write all that are known every few seconds and at the end.

    Parameters
    ----------
    new : of more ranges
    folder : of an unfinished run
    known : to which they are added
    require_lock : raises RunFailed when the folder is no longer this process's
    every : between two times that they are written [seconds]
    """
    saved_at = time.monotonic()
    try:
        for each in new:
            known.append(each)
            yield each
            if time.monotonic() - saved_at > every:
                require_lock()
                save(folder, known)
                saved_at = time.monotonic()
    finally:
        with suppress(OSError, RunFailed):  # what was written before stays valid
            require_lock()
            if known:
                save(folder, known)
