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
from simulator.store import archives, disk
from simulator.store.archives import UNREADABLE, require_array
from simulator.summaries.result import ImportanceWeights

LIKELIHOODS, WEIGHTS = "likelihoods.npz", "weights.npz"


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
    progress: Callable[[int], None],
) -> None:
    """Simulate the draws of a part for their log-likelihoods, and write these into its folder.

    Parameters
    ----------
    folder : of the part
    compiled : of a plan with observations
    draws : of the part
    workers : threads, or an open engine
    progress : called with the number of draws done since the last call

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is not finite
    """
    log_likelihood = np.empty(len(draws))
    nearest = np.full(len(compiled.plan.observations), np.inf)
    with engines.opened_engine(workers) as engine:
        ranges = engines.cut_ranges(draws, engine.workers, engine.longest)
        for each in engine.run(partial(importance.range_likelihoods, compiled), ranges):
            first = each.draws.start - draws.start
            log_likelihood[first : first + len(each.draws)] = each.log_likelihood
            nearest = np.minimum(nearest, each.nearest)
            progress(len(each.draws))
    ends = np.array([draws.start, draws.stop], np.uint64)
    with disk.replacing(folder / LIKELIHOODS) as file:
        np.savez(file, draws=ends, log_likelihood=log_likelihood, nearest=nearest)


def read_likelihoods(folder: Path, plan: Plan, draws: range) -> RangeLikelihoods | None:
    """The log-likelihoods of a part's draws; None where they are not simulated yet.

    Raises
    ------
    InputFault
        when the file cannot be read
    """
    path = folder / LIKELIHOODS
    if not path.exists():
        return None
    try:
        file = archives.read_archive(path)
        require_array("draws", file["draws"], "u", (2,))
        require_array("log_likelihood", file["log_likelihood"], "f", (len(draws),))
        require_array("nearest", file["nearest"], "f", (len(plan.observations),))
        if (file["draws"] != (draws.start, draws.stop)).any():
            raise ValueError("draws: not those of the part")
        if not (file["log_likelihood"] < np.inf).all() or not (file["nearest"] >= 0.0).all():
            raise ValueError("no log-likelihoods")
    except UNREADABLE as error:
        raise _unreadable(path, error) from None
    return RangeLikelihoods(draws, file["log_likelihood"], file["nearest"])


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


def write_weights(folder: Path, draws: range, weights: ImportanceWeights) -> None:
    """Give a part the weights of its draws."""
    with disk.replacing(folder / WEIGHTS) as file:
        whole, of_all = weights.whole[draws.start : draws.stop], np.array(checksum(weights))
        np.savez(file, whole=whole.astype(np.uint32), of_all=of_all)


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
