"""The two shapes of growth and the sigmoid, each written once.

Quantities are log10 (OOM) and rates OOM/year. Before the anchor (`t` < 0) nothing saturates.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from simulator.arrays import Array

LN10 = float(np.log(10.0))


def power10(x: Array) -> Array:
    """Ten to the power of `x`, as `exp(x * ln 10)`, which is several times faster than `power` and as exact here.

    Parameters
    ----------
    x : any shape [OOM]

    Returns
    -------
    the shape of x [1]
    """
    return np.exp(LN10 * x)


def saturating(rate: Array, limit: Array, t: Array) -> Array:
    """Growth at `rate` that levels off at `limit`.

    Parameters
    ----------
    rate : (draw) [OOM/year], slope at the anchor
    limit : (draw) [OOM], > 0
    t : (year, 1) [years since the anchor]

    Returns
    -------
    (year, draw) [OOM] : rate * t before the anchor, limit * (1 - exp(-rate * t / limit)) after it
    """
    return rate * np.minimum(t, 0.0) - limit * np.expm1((-rate / limit) * np.maximum(t, 0.0))


def logistic(start: Array, rate: Array, ceiling: Array, t: Array) -> Array:
    """Grow from `start` at `rate` toward `ceiling`, in log10 of the quantity.

    Parameters
    ----------
    start, ceiling : (draw) [log10 of the quantity]
    rate : (draw) [OOM/year]; `rate * t` and `start - ceiling + rate * t` stay under 300
    t : (year, 1) [years since the anchor]

    Returns
    -------
    (year, draw) [log10 of the quantity] :
        start + rate * t - log10(1 + (10^(rate * t) - 1) * 10^(start - ceiling));
        the last term only after the anchor
    """
    # exp and log are twice as fast as expm1 and log1p; the digits that they lose are below the last one of `start`
    lost = (power10(rate * np.maximum(t, 0.0)) - 1.0) * power10(start - ceiling)
    return start + rate * t - np.log(1.0 + lost) / LN10


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow.

    Parameters
    ----------
    x : any shape [1]

    Returns
    -------
    the shape of x [1], 0 to 1
    """
    return expit(x)
