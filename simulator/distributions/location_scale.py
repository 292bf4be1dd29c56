"""Location-scale families: uniform, normal, Student's t; of the logarithm, loguniform and lognormal."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from simulator.arrays import Array
from simulator.distributions.domain import Domain
from simulator.distributions.family import Family

TINY = np.nextafter(0.0, 1.0)


def fit_line(scores: Array, values: Array) -> tuple[float, float]:
    """Fit `value = start + slope * score`: exact through two quantiles, least squares through more.

    Parameters
    ----------
    scores : (quantile) [1], of the family's standard member
    values : (quantile) [any unit]

    Returns
    -------
    start, slope : [the values' unit]
    """
    centred = scores - scores.mean()
    slope = float(centred @ (values - values.mean()) / (centred @ centred))
    return float(values.mean() - slope * scores.mean()), slope


def _fit_uniform(levels: Array, values: Array) -> dict[str, Any]:
    low, width = fit_line(levels, values)
    return {"low": low, "high": low + width}


def _logarithms(values: Array) -> Array:
    """Natural logarithms by the C library: NumPy's last bits depend on the CPU, and a plan's hash on fits."""
    return np.array([math.log(value) for value in values])


def _fit_loguniform(levels: Array, values: Array) -> dict[str, Any]:
    low, width = fit_line(levels, _logarithms(values))
    return {"low": math.exp(low), "high": math.exp(low + width)}


def _fit_normal(levels: Array, values: Array) -> dict[str, Any]:
    mean, sd = fit_line(ndtri(levels), values)
    return {"mean": mean, "sd": sd}


def _fit_lognormal(levels: Array, values: Array) -> dict[str, Any]:
    log_median, sigma = fit_line(ndtri(levels), _logarithms(values))
    return {"median": math.exp(log_median), "sigma": sigma}


def _fit_student_t(levels: Array, values: Array, df: float) -> dict[str, Any]:
    median, scale = fit_line(stdtrit(df, levels), values)
    return {"median": median, "scale": scale, "df": df}


def _ordered(low: float, high: float) -> str:
    return "" if low < high else "low must be below high"


def _loguniform_wrong(low: float, high: float) -> str:
    return "low must be above 0" if low <= 0 else _ordered(low, high)


def _positive(*names: str) -> Callable[..., str]:
    def wrong(**natural: float) -> str:
        low = [name for name in names if not natural[name] > 0]
        return f"{' and '.join(low)} must be above 0" if low else ""

    return wrong


def _student_t_wrong(median: float, scale: float, df: float) -> str:
    """Below a fifth of a degree of freedom, extreme values exceed the largest double."""
    return "" if scale > 0 and df >= 0.2 else "scale must be above 0, and df at least 0.2"


def _log(x: Array) -> Array:
    return np.log(np.maximum(x, TINY))


def _log_share(x: Array, low: float, high: float) -> Array:
    return np.clip((_log(x) - np.log(low)) / (np.log(high) - np.log(low)), 0.0, 1.0)


def _anywhere(**natural: float) -> Domain:
    return Domain(low_open=True, high_open=True)


LOCATION_SCALE = (
    Family(
        "uniform",
        ("low", "high"),
        inverse_cdf=lambda levels, low, high: low + levels * (high - low),
        cdf=lambda x, low, high: np.clip((x - low) / (high - low), 0.0, 1.0),
        inverse_survival=lambda levels, low, high: high - levels * (high - low),
        survival=lambda x, low, high: np.clip((high - x) / (high - low), 0.0, 1.0),
        support=Domain,
        wrong=_ordered,
        about="every value between `low` and `high` alike",
        fit=_fit_uniform,
    ),
    Family(
        "loguniform",
        ("low", "high"),
        inverse_cdf=lambda levels, low, high: low * np.exp(levels * (np.log(high) - np.log(low))),
        cdf=_log_share,
        inverse_survival=lambda levels, low, high: (
            high * np.exp(-levels * (np.log(high) - np.log(low)))
        ),
        survival=lambda x, low, high: np.clip(
            (np.log(high) - _log(x)) / (np.log(high) - np.log(low)), 0.0, 1.0
        ),
        support=Domain,
        wrong=_loguniform_wrong,
        about="every ratio between `low` and `high` alike, both above 0",
        fit=_fit_loguniform,
        scale=np.log,
    ),
    Family(
        "normal",
        ("mean", "sd"),
        inverse_cdf=lambda levels, mean, sd: mean + sd * ndtri(levels),
        cdf=lambda x, mean, sd: ndtr((x - mean) / sd),
        inverse_survival=lambda levels, mean, sd: mean - sd * ndtri(levels),
        survival=lambda x, mean, sd: ndtr((mean - x) / sd),
        support=_anywhere,
        wrong=_positive("sd"),
        about="`mean` and standard deviation `sd`",
        fit=_fit_normal,
    ),
    Family(
        "lognormal",
        ("median", "sigma"),
        inverse_cdf=lambda levels, median, sigma: median * np.exp(sigma * ndtri(levels)),
        cdf=lambda x, median, sigma: ndtr((_log(x) - np.log(median)) / sigma),
        inverse_survival=lambda levels, median, sigma: median * np.exp(-sigma * ndtri(levels)),
        survival=lambda x, median, sigma: ndtr((np.log(median) - _log(x)) / sigma),
        support=lambda median, sigma: Domain(0.0, low_open=True, high_open=True),
        wrong=_positive("median", "sigma"),
        about="`median`, and `sigma`, the standard deviation of the natural logarithm",
        fit=_fit_lognormal,
        scale=np.log,
    ),
    Family(
        "student_t",
        ("median", "scale", "df"),
        inverse_cdf=lambda levels, median, scale, df: median + scale * stdtrit(df, levels),
        cdf=lambda x, median, scale, df: stdtr(df, (x - median) / scale),
        inverse_survival=lambda levels, median, scale, df: median - scale * stdtrit(df, levels),
        survival=lambda x, median, scale, df: stdtr(df, (median - x) / scale),
        support=_anywhere,
        wrong=_student_t_wrong,
        about="`median`, `scale` and degrees of freedom `df`, which stands beside quantiles too; fat tails",
        fit=_fit_student_t,
        beside=("df",),
    ),
)
