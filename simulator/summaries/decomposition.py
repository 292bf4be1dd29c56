"""What each driver adds to effective compute, draw by draw, over the trajectories that a result keeps.

The parts are differences between neighbouring links of the chain from money to effective compute, so they sum to
`effective_compute` in every draw and year (to rounding):

    spending           = affordable_cluster_cost - spending_start
    price_performance  = price_performance
    duration           = duration
    limits             = physical_compute - (spending + price_performance + duration)
    data_penalty       = -data_penalty
    algorithms         = algorithms
    regime             = trained_effective - trained_compute - algorithms
    unhobbling         = unhobbling
    inference          = inference

`limits` is what power, chips, latency and falling utilisation take away; `algorithms` holds what feedback and a scale
dependence do to them. Parts are means over draws, for means add up and medians do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, Whole, at_date, effective_sample_size
from simulator.inputs.observations import Observation
from simulator.summaries.result import Result

LABELS = {
    "spending": "spending",
    "price_performance": "price-performance",
    "duration": "duration",
    "limits": "limits, utilisation",
    "data_penalty": "data penalty",
    "algorithms": "algorithms",
    "regime": "regime",
    "unhobbling": "unhobbling",
    "inference": "inference",
}


class Decomposition(NamedTuple):
    """Parts of effective compute by year, over some draws.

    Attributes
    ----------
    years : (year) [year]
    mean, mcse : part -> (year) [OOM], its mean over draws and the mean's Monte Carlo error
    low, high : part -> (year) [OOM], p10 and p90 over draws
    total : (year) [OOM], the mean of effective compute, which the means of the parts sum to
    total_mcse : (year) [OOM]
    draws : how many trajectories were there
    """

    years: Array
    mean: dict[str, Array]
    mcse: dict[str, Array]
    low: dict[str, Array]
    high: dict[str, Array]
    total: Array
    total_mcse: Array
    draws: int


def driver_parts(result: Result) -> dict[str, Array]:
    """Each part of effective compute in each draw, by the equations at the head of this file.

    Parameters
    ----------
    result : of any run that keeps trajectories

    Returns
    -------
    name of the part -> (draw, year) [OOM over the anchor]
    """
    positions = {name: i for i, name in enumerate(result.series)}

    def path(name: str) -> Array:
        return np.asarray(result.trajectories[:, positions[name]])

    names = [prior.name for prior in result.plan.priors]
    kept = len(result.trajectories)
    start = np.asarray(result.parameters[:kept, names.index("spending_start"), np.newaxis])
    spending = path("affordable_cluster_cost") - start
    price_performance, duration = path("price_performance"), path("duration")
    algorithms = path("algorithms")
    return {
        "spending": spending,
        "price_performance": price_performance,
        "duration": duration,
        "limits": path("physical_compute") - (spending + price_performance + duration),
        "data_penalty": -path("data_penalty"),
        "algorithms": algorithms,
        "regime": path("trained_effective") - path("trained_compute") - algorithms,
        "unhobbling": path("unhobbling"),
        "inference": path("inference"),
    }


def decompose(result: Result) -> Decomposition:
    """Means of the parts by whole year, with their Monte Carlo errors and 80 % intervals over draws.

        mean = sum of w_i x_i / sum of w_i,   mcse = sqrt(sum of w_i (x_i - mean)^2 / sum of w_i / (n - 1))

    with n Kish's effective number of draws. The interval is p10 to p90 of the draws, by the inverse empirical cdf.

    Parameters
    ----------
    result : of any run that keeps trajectories

    Returns
    -------
    the parts by year [OOM over the anchor]; the means of the parts sum to the mean of effective compute
    """
    every = result.plan.grid.years
    rows = np.flatnonzero(np.isin(every, result.shape.years))
    parts = {name: values[:, rows] for name, values in driver_parts(result).items()}
    total = np.asarray(result.trajectories[:, result.series.index("effective_compute")])[:, rows]
    draws = len(total)
    whole = result.weights.whole[:draws] if result.weights else np.ones(draws, np.int64)
    kept = np.flatnonzero(whole)
    whole, total = whole[kept], total[kept]
    parts = {name: values[kept] for name, values in parts.items()}
    ends = {name: _ends(values, whole) for name, values in parts.items()}
    return Decomposition(
        every[rows],
        {name: np.average(values, axis=0, weights=whole) for name, values in parts.items()},
        {name: _mcse(values, whole) for name, values in parts.items()},
        {name: low for name, (low, _) in ends.items()},
        {name: high for name, (_, high) in ends.items()},
        np.average(total, axis=0, weights=whole),
        _mcse(total, whole),
        draws,
    )


def _ends(values: Array, whole: Whole) -> Array:
    """p10 and p90 over draws, (draw, year) -> (2, year)."""
    weights = None if (whole == whole[0]).all() else whole
    return np.quantile(values, [0.1, 0.9], axis=0, weights=weights, method="inverted_cdf")


def _mcse(values: Array, whole: Whole) -> Array:
    """Monte Carlo error of the mean over draws, (draw, year) -> (year), of as many as are effective."""
    effective = effective_sample_size(whole)
    if effective <= 1.0:
        return np.full(values.shape[1], np.inf)
    mean = np.average(values, axis=0, weights=whole)
    variance = np.average((values - mean) ** 2, axis=0, weights=whole)
    return np.sqrt(variance / (effective - 1.0))


class ObservedModel(NamedTuple):
    """A model of the fan's picture: its effective compute, which no one measures, from its training compute.

    low, middle, high : p10, p50 and p90 over the kept draws [OOM over the anchor]
    """

    observation: Observation
    low: float
    middle: float
    high: float


def observed_models(result: Result, observations: Sequence[Observation]) -> list[ObservedModel]:
    """Effective compute of the models with a label among the observations, by date.

        effective = log10 FLOP - anchor_compute (median of its prior) + algorithms + unhobbling + inference

    Parameters
    ----------
    result : of any run; no model is given when it keeps no trajectories
    observations : every one that is known

    Returns
    -------
    one record a model whose date lies between start and horizon
    """
    plan, weights = result.plan, result.weights.whole if result.weights else None
    anchor = next(p for p in plan.priors if p.name == "anchor_compute").distribution
    at_anchor = float(anchor.inverse_cdf(np.array([0.5]))[0])
    models = []
    for observation in observations if len(result.trajectories) else ():
        labelled = observation.label and observation.is_measured
        labelled = labelled and observation.series == "training_flop"
        if labelled and plan.start <= observation.year <= plan.horizon:
            low, middle, high = capability_gains(
                result.trajectories, result.series, plan.grid.years, observation.year, weights
            )
            over = observation.value - at_anchor
            models.append(ObservedModel(observation, over + low, over + middle, over + high))
    return models


def capability_gains(
    trajectories: Array,
    series: Sequence[str],
    years: Array,
    year: float,
    weights: Whole | None = None,
) -> tuple[float, float, float]:
    """What algorithms, unhobbling and inference have added to compute by a date, over kept trajectories.

    Parameters
    ----------
    trajectories : (draw, series, year) [each series in its own unit]
    series : (series) names, in the order of the trajectories
    years : (year) [year], the grid's points
    year : the date, between grid points linear [year]
    weights : (draw) of all draws, of which these are the first; all alike when left out

    Returns
    -------
    p10, p50, p90 [OOM over the anchor]
    """
    names = ("algorithms", "unhobbling", "inference")
    gains = sum(
        at_date(np.asarray(trajectories[:, series.index(name)]).T, years, year) for name in names
    )
    kept = None if weights is None else weights[: len(trajectories)]
    low, middle, high = np.quantile(gains, [0.1, 0.5, 0.9], weights=kept, method="inverted_cdf")
    return float(low), float(middle), float(high)
