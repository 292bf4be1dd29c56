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
    """Indices by group.

    Attributes
    ----------
    names : (group)
    first, total : (group, output) [1]; NaN where the output does not vary
    simulations : how many draws were simulated
    """

    names: tuple[str, ...]
    first: Interval
    total: Interval
    simulations: int


def needed_swaps(subject: Subject, groups: Groups, matters: frozenset[str]) -> dict[str, Swap]:
    """The swaps that each group needs; one whose parameters the answer does not read has a total-order index of 0."""
    swaps = {}
    for name, group in groups.items():
        tied, read = subject.tied(group), not matters.isdisjoint(group)
        without = conditional_weights(subject, complement(subject, group)) if read else None
        within = conditional_weights(subject, group) if tied else None
        swaps[name] = Swap(group, without, within)
    return swaps


def pilot_mean(subject: Subject, draws: int) -> Array:
    """Mean of the first draws, which is taken off the answers so that their variance loses no digits.

    Parameters
    ----------
    subject : the function of probability levels
    draws : of which at most the first 2,048 are averaged

    Returns
    -------
    (output, 1) [each in its own unit]
    """
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
    """First-order and total-order indices of groups, for every output at once.

        first-order = E[f(b) (f(without) - f(a))] / V   of a group that no correlation ties to the rest
                    = E[f(a) (f(within) - f(b))] / V    of one that is tied
        total-order = E[(f(a) - f(without))^2] / (2 V)

    with V the pooled variance of f(a) and f(b), and every f less its mean: `without` is draw `a` with the group redrawn
    from `b`, `within` is draw `b` with the group's levels of `a`.

    Parameters
    ----------
    subject : the function of probability levels
    groups : name -> parameters, apart from one another
    draws : how many draws `a` are simulated, 0 to draws - 1; `b` are draws to 2 draws - 1
    times : (1 + replicates, draw), how often each replicate has each draw
    share : of the replicates inside the intervals [fraction]
    matters : parameters that the answer reads
    workers : threads
    progress : called with the share of the work done since the last call

    Returns
    -------
    (group, output) [1]; NaN where the output does not vary

    References
    ----------
    Saltelli et al. (2010), Computer Physics Communications 181, table 2, (b); Jansen (1999), the same table, (f)
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
    """Terms of a block of draws whose means give the indices, side by side.

        mean : (f(a) + f(b)) / 2              square : (f(a)^2 + f(b)^2) / 2
        first : f(b) (f(without) - f(a)),  or f(a) (f(within) - f(b)) where correlations tie the group
        total : (f(a) - f(without))^2 / 2

    with every f less `middle`.

    Parameters
    ----------
    subject : the function of probability levels
    needed : group -> what is simulated for it
    a, b : name -> (draw) [probability], independent draws
    middle : (output, 1) [each in its own unit], near the mean

    Returns
    -------
    (draw, term) [units of the output and their squares]: mean and square, then first and total of each group; each of
    all outputs
    """
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
    """Indices from the means of the terms that `estimator_terms` gives.

        V = square - mean^2,   first-order index = first / V,   total-order index = total / V

    The terms of a total-order index are squares, of which few are large where a parameter matters in few draws: its
    interval corrects for their skewness.

    Parameters
    ----------
    means : (1 + replicates, term) [units of the output and their squares], whose first row is the estimate itself
    groups : name -> parameters
    outputs : how many outputs there are
    share : of the replicates inside the intervals [fraction]
    simulations : how many draws were simulated

    Returns
    -------
    (group, output) [1]; NaN where the output does not vary

    References
    ----------
    Saltelli et al. (2010), Computer Physics Communications 181, table 2, (b) and (f)
    """
    stacked = means.reshape(len(means), -1, outputs)
    variance = stacked[:, 1] - stacked[:, 0] ** 2
    varies = variance > 1e-24 * np.maximum(stacked[0, 1], 1e-300)
    scale = np.where(varies, variance, np.nan)[:, np.newaxis]
    first, total = stacked[:, 2::2] / scale, stacked[:, 3::2] / scale
    intervals = bootstrap.normal_interval(first, share), bootstrap.skewed_interval(total, share)
    return Indices(tuple(groups), *intervals, simulations)
