"""Families of point masses: fixed, bernoulli, discrete."""

from __future__ import annotations

import numpy as np

from simulator.arrays import Array
from simulator.distributions.domain import Domain
from simulator.distributions.family import Family

Numbers = tuple[float, ...]


def _atoms(values: Numbers, weights: Numbers) -> tuple[Array, Array]:
    """Values of probability above 0, rising, and their probabilities."""
    at, share = np.array(values, float), np.array(weights, float) / np.sum(weights)
    order = np.argsort(at, kind="stable")
    order = order[share[order] > 0.0]
    return at[order], share[order]


def _cumulative(share: Array) -> Array:
    return np.append(np.cumsum(share[:-1]), 1.0)


def _discrete(levels: Array, values: Numbers, weights: Numbers) -> Array:
    at, share = _atoms(values, weights)
    return at[np.searchsorted(_cumulative(share), levels, side="left")]


def _discrete_inverse_survival(levels: Array, values: Numbers, weights: Numbers) -> Array:
    at, share = _atoms(values, weights)
    return at[::-1][
        np.searchsorted(_cumulative(share[::-1]), levels, side="right").clip(0, len(at) - 1)
    ]


def _discrete_cdf(x: Array, values: Numbers, weights: Numbers) -> Array:
    at, share = _atoms(values, weights)
    return np.append(0.0, _cumulative(share))[np.searchsorted(at, x, side="right")]


def _discrete_survival(x: Array, values: Numbers, weights: Numbers) -> Array:
    at, share = _atoms(values, weights)
    left = np.append(0.0, _cumulative(share[::-1]))[::-1]
    return left[np.searchsorted(at, x, side="right")]


def _discrete_support(values: Numbers, weights: Numbers) -> Domain:
    at, _ = _atoms(values, weights)
    return Domain(float(at[0]), float(at[-1]))


def _discrete_wrong(values: Numbers, weights: Numbers) -> str:
    if not values or len(values) != len(weights):
        return "as many weights as values, one or more"
    if min(weights) < 0.0 or not 0.0 < sum(weights) < np.inf:
        return "weights from 0 up, not all of them 0"
    return ""


def _bernoulli(levels: Array, p: float) -> Array:
    return np.where(levels > 1.0 - p, 1.0, 0.0)


DISCRETE = (
    Family(
        "fixed",
        ("value",),
        inverse_cdf=lambda levels, value: np.full(np.shape(levels), value),
        cdf=lambda x, value: np.where(x >= value, 1.0, 0.0),
        inverse_survival=lambda levels, value: np.full(np.shape(levels), value),
        survival=lambda x, value: np.where(x >= value, 0.0, 1.0),
        support=lambda value: Domain(value, value),
        wrong=lambda value: "",
        about="one `value`, without doubt",
    ),
    Family(
        "bernoulli",
        ("p",),
        inverse_cdf=_bernoulli,
        cdf=lambda x, p: np.where(x >= 1.0, 1.0, np.where(x >= 0.0, 1.0 - p, 0.0)),
        inverse_survival=lambda levels, p: np.where(levels < p, 1.0, 0.0),
        survival=lambda x, p: np.where(x >= 1.0, 0.0, np.where(x >= 0.0, p, 1.0)),
        support=lambda p: Domain(0.0 if p < 1 else 1.0, 1.0 if p > 0 else 0.0),
        wrong=lambda p: "" if 0 <= p <= 1 else "p must lie in 0 to 1",
        about="1 with probability `p`, else 0",
    ),
    Family(
        "discrete",
        ("values", "weights"),
        inverse_cdf=_discrete,
        cdf=_discrete_cdf,
        inverse_survival=_discrete_inverse_survival,
        survival=_discrete_survival,
        support=_discrete_support,
        wrong=_discrete_wrong,
        about="one of `values`, with the probability that `weights` gives; weights need not add up to 1",
    ),
)
