"""Tornado: one parameter or driver held at its p10, then at its p90, while everything else varies.

A parameter is held as `[hold]` does: after the copula, its partners keep theirs. A driver of several parameters has no
p10; it is held as in the draw in which its own effect, with all else at the medians, stands at its p10 and p90.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.arrays import Array
from simulator.sensitivity.bootstrap import (
    BootstrapCounts,
    Interval,
    percentile_interval,
    weighted_quantiles,
)
from simulator.sensitivity.designs import Groups, Subject
from simulator.simulate.engines import in_order

PROBE = 1024  # draws in which a driver's own effect is looked at


HeldLevels = dict[str, float]


@dataclass(frozen=True)
class Swings:
    """What holding each group does: (group, end, output), the ends p10 and p90.

    Attributes
    ----------
    medians, probabilities : (group, end, output) while held; probabilities are None for a series
    median, probability : (output) while nothing is held
    median_changes, probability_changes : with their intervals
    """

    names: tuple[str, ...]
    median: Array
    medians: Array
    median_changes: Interval
    probability: Array | None
    probabilities: Array | None
    probability_changes: Interval | None


Met = Callable[[Array], npt.NDArray[np.bool_]]


def tornado_swings(
    subject: Subject,
    groups: Groups,
    *,
    draws: int,
    times: BootstrapCounts,
    share: float,
    matters: frozenset[str],
    met: Met | None,
    horizon: float = np.inf,
    workers: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Swings:
    """Hold each group at both ends.

    Parameters
    ----------
    subject : uncut: an arrival may be inf
    met : (output, draw) -> (draw) whether the milestone arrives, None for a series
    horizon : changes of the median are between medians cut here
    """
    ends = held_levels(subject, groups, matters, horizon)

    def block(piece: range) -> Array:
        base = subject.levels(piece)
        found = [subject.answer(base)]
        for low, high in ends.values():
            for end in (low, high):
                still = {name: np.full(len(piece), level) for name, level in end.items()}
                found.append(subject.answer(base | still) if end else found[0])
        return np.array(found)

    walked = np.concatenate(list(in_order(block, draws, workers, progress)), axis=2)
    medians = np.array([[_median(each, times) for each in case] for case in walked])
    found = _compared(medians, share, horizon)
    names = tuple(groups)
    if met is None:
        return Swings(names, *found, None, None, None)
    weights = times.astype(float)
    shares = np.array([[weights @ met(case) / times.shape[1]] for case in walked])
    return Swings(names, *found, *_compared(shares, share, np.inf))


def _median(values: Array, times: BootstrapCounts) -> Array:
    return weighted_quantiles(values, times, 0.5)


def _compared(cases: Array, share: float, cut: float) -> tuple[Array, Array, Interval]:
    """Split (case, output, 1 + replicates), the first of nothing held, into it, the ends, and their changes."""
    within = np.minimum(cases, cut)
    changes = np.moveaxis(within[1:] - within[:1], 2, 0)
    ends = changes.reshape(len(changes), -1, 2, changes.shape[-1])
    return (
        cases[0, :, 0],
        cases[1:, :, 0].reshape(ends.shape[1:]),
        percentile_interval(ends, share),
    )


def held_levels(
    subject: Subject, groups: Groups, matters: frozenset[str], horizon: float = np.inf
) -> dict[str, tuple[HeldLevels, HeldLevels]]:
    """Levels at which each group is held: name -> (at p10, at p90); empty where it cannot move the answer."""
    luck = subject.levels(range(PROBE))
    middle = {name: np.full(PROBE, 0.5) for name in subject.names}
    found: dict[str, tuple[HeldLevels, HeldLevels]] = {}
    for group, members in groups.items():
        reading = [name for name in members if name in matters]
        if len(reading) == len(members) == 1:
            found[group] = ({reading[0]: 0.1}, {reading[0]: 0.9})
        elif reading:
            own = {name: luck[name] for name in reading}
            order = np.argsort(np.minimum(subject.answer(middle | own)[-1], horizon), kind="stable")
            ends = (order[int(share * (PROBE - 1))] for share in (0.1, 0.9))
            low, high = ({name: float(own[name][draw]) for name in reading} for draw in ends)
            found[group] = (low, high)
        else:
            found[group] = ({}, {})
    return found
