"""What finished draws say, weighed or not, with no new simulations.

Rank correlation and partial rank correlation see what is monotone; the first-order index by conditional means sees what
moves the mean; PAWN (Pianosi and Wagener, 2015, 2018), the mean Kolmogorov-Smirnov distance between the answer given a
parameter's bin and the answer at large, sees whatever moves its distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array, Whole
from simulator.sensitivity.bootstrap import (
    BootstrapCounts,
    Interval,
    basic_interval,
    percentile_interval,
)

BINS, FEWEST = 16, 50  # of a parameter, and draws in each

RIDGE = 1e-12  # keeps parameters that are wholly tied invertible

STEPS = 256  # at which distributions of the answer are compared


@dataclass(frozen=True)
class GivenDataMeasures:
    """What finished draws say of each parameter, (parameter)."""

    names: tuple[str, ...]
    rank_correlation: Interval
    partial_rank_correlation: Interval
    first_order: Interval
    pawn: Interval


def given_data_measures(
    names: Sequence[str],
    parameters: Array,
    answer: Array,
    times: BootstrapCounts,
    share: float,
    weights: Array | None = None,
) -> GivenDataMeasures:
    """Read all four measures.

    Parameters
    ----------
    parameters : (draw, parameter), each of which varies
    answer : (draw)
    times : (1 + replicates, draw), how often each replicate has each draw
    weights : (draw), 1 when left out
    """
    weighed = times * (np.ones(len(answer)) if weights is None else weights)
    mass = np.ones(len(answer)) if weights is None else weights
    ranks = np.column_stack([weighted_ranks(x, mass) for x in (*parameters.T, answer)])
    simple, partial = rank_correlations(ranks, weighed)
    bins = [bin_numbers(column) for column in parameters.T]
    means = np.array([conditional_means(b, answer, weighed) for b in bins]).T
    distances = np.array([pawn_distance(b, answer, weighed) for b in bins]).T
    return GivenDataMeasures(
        tuple(names),
        percentile_interval(simple, share),
        percentile_interval(partial, share),
        basic_interval(means, share),
        basic_interval(distances, share),
    )


def noise_floor(
    dummies: Array, answer: Array, times: BootstrapCounts, weights: Array | None = None
) -> float:
    """The largest PAWN of dummy parameters, which move nothing: what chance alone leaves of the measure.

    A parameter that moves nothing and is independent of all else is exchangeable with n dummies, and so exceeds their
    largest with probability 1 / (n + 1).

    Parameters
    ----------
    dummies : (draw, dummy) [level], independent of all else
    answer : (draw) [the target's unit]
    times : (1 + replicates, draw), how often each replicate has each draw
    weights : (draw) [1], 1 when left out

    Returns
    -------
    the noise floor [1], its bias taken off as that of the parameters is

    References
    ----------
    M. Khorashadi Zadeh et al., Comparison of variance-based and moment-independent global sensitivity analysis
    approaches by application to the SWAT model, Environmental Modelling & Software 91 (2017)
    """
    weighed = times * (np.ones(len(answer)) if weights is None else weights)
    distances = [pawn_distance(bin_numbers(x), answer, weighed) for x in dummies.T]
    return float(basic_interval(np.array(distances).T, 0.5).value.max())


def weighted_ranks(values: Array, weights: Array) -> Array:
    """(draw) weight below each value plus half of that at it: its midrank, less 1/2, where all weigh 1."""
    _, rank = np.unique(values, return_inverse=True)
    mass = np.bincount(rank, weights)
    return (np.cumsum(mass) - mass / 2.0)[rank]


def rank_correlations(ranks: Array, weights: Array) -> tuple[Array, Array]:
    """Correlation of each column with the last, and the same with the other columns' part taken off.

    (draw, column) and (row, draw) -> two of (row, column - 1); the partial ones are read off the inverse matrix.
    """
    simple, partial = [], []
    for row in weights:
        share = row / row.sum()
        centred = ranks - share @ ranks
        covariance = (centred * share[:, np.newaxis]).T @ centred
        spread = np.sqrt(np.diag(covariance))
        spread = np.where(spread > 0.0, spread, np.inf)
        matrix = covariance / np.outer(spread, spread)
        simple.append(matrix[:-1, -1])
        inverse = np.linalg.inv(matrix + RIDGE * np.eye(len(matrix)))
        scale = np.sqrt(np.maximum(np.diag(inverse)[:-1] * inverse[-1, -1], 1e-300))
        partial.append(-inverse[:-1, -1] / scale)
    return np.array(simple), np.array(partial)


def bin_numbers(values: Array, bins: int = BINS) -> Whole:
    """(draw) bin of each value: bins of equal numbers of draws, or the values themselves where they are few."""
    distinct, rank = np.unique(values, return_inverse=True)
    if len(distinct) <= bins:
        return rank
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return ranks * bins // len(values)


def conditional_means(bins: Whole, answer: Array, weights: Array) -> Array:
    """(row) share of the answer's variance that lies between the means of the bins, under each row of weights."""
    centred = answer - answer.mean()
    rows, count = len(weights), int(bins.max()) + 1
    flat = (bins + count * np.arange(rows)[:, np.newaxis]).ravel()
    mass, first = (
        np.bincount(flat, each.ravel(), minlength=rows * count).reshape(rows, count)
        for each in (weights.astype(float), weights * centred)
    )
    total = weights.sum(axis=1)
    middle = first.sum(axis=1) / total
    variance = weights @ centred**2 / total - middle**2
    mean = first / np.where(mass > 0.0, mass, 1.0)
    between = (mass * (mean - middle[:, np.newaxis]) ** 2).sum(axis=1) / total
    return between / np.where(variance > 0.0, variance, np.nan)


def pawn_distance(bins: Whole, answer: Array, weights: Array, steps: int = STEPS) -> Array:
    """(row) mean over the bins of the largest distance between the answer's cdf in the bin and at large."""
    edges = np.unique(np.quantile(answer, np.linspace(0, 1, steps + 1)[1:], method="inverted_cdf"))
    cell = np.searchsorted(edges, answer) + len(edges) * bins
    shape = (int(bins.max()) + 1, len(edges))
    distances = []
    for row in weights:
        counts = np.bincount(cell, row, minlength=shape[0] * shape[1]).reshape(shape)
        whole = np.cumsum(counts.sum(axis=0)) / counts.sum()
        mass = counts.sum(axis=1, keepdims=True)
        filled = mass[:, 0] > 0.0
        cdf = np.cumsum(counts[filled], axis=1) / mass[filled]
        distances.append(np.abs(cdf - whole).max(axis=1).mean())
    return np.array(distances)
