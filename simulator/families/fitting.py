"""Fits that need a search: the peak of a triangle, the exponents of a beta and of a gamma.

A search is for the shape alone where place and width follow from a straight line; otherwise stated levels and those of
the fitted family are compared as normal scores. SciPy's searches are imported late, for most plans make none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import betainc, betaincc, gammainc, gammaincc, gammaincinv, ndtri

from simulator.families.family import Unfit
from simulator.families.lines import line
from simulator.growth import Array

STEEPEST = np.log(1e10)  # a gamma this regular is a normal to nine digits
FLATTEST = np.log(1e-3)
STEPS = 65


def fit_peak(scores: Callable[[Array, float], Array]) -> Callable[..., dict[str, Any]]:
    """Fit low, mode and high, from two quantiles beside a mode or from three and more.

    Parameters
    ----------
    scores : (levels, the mode's place between 0 and 1) -> values on 0 to 1
    """

    def fit(levels: Array, values: Array, mode: float | None = None) -> dict[str, Any]:
        def ends(peak: float) -> tuple[float, float]:
            return line(scores(levels, peak), values)

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
            raise Unfit("three or more quantiles, or two beside a mode")
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
    """Fit the exponents of a beta on low to high."""
    u, z = (values - low) / (high - low), ndtri(levels)
    if not (u[0] > 0.0 and u[-1] < 1.0):
        raise Unfit(f"values between lower = {low:g} and upper = {high:g}")
    middle, slope = line(z, u)
    mean = min(max(middle, u[0]), u[-1])
    total = max(mean * (1.0 - mean) / slope**2 - 1.0, 0.1)

    def miss(logs: Array) -> Array:
        alpha, beta = np.exp(logs)
        return _scores(betainc(alpha, beta, u), betaincc(alpha, beta, u)) - z

    alpha, beta = np.exp(_closest(miss, np.log([total * mean, total * (1.0 - mean)])))
    return {"alpha": float(alpha), "beta": float(beta), "low": low, "high": high}


def fit_gamma(levels: Array, values: Array) -> dict[str, Any]:
    """Fit shape and scale: the outermost quantiles exactly, then all of them as near as can be."""
    z, last = ndtri(levels), levels[-1]

    def miss(logs: Array) -> Array:
        shape, x = np.exp(logs[0]), values * np.exp(-logs[1])
        return _scores(gammainc(shape, x), gammaincc(shape, x)) - z

    def with_scale(log_shape: float) -> Array:
        upper = gammaincinv(np.exp(log_shape), last)
        return np.array([log_shape, np.log(values[-1] / upper) if upper > 1e-290 else np.nan])

    allowed = (
        "quantiles neither nearer together nor farther apart than a gamma's (a lognormal's may be)"
    )
    log_shape = _root(lambda k: float(miss(with_scale(k))[0]), FLATTEST, STEEPEST, allowed)
    logs = with_scale(log_shape)
    if len(levels) > 2:
        logs = _closest(miss, logs)
    shape, scale = np.exp(logs)
    return {"shape": float(shape), "scale": float(scale)}


def _scores(below: Array, above: Array) -> Array:
    """Normal scores of levels, from the side on which they are small."""
    least = np.finfo(float).tiny
    low, high = ndtri(np.maximum(below, least)), -ndtri(np.maximum(above, least))
    return np.where(below < above, low, high)


def _root(function: Callable[[float], float], low: float, high: float, allowed: str) -> float:
    """The first place where a function changes its sign, looked for in steps."""
    from scipy.optimize import brentq

    places = np.linspace(low, high, STEPS)
    signs = np.sign([function(place) for place in places])
    changes = np.flatnonzero(signs[1:] * signs[:-1] <= 0.0)
    if not len(changes):
        raise Unfit(allowed)
    first = places[changes[0]], places[changes[0] + 1]
    return float(brentq(function, *first, xtol=1e-16, rtol=1e-15, maxiter=500))


def _least(function: Callable[[float], float]) -> float:
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(function, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-12})
    return float(found.x)


def _closest(miss: Callable[[Array], Array], start: Array) -> Array:
    from scipy.optimize import least_squares

    found = least_squares(miss, start, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return np.asarray(found.x)
