"""Milestones: the year of first passage of a series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.growth import Array


@dataclass(frozen=True)
class Milestone:
    """A condition on a series: `series direction threshold`, where the threshold is a number or a parameter's name."""

    name: str
    series: str
    direction: str
    threshold: float | str
    meaning: str
    source: str


def threshold(milestone: Milestone, parameters: Mapping[str, Array]) -> Array:
    """The threshold of each draw, (draw) or a scalar [the series' unit]."""
    if isinstance(milestone.threshold, str):
        return parameters[milestone.threshold]
    return np.array(milestone.threshold)


def first_passage(values: Array, direction: str, threshold: Array, years: Array) -> Array:
    """Year in which each draw first meets the condition, linear between grid points.

    Parameters
    ----------
    values : (year, draw) [the series' unit]
    direction : ">=" or "<="
    threshold : (draw) or a scalar [the series' unit]
    years : (year) [year], evenly spaced

    Returns
    -------
    (draw) [year] : the first grid point's year when met there, inf when never (right-censored)
    """
    met = values >= threshold if direction == ">=" else values <= threshold
    first = np.argmax(met, axis=0)
    draws = np.arange(values.shape[1])
    ever = met[first, draws]
    earlier = np.maximum(first - 1, 0)
    before, after = values[earlier, draws], values[first, draws]
    crossed = ever & (first > 0)
    share = np.where(crossed, threshold - before, 0.0) / np.where(crossed, after - before, 1.0)
    return np.where(ever, years[earlier] + share * (years[1] - years[0]), np.inf)
