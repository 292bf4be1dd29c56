"""Tornado: one parameter or driver held at its p10, then at its p90, while everything else varies.

A parameter is held as `[hold]` does: after the copula, so that correlated parameters keep their levels. A driver of
several parameters has no p10 of its own: its parameters take the levels of the draws in which the driver's effect, with
all else at the medians, is at its p10 and its p90.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.arrays import Array, Whole
from simulator.sensitivity.bootstrap import (
    BootstrapCounts,
    Interval,
    percentile_interval,
    weighted_quantiles,
)
from simulator.sensitivity.designs import Groups, Subject
from simulator.simulate.engines import in_order
from simulator.summaries.result import ImportanceWeights

PROBE = 1024  # draws in which a driver's own effect is simulated

PROBE_WEIGHED = 4 * PROBE  # the same where draws are weighed


HeldLevels = dict[str, float]


@dataclass(frozen=True)
class Swings:
    """What holding each group does: (group, end, output), the ends p10 and p90.

    Attributes
    ----------
    medians, probabilities : (group, end, output) while held; probabilities are None for a series
    median, probability : (output) while nothing is held
    effective : effective number of the draws of which nothing is held
    median_changes, probability_changes : with their intervals
    """

    names: tuple[str, ...]
    median: Array
    medians: Array
    median_changes: Interval
    probability: Array | None
    probabilities: Array | None
    probability_changes: Interval | None
    effective: float


Weigh = Callable[[Array], ImportanceWeights]
"""Log-likelihoods (draw) [nats] -> weights of the draws."""

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
    weigh: Weigh | None = None,
    workers: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Swings:
    """Hold each group at both ends while everything else varies, and compare the answers.

        change = min(median held, horizon) - min(median, horizon),  and probability held - probability

    Parameters
    ----------
    subject : uncut: an arrival may be inf; with `weigh` the last output is the log-likelihood of the observations
    groups : name -> parameters, apart from one another
    draws : how many are simulated for each end
    times : (1 + replicates, draw), how often each replicate has each draw
    share : of the replicates inside the intervals [fraction]
    matters : parameters that the answer reads
    met : (output, draw) -> (draw) whether the milestone arrives, None for a series
    horizon : changes of the median are between medians cut here [year]
    weigh : makes weights of log-likelihoods, anew for each case: what is held counts as known, and the rest follows the
        observations. Groups are held at p10 and p90 of the posterior then; None for the prior
    workers : threads
    progress : called with the share of the work done since the last call

    Returns
    -------
    (group, end, output) [the target's unit] for medians, [fraction] for probabilities
    """
    ends = held_levels(subject, groups, matters, horizon, weigh)

    def block(piece: range) -> Array:
        base = subject.levels(piece)
        answers = [subject.answer(base)]
        for low, high in ends.values():
            for end in (low, high):
                still = {name: np.full(len(piece), level) for name, level in end.items()}
                answers.append(subject.answer(base | still) if end else answers[0])
        return np.array(answers)

    cases = np.concatenate(list(in_order(block, draws, workers, progress)), axis=2)
    medians, shares, effective = [], [], []
    for case in cases:
        answer, weights = (case[:-1], weigh(case[-1])) if weigh else (case, None)
        counts = times * weights.whole.astype(float) if weights else times.astype(float)
        effective.append(weights.effective if weights else float(times.shape[1]))
        medians.append([weighted_quantiles(each, counts, 0.5) for each in answer])
        shares.append([counts @ met(answer) / counts.sum(axis=1)] if met else [])
    swings = _compared(np.array(medians), share, horizon)
    if met is None:
        return Swings(tuple(groups), *swings, None, None, None, effective[0])
    arrived = _compared(np.array(shares), share, np.inf)
    return Swings(tuple(groups), *swings, *arrived, effective[0])


def _compared(cases: Array, share: float, cut: float) -> tuple[Array, Array, Interval]:
    """Split (case, output, 1 + replicates), whose first case holds nothing: that case, the ends, their changes."""
    within = np.minimum(cases, cut)
    changes = np.moveaxis(within[1:] - within[:1], 2, 0)
    ends = changes.reshape(len(changes), -1, 2, changes.shape[-1])
    return (
        cases[0, :, 0],
        cases[1:, :, 0].reshape(ends.shape[1:]),
        percentile_interval(ends, share),
    )


def held_levels(
    subject: Subject,
    groups: Groups,
    matters: frozenset[str],
    horizon: float = np.inf,
    weigh: Weigh | None = None,
) -> dict[str, tuple[HeldLevels, HeldLevels]]:
    """Levels at which each group is held.

    Parameters
    ----------
    subject : uncut: an arrival may be inf; with `weigh` the last output is the log-likelihood of the observations
    groups : name -> parameters
    matters : parameters that the answer reads
    horizon : arrivals are cut here [year]
    weigh : makes weights of log-likelihoods; None for the prior

    Returns
    -------
    name -> levels at p10 and at p90 [probability]; empty where the group cannot move the answer
    """
    probe = PROBE if weigh is None else PROBE_WEIGHED
    drawn = subject.levels(range(probe))
    weights = weigh(subject.answer(drawn)[-1]).whole if weigh else np.ones(probe, np.int64)
    middle = {name: np.full(probe, 0.5) for name in subject.names}
    held: dict[str, tuple[HeldLevels, HeldLevels]] = {}
    for group, members in groups.items():
        reading = [name for name in members if name in matters]
        if not reading:
            held[group] = ({}, {})
        elif len(reading) == len(members) == 1:
            (name,) = reading
            low, high = (
                (0.1, 0.9) if weigh is None else _weighted_ends(drawn[name], drawn[name], weights)
            )
            held[group] = ({name: low}, {name: high})
        else:
            own = {name: drawn[name] for name in reading}
            rows = subject.answer(middle | own)
            effect = np.minimum(rows[-1 if weigh is None else -2], horizon)
            ends = _weighted_ends(effect, np.arange(probe, dtype=float), weights)
            first, last = ({name: float(own[name][int(draw)]) for name in reading} for draw in ends)
            held[group] = (first, last)
    return held


def _weighted_ends(values: Array, reported: Array, weights: Whole) -> tuple[float, float]:
    """The reported values of the draws whose values are the weighted p10 and p90."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    low, high = (
        reported[order[np.searchsorted(reached, q * (reached[-1] - 1))]] for q in (0.1, 0.9)
    )
    return float(low), float(high)
