"""Milestones that had been met by the as-of date, and where their dates lie in a scenario's answer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from simulator.arrays import at_date
from simulator.inputs.observations import Observation, by_date
from simulator.inputs.plan import Plan
from simulator.model import Milestone
from simulator.summaries.result import Result

FAR = 0.025  # of draws; a date with fewer on either side is outside the 95 % interval


class Settled(NamedTuple):
    """When a milestone was met [year], and the probability that a record would have passed it by then."""

    year: float
    quantile: float


def settled(result: Result, observations: Iterable[Observation]) -> dict[str, Settled]:
    """Milestones of a result that had been met by its as-of date.

    Parameters
    ----------
    result : of any run
    observations : beside those of its plan

    Returns
    -------
    name of a milestone -> its date [year] and quantile [fraction], as `settled_quantile` gives it
    """
    met = settled_milestones(result.plan, [*result.plan.observations, *observations])
    return {
        name: Settled(each.year, settled_quantile(result, name, each)) for name, each in met.items()
    }


def settled_milestones(plan: Plan, observations: Iterable[Observation]) -> dict[str, Observation]:
    """Milestones that had been met by the plan's as-of date, each with the first observation that shows it.

    An observation shows it by saying so, or by a measured value past a threshold that is a number. Of two of one date
    the measured value is taken.
    """
    known = [each for each in by_date(observations) if each.year <= plan.as_of_year]
    known = sorted(known, key=lambda each: (each.year, not each.is_measured))
    settled = {}
    for milestone in plan.milestones:
        shown = next((each for each in known if _shows(each, milestone)), None)
        if shown:
            settled[milestone.name] = shown
    return settled


def _shows(observation: Observation, milestone: Milestone) -> bool:
    if observation.milestone:
        return observation.met and observation.milestone == milestone.name
    if not observation.is_measured or observation.series != milestone.series:
        return False
    if isinstance(milestone.threshold, str) or milestone.lag:
        return False
    above = observation.value - milestone.threshold
    return above >= 0.0 if milestone.direction == ">=" else above <= 0.0


def settled_quantile(result: Result, milestone: str, observation: Observation) -> float:
    """Probability that a record would have passed a milestone by the date when one did.

        mean over draws of w Phi((x(date) - threshold) / s)      of a measured value, s its deviation from a draw
        mean over draws of w (arrival <= date)                   of a milestone's record

    Near 1 the world was late for the scenario, near 0 early. A threshold to be fallen below changes the sign.

    Parameters
    ----------
    result : of any run
    milestone : its name
    observation : what shows that it was met, as `settled_milestones` gives it

    Returns
    -------
    [fraction], over the kept draws; NaN where the date lies off the grid, or the series is not kept
    """
    from scipy.special import ndtr

    plan = result.plan
    index = [each.name for each in plan.milestones].index(milestone)
    if not plan.start <= observation.year <= plan.horizon:
        return math.nan
    if observation.is_measured:
        if observation.series not in result.series or not len(result.trajectories):
            return math.nan
        condition = plan.milestones[index]
        assert not isinstance(condition.threshold, str)
        paths = np.asarray(result.trajectories[:, result.series.index(observation.series)]).T
        z = at_date(paths, plan.grid.years, observation.year) - condition.threshold
        passed = ndtr((z if condition.direction == ">=" else -z) / observation.spread)
    else:
        passed = np.asarray(result.arrivals[:, index]) <= observation.year
    weights = result.weights.whole[: len(passed)] if result.weights else np.ones(len(passed))
    return float(np.average(passed, weights=weights)) if weights.any() else math.nan
