"""Sensitivity measures estimated from finished draws, weighed or not, without new simulations.

Rank correlation and partial rank correlation measure monotone effects; the first-order index by conditional means
measures effects on the mean; PAWN (Pianosi and Wagener, 2015, 2018), the mean Kolmogorov-Smirnov distance between the
answer given a parameter's bin and the answer at large, measures any effect on its distribution.
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
    """Measures of each parameter estimated from finished draws, (parameter) [1]."""

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
    """Estimate all four measures from finished draws.

    Parameters
    ----------
    names : (parameter)
    parameters : (draw, parameter) [each in its own unit], each of which varies
    answer : (draw) [the target's unit]
    times : (1 + replicates, draw), how often each replicate has each draw
    share : of the replicates inside the intervals [fraction]
    weights : (draw) [1], 1 when left out

    Returns
    -------
    (parameter) [1] each; the first-order index and PAWN less their bias, as `basic_interval` gives them
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
    """Weighted midrank of each value.

        rank_i = sum of w_j over values_j < values_i  +  (sum of w_j over values_j = values_i) / 2

    Where all weigh 1 this is the midrank less 1/2.

    Parameters
    ----------
    values : (draw) [any unit]
    weights : (draw) [1], none below 0

    Returns
    -------
    (draw) [the weights' unit]
    """
    _, rank = np.unique(values, return_inverse=True)
    mass = np.bincount(rank, weights)
    return (np.cumsum(mass) - mass / 2.0)[rank]


def rank_correlations(ranks: Array, weights: Array) -> tuple[Array, Array]:
    """Correlation of each column of ranks with the last one, and the partial correlation given the other columns.

        simple_i  = R_im
        partial_i = -P_im / sqrt(P_ii P_mm),   P = R^-1

    with R the weighted correlation matrix of the columns and m the last of them.

    Parameters
    ----------
    ranks : (draw, column)
    weights : (row, draw) [1], none below 0

    Returns
    -------
    simple, partial : (row, column - 1) [1]

    References
    ----------
    Helton and Davis (2000), "Sampling-based methods", chapter 6 of Saltelli, Chan and Scott, "Sensitivity analysis"
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
    """The bin of each value: bins of equal numbers of draws, or one for each distinct value where these are few.

        bin = floor(rank * bins / draws),   rank from 0 to draws - 1

    Parameters
    ----------
    values : (draw) [any unit]
    bins : how many

    Returns
    -------
    (draw), from 0 to bins - 1
    """
    distinct, rank = np.unique(values, return_inverse=True)
    if len(distinct) <= bins:
        return rank
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return ranks * bins // len(values)


def conditional_means(bins: Whole, answer: Array, weights: Array) -> Array:
    """First-order index by conditional means, under each row of weights.

        S = sum_k W_k (m_k - m)^2 / (W V)

    with W_k the weight and m_k the mean of bin k, and W, m and V the weight, mean and variance of all draws.

    Parameters
    ----------
    bins : (draw) number of each draw's bin
    answer : (draw) [the target's unit]
    weights : (row, draw) [1], none below 0

    Returns
    -------
    (row) share of the variance [1]; NaN where the answer does not vary

    References
    ----------
    Plischke, Borgonovo and Smith (2013), European Journal of Operational Research 226: indices from given data
    """
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
    """PAWN: mean over the bins of the Kolmogorov-Smirnov distance, under each row of weights.

        PAWN = mean over k of  max over y of |F_k(y) - F(y)|

    with F_k the cdf of the answer in bin k and F its cdf in all draws; bins without weight are left out.

    Parameters
    ----------
    bins : (draw) number of each draw's bin
    answer : (draw) [the target's unit]
    weights : (row, draw) [1], none below 0
    steps : quantiles of the answer at which the cdfs are compared

    Returns
    -------
    (row) [1]

    References
    ----------
    Pianosi and Wagener (2018), Environmental Modelling & Software 108
    """
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
