"""Densities of distributions, for figures and at given values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.arrays import Array
from simulator.distributions.distribution import Distribution

ATOMIC = ("fixed", "bernoulli", "discrete")

CELLS = 240

BODY_LEVELS = np.array([0.005, 0.985])  # levels between which a density is drawn

MARGIN = 0.03


class Density(NamedTuple):
    """A probability density, or the probabilities of point masses.

    Attributes
    ----------
    values : (value) [the prior's unit]
    heights : (value) [1 over the unit], or [probability] of point masses
    atoms : whether these are point masses
    low, middle, high : p05, p50, p95 [the prior's unit]
    """

    values: Array
    heights: Array
    atoms: bool
    low: float
    middle: float
    high: float


def density(distribution: Distribution) -> Density:
    """The density of a distribution between its p0.5 and p98.5, or its point masses."""
    low, middle, high = distribution.inverse_cdf(np.array([0.05, 0.5, 0.95])).tolist()
    atoms = distribution.family in ATOMIC
    values, heights = _point_masses(distribution) if atoms else _curve(distribution)
    return Density(values, heights, atoms, low, middle, high)


def _point_masses(distribution: Distribution) -> tuple[Array, Array]:
    levels = (np.arange(CELLS) + 0.5) / CELLS
    values = np.unique(distribution.inverse_cdf(levels))
    return values, np.diff(distribution.cdf(values), prepend=0.0)


def _curve(distribution: Distribution) -> tuple[Array, Array]:
    """Mean density of narrow cells: the probability of a cell over its width."""
    low, high = distribution.inverse_cdf(BODY_LEVELS)
    margin = MARGIN * (high - low)
    ends = np.linspace(low - margin, high + margin, CELLS + 1)
    heights = np.diff(distribution.cdf(ends)) / np.diff(ends)
    return 0.5 * (ends[1:] + ends[:-1]), heights


STEP = 1e-4  # of the interquartile range, over which a cdf's slope is taken


def log_density(distribution: Distribution, values: Array) -> Array:
    """Log density at values, or log probability of point masses.

        log((F(b) - F(a)) / (b - a)),   a = x - h and b = x + h within the support, h = 1e-4 of the interquartile range

    Parameters
    ----------
    distribution : uncertain
    values : (value) [the prior's unit], within the support

    Returns
    -------
    (value) [nats]; of a density, of 1 over the unit
    """
    if distribution.family in ATOMIC:
        points, inverse = np.unique(values, return_inverse=True)
        below = np.nextafter(points, -np.inf)
        masses = distribution.cdf(points) - distribution.cdf(below)
        return np.log(np.maximum(masses, np.finfo(float).tiny))[inverse]
    low, high = distribution.inverse_cdf(np.array([0.25, 0.75]))
    h = STEP * (high - low)
    support = distribution.support
    a, b = np.maximum(values - h, support.low), np.minimum(values + h, support.high)
    slope = (distribution.cdf(b) - distribution.cdf(a)) / (b - a)
    return np.log(np.maximum(slope, np.finfo(float).tiny))
