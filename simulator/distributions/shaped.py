"""Families with a shape parameter, whose fits need a search: triangular, pert, beta, gamma.

Triangular and pert are searched for their mode alone, since low and high follow from a straight line. Beta and gamma
are fitted by comparing stated and fitted levels as normal scores. SciPy's searches are imported late, as few plans
need them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import (
    betainc,
    betaincc,
    betaincinv,
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
    ndtri,
)  # fmt: skip

from simulator.arrays import Array
from simulator.distributions.domain import Domain
from simulator.distributions.family import CannotFit, Family
from simulator.distributions.location_scale import fit_line

HIGHEST_LOG_SHAPE = np.log(1e10)  # at which a gamma is a normal to nine digits

LOWEST_LOG_SHAPE = np.log(1e-3)

STEPS = 65  # points at which a search looks for a change of sign


def fit_peak(scores: Callable[[Array, float], Array]) -> Callable[..., dict[str, Any]]:
    """The fit of a family with low, mode and high.

    Two quantiles beside a mode, or three quantiles, are met exactly; more by least squares of the values.

    Parameters
    ----------
    scores : the inverse cdf of the member on 0 to 1: (levels, mode) -> values

    Returns
    -------
    (levels, values, mode if stated) -> low, mode and high, by name; raises CannotFit where no member has the quantiles
    """

    def fit(levels: Array, values: Array, mode: float | None = None) -> dict[str, Any]:
        def ends(peak: float) -> tuple[float, float]:
            return fit_line(scores(levels, peak), values)

        def off_mode(peak: float) -> float:
            low, width = ends(peak)
            return low + width * peak - float(mode or 0.0)

        def bend(peak: float) -> float:
            (a, b), (c, d) = np.diff(values), np.diff(scores(levels, peak))
            return float(b * c - a * d)

        def misses(peak: float) -> float:
            low, width = ends(peak)
            return float(np.sum((low + width * scores(levels, peak) - values) ** 2))

        if mode is None and len(levels) < 3:
            raise CannotFit("three or more quantiles, or two beside a mode")
        if mode is not None:
            peak = _root(off_mode, 0.0, 1.0, "a mode between the quantiles, or near them")
        elif len(levels) == 3:
            peak = _root(bend, 0.0, 1.0, "three quantiles that lean less to one side")
        else:
            peak = _least(misses)
        low, width = ends(peak)
        return {
            "low": low,
            "mode": low + width * peak if mode is None else mode,
            "high": low + width,
        }

    return fit


def fit_beta(levels: Array, values: Array, low: float, high: float) -> dict[str, Any]:
    """Fit the exponents of a beta on low to high, by least squares of the normal scores of the levels.

    Parameters
    ----------
    levels : (quantile) [probability], rising
    values : (quantile) [the prior's unit], rising
    low, high : [the prior's unit]

    Returns
    -------
    alpha, beta [1], low and high, by name

    Raises
    ------
    CannotFit
        when a value is not between low and high
    """
    u, z = (values - low) / (high - low), ndtri(levels)
    if not (u[0] > 0.0 and u[-1] < 1.0):
        raise CannotFit(f"values between lower = {low:g} and upper = {high:g}")
    middle, slope = fit_line(z, u)
    mean = min(max(middle, u[0]), u[-1])
    total = max(mean * (1.0 - mean) / slope**2 - 1.0, 0.1)

    def miss(logs: Array) -> Array:
        alpha, beta = np.exp(logs)
        return _normal_scores(betainc(alpha, beta, u), betaincc(alpha, beta, u)) - z

    alpha, beta = np.exp(_closest(miss, np.log([total * mean, total * (1.0 - mean)])))
    return {"alpha": float(alpha), "beta": float(beta), "low": low, "high": high}


def fit_gamma(levels: Array, values: Array) -> dict[str, Any]:
    """Fit shape and scale of a gamma: two quantiles exactly, more by least squares of the normal scores of the levels.

    Parameters
    ----------
    levels : (quantile) [probability], rising
    values : (quantile) [the prior's unit], rising and above 0

    Returns
    -------
    shape [1] and scale [the prior's unit], by name

    Raises
    ------
    CannotFit
        when the outermost quantiles are nearer together or farther apart than those of any gamma
    """
    z, last = ndtri(levels), levels[-1]

    def miss(logs: Array) -> Array:
        shape, x = np.exp(logs[0]), values * np.exp(-logs[1])
        return _normal_scores(gammainc(shape, x), gammaincc(shape, x)) - z

    def with_scale(log_shape: float) -> Array:
        upper = gammaincinv(np.exp(log_shape), last)
        return np.array([log_shape, np.log(values[-1] / upper) if upper > 1e-290 else np.nan])

    allowed = (
        "quantiles neither nearer together nor farther apart than a gamma's (a lognormal's may be)"
    )
    log_shape = _root(
        lambda k: float(miss(with_scale(k))[0]), LOWEST_LOG_SHAPE, HIGHEST_LOG_SHAPE, allowed
    )
    logs = with_scale(log_shape)
    if len(levels) > 2:
        logs = _closest(miss, logs)
    shape, scale = np.exp(logs)
    return {"shape": float(shape), "scale": float(scale)}


def _normal_scores(below: Array, above: Array) -> Array:
    """Normal scores of levels, from the tail in which they are small."""
    least = np.finfo(float).tiny
    low, high = ndtri(np.maximum(below, least)), -ndtri(np.maximum(above, least))
    return np.where(below < above, low, high)


def _root(function: Callable[[float], float], low: float, high: float, allowed: str) -> float:
    """The lowest root of a function, in the first of equal steps in which it changes its sign."""
    from scipy.optimize import brentq

    points = np.linspace(low, high, STEPS)
    signs = np.sign([function(point) for point in points])
    changes = np.flatnonzero(signs[1:] * signs[:-1] <= 0.0)
    if not len(changes):
        raise CannotFit(allowed)
    bracket = points[changes[0]], points[changes[0] + 1]
    return float(brentq(function, *bracket, xtol=1e-16, rtol=1e-15, maxiter=500))


def _least(function: Callable[[float], float]) -> float:
    from scipy.optimize import minimize_scalar

    least = minimize_scalar(function, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-12})
    return float(least.x)


def _closest(miss: Callable[[Array], Array], start: Array) -> Array:
    from scipy.optimize import least_squares

    fit = least_squares(miss, start, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return np.asarray(fit.x)


MODE_WEIGHT = 4.0  # weight of the mode in the mean of a pert, (low + 4 mode + high) / 6

Scores = Callable[[Array, float], Array]


def _peak(low: float, mode: float, high: float) -> float:
    return (mode - low) / (high - low)


def _triangle_score(levels: Array, peak: float) -> Array:
    """The inverse cdf of a triangular distribution on 0 to 1."""
    return np.where(
        levels <= peak, np.sqrt(levels * peak), 1.0 - np.sqrt((1.0 - levels) * (1.0 - peak))
    )


def _triangular(levels: Array, low: float, mode: float, high: float) -> Array:
    return low + (high - low) * _triangle_score(levels, _peak(low, mode, high))


def _triangular_cdf(x: Array, low: float, mode: float, high: float) -> Array:
    u, peak = np.clip((x - low) / (high - low), 0.0, 1.0), _peak(low, mode, high)
    rise = u * u / peak if peak > 0.0 else u
    fall = 1.0 - (1.0 - u) ** 2 / (1.0 - peak) if peak < 1.0 else u
    return np.where(u < peak, rise, fall)


def _pert_score(levels: Array, peak: float) -> Array:
    """The inverse cdf of a pert on 0 to 1, a beta with exponents 1 + 4 mode and 1 + 4 (1 - mode)."""
    return betaincinv(1.0 + MODE_WEIGHT * peak, 1.0 + MODE_WEIGHT * (1.0 - peak), levels)


def _pert(levels: Array, low: float, mode: float, high: float) -> Array:
    return low + (high - low) * _pert_score(levels, _peak(low, mode, high))


def _pert_cdf(x: Array, low: float, mode: float, high: float) -> Array:
    u, peak = np.clip((x - low) / (high - low), 0.0, 1.0), _peak(low, mode, high)
    return betainc(1.0 + MODE_WEIGHT * peak, 1.0 + MODE_WEIGHT * (1.0 - peak), u)


def _inverse_survival(inverse_cdf: Callable[..., Array]) -> Callable[..., Array]:
    """The inverse survival function: minus the inverse cdf of the mirrored distribution."""

    def inverse(levels: Array, low: float, mode: float, high: float) -> Array:
        return -inverse_cdf(levels, -high, -mode, -low)

    return inverse


def _survival(cdf: Callable[..., Array]) -> Callable[..., Array]:
    def survival(x: Array, low: float, mode: float, high: float) -> Array:
        return cdf(-x, -high, -mode, -low)

    return survival


def _three_points_wrong(low: float, mode: float, high: float) -> str:
    return "" if low <= mode <= high and low < high else "low, mode and high must rise"


def _unit(x: Array, low: float, high: float) -> Array:
    return np.clip((x - low) / (high - low), 0.0, 1.0)


def _beta_wrong(alpha: float, beta: float, low: float, high: float) -> str:
    if not low < high:
        return "lower must be below upper"
    return "" if alpha > 0 and beta > 0 else "alpha and beta must be above 0"


def _gamma_wrong(shape: float, scale: float) -> str:
    return "" if shape > 0 and scale > 0 else "shape and scale must be above 0"


def _three_points(
    name: str,
    inverse_cdf: Callable[..., Array],
    cdf: Callable[..., Array],
    scores: Scores,
    shape: str,
) -> Family:
    return Family(
        name,
        ("low", "mode", "high"),
        inverse_cdf=inverse_cdf,
        cdf=cdf,
        inverse_survival=_inverse_survival(inverse_cdf),
        survival=_survival(cdf),
        support=lambda low, mode, high: Domain(low, high),
        wrong=_three_points_wrong,
        about=f"from `low` over `mode` to `high`, {shape}; three quantiles, or two beside a mode",
        fit=fit_peak(scores),
        beside=("mode",),
    )


SHAPED = (
    _three_points(
        "triangular", _triangular, _triangular_cdf, _triangle_score, "along straight lines"
    ),
    _three_points("pert", _pert, _pert_cdf, _pert_score, "smoothly: a beta that weighs the mode 4"),
    Family(
        "beta",
        ("alpha", "beta", "low", "high"),
        inverse_cdf=lambda levels, alpha, beta, low, high: (
            low + (high - low) * betaincinv(alpha, beta, levels)
        ),
        cdf=lambda x, alpha, beta, low, high: betainc(alpha, beta, _unit(x, low, high)),
        inverse_survival=lambda levels, alpha, beta, low, high: (
            high - (high - low) * betaincinv(beta, alpha, levels)
        ),
        survival=lambda x, alpha, beta, low, high: betaincc(alpha, beta, _unit(x, low, high)),
        support=lambda alpha, beta, low, high: Domain(low, high),
        wrong=_beta_wrong,
        about="exponents `alpha` and `beta`, on `lower` to `upper` (0 to 1 where they are left out)",
        fit=fit_beta,
        bounded=True,
    ),
    Family(
        "gamma",
        ("shape", "scale"),
        inverse_cdf=lambda levels, shape, scale: scale * gammaincinv(shape, levels),
        cdf=lambda x, shape, scale: gammainc(shape, np.maximum(x, 0.0) / scale),
        inverse_survival=lambda levels, shape, scale: scale * gammainccinv(shape, levels),
        survival=lambda x, shape, scale: gammaincc(shape, np.maximum(x, 0.0) / scale),
        support=lambda shape, scale: Domain(0.0, low_open=True, high_open=True),
        wrong=_gamma_wrong,
        about="`shape` (squared mean over variance) and `scale` (variance over mean)",
        fit=fit_gamma,
        scale=np.log,
    ),
)
