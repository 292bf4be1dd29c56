"""The likelihood of observations in each draw.

Draws are smooth and the world is not. What was observed of a series lies off a draw by the error of its measurement,
and by a discrepancy that dies away with time, so that a record a few months later repeats most of it:

    y_i = x(t_i) + d_i g(t_i) + sd_i e_i,    cov(g(t), g(u)) = exp(-|t - u| / memory),   e_i independent

Observations of different series, and milestones, are independent given the draw.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from simulator.arrays import Array, at_date
from simulator.inputs.observations import Observation
from simulator.model import arrival

MEMORY = 1.0
"""Years in which a discrepancy falls to 1/e. By restricted maximum likelihood the 27 records of training compute
of 2010 to 2025 give 1.1 about a line, with 0.1 to beyond 8 within two units of it; 17 time horizons give 1.0 about a
parabola."""

ByName = Mapping[str, Array]
"""name of a series -> (year, draw), of a parameter -> (draw) [each in its own unit]"""


def deviation(observation: Observation, series: ByName, years: Array) -> Array:
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


def distance(observation: Observation, series: ByName, years: Array) -> Array:
    """How far each draw lies from the nearest value that a series' observation allows.

        |z|            of a measured value
        max(0, -z)     of one that is known to be at least `value`;  max(0, z) of one that is at most that

    Parameters
    ----------
    observation : of a series' value
    series : name -> (year, draw) [the series' unit]
    years : (year) [year], the grid's points

    Returns
    -------
    (draw) [standard deviations]
    """
    z = deviation(observation, series, years)
    if not observation.censored:
        return np.abs(z)
    return np.maximum(0.0, -z if observation.censored == "right" else z)


def agrees(observation: Observation, series: ByName, parameters: ByName, years: Array) -> Array:
    """Whether each draw agrees with a record that a milestone was met, or was not, by a date.

        (arrival <= date) == met

    Parameters
    ----------
    observation : of a milestone
    series : name -> (year, draw) [the series' unit]
    parameters : name -> (draw) [each in its own unit]; threshold and lag may be some of them
    years : (year) [year], the grid's points

    Returns
    -------
    (draw) of booleans
    """
    assert observation.condition is not None
    arrived = arrival(observation.condition, series, parameters, years)
    return (arrived <= observation.year) == observation.met


def covariance(values: Sequence[Observation]) -> Array:
    """Covariance of values about a draw.

        S_ij = d_i d_j exp(-|t_i - t_j| / memory) + (i == j) sd_i^2      of one series; 0 of two

    Parameters
    ----------
    values : observations of values of series

    Returns
    -------
    (observation, observation) [the series' unit, squared]

    References
    ----------
    The discrepancy between a model and the world: Kennedy and O'Hagan (2001), "Bayesian calibration of computer
    models", J. R. Stat. Soc. B 63. Its kernel is that of Ornstein and Uhlenbeck (1930), "On the theory of the Brownian
    motion", Phys. Rev. 36. docs/method.md, Evidence.
    """
    dates = np.array([each.year for each in values])
    discrepancies = np.array([each.discrepancy for each in values])
    apart = np.abs(dates[:, np.newaxis] - dates)
    alike = np.array([[one.series == other.series for other in values] for one in values])
    shared = np.outer(discrepancies, discrepancies) * np.exp(-apart / MEMORY) * alike
    return shared + np.diag([each.sd**2 for each in values])


def log_likelihood(
    observations: Sequence[Observation], series: ByName, parameters: ByName, years: Array
) -> Array:
    """Log-likelihood of observations together, in each draw.

        log L = sum over series of log N(y; x, S)
              + sum over censored values of log(missed + (1 - missed) Phi(z))
              + sum over milestones of (0 where the draw agrees with the record, log(missed) elsewhere)

    with x the draw's values at the dates of the series' measured values y, and S their `covariance`. A value that is
    censored on the right is known to be at least `value`: z = (m - value) / s, with m and s the mean and standard
    deviation that the draw and the series' measured values give it; on the left z has the other sign. Two censored
    values of one series are taken as independent, given those. `missed` is the probability that the record would say
    so though it were otherwise.

    Parameters
    ----------
    observations : of values of series, and of milestones
    series : name -> (year, draw) [the series' unit]
    parameters : name -> (draw) [each in its own unit]
    years : (year) [year], the grid's points

    Returns
    -------
    (draw) [nats]; 0 without observations, minus infinity where one contradicts the draw

    References
    ----------
    Tobin (1958), "Estimation of relationships for limited dependent variables", Econometrica 26, on censored values.
    """
    total = np.zeros(np.shape(next(iter(parameters.values()))))
    for group in groups(observations):
        if group[0].condition is None:
            total = total + _of_values(group, series, years)
        else:
            total = total + _of_milestone(group[0], series, parameters, years)
    return total


class LeftOut(NamedTuple):
    """Log-likelihoods with each observation left out.

    Attributes
    ----------
    others : (observation, draw) of all observations but each [nats]
    given_others : (observation, draw) of each, given the draw and all others [nats]
    """

    others: Array
    given_others: Array


def leave_each_out(
    observations: Sequence[Observation], series: ByName, parameters: ByName, years: Array
) -> LeftOut:
    """Log-likelihood of all observations but each, and of each given the others.

        log L_i = log L - log L without i

    It is that of the observation alone, but for values of one series, which know of each other by the discrepancy that
    they share; so these do not add up to that of all observations together.

    Parameters
    ----------
    observations : of values of series, and of milestones
    series : name -> (year, draw) [the series' unit]
    parameters : name -> (draw) [each in its own unit]
    years : (year) [year], the grid's points

    Returns
    -------
    log-likelihoods

    References
    ----------
    Bürkner, Gabry and Vehtari (2021), "Efficient leave-one-out cross-validation for Bayesian non-factorized normal and
    Student-t models", Comput. Stat. 36.
    """
    grouped = groups(observations)
    whole = [log_likelihood(group, series, parameters, years) for group in grouped]
    left_out: dict[str, tuple[Array, Array]] = {}
    for group, own in zip(grouped, whole, strict=True):
        elsewhere = sum((each for each in whole if each is not own), np.zeros_like(own))
        for each in group:
            rest = [other for other in group if other is not each]
            without = log_likelihood(rest, series, parameters, years)
            left_out[each.name] = elsewhere + without, own - without
    others, given_others = zip(*(left_out[each.name] for each in observations), strict=True)
    return LeftOut(np.array(others), np.array(given_others))


def conditional_deviation(
    observation: Observation, observations: Sequence[Observation], series: ByName, years: Array
) -> Array:
    """How far each draw's value lies above the observed one, given the exact values of the same series too.

        m = x + c' S^-1 (y - x),    s^2 = sd^2 + d^2 - c' S^-1 c,    z = (m - value) / s

    with S the `covariance` of the other values y, and c that between them and this one.

    Parameters
    ----------
    observation : of a series' value
    observations : all, of which the exact ones of its series count, without itself
    series : name -> (year, draw) [the series' unit]
    years : (year) [year], the grid's points

    Returns
    -------
    (draw) [standard deviations]
    """
    known = [
        each
        for each in observations
        if each.series == observation.series and not each.censored and each is not observation
    ]
    distance = deviation(observation, series, years) * observation.spread
    coefficients, spread = conditional(observation, known)
    for each, coefficient in zip(known, coefficients, strict=True):
        distance = distance - deviation(each, series, years) * (coefficient * each.spread)
    return distance / spread


def conditional(
    observation: Observation, known: Sequence[Observation]
) -> tuple[list[float], float]:
    """What known values of one series say of another, beside a draw.

        coefficients S^-1 c,    s^2 = sd^2 + d^2 - c' S^-1 c

    Parameters
    ----------
    observation : of a series' value
    known : (value) other values of the series

    Returns
    -------
    coefficients (value) of their residuals [1], and the standard deviation that they leave [the series' unit]
    """
    whole = covariance([*known, observation])
    inner, cross = whole[:-1, :-1], whole[:-1, -1]
    coefficients = np.linalg.solve(inner, cross)
    return coefficients.tolist(), math.sqrt(whole[-1, -1] - float(cross @ coefficients))


def largest_log_likelihood(observation: Observation, observations: Sequence[Observation]) -> float:
    """Log-likelihood, given the others, of a draw that agrees with an observation entirely.

        -log(s sqrt(2 pi))    of a value, with s the deviation that the draw and the series' other values leave
        0                     of a censored value and of a milestone

    Parameters
    ----------
    observation : of a series' value or of a milestone
    observations : all

    Returns
    -------
    [nats]
    """
    if observation.condition is not None or observation.censored:
        return 0.0
    group = [each for each in observations if each.series == observation.series]
    known = [each for each in group if not each.censored and each is not observation]
    return -math.log(conditional(observation, known)[1] * math.sqrt(2.0 * math.pi))


def groups(observations: Sequence[Observation]) -> list[list[Observation]]:
    """Observations that are dependent given a draw: the values of each series; a milestone is alone."""
    by_series: dict[tuple[str, str], list[Observation]] = {}
    for each in observations:
        key = (each.series, "" if each.series else each.name)
        by_series.setdefault(key, []).append(each)
    return list(by_series.values())


def _of_values(values: Sequence[Observation], series: ByName, years: Array) -> Array:
    """Log-likelihood of the values of one series, factored in their order: exact ones, then censored ones."""
    exact = [each for each in values if not each.censored]
    total: Any = 0.0
    for i, each in enumerate(exact):
        z = conditional_deviation(each, exact[: i + 1], series, years)
        spread = conditional(each, exact[:i])[1]
        total = total - 0.5 * z * z - math.log(spread * math.sqrt(2.0 * math.pi))
    for each in values:
        if each.censored:
            total = total + _of_censored(each, conditional_deviation(each, exact, series, years))
    return total


def _of_censored(observation: Observation, z: Array) -> Array:
    from scipy.special import log_ndtr, ndtr

    side = z if observation.censored == "right" else -z
    missed = observation.missed
    return np.log(missed + (1.0 - missed) * ndtr(side)) if missed else log_ndtr(side)


def _of_milestone(
    observation: Observation, series: ByName, parameters: ByName, years: Array
) -> Array:
    otherwise = math.log(observation.missed) if observation.missed else -math.inf
    return np.where(agrees(observation, series, parameters, years), 0.0, otherwise)
