"""The likelihood of one observation in each draw."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from simulator.arrays import Array, at_date
from simulator.inputs.observations import Observation
from simulator.model import first_passage, milestone_threshold


def deviation(seen: Observation, series: Mapping[str, Array], years: Array) -> Array:
    """How many standard deviations a draw's value lies above the observed one, (draw) [1]."""
    return (at_date(series[seen.series], years, seen.year) - seen.value) / seen.spread


def agrees(
    seen: Observation,
    series: Mapping[str, Array],
    parameters: Mapping[str, Array],
    years: Array,
) -> Array:
    """Whether a draw had met the milestone by the date, or not, as it was seen: (draw)."""
    assert seen.condition is not None
    mark = seen.condition
    arrival = first_passage(
        series[mark.series], mark.direction, milestone_threshold(mark, parameters), years
    )
    return (arrival <= seen.year) == seen.met


def log_likelihood(
    seen: Observation,
    series: Mapping[str, Array],
    parameters: Mapping[str, Array],
    years: Array,
) -> Array:
    """Log-likelihood of one observation in each draw, (draw) [1].

    Of a value: `-z^2 / 2 - log(spread * sqrt(2 pi))`. Of a milestone: 0 where the draw agrees, `log(missed)` elsewhere,
    which is minus infinity for what is certain.
    """
    if seen.condition is None:
        z = deviation(seen, series, years)
        return -0.5 * z * z - math.log(seen.spread * math.sqrt(2.0 * math.pi))
    otherwise = math.log(seen.missed) if seen.missed else -math.inf
    return np.where(agrees(seen, series, parameters, years), 0.0, otherwise)
