"""Estimates from counts: quantiles, bands, arrival years and probabilities, each with its Monte Carlo error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.arrays import Array, Whole
from simulator.inputs.plan import Plan
from simulator.model import Milestone
from simulator.summaries.computed import computed_quantiles
from simulator.summaries.counts import DAYS, REPORTED_LEVELS, CountLayout, Counts


@dataclass(frozen=True)
class Estimate:
    """A number with its Monte Carlo standard error.

    Attributes
    ----------
    value : the estimate
    mcse : [the value's unit]; inf where too few draws lie beyond it to say, or there is but one draw
    """

    value: float
    mcse: float


def probability(met: int, of: int, effective: float | None = None) -> Estimate:
    """Share of draws that meet a condition, with a Monte Carlo error that is never 0.

        value = met / of
        mcse  = sqrt(m (1 - m) / (n + 3)),   m = (value * n + 1) / (n + 2)

    which is the standard deviation of Beta(value * n + 1, (1 - value) * n + 1), the posterior of a uniform prior.

    Parameters
    ----------
    met, of : draws that meet it, and all draws; their total weights, when they are weighed
    effective : n, the effective number of draws; `of` when left out

    Returns
    -------
    [fraction]

    References
    ----------
    Gelman et al. (2013), "Bayesian data analysis", 3rd ed., section 2.1. docs/method.md, Counting.
    """
    share = met / of
    n = float(of) if effective is None else effective
    mean = (share * n + 1.0) / (n + 2.0)
    return Estimate(share, math.sqrt(mean * (1.0 - mean) / (n + 3.0)))


def quantiles(
    counts: Whole,
    edges: Array,
    least: float,
    most: float,
    levels: Iterable[float],
    effective: float | None = None,
) -> list[Estimate]:
    """Quantiles by the inverse empirical cdf, linear within a bin, with errors from binomial ranks.

        Q(p)  = a + (b - a) * (p N - C) / c
        error = (Q(p + e) - Q(p - e)) / 2,   e = sqrt(p (1 - p) / n)

    for the bin from a to b whose c draws bring the cumulated count from C to p N or more; N counts all draws. The rank
    of a quantile is binomial, so e is one standard error of its level.

    Parameters
    ----------
    counts : (bin) of which the first holds values from `least` to edges[0] and the last those from edges[-1] to `most`
    edges : (bin - 1) [the values' unit], rising
    least, most : the exact extremes [the values' unit]; `most` is inf where the last bin counts "never"
    levels : p [fraction]
    effective : n, the effective number of draws; their number when left out

    Returns
    -------
    one estimate a level [the values' unit]; inf where the quantile, or its error where Q(p + e), lies in "never"; the
    error of a single draw is inf too

    References
    ----------
    David and Nagaraja (2003), "Order statistics", 3rd ed., section 7.1: intervals of quantiles from binomial ranks.
    docs/method.md, Counting.
    """
    total = int(counts.sum())
    n = float(total) if effective is None else effective
    cumulated = np.cumsum(counts)
    low = np.minimum(np.concatenate([[least], edges]), most)
    high = np.maximum(np.concatenate([edges, [most]]), least)

    def quantile(level: float) -> float:
        rank = min(max(level, 0.0), 1.0) * total
        bin = min(int(np.searchsorted(cumulated, rank)), len(counts) - 1)
        if counts[bin] == 0:  # level 0 before the first filled bin
            bin = int(np.argmax(counts > 0))
        if math.isinf(high[bin]):
            return math.inf
        share = (rank - (cumulated[bin] - counts[bin])) / counts[bin]
        a, b = max(low[bin], least), min(high[bin], most)
        return float(a + (b - a) * min(max(share, 0.0), 1.0))

    estimates = []
    for level in levels:
        error = math.sqrt(level * (1.0 - level) / n)
        upper, lower = quantile(level + error), quantile(level - error)
        unknown = math.isinf(upper) or n <= 1.0  # one draw says nothing of its own error
        mcse = math.inf if unknown else (upper - lower) / 2.0
        estimates.append(Estimate(quantile(level), mcse))
    return estimates


def arrival_quantiles(
    counts: Counts, shape: CountLayout, milestone: int, levels: Iterable[float]
) -> list[Estimate]:
    """Quantiles of one milestone's arrival year, as `quantiles` gives them.

    Parameters
    ----------
    counts : of a run's draws
    shape : what is counted, and over which bins
    milestone : index, in the layout's order
    levels : [fraction]

    Returns
    -------
    one estimate a level [year]; inf is "not by the horizon"
    """
    by_day = counts.arrivals[milestone]
    edges = shape.start + np.arange(shape.days + 1) / DAYS
    first, final = float(counts.first[milestone]), float(counts.final[milestone])
    n = counts.effective
    if not by_day[-1]:
        return quantiles(by_day[:-1], edges[:-1], first, final, levels, n)
    ends = np.minimum(edges[1:], max(final, shape.start))
    return quantiles(by_day, np.concatenate([edges[:1], ends]), first, math.inf, levels, n)


def probability_before(counts: Counts, shape: CountLayout, milestone: int, year: float) -> Estimate:
    """Probability that a milestone arrives before a date.

    Parameters
    ----------
    counts : of a run's draws
    shape : what is counted, and over which bins
    milestone : index, in the layout's order
    year : the date [year], taken at the end of its day of 1/364 year; whole years and quarters are exact

    Returns
    -------
    [fraction]
    """
    until = math.ceil((year - shape.start) * DAYS)
    met = int(counts.arrivals[milestone, : min(max(until, -1) + 1, shape.days + 1)].sum())
    return probability(met, counts.draws, counts.effective)


def largest_probability_error(counts: Counts) -> float:
    """Monte Carlo error of a probability of one half, the largest that a probability of these draws has.

    Parameters
    ----------
    counts : of a run's draws

    Returns
    -------
    [fraction], as `probability` gives it
    """
    return probability(1, 2, counts.effective).mcse


def milestone_estimates(counts: Counts, shape: CountLayout) -> list[dict[str, Any]]:
    """Estimates of every milestone, as records.

    Parameters
    ----------
    counts : of a run's draws
    shape : what is counted, and over which bins

    Returns
    -------
    one record a milestone, in the layout's order: `name`; quantiles of the arrival year `p05` to `p95` [year];
    `reached`, the probability of arrival by the horizon [fraction]; `by_year`, year -> probability of arrival before it
    begins [fraction]; and `mcse_` of each
    """
    years = np.arange(math.floor(shape.start) + 1, math.floor(shape.horizon) + 1)
    rows = []
    for i, name in enumerate(shape.milestones):
        estimates = arrival_quantiles(counts, shape, i, REPORTED_LEVELS.values())
        arrival = dict(zip(REPORTED_LEVELS, estimates, strict=True))
        before = {str(year): probability_before(counts, shape, i, float(year)) for year in years}
        arrived = counts.draws - int(counts.arrivals[i, -1])
        reached = probability(arrived, counts.draws, counts.effective)
        rows.append(
            {"name": name}
            | {level: estimate.value for level, estimate in arrival.items()}
            | {f"mcse_{level}": estimate.mcse for level, estimate in arrival.items()}
            | {"reached": reached.value, "mcse_reached": reached.mcse}
            | {"by_year": {year: estimate.value for year, estimate in before.items()}}
            | {"mcse_by_year": {year: estimate.mcse for year, estimate in before.items()}}
        )
    return rows


def band_estimates(
    counts: Counts, shape: CountLayout, series: str, levels: Mapping[str, float] = REPORTED_LEVELS
) -> dict[str, Array]:
    """Quantiles of a series by year, as `quantiles` gives them.

    Parameters
    ----------
    counts : of a run's draws
    shape : what is counted, and over which bins
    series : name of one that is no code
    levels : key -> level [fraction]

    Returns
    -------
    key -> (year) [the series' unit], and mcse_<key> -> (year) [the series' unit]
    """
    row, grid = list(shape.grids).index(series), shape.grids[series]
    columns: dict[str, list[float]] = {}
    for i in range(len(shape.years)):
        least, most = float(counts.least[row, i]), float(counts.most[row, i])
        estimates = quantiles(
            counts.bins[row, i], grid.edges(i), least, most, levels.values(), counts.effective
        )
        for level, estimate in zip(levels, estimates, strict=True):
            columns.setdefault(level, []).append(estimate.value)
            columns.setdefault(f"mcse_{level}", []).append(estimate.mcse)
    return {name: np.array(values) for name, values in columns.items()}


def code_shares(counts: Counts, series: str) -> Array:
    """Share of draws at each value of a code.

        share = draws at the value / all draws

    Parameters
    ----------
    counts : of a run's draws
    series : name of the code

    Returns
    -------
    (year, value) [fraction]
    """
    return counts.codes[series] / counts.draws


def probabilities_by_quarter(
    counts: Counts, shape: CountLayout, milestone: int, years: Array
) -> Array:
    """Probability that a milestone arrives before each of several dates, as `probability_before` gives it.

    Parameters
    ----------
    counts : of a run's draws
    shape : what is counted, and over which bins
    milestone : index, in the layout's order
    years : (date) [year]

    Returns
    -------
    (date) [fraction]
    """
    return np.array(
        [probability_before(counts, shape, milestone, float(year)).value for year in years]
    )


def threshold_quantiles(plan: Plan, milestone: Milestone) -> tuple[float, float, float]:
    """Quantiles of a milestone's threshold.

    Parameters
    ----------
    plan : whose priors give the threshold where it is uncertain
    milestone : with its threshold, a number or a parameter's name

    Returns
    -------
    p10, p50 and p90 [the series' unit], of 4,096 draws of the prior where the threshold is computed from other
        parameters; all the same where it is certain
    """
    threshold = milestone.threshold
    if not isinstance(threshold, str):
        return threshold, threshold, threshold
    if threshold in (each.name for each in plan.computed):
        low, middle, high = computed_quantiles(plan, threshold, (0.1, 0.5, 0.9))
        return low, middle, high
    prior = next(prior for prior in plan.priors if prior.name == threshold)
    held = plan.hold.get(threshold)
    levels = np.array([0.1, 0.5, 0.9] if held is None else [held] * 3)
    low, middle, high = prior.distribution.inverse_cdf(levels)
    return float(low), float(middle), float(high)


def unsettled_milestones(
    counts: Counts, shape: CountLayout, as_of: float
) -> list[tuple[str, float]]:
    """Milestones that between 1 and 99 % of draws reach before the as-of date.

    Parameters
    ----------
    counts : of a run's draws
    shape : what is counted, and over which bins
    as_of : [year]

    Returns
    -------
    name and probability [fraction] of each
    """
    shares = [
        (name, probability_before(counts, shape, i, as_of).value)
        for i, name in enumerate(shape.milestones)
    ]
    return [(name, share) for name, share in shares if 0.01 <= share <= 0.99]
