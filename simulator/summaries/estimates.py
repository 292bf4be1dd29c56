"""What is read off counts: quantiles, bands, arrival years and probabilities, each with its Monte Carlo error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.arrays import Array, Whole
from simulator.inputs.plan import Plan
from simulator.model import Milestone
from simulator.summaries.counts import DAYS, REPORTED_LEVELS, CountLayout, Counts


@dataclass(frozen=True)
class Estimate:
    """A number with its Monte Carlo standard error; the error is inf where too few draws are left to say."""

    value: float
    mcse: float


def probability(met: int, of: int, effective: float | None = None) -> Estimate:
    """Share of draws, with the standard deviation of Beta(met + 1, rest + 1), which is never 0.

    `effective` is the effective number of draws, when they are weighed.
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
    """Quantiles by the inverse empirical cdf, linear within a bin; errors from binomial ranks.

    Parameters
    ----------
    counts : (bin) of which the first holds values from `least` to edges[0] and the last those from edges[-1] to `most`
    edges : (bin - 1), rising
    least, most : the exact extremes; `most` is inf where the last bin counts "never"
    effective : effective number of draws; their number when left out
    """
    total = int(counts.sum())
    n = float(total) if effective is None else effective
    cumulated = np.cumsum(counts)
    low = np.minimum(np.concatenate([[least], edges]), most)
    high = np.maximum(np.concatenate([edges, [most]]), least)

    def at(level: float) -> float:
        rank = min(max(level, 0.0), 1.0) * total
        place = min(int(np.searchsorted(cumulated, rank)), len(counts) - 1)
        if counts[place] == 0:  # level 0 before the first filled bin
            place = int(np.argmax(counts > 0))
        if math.isinf(high[place]):
            return math.inf
        share = (rank - (cumulated[place] - counts[place])) / counts[place]
        a, b = max(low[place], least), min(high[place], most)
        return float(a + (b - a) * min(max(share, 0.0), 1.0))

    found = []
    for level in levels:
        error = math.sqrt(level * (1.0 - level) / n)
        upper, lower = at(level + error), at(level - error)
        found.append(Estimate(at(level), math.inf if math.isinf(upper) else (upper - lower) / 2.0))
    return found


def arrival_quantiles(
    counts: Counts, shape: CountLayout, milestone: int, levels: Iterable[float]
) -> list[Estimate]:
    """Quantiles of one milestone's arrival year; inf is "not before the horizon"."""
    filled = counts.arrivals[milestone]
    edges = shape.start + np.arange(shape.days + 1) / DAYS
    first, final = float(counts.first[milestone]), float(counts.final[milestone])
    n = counts.effective
    if not filled[-1]:
        return quantiles(filled[:-1], edges[:-1], first, final, levels, n)
    split = np.minimum(edges[1:], max(final, shape.start))
    return quantiles(filled, np.concatenate([edges[:1], split]), first, math.inf, levels, n)


def probability_before(counts: Counts, shape: CountLayout, milestone: int, year: float) -> Estimate:
    """Probability that a milestone arrives before a date."""
    until = math.ceil((year - shape.start) * DAYS)
    met = int(counts.arrivals[milestone, : min(max(until, -1) + 1, shape.days + 1)].sum())
    return probability(met, counts.draws, counts.effective)


def largest_probability_error(counts: Counts) -> float:
    """Monte Carlo error of a probability of one half, the largest that any probability of these draws has."""
    return probability(1, 2, counts.effective).mcse


def milestone_estimates(counts: Counts, shape: CountLayout) -> list[dict[str, Any]]:
    """One record a milestone: quantiles of the arrival year, probability by year, and of being reached at all."""
    years = np.arange(math.floor(shape.start) + 1, math.floor(shape.horizon) + 1)
    rows = []
    for i, name in enumerate(shape.milestones):
        found = dict(
            zip(
                REPORTED_LEVELS,
                arrival_quantiles(counts, shape, i, REPORTED_LEVELS.values()),
                strict=True,
            )
        )
        before = {str(year): probability_before(counts, shape, i, float(year)) for year in years}
        ever = counts.draws - int(counts.arrivals[i, -1])
        reached = probability(ever, counts.draws, counts.effective)
        rows.append(
            {"name": name}
            | {level: estimate.value for level, estimate in found.items()}
            | {f"mcse_{level}": estimate.mcse for level, estimate in found.items()}
            | {"reached": reached.value, "mcse_reached": reached.mcse}
            | {"by_year": {year: estimate.value for year, estimate in before.items()}}
            | {"mcse_by_year": {year: estimate.mcse for year, estimate in before.items()}}
        )
    return rows


def band_estimates(
    counts: Counts, shape: CountLayout, series: str, levels: Mapping[str, float] = REPORTED_LEVELS
) -> dict[str, Array]:
    """Quantiles of a series by year: level -> (year), and mcse_<level> -> (year)."""
    row, grid = list(shape.grids).index(series), shape.grids[series]
    columns: dict[str, list[float]] = {}
    for i in range(len(shape.years)):
        least, most = float(counts.least[row, i]), float(counts.most[row, i])
        found = quantiles(
            counts.bins[row, i], grid.edges(i), least, most, levels.values(), counts.effective
        )
        for level, estimate in zip(levels, found, strict=True):
            columns.setdefault(level, []).append(estimate.value)
            columns.setdefault(f"mcse_{level}", []).append(estimate.mcse)
    return {name: np.array(values) for name, values in columns.items()}


def code_shares(counts: Counts, series: str) -> Array:
    """Share of draws at each value of a code, (year, value)."""
    return counts.codes[series] / counts.draws


def probabilities_by_quarter(
    counts: Counts, shape: CountLayout, milestone: int, years: Array
) -> Array:
    """Probability that a milestone, by its index, arrives before each of these years, (year) [fraction]."""
    return np.array(
        [probability_before(counts, shape, milestone, float(year)).value for year in years]
    )


def threshold_quantiles(plan: Plan, milestone: Milestone) -> tuple[float, float, float]:
    """A milestone's threshold, in its series' unit: the prior's p10, p50 and p90, all the same where it is certain."""
    threshold = milestone.threshold
    if not isinstance(threshold, str):
        return threshold, threshold, threshold
    prior = next(prior for prior in plan.priors if prior.name == threshold)
    held = plan.hold.get(threshold)
    levels = np.array([0.1, 0.5, 0.9] if held is None else [held] * 3)
    low, middle, high = prior.distribution.inverse_cdf(levels)
    return float(low), float(middle), float(high)


def unsettled_milestones(
    counts: Counts, shape: CountLayout, as_of: float
) -> list[tuple[str, float]]:
    """Milestones that some draws reach before the as-of date and others do not, with the share that does."""
    shares = [
        (name, probability_before(counts, shape, i, as_of).value)
        for i, name in enumerate(shape.milestones)
    ]
    return [(name, share) for name, share in shares if 0.01 <= share <= 0.99]
