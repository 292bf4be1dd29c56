"""The family `quantiles`: a smooth monotone inverse cdf through any list of quantiles.

The values are a monotone cubic of the normal scores z of their levels (Fritsch and Carlson 1980). Inner slopes are
weighted harmonic means of the secants d on both sides (Fritsch and Butland 1984), with widths h:

    slope_k = 3 (h_(k-1) + h_k) / ((2 h_k + h_(k-1)) / d_(k-1) + (h_k + 2 h_(k-1)) / d_k)

The first and the last knot take the slope of their secant, and the curve goes on from them along straight lines. So two
quantiles give a normal distribution, and any list has the tails of one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.arrays import Array
from simulator.distributions.domain import Domain
from simulator.distributions.family import Family

if TYPE_CHECKING:
    from scipy.interpolate import CubicHermiteSpline

Numbers = tuple[float, ...]

FARTHEST_SCORE = 40.0  # score beyond which no double is left


@lru_cache(maxsize=256)
def _spline(levels: Numbers, values: Numbers) -> CubicHermiteSpline:
    """Values over normal scores, with a knot at the end of each straight tail."""
    from scipy.interpolate import CubicHermiteSpline

    z, x = ndtri(np.array(levels)), np.array(values, float)
    width, secant = np.diff(z), np.diff(x) / np.diff(z)
    left, right = 2.0 * width[1:] + width[:-1], width[1:] + 2.0 * width[:-1]
    inside = (left + right) / (left / secant[:-1] + right / secant[1:])
    slopes = np.concatenate([secant[:1], inside, secant[-1:]])
    ends = x[[0, -1]] + slopes[[0, -1]] * (np.array([-FARTHEST_SCORE, FARTHEST_SCORE]) - z[[0, -1]])
    z = np.concatenate([[-FARTHEST_SCORE], z, [FARTHEST_SCORE]])
    x = np.concatenate([ends[:1], x, ends[1:]])
    return CubicHermiteSpline(z, x, np.concatenate([slopes[:1], slopes, slopes[-1:]]))


def _values(scores: Array, levels: Any, values: Any) -> Array:
    return np.asarray(_spline(tuple(levels), tuple(values))(scores))


def _scores(x: Array, levels: Any, values: Any) -> Array:
    """Normal scores of values, by bisection; only truncation and densities need them."""
    low = np.full(np.shape(x), -FARTHEST_SCORE)
    high = -low
    for _ in range(64):
        middle = 0.5 * (low + high)
        under = _values(middle, levels, values) < x
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
    inverse_cdf=lambda u, levels, values: _values(ndtri(u), levels, values),
    cdf=lambda x, levels, values: ndtr(_scores(x, levels, values)),
    inverse_survival=lambda u, levels, values: _values(-ndtri(u), levels, values),
    survival=lambda x, levels, values: ndtr(-_scores(x, levels, values)),
    support=lambda levels, values: Domain(low_open=True, high_open=True),
    wrong=_wrong,
    about="a smooth curve through any two or more quantiles, p01 to p99 or `levels` and `values`; normal tails",
    fit=lambda levels, values: {"levels": tuple(levels.tolist()), "values": tuple(values.tolist())},
)
