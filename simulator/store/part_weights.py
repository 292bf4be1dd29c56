"""Weights of a conditioned run whose draws are simulated in parts: a part is simulated twice, with a merge between.

    parts/17/
      likelihoods.npz   the log-likelihoods of the part's draws, from the first simulation
      weights.npz       the weights of the part's draws, which `merge` makes once it has all log-likelihoods

The weight of a draw depends on the likelihoods of all. The second simulation counts the draws with their weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulator.errors import Fault, InputFault
from simulator.evidence import weights as importance
from simulator.evidence.weights import RangeLikelihoods
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.simulate import blocks, engines
from simulator.simulate.blocks import CompiledPlan
from simulator.simulate.engines import Workers
from simulator.store import archives, disk, likelihoods, work
from simulator.store.archives import UNREADABLE, require_array
from simulator.summaries.result import ImportanceWeights

WEIGHTS = "weights.npz"


class PartWeights(NamedTuple):
    """The weights of a part's draws.

    Attributes
    ----------
    whole : (draw of the part) whole numbers
    of_all : the checksum of the weights of all draws, among which these are
    """

    whole: np.ndarray
    of_all: str


def weigh_part(
    folder: Path,
    compiled: CompiledPlan,
    draws: range,
    workers: Workers,
    weighed: Callable[[int], None],
    require_lock: Callable[[], None],
    every: float,
) -> None:
    """Simulate the draws of a part for the log-likelihoods that its folder does not hold yet.

    Parameters
    ----------
    folder : of the part
    compiled : of a plan with observations
    draws : of the part
    workers : threads, or an open engine
    weighed : called with the number of draws weighed since the last call
    require_lock : raises RunFailed when the folder is no longer this process's
    every : between two times that they are written [seconds]

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is not finite
    """
    known = likelihoods.load(folder, compiled.plan, of_this_family=True)
    weighed(sum(len(each.draws) for each in known))
    task = partial(importance.range_likelihoods, compiled)
    with engines.opened_engine(workers) as engine:
        for gap in engines.missing_ranges([each.draws for each in known], draws):
            ranges = engines.cut_ranges(gap, engine.workers, engine.longest)
            new = likelihoods.recorded(engine.run(task, ranges), folder, known, require_lock, every)
            for each in new:
                weighed(len(each.draws))


def read_likelihoods(folder: Path, plan: Plan, draws: range) -> RangeLikelihoods | None:
    """The log-likelihoods of a part's draws; None where not all are simulated yet.

    Raises
    ------
    InputFault
        when the file cannot be read
    """
    known = likelihoods.load(folder, plan)
    if work.joined_ranges(each.draws for each in known) != (draws,):
        return None
    values = np.concatenate([each.log_likelihood for each in known])
    return RangeLikelihoods(draws, values, known[0].nearest)


def weights_of_all(plan: Plan, parts: Sequence[RangeLikelihoods]) -> ImportanceWeights:
    """The weights of all draws, from the log-likelihoods of all parts.

    Raises
    ------
    InputFault
        when no draw agrees with the observations
    """
    return importance.joined_weights(blocks.compile_plan(plan), parts)


def checksum(weights: ImportanceWeights) -> str:
    """A checksum of the weights of all draws."""
    return hashlib.sha256(weights.whole.astype("<i8").tobytes()).hexdigest()


def write_weights(folder: Path, part: PartWeights) -> None:
    """Give a part the weights of its draws."""
    with disk.replacing(folder / WEIGHTS) as file:
        np.savez(file, whole=part.whole.astype(np.uint32), of_all=np.array(part.of_all))


def read_weights(folder: Path, draws: range) -> PartWeights | None:
    """The weights of a part's draws; None where `merge` has not made them yet.

    Raises
    ------
    InputFault
        when the file cannot be read
    """
    path = folder / WEIGHTS
    if not path.exists():
        return None
    try:
        file = archives.read_archive(path)
        require_array("whole", file["whole"], "u", (len(draws),))
        if (file["whole"] > importance.LARGEST_WEIGHT).any():
            raise ValueError("whole: no weights")
        return PartWeights(file["whole"], str(file["of_all"]))
    except UNREADABLE as error:
        raise _unreadable(path, error) from None


def weights_to_count(folder: Path, plan: Plan, draws: range) -> ImportanceWeights | None:
    """The weights of a part's draws in an array of all draws, whose others are 0; None where there are none yet."""
    part = read_weights(folder, draws)
    if part is None:
        return None
    whole = np.zeros(plan.draws, np.int64)
    whole[draws.start : draws.stop] = part.whole
    return ImportanceWeights(whole, np.nan, np.nan)


def _unreadable(path: Path, error: Exception) -> InputFault:
    problem = f"what cannot be read ({type(error).__name__}: {error})"
    fix = "run the part again with --overwrite"
    return InputFault([Fault(shown_path(path), "", "", problem, fix=fix)])
