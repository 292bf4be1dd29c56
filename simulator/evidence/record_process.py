"""Forecasts of a running record: runs of random size about a rising frontier, of which only records are noted.

Runs come as a Poisson process over time and size; their sizes scatter exponentially about a line of slope b, with scale
s. A record then jumps by s on average, about b / s times a year, and waiting without one is evidence as a jump is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array

SLOPE = (0.3, 0.2)
"""Mean and standard deviation of the prior slope [OOM/year]: the fastest computers of the TOP500 list doubled every 14
months from 1993 on (0.26 OOM/year, known before any forecast); its width, at 95 % from standing still to five times a
year, is judgement."""

SCATTER = (0.3, 0.7)
"""Median of the prior scatter s [OOM], and the standard deviation of its log: a record doubles the one before it, give
or take a factor of two; judgement."""

MEMORY = 5.0  # years in which what a record says falls to 1/e: as long as the longest lead

SLOPES = np.linspace(-0.3, 1.6, 39)

SCATTERS = np.exp(np.linspace(math.log(0.04), math.log(1.5), 22))

NEGLIGIBLE = 1e-8  # weight of a node over the largest

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(96)


@dataclass(frozen=True)
class RecordForecast:
    """Distribution of a running record at a later date, which is at least the last record.

        F(x) = sum over nodes of w (1 + exp(log_ratio - (x - last) / s))^(-n),   x >= last, else 0

    Attributes
    ----------
    last : the record so far [OOM]
    count : n, how many records are remembered [1]
    weights : (node) w, of slope and scatter [fraction], which sum to 1
    scatters : (node) s [OOM]
    log_ratios : (node) log of the runs expected above `last` until then, over those expected so far [1]
    """

    last: float
    count: float
    weights: Array
    scatters: Array
    log_ratios: Array

    def cdf(self, values: Array) -> Array:
        """Probability that the record is at most each value.

        Parameters
        ----------
        values : (value) x [OOM]

        Returns
        -------
        (value) [fraction]
        """
        above = np.maximum(values - self.last, 0.0)[:, np.newaxis]
        powers = -self.count * np.logaddexp(0.0, self.log_ratios - above / self.scatters)
        shares = np.sum(self.weights * np.exp(powers), axis=1)
        return np.where(values < self.last, 0.0, shares)


def record_forecast(
    years: Array,
    records: Array,
    origin: float,
    lead: float,
    slope: tuple[float, float] = SLOPE,
    memory: float = MEMORY,
) -> RecordForecast:
    """The record at origin + lead, from the records until the origin and the wait since the last.

        intensity of runs at size x and time t    exp((a + b t - x) / s) / s
        log L = sum_i u_i ((a + b t_i - r_i) / s - log s) - exp(a / s) K
        K     = sum_i u_i int_{t_i}^{t_i+1} exp((b t - r_i) / s) dt,   the last until the origin
        u     = exp(-age / memory), of a record and of the middle of the wait that follows it
        b ~ Normal(slope), log s ~ Normal(log 0.3, 0.7), exp(a / s) ~ 1 / exp(a / s)

    Given b and s, exp(a / s) is Gamma(n, K) with n = sum of u_i over the records after the first, so it integrates out
    in closed form, and slope and scatter are summed over a grid:

        w proportional to prior(b, s) exp(sum_i u_i ((b t_i - r_i) / s - log s)) / K^n
        P(record <= x) = sum w (1 + J / K)^(-n),   J = int_origin^(origin + lead) exp((b t - x) / s) dt

    Parameters
    ----------
    years, records : (record) of when each was set and what it was, both rising [year], [OOM]
    origin : the date of the forecast [year]
    lead : how far ahead [years]
    slope : mean and standard deviation of the prior of b [OOM/year]
    memory : [years]; infinite where nothing is forgotten

    Returns
    -------
    distribution of the record

    References
    ----------
    Ballerini and Resnick (1985), "Records from improving populations", J. Appl. Probab. 22; Smith (1988), "Forecasting
    records by maximum likelihood", J. Am. Stat. Assoc. 83; Coles (2001), "An introduction to statistical modeling of
    extreme values", chapter 7; West and Harrison (1997), "Bayesian forecasting and dynamic models", on discounting.
    """
    b, s = (each.ravel() for each in np.meshgrid(SLOPES, SCATTERS, indexing="ij"))
    t, r = years - origin, records - records[-1]
    ends = np.append(t[1:], 0.0)
    remembered = np.exp(t[1:] / memory)
    waits = np.exp((t + ends) / 2.0 / memory)
    count = float(np.sum(remembered))
    log_exposures = [
        math.log(u) - size / s + _log_integral(b / s, start, end)
        for u, size, start, end in zip(waits, r, t, ends, strict=True)
        if end > start
    ]
    log_exposure = np.logaddexp.reduce(log_exposures, axis=0)
    log_weights = (
        -0.5 * ((b - slope[0]) / slope[1]) ** 2
        - 0.5 * (np.log(s / SCATTER[0]) / SCATTER[1]) ** 2
        + sum(
            u * ((b * t_ - r_) / s - np.log(s))
            for u, t_, r_ in zip(remembered, t[1:], r[1:], strict=True)
        )
        - count * log_exposure
    )
    weights = np.exp(log_weights - np.max(log_weights))
    kept = weights > NEGLIGIBLE
    ratios = _log_integral(b / s, 0.0, lead) - log_exposure
    return RecordForecast(
        float(records[-1]), count, weights[kept] / np.sum(weights[kept]), s[kept], ratios[kept]
    )


def _log_integral(rates: Array, start: float, end: float) -> Array:
    """Log of the integral of exp(rate t) dt from start to end, for (node) rates [1/year]."""
    span = end - start
    z = rates * span
    grown = np.where(np.abs(z) < 1e-9, 1.0, np.expm1(z) / np.where(z == 0.0, 1.0, z))
    return rates * start + math.log(span) + np.log(grown)


def record_crps(forecast: RecordForecast, value: float) -> float:
    """Continuous ranked probability score of a record's forecast, by Gauss-Legendre quadrature; the lower the better.

        crps = int_last^value F(x)^2 dx + int_value^inf (1 - F(x))^2 dx

    The second integral is taken over v = 1 / (1 + (x - value) / c), with c twice the mean scatter.

    Parameters
    ----------
    forecast : distribution of the record
    value : the record that came, at least `last` [OOM]

    Returns
    -------
    [OOM]

    References
    ----------
    Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", J. Am. Stat. Assoc. 102.
    """
    share = 0.5 * (NODES + 1.0)
    width = value - forecast.last
    below = forecast.cdf(forecast.last + width * share) ** 2
    scale = 2.0 * float(forecast.weights @ forecast.scatters)
    reach = scale * share / (1.0 - share)
    above = (1.0 - forecast.cdf(value + reach)) ** 2 * scale / (1.0 - share) ** 2
    return float(0.5 * (width * (NODE_WEIGHTS @ below) + NODE_WEIGHTS @ above))


def record_quantile(forecast: RecordForecast, level: float) -> float:
    """The smallest value that the record does not pass with a probability, to 1e-6.

    Parameters
    ----------
    forecast : distribution of the record
    level : [fraction], above 0 and below 1

    Returns
    -------
    [OOM]
    """
    from scipy.optimize import brentq

    def short(x: float) -> float:
        return float(forecast.cdf(np.array([x]))[0]) - level

    if short(forecast.last) >= 0.0:
        return forecast.last
    return float(brentq(short, forecast.last, _above(short, forecast.last), xtol=1e-6))


def _above(short: Callable[[float], float], last: float) -> float:
    """A value at which a rising function is positive."""
    reach = 1.0
    while short(last + reach) < 0.0:
        reach *= 2.0
    return last + reach
