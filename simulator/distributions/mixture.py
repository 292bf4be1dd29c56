"""Mixtures: each draw comes from one of several components, as often as its weight says."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from simulator.arrays import Array
from simulator.distributions.domain import Domain
from simulator.distributions.family import Component, Family

if TYPE_CHECKING:
    from simulator.distributions.distribution import Distribution

Weights = tuple[float, ...]
Components = tuple[Component, ...]

MOST_HALVINGS = 200  # a bracket is down to neighbouring numbers long before, unless it spans 0

POINT_MASSES = ("fixed", "bernoulli", "discrete")


def _members(weights: Weights, components: Components) -> list[tuple[float, Distribution]]:
    """Probability and distribution of each component that any draw comes from."""
    from simulator.distributions.distribution import component_distribution  # it lists this family

    total = sum(weights)
    pairs = zip(weights, components, strict=True)
    return [(w / total, component_distribution(each)) for w, each in pairs if w > 0.0]


def mixture_cdf(x: Array, weights: Weights, components: Components) -> Array:
    """Probability of values up to x, F(x) = sum over i of w_i F_i(x) / sum over i of w_i.

    Parameters
    ----------
    x : (draw) [the prior's unit]
    weights : (component) [1], from 0 up
    components : (component), each a family's member

    Returns
    -------
    (draw) [probability]
    """
    return np.minimum(sum(w * each.cdf(x) for w, each in _members(weights, components)), 1.0)


def mixture_survival(x: Array, weights: Weights, components: Components) -> Array:
    """Probability of values above x, S(x) = sum over i of w_i S_i(x) / sum over i of w_i.

    Parameters
    ----------
    x : (draw) [the prior's unit]
    weights : (component) [1], from 0 up
    components : (component), each a family's member

    Returns
    -------
    (draw) [probability], exact where it is tiny
    """
    return np.minimum(sum(w * each.survival(x) for w, each in _members(weights, components)), 1.0)


def _inverse(below: Array, above: Array, weights: Weights, components: Components) -> Array:
    """The least value x with F(x) >= below, or S(x) <= above where that is the smaller level.

    A quantile of a mixture lies between the least and the greatest quantile of its components at the same level. That
    bracket is halved until no number lies inside; each draw's halvings depend on its own level alone.
    """
    members = [each for _, each in _members(weights, components)]
    lower_half = below <= above
    ends = [
        np.where(lower_half, each.inverse_cdf(below), each.inverse_survival(above))
        for each in members
    ]
    low, high = reduce(np.minimum, ends), reduce(np.maximum, ends)
    for _ in range(MOST_HALVINGS):
        middle = 0.5 * low + 0.5 * high
        if ((middle <= low) | (middle >= high)).all():
            break
        at_least = np.where(
            lower_half,
            mixture_cdf(middle, weights, components) >= below,
            mixture_survival(middle, weights, components) <= above,
        )
        low, high = np.where(at_least, low, middle), np.where(at_least, middle, high)
    return high


def mixture_inverse_cdf(levels: Array, weights: Weights, components: Components) -> Array:
    """Values at levels, the root of F(x) = level to the last digits that F's rounding leaves.

    Parameters
    ----------
    levels : (draw) [probability], in (0, 1)
    weights : (component) [1], from 0 up
    components : (component), each a family's member

    Returns
    -------
    (draw) [the prior's unit]
    """
    levels = np.asarray(levels, float)
    return _inverse(levels, 1.0 - levels, weights, components)


def mixture_inverse_survival(levels: Array, weights: Weights, components: Components) -> Array:
    """Values above which a level lies, the root of S(x) = level to the last digits that S's rounding leaves.

    Parameters
    ----------
    levels : (draw) [probability], in (0, 1)
    weights : (component) [1], from 0 up
    components : (component), each a family's member

    Returns
    -------
    (draw) [the prior's unit]
    """
    levels = np.asarray(levels, float)
    return _inverse(1.0 - levels, levels, weights, components)


def _support(weights: Weights, components: Components) -> Domain:
    supports = [each.support for _, each in _members(weights, components)]
    low, high = min(s.low for s in supports), max(s.high for s in supports)
    return Domain(
        low,
        high,
        all(s.low_open for s in supports if s.low == low),
        all(s.high_open for s in supports if s.high == high),
    )


def _wrong(weights: Weights, components: Components) -> str:
    if not components or len(components) != len(weights):
        return "as many weights as components, one or more"
    if min(weights) < 0.0 or not 0.0 < sum(weights) < np.inf:
        return "weights from 0 up, not all of them 0"
    refused = [c.family for c in components if c.family in (*POINT_MASSES, MIXTURE.name)]
    return f"components must have a density, which a {refused[0]} has not" if refused else ""


MIXTURE = Family(
    "mixture",
    ("weights", "components"),
    inverse_cdf=mixture_inverse_cdf,
    cdf=mixture_cdf,
    inverse_survival=mixture_inverse_survival,
    survival=mixture_survival,
    support=_support,
    wrong=_wrong,
    about="one of `components`, each a table with a family and its numbers, with the probability that `weights` gives",
)
