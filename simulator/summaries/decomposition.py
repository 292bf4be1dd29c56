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

from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, Whole
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
    """Each part in each draw: name -> (draw, year) [OOM over the anchor]."""
    place = {name: i for i, name in enumerate(result.series)}

    def path(name: str) -> Array:
        return np.asarray(result.trajectories[:, place[name]])

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
    """Means of the parts by whole year, with their Monte Carlo errors and 80 % intervals over draws."""
    every = result.plan.grid.years
    rows = np.flatnonzero(np.isin(every, result.shape.years))
    found = {name: values[:, rows] for name, values in driver_parts(result).items()}
    total = np.asarray(result.trajectories[:, result.series.index("effective_compute")])[:, rows]
    draws = len(total)
    whole = result.weights.whole[:draws] if result.weights else np.ones(draws, np.int64)
    kept = np.flatnonzero(whole)
    whole, total = whole[kept], total[kept]
    found = {name: values[kept] for name, values in found.items()}
    ends = {name: _ends(values, whole) for name, values in found.items()}
    return Decomposition(
        every[rows],
        {name: np.average(values, axis=0, weights=whole) for name, values in found.items()},
        {name: _mcse(values, whole) for name, values in found.items()},
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
    effective = float(whole.sum()) ** 2 / float((whole.astype(float) ** 2).sum())
    if effective <= 1.0:
        return np.full(values.shape[1], np.inf)
    mean = np.average(values, axis=0, weights=whole)
    variance = np.average((values - mean) ** 2, axis=0, weights=whole)
    return np.sqrt(variance / (effective - 1.0))
