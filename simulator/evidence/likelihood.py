"""The likelihood of one observation in each draw."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from simulator.arrays import Array, at_date
from simulator.inputs.observations import Observation
from simulator.model import first_passage, milestone_threshold


def deviation(observation: Observation, series: Mapping[str, Array], years: Array) -> Array:
    """How far each draw's value lies above the observed one, in standard deviations.

        z = (x(date) - value) / sqrt(sd^2 + discrepancy^2)

    with the series `x` linear between grid points.

    Parameters
    ----------
    observation : of a series' value
    series : name -> (year, draw) [the series' unit]
    years : (year) [year], the grid's points

    Returns
    -------
    (draw) [standard deviations]
    """
    value = at_date(series[observation.series], years, observation.year)
    return (value - observation.value) / observation.spread


def agrees(
    observation: Observation,
    series: Mapping[str, Array],
    parameters: Mapping[str, Array],
    years: Array,
) -> Array:
    """Whether each draw agrees with a record that a milestone was met, or was not, by a date.

        (arrival <= date) == met

    Parameters
    ----------
    observation : of a milestone
    series : name -> (year, draw) [the series' unit]
    parameters : name -> (draw) [each in its own unit]; the threshold may be one of them
    years : (year) [year], the grid's points

    Returns
    -------
    (draw) of booleans
    """
    assert observation.condition is not None
    milestone = observation.condition
    arrival = first_passage(
        series[milestone.series],
        milestone.direction,
        milestone_threshold(milestone, parameters),
        years,
    )
    return (arrival <= observation.year) == observation.met


def log_likelihood(
    observation: Observation,
    series: Mapping[str, Array],
    parameters: Mapping[str, Array],
    years: Array,
) -> Array:
    """Log-likelihood of one observation in each draw.

    Of a value, whose error is normal with standard deviation `s = sqrt(sd^2 + discrepancy^2)`:

        log L = -z^2 / 2 - log(s * sqrt(2 pi)),   z = (x(date) - value) / s

    Of a milestone met or not by a date, with `missed` the probability that the record would say so
    though it were otherwise:

        log L = 0             where the draw agrees with the record
              = log(missed)   elsewhere; minus infinity when missed is 0

    Parameters
    ----------
    observation : of a series' value or of a milestone
    series : name -> (year, draw) [the series' unit]
    parameters : name -> (draw) [each in its own unit]
    years : (year) [year], the grid's points

    Returns
    -------
    (draw) [nats]

    References
    ----------
    The discrepancy between a model and the world: Kennedy and O'Hagan (2001), "Bayesian calibration of
    computer models", J. R. Stat. Soc. B 63. docs/method.md, Evidence.
    """
    if observation.condition is None:
        z = deviation(observation, series, years)
        return -0.5 * z * z + largest_log_likelihood(observation)
    otherwise = math.log(observation.missed) if observation.missed else -math.inf
    return np.where(agrees(observation, series, parameters, years), 0.0, otherwise)


def largest_log_likelihood(observation: Observation) -> float:
    """Log-likelihood of a draw that agrees entirely: `-log(s * sqrt(2 pi))` of a value, 0 of a milestone.

    Parameters
    ----------
    observation : of a series' value, with s its standard deviation, or of a milestone

    Returns
    -------
    [nats]
    """
    if observation.condition is not None:
        return 0.0
    return -math.log(observation.spread * math.sqrt(2.0 * math.pi))
