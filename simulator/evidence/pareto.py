"""Pareto smoothed importance sampling, in the operations of arviz-stats and to its bits.

arviz-stats itself imports SciPy's statistics, signal processing and xarray, which take longer than a small run.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import logsumexp

from simulator.arrays import Array

PRIOR_SCALE = 3.0  # of the inverse scale, Zhang and Stephens (2009)

PRIOR_SHAPE, PRIOR_DRAWS = 0.5, 10  # the weak prior of the shape counts as this many draws

NEGLIGIBLE = 10 * np.finfo(float).eps


def tail_size(draws: int) -> int:
    """How many of the largest weights are smoothed: 3 sqrt(n), of few draws a fifth."""
    return math.floor(3.0 * math.sqrt(draws) if draws > 225 else draws / 5)


def smoothed_tail(log_ratios: Array) -> tuple[Array, float]:
    """Log weights whose largest follow a generalised Pareto distribution, and its shape.

    Parameters
    ----------
    log_ratios : (draw) [nats], finite, 32 or more with a tail that is not flat

    Returns
    -------
    (draw) [nats], whose exponentials add up to 1; and Pareto k [1]

    References
    ----------
    Vehtari, Simpson, Gelman, Yao and Gabry (2024), "Pareto smoothed importance sampling", J. Mach. Learn. Res. 25(72),
    algorithm 1.
    """
    logs = log_ratios - np.max(log_ratios)
    tail = tail_size(len(logs))
    order = np.argsort(logs)
    largest, cutoff = logs[order[-tail:]], np.exp(logs[order[-tail - 1]])
    k, scale = generalised_pareto(np.exp(largest) - cutoff)
    if math.isfinite(k):
        levels = np.arange(0.5, tail) / tail
        quantiles = np.log(_pareto_quantiles(levels, k, scale, cutoff))
        quantiles[quantiles > largest.max()] = largest.max()
        logs[order[-tail:]] = quantiles
    return logs - logsumexp(logs), k


def generalised_pareto(excesses: Array) -> tuple[float, float]:
    """Shape and scale of a generalised Pareto distribution, by empirical Bayes.

    Parameters
    ----------
    excesses : (draw) over the cutoff, ascending, the last above zero

    Returns
    -------
    shape k [1], drawn towards 0.5 by the weight of 10 draws; scale [unit of the excesses]

    References
    ----------
    Zhang and Stephens (2009), "A new and efficient estimation method for the generalized Pareto distribution",
    Technometrics 51(3); Vehtari et al. (2024), appendix C.
    """
    n = len(excesses)
    points = 30 + int(n**0.5)
    inverse = 1 - np.sqrt(points / (np.arange(1, points + 1, dtype=float) - 0.5))
    inverse /= PRIOR_SCALE * excesses[int(n / 4 + 0.5) - 1]
    inverse += 1 / excesses[-1]
    shapes = np.mean(np.log1p(-inverse[:, None] * excesses), axis=1)
    profile = n * (np.log(-inverse / shapes) - shapes - 1)
    weights = np.exp(profile - logsumexp(profile))
    kept = weights >= NEGLIGIBLE
    weights, inverse = weights[kept], inverse[kept]
    mean = np.sum(inverse * (weights / weights.sum()))
    shape = np.mean(np.log1p(-mean * excesses))
    k = (n * shape + PRIOR_DRAWS * PRIOR_SHAPE) / (n + PRIOR_DRAWS)
    return float(k), float(-shape / mean)


def _pareto_quantiles(levels: Array, k: float, scale: float, cutoff: float) -> Array:
    if scale <= 0.0:
        return np.full_like(levels, np.nan)
    if k == 0.0:
        return np.asarray(cutoff - scale * np.log1p(-levels))
    return np.asarray(cutoff + scale * np.expm1(-k * np.log1p(-levels)) / k)
