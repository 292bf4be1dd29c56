"""Families of distributions: from quantiles or natural parameters to an inverse cdf.

A `Distribution` is a family with its natural parameters, then `shift`, then truncation to `lower` and `upper` in final
units, renormalised. Its `values` turn probability levels into values; that is all a draw ever asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.driver import Domain
from simulator.growth import Array

QUANTILES = {
    "p01": 0.01, "p025": 0.025, "p05": 0.05, "p10": 0.10, "p20": 0.20, "p25": 0.25, "p50": 0.50,
    "p75": 0.75, "p80": 0.80, "p90": 0.90, "p95": 0.95, "p975": 0.975, "p99": 0.99,
}  # fmt: skip


def _identity(x: Array) -> Array:
    return x


@dataclass(frozen=True)
class Family:
    """One family of distributions.

    Attributes
    ----------
    natural : names of its natural parameters
    inverse_cdf : (levels, natural parameters by name) -> values
    cdf : (values, natural parameters by name) -> levels
    support : natural parameters by name -> the interval that values lie in
    wrong : natural parameters by name -> what is wrong with them, or ""
    fit : (levels, values) -> natural parameters, by name; None when only natural parameters describe it
    """

    name: str
    natural: tuple[str, ...]
    inverse_cdf: Callable[..., Array]
    cdf: Callable[..., Array]
    support: Callable[..., Domain]
    wrong: Callable[..., str]
    fit: Callable[[Array, Array], dict[str, float]] | None = None


def _line(
    score: Callable[[Array], Array], scale: Callable[[Array], Array]
) -> Callable[[Array, Array], tuple[float, float]]:
    """Fit `scale(value) = a + b * score(level)`: exact through two quantiles, least squares through more."""

    def fit(levels: Array, values: Array) -> tuple[float, float]:
        z, x = score(levels), scale(values)
        centred = z - z.mean()
        slope = float(centred @ (x - x.mean()) / (centred @ centred))
        return float(x.mean() - slope * z.mean()), slope

    return fit


_normal_fit, _lognormal_fit = _line(ndtri, _identity), _line(ndtri, np.log)
_uniform_fit, _loguniform_fit = _line(_identity, _identity), _line(_identity, np.log)


def _fit_normal(levels: Array, values: Array) -> dict[str, float]:
    mean, sd = _normal_fit(levels, values)
    return {"mean": mean, "sd": sd}


def _fit_lognormal(levels: Array, values: Array) -> dict[str, float]:
    log_median, sigma = _lognormal_fit(levels, values)
    return {"median": math.exp(log_median), "sigma": sigma}


def _fit_uniform(levels: Array, values: Array) -> dict[str, float]:
    low, width = _uniform_fit(levels, values)
    return {"low": low, "high": low + width}


def _fit_loguniform(levels: Array, values: Array) -> dict[str, float]:
    low, width = _loguniform_fit(levels, values)
    return {"low": math.exp(low), "high": math.exp(low + width)}


def _ordered(low: float, high: float) -> str:
    return "" if low < high else "low must be below high"


def _loguniform_wrong(low: float, high: float) -> str:
    return "low must be above 0" if low <= 0 else _ordered(low, high)


def _bernoulli(levels: Array, p: float) -> Array:
    return np.where(levels > 1.0 - p, 1.0, 0.0)


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family(
            "fixed",
            ("value",),
            inverse_cdf=lambda levels, value: np.full(np.shape(levels), value),
            cdf=lambda x, value: np.where(x >= value, 1.0, 0.0),
            support=lambda value: Domain(value, value),
            wrong=lambda value: "",
        ),
        Family(
            "uniform",
            ("low", "high"),
            inverse_cdf=lambda levels, low, high: low + levels * (high - low),
            cdf=lambda x, low, high: np.clip((x - low) / (high - low), 0.0, 1.0),
            support=Domain,
            wrong=_ordered,
            fit=_fit_uniform,
        ),
        Family(
            "loguniform",
            ("low", "high"),
            inverse_cdf=lambda levels, low, high: low * np.exp(levels * np.log(high / low)),
            cdf=lambda x, low, high: np.clip(
                np.log(np.maximum(x, low) / low) / np.log(high / low), 0.0, 1.0
            ),
            support=Domain,
            wrong=_loguniform_wrong,
            fit=_fit_loguniform,
        ),
        Family(
            "normal",
            ("mean", "sd"),
            inverse_cdf=lambda levels, mean, sd: mean + sd * ndtri(levels),
            cdf=lambda x, mean, sd: ndtr((x - mean) / sd),
            support=lambda mean, sd: Domain(low_open=True, high_open=True),
            wrong=lambda mean, sd: "" if sd > 0 else "sd must be above 0",
            fit=_fit_normal,
        ),
        Family(
            "lognormal",
            ("median", "sigma"),
            inverse_cdf=lambda levels, median, sigma: median * np.exp(sigma * ndtri(levels)),
            cdf=lambda x, median, sigma: ndtr(
                np.log(np.maximum(x, np.finfo(float).tiny) / median) / sigma
            ),
            support=lambda median, sigma: Domain(0.0, low_open=True, high_open=True),
            wrong=lambda median, sigma: (
                "" if median > 0 and sigma > 0 else "median and sigma must be above 0"
            ),
            fit=_fit_lognormal,
        ),
        Family(
            "bernoulli",
            ("p",),
            inverse_cdf=_bernoulli,
            cdf=lambda x, p: np.where(x >= 1.0, 1.0, np.where(x >= 0.0, 1.0 - p, 0.0)),
            support=lambda p: Domain(0.0 if p < 1 else 1.0, 1.0 if p > 0 else 0.0),
            wrong=lambda p: "" if 0 <= p <= 1 else "p must lie in 0 to 1",
        ),
    )
}


@dataclass(frozen=True)
class Distribution:
    """A family's member, shifted, then truncated in final units."""

    family: str
    natural: Mapping[str, float]
    shift: float = 0.0
    lower: float = -math.inf
    upper: float = math.inf

    @property
    def _mass(self) -> tuple[float, float]:
        """Levels of the untruncated family at `lower` and `upper`."""
        cdf, at = FAMILIES[self.family].cdf, self.natural
        ends = (self.lower - self.shift, self.upper - self.shift)
        low, high = (
            float(cdf(np.float64(end), **at)) if math.isfinite(end) else float(end > 0)
            for end in ends
        )
        return low, high

    @property
    def kept(self) -> float:
        """Share of the family's mass that truncation keeps."""
        low, high = self._mass
        return high - low

    @property
    def support(self) -> Domain:
        """The interval in which values lie."""
        whole = FAMILIES[self.family].support(**self.natural)
        low, high = whole.low + self.shift, whole.high + self.shift
        return Domain(
            max(low, self.lower),
            min(high, self.upper),
            whole.low_open and low >= self.lower,
            whole.high_open and high <= self.upper,
        )

    def values(self, levels: Array) -> Array:
        """Turn probability levels into values.

        Parameters
        ----------
        levels : (draw) [probability], in (0, 1)

        Returns
        -------
        (draw) [the prior's unit]
        """
        low, high = self._mass
        if (low, high) != (0.0, 1.0):
            levels = low + levels * (high - low)
        values = FAMILIES[self.family].inverse_cdf(levels, **self.natural) + self.shift
        if math.isfinite(self.lower) or math.isfinite(self.upper):
            values = np.clip(values, self.lower, self.upper)
        return values
