"""The family `quantiles`: a smooth monotone inverse cdf through any list of quantiles.

Over the normal scores of the levels the values are a monotone cubic (Fritsch and Carlson 1980, the harmonic mean of
Butland for the slopes inside); at both ends it has the slope of the last stretch and goes on along a straight line. So
two quantiles give a normal, and any list has the tails of a normal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.arrays import Array
from simulator.distributions.domain import Domain
from simulator.distributions.family import Family

Numbers = tuple[float, ...]

FARTHEST_SCORE = 40.0  # score beyond which no double is left


@lru_cache(maxsize=256)
def _knots(levels: Numbers, values: Numbers) -> tuple[Array, Array, Array]:
    """Scores, values and slopes of the cubic, with a knot on each straight tail."""
    z, x = ndtri(np.array(levels)), np.array(values, float)
    width, secant = np.diff(z), np.diff(x) / np.diff(z)
    left, right = 2.0 * width[1:] + width[:-1], width[1:] + 2.0 * width[:-1]
    inside = (left + right) / (left / secant[:-1] + right / secant[1:])
    slopes = np.concatenate([secant[:1], inside, secant[-1:]])
    ends = x[[0, -1]] + slopes[[0, -1]] * (np.array([-FARTHEST_SCORE, FARTHEST_SCORE]) - z[[0, -1]])
    z = np.concatenate([[-FARTHEST_SCORE], z, [FARTHEST_SCORE]])
    x = np.concatenate([ends[:1], x, ends[1:]])
    return z, x, np.concatenate([slopes[:1], slopes, slopes[-1:]])


def _at(scores: Array, levels: Any, values: Any) -> Array:
    """Values at normal scores: the cubic of the stretch in which each lies."""
    z, x, slopes = _knots(tuple(levels), tuple(values))
    k = np.clip(np.searchsorted(z, scores, side="right") - 1, 0, len(z) - 2)
    width = z[k + 1] - z[k]
    t = (scores - z[k]) / width
    rise, start, end = x[k + 1] - x[k], slopes[k] * width, slopes[k + 1] * width
    return x[k] + t * (
        start + t * (3.0 * rise - 2.0 * start - end + t * (start + end - 2.0 * rise))
    )


def _score(values_at: Array, levels: Any, values: Any) -> Array:
    """Normal scores of values: the cubic inverted by halving, for only truncation asks."""
    low = np.full(np.shape(values_at), -FARTHEST_SCORE)
    high = -low
    for _ in range(64):
        middle = 0.5 * (low + high)
        under = _at(middle, levels, values) < values_at
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return 0.5 * (low + high)


def _wrong(levels: Numbers, values: Numbers) -> str:
    if len(levels) != len(values) or len(levels) < 2:
        return "as many levels as values, two or more"
    if not (min(levels) > 0.0 and max(levels) < 1.0 and (np.diff(levels) > 0.0).all()):
        return "levels between 0 and 1 that rise"
    return "" if (np.diff(values) > 0.0).all() else "values that rise with the levels"


QUANTILE_CURVE = Family(
    "quantiles",
    ("levels", "values"),
    inverse_cdf=lambda at, levels, values: _at(ndtri(at), levels, values),
    cdf=lambda x, levels, values: ndtr(_score(x, levels, values)),
    inverse_survival=lambda at, levels, values: _at(-ndtri(at), levels, values),
    survival=lambda x, levels, values: ndtr(-_score(x, levels, values)),
    support=lambda levels, values: Domain(low_open=True, high_open=True),
    wrong=_wrong,
    about="a smooth curve through any two or more quantiles, p01 to p99 or `levels` and `values`; normal tails",
    fit=lambda levels, values: {"levels": tuple(levels.tolist()), "values": tuple(values.tolist())},
)
