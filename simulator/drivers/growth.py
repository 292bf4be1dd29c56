"""The shapes of growth and the sigmoid, each written once.

Quantities are log10 (OOM) and rates OOM/year. Before the anchor (`t` < 0) nothing saturates.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from simulator.arrays import Array

LN10 = float(np.log(10.0))

LARGEST_EXPONENT = 300.0  # OOM; ten to it is far below the largest number

LEAST = 1e-300  # in place of 0, where a logarithm is taken

FAR = 280.0  # OOM from the start, a ceiling that nothing under LARGEST_EXPONENT comes near


def power10(x: Array) -> Array:
    """Ten to the power of `x`, as `exp(x * ln 10)`, which is several times faster than `power` and as exact here.

    Parameters
    ----------
    x : (...) [OOM]

    Returns
    -------
    (...) [1]
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


def logistic(start: Array, rate: Array, ceiling: Array, t: Array | float) -> Array:
    """Grow from `start` at `rate` toward `ceiling`, in log10 of the quantity.

    Parameters
    ----------
    start, ceiling : (draw) [log10 of the quantity]; `start - ceiling` under 300
    rate : (draw) [OOM/year]; `rate * t` under 300 where `ceiling - start` is from 280 to 16 above `rate * t`
    t : (year, 1) [years since the anchor]

    Returns
    -------
    (year, draw) [log10 of the quantity] :
        start + rate * t - log10(1 + (10^(rate * t) - 1) * 10^(start - ceiling));
        the last term only after the anchor. Where `rate * t` reaches 300 (less what the start is above the
        ceiling), the ceiling is reached to the last digit, and growth is counted up to there only
    """
    # exp and log are twice as fast as expm1 and log1p; the digits that they lose are below the last one of `start`
    room = ceiling - start
    reached = LARGEST_EXPONENT + np.minimum(room, 0.0)
    most = np.where(room < FAR, reached, np.inf)
    lost = (power10(np.minimum(rate * np.maximum(t, 0.0), reached)) - 1.0) * power10(
        start - ceiling
    )
    return start + np.minimum(rate * t, most) - np.log(1.0 + lost) / LN10


def share_of_economy(
    start: Array, rate: Array, ceiling: Array, economy_growth: Array, t: Array
) -> Array:
    """Grow from `start` at `rate` toward a ceiling that grows with the economy: its share of the economy is logistic.

    Parameters
    ----------
    start : (draw) [log10 of the quantity]
    rate, economy_growth : (draw) [OOM/year]
    ceiling : (draw) [log10 of the quantity], at the anchor
    t : (year, 1) [years since the anchor]

    Returns
    -------
    (year, draw) [log10 of the quantity] :
        economy_growth * t + logistic(start, rate - economy_growth, ceiling, t)
    """
    return economy_growth * t + logistic(start, rate - economy_growth, ceiling, t)


def logistic_total(
    stock: Array, start: Array, rate: Array, ceiling: Array, grown: Array, t: Array
) -> Array:
    """What is there of a quantity of which a stock was there at the anchor, and `logistic` is made a year.

        log10(10^stock + int_0^t 10^logistic(start, rate, ceiling, u) du)
        int_0^t = 10^ceiling * ln(1 + y) / (rate * ln 10),   y = (10^(rate * t) - 1) * 10^(start - ceiling)

    which is 10^start * (10^(rate * t) - 1) / (rate * ln 10) far below the ceiling and 10^start * t where nothing grows.

    Parameters
    ----------
    stock : (draw) [log10 of the quantity], at the anchor
    start, ceiling : (draw) [log10 of the quantity a year]
    rate : (draw) [OOM/year]
    grown : (year, draw) [log10 of the quantity a year], as `logistic` gives it
    t : (year, 1) [years since the anchor]

    Returns
    -------
    (year, draw) [log10 of the quantity]; `stock` before the anchor
    """
    since = np.maximum(t, LEAST)
    exponent = np.maximum(LN10 * rate * since, LEAST)
    log_grown = exponent + np.log(-np.expm1(-exponent))  # of 10^(rate * t) - 1
    log_y = log_grown + LN10 * (start - ceiling)
    y = np.maximum(np.exp(np.minimum(log_y, 0.0)), LEAST)
    far = LN10 * start + log_grown - np.log(exponent / since) + np.log(np.log1p(y) / y)
    lost = np.maximum(start + rate * since - grown, LEAST)
    near = LN10 * ceiling + np.log(LN10 * lost) - np.log(exponent / since)
    made = np.where(log_y > 0.0, near, far) / LN10
    apart = np.minimum(np.abs(stock - made), LARGEST_EXPONENT)
    return np.maximum(stock, made) + np.log1p(power10(-apart)) / LN10


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow.

    Parameters
    ----------
    x : (...) [1]

    Returns
    -------
    (...) [1], 0 to 1
    """
    return expit(x)
