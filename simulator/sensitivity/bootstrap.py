"""Bootstrap replicates: how often each draw counts in each, and intervals read off them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.arrays import Array

BootstrapCounts = npt.NDArray[np.uint8]

QuantileWeights = npt.NDArray[np.uint8] | Array


class Interval(NamedTuple):
    """An estimate with the interval and standard error that its replicates give."""

    value: Array
    low: Array
    high: Array
    mcse: Array


def bootstrap_counts(draws: int, replicates: int, seed: int) -> BootstrapCounts:
    """(1 + replicates, draw) multinomial counts, how often a replicate has each draw; the first row has each once."""
    dice = np.random.Generator(np.random.Philox(key=seed))
    counts = np.ones((replicates + 1, draws), np.uint8)
    for row in counts[1:]:
        row[:] = np.bincount(dice.integers(draws, size=draws), minlength=draws)
    return counts


def percentile_interval(estimates: Array, share: float) -> Interval:
    """Percentile interval from (1 + replicates, ...), whose first row is the estimate itself."""
    low, high = np.quantile(estimates[1:], [(1 - share) / 2, (1 + share) / 2], axis=0)
    value = estimates[0]
    return Interval(
        value, np.minimum(low, value), np.maximum(high, value), estimates[1:].std(axis=0, ddof=1)
    )


def basic_interval(estimates: Array, share: float) -> Interval:
    """Interval of an estimator that resampling biases upward: replicates mirrored at the estimate, and its bias off.

    The basic bootstrap: `2 * estimate - replicate`, which cannot fall below 0 where the quantity cannot.
    """
    mirrored = 2.0 * estimates[0] - estimates[1:]
    centre = mirrored.mean(axis=0)
    return percentile_interval(np.concatenate([centre[np.newaxis], mirrored]), share)


def weighted_quantiles(values: Array, weights: QuantileWeights, level: float) -> Array:
    """(row) inverse empirical cdf of the same values under each row of weights, (row, draw); values may be inf."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[:, order], axis=1, dtype=float)
    reached = cumulated >= level * cumulated[:, -1:] - 1e-9
    return values[order][np.argmax(reached, axis=1)]


def midpoint_quantiles(values: Array, weights: QuantileWeights, level: float) -> Array:
    """(row) quantile of few values, linear between the middles of their masses; values and weights are (row, value)."""
    quantiles = []
    for row, mass in zip(values, weights.astype(float), strict=True):
        order = np.argsort(row, kind="stable")
        middles = np.cumsum(mass[order]) - mass[order] / 2.0
        quantiles.append(np.interp(level * mass.sum(), middles, row[order]))
    return np.array(quantiles)
