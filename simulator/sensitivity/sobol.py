"""First-order and total-order indices, by parameters or groups, for every output at once.

The first-order index of a group is the share of the variance that goes when the group is known, the total-order index
the share that stays when all but the group is known. Independent groups need one swap each; a group that correlations
tie to the rest needs two conditional redraws, one for each index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array
from simulator.sensitivity import bootstrap
from simulator.sensitivity.bootstrap import Interval
from simulator.sensitivity.designs import (
    ConditionalWeights,
    Groups,
    Levels,
    Subject,
    complement,
    conditional_redraw,
    conditional_weights,
)
from simulator.simulate.engines import in_order

PILOT = 2048


@dataclass(frozen=True)
class Swap:
    """What is simulated for one group; None where nothing has to be, for the index is exactly 0.

    Attributes
    ----------
    without : all but the group keep the levels of `a`, the group is redrawn
    within : the group keeps the levels of `a`, the rest is redrawn; only where correlations need it
    """

    group: tuple[str, ...]
    without: ConditionalWeights | None
    within: ConditionalWeights | None


@dataclass(frozen=True)
class Indices:
    """Indices by group: each array is (group, output); NaN where the output does not vary.

    `simulations` is how many draws were simulated.
    """

    names: tuple[str, ...]
    first: Interval
    total: Interval
    simulations: int


def needed_swaps(subject: Subject, groups: Groups, matters: frozenset[str]) -> dict[str, Swap]:
    """What each group needs; one whose parameters the answer does not read has a total-order index of 0."""
    swaps = {}
    for name, group in groups.items():
        tied, read = subject.tied(group), not matters.isdisjoint(group)
        without = conditional_weights(subject, complement(subject, group)) if read else None
        within = conditional_weights(subject, group) if tied else None
        swaps[name] = Swap(group, without, within)
    return swaps


def pilot_mean(subject: Subject, draws: int) -> Array:
    """(output, 1) mean of the first draws, which is taken off before any variance is estimated."""
    pilot = range(min(draws, PILOT))
    return subject.answer(subject.levels(pilot)).mean(axis=1, keepdims=True)


def sobol_indices(
    subject: Subject,
    groups: Groups,
    *,
    draws: int,
    times: bootstrap.BootstrapCounts,
    share: float,
    matters: frozenset[str],
    workers: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Indices:
    """Estimate first-order (Saltelli et al., 2010, Table 2 b) and total-order indices (Jansen, 1999; Table 2 f).

    With f at `a`, at `b` and at the swaps, both centred and over V, the pooled variance of f(a) and f(b):
    `first = E[f(b) (f(without) - f(a))] / V`, or `E[f(a) (f(within) - f(b))] / V` where correlations tie the group;
    `total = E[(f(a) - f(without))^2] / 2 V`.

    Parameters
    ----------
    groups : name -> parameters, apart from one another
    draws : how many draws `a` are simulated, 0 to draws - 1; `b` are draws to 2 draws - 1
    times : (1 + replicates, draw); how often each replicate has each draw
    share : of the replicates inside the intervals
    matters : parameters that the answer reads
    """
    needed = needed_swaps(subject, groups, matters)
    middle = pilot_mean(subject, draws)

    def block(piece: range) -> Array:
        other = range(piece.start + draws, piece.stop + draws)
        terms = estimator_terms(
            subject, needed, subject.levels(piece), subject.levels(other), middle
        )
        return times[:, piece.start : piece.stop].astype(float) @ terms

    total = sum(in_order(block, draws, workers, progress))
    made = sum((s.without is not None) + (s.within is not None) for s in needed.values())
    return indices_from_means(
        np.asarray(total) / draws, groups, len(middle), share, (2 + made) * draws
    )


def estimator_terms(
    subject: Subject, needed: dict[str, Swap], a: Levels, b: Levels, middle: Array
) -> Array:
    """Estimator terms of a block side by side, (draw, 2 + 2 per group, each of all outputs)."""
    fa, fb = subject.answer(a) - middle, subject.answer(b) - middle
    stacked = [0.5 * (fa + fb), 0.5 * (fa**2 + fb**2)]
    nothing = np.zeros(fa.shape)
    for swap in needed.values():
        first = total = nothing
        if swap.without is not None:
            others = [name for name in subject.names if name not in swap.group]
            away = subject.answer(conditional_redraw(a, b, others, swap.without)) - middle
            first, total = fb * (away - fa), 0.5 * (fa - away) ** 2
        if swap.within is not None:
            stay = subject.answer(conditional_redraw(a, b, swap.group, swap.within)) - middle
            first = fa * (stay - fb)
        stacked += [first, total]
    return np.concatenate(stacked).T


def indices_from_means(
    means: Array, groups: Groups, outputs: int, share: float, simulations: int
) -> Indices:
    """Indices from (1 + replicates, term) means of the estimator terms."""
    stacked = means.reshape(len(means), -1, outputs)
    variance = stacked[:, 1] - stacked[:, 0] ** 2
    varies = variance > 1e-24 * np.maximum(stacked[0, 1], 1e-300)
    scale = np.where(varies, variance, np.nan)[:, np.newaxis]
    first, total = stacked[:, 2::2] / scale, stacked[:, 3::2] / scale
    intervals = (
        bootstrap.percentile_interval(first, share),
        bootstrap.percentile_interval(total, share),
    )
    return Indices(tuple(groups), *intervals, simulations)
