"""Bootstrap replicates: how often each draw counts in each, and intervals read off them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from simulator.arrays import Array

BootstrapCounts = npt.NDArray[np.uint8]

QuantileWeights = npt.NDArray[np.uint8] | Array


class Interval(NamedTuple):
    """An estimate with the interval and standard error that its replicates give.

    Attributes
    ----------
    value : the estimate from all draws [its unit]
    low, high : ends of the interval [its unit]
    mcse : standard deviation of the replicates [its unit]
    """

    value: Array
    low: Array
    high: Array
    mcse: Array


def bootstrap_counts(draws: int, replicates: int, seed: int) -> BootstrapCounts:
    """How often each replicate of a bootstrap has each draw.

    Each replicate takes `draws` draws with replacement, so its counts are multinomial.

    Parameters
    ----------
    draws : number of draws
    replicates : number of replicates
    seed : key of the Philox generator

    Returns
    -------
    (1 + replicates, draw) [1]; the first row has each draw once and stands for the estimate itself

    References
    ----------
    Efron and Tibshirani (1993), "An introduction to the bootstrap", chapter 6
    """
    dice = np.random.Generator(np.random.Philox(key=seed))
    counts = np.ones((replicates + 1, draws), np.uint8)
    for row in counts[1:]:
        row[:] = np.bincount(dice.integers(draws, size=draws), minlength=draws)
    return counts


def percentile_interval(estimates: Array, share: float) -> Interval:
    """Percentile interval of an estimate.

        low = Q((1 - share) / 2),   high = Q((1 + share) / 2)

    with Q the quantiles of the replicates; the interval is widened to hold the estimate where it lies outside.

    Parameters
    ----------
    estimates : (1 + replicates, ...) [any unit], whose first row is the estimate itself
    share : of the replicates inside the interval [fraction]

    Returns
    -------
    (...) [the estimates' unit]

    References
    ----------
    Efron and Tibshirani (1993), "An introduction to the bootstrap", chapter 13
    """
    low, high = np.quantile(estimates[1:], [(1 - share) / 2, (1 + share) / 2], axis=0)
    value = estimates[0]
    return Interval(
        value, np.minimum(low, value), np.maximum(high, value), estimates[1:].std(axis=0, ddof=1)
    )


def basic_interval(estimates: Array, share: float) -> Interval:
    """Basic bootstrap interval, for an estimator that resampling biases upward.

        mirrored_r = 2 estimate - replicate_r,   value = mean over r of mirrored_r

    The interval is the percentile interval of the mirrored replicates, and `value` is the estimate less its bias.

    Parameters
    ----------
    estimates : (1 + replicates, ...) [any unit], whose first row is the estimate itself
    share : of the mirrored replicates inside the interval [fraction]

    Returns
    -------
    (...) [the estimates' unit]

    References
    ----------
    Davison and Hinkley (1997), "Bootstrap methods and their application", section 5.2
    """
    mirrored = 2.0 * estimates[0] - estimates[1:]
    centre = mirrored.mean(axis=0)
    return percentile_interval(np.concatenate([centre[np.newaxis], mirrored]), share)


def normal_interval(estimates: Array, share: float) -> Interval:
    """Interval of an estimate whose sampling distribution is symmetric.

        low, high = estimate -+ z mcse,   z = Phi^-1((1 + share) / 2)

    Parameters
    ----------
    estimates : (1 + replicates, ...) [any unit], whose first row is the estimate itself
    share : inside the interval [fraction]

    Returns
    -------
    (...) [the estimates' unit]

    References
    ----------
    Efron and Tibshirani (1993), "An introduction to the bootstrap", chapter 12
    """
    value, mcse = estimates[0], estimates[1:].std(axis=0, ddof=1)
    reach = ndtri((1 + share) / 2) * mcse
    return Interval(value, value - reach, value + reach, mcse)


def skewed_interval(estimates: Array, share: float) -> Interval:
    """Interval of an estimate with a skewed sampling distribution, as the mean of squares with a long tail has.

        H(t) = t + g t^2 / 3 + g^2 t^3 / 27 + g / 6,   t = (estimate - truth) / mcse

    is normal up to the next order, with g the skewness of the replicates; the ends are where H(t) is z and -z.

    Parameters
    ----------
    estimates : (1 + replicates, ...) [any unit], whose first row is the estimate itself
    share : inside the interval [fraction]

    Returns
    -------
    (...) [the estimates' unit]

    References
    ----------
    Hall (1992), Journal of the Royal Statistical Society B 54, "On the removal of skewness by transformation"
    """
    value, mcse = estimates[0], estimates[1:].std(axis=0, ddof=1)
    third = ((estimates[1:] - estimates[1:].mean(axis=0)) ** 3).mean(axis=0)
    tiny = np.finfo(float).tiny
    skewness = third / np.maximum(mcse, tiny ** (1 / 3)) ** 3
    g = np.where(np.abs(skewness) < 1e-6, 1e-6, skewness)

    def deviation(z: float) -> Array:
        return 3.0 / g * (np.cbrt(1.0 + g * (z - g / 6.0)) - 1.0)

    z = float(ndtri((1 + share) / 2))
    ends = value - mcse * np.array([deviation(z), deviation(-z)])
    return Interval(value, np.minimum(ends[0], value), np.maximum(ends[1], value), mcse)


def weighted_quantiles(values: Array, weights: QuantileWeights, level: float) -> Array:
    """Quantile of the same values under each row of weights, by the inverse empirical cdf.

        Q(p) = the least value x for which sum of w_i over values_i <= x  is at least  p sum of w_i

    Parameters
    ----------
    values : (draw) [any unit]; may be inf
    weights : (row, draw) [1], none below 0
    level : p [fraction]

    Returns
    -------
    (row) [the values' unit]
    """
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[:, order], axis=1, dtype=float)
    reached = cumulated >= level * cumulated[:, -1:] - 1e-9
    return values[order][np.argmax(reached, axis=1)]


def midpoint_quantiles(values: Array, weights: QuantileWeights, level: float) -> Array:
    """Quantile of few values with weights, linear between the middles of their masses.

        Q(p) = x_i where p W = w_1 + ... + w_(i-1) + w_i / 2,  linear between such points,  W = sum of w_i

    for each row's values in rising order; beyond the first and last middle it is the least and the greatest value.

    Parameters
    ----------
    values : (row, value) [any unit]
    weights : (row, value) [1], none below 0
    level : p [fraction]

    Returns
    -------
    (row) [the values' unit]
    """
    quantiles = []
    for row, mass in zip(values, weights.astype(float), strict=True):
        order = np.argsort(row, kind="stable")
        middles = np.cumsum(mass[order]) - mass[order] / 2.0
        quantiles.append(np.interp(level * mass.sum(), middles, row[order]))
    return np.array(quantiles)
