"""A linear pool of scenarios: arrivals of each in the shares that a reader gives them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from simulator.arrays import Array
from simulator.errors import Fault, InputFault, did_you_mean
from simulator.summaries.counts import DAYS, REPORTED_LEVELS
from simulator.summaries.estimates import Estimate
from simulator.summaries.result import Result


@dataclass(frozen=True)
class PooledArrival:
    """Distribution of one milestone's arrival in a pool of scenarios.

    Attributes
    ----------
    dates : (date) [year], the edges of the days on which arrivals are counted
    cdfs : (scenario, date) probability that it has arrived by the date [fraction]
    weights : (scenario) [fraction], with sum 1
    effective : (scenario) effective number of draws
    """

    dates: Array
    cdfs: Array
    weights: Array
    effective: Array

    @property
    def cdf(self) -> Array:
        """Probability of arrival by each date, `F(t) = sum_i w_i F_i(t)`.

        Returns
        -------
        (date) [fraction]

        References
        ----------
        Stone (1961), Annals of Mathematical Statistics 32: the linear opinion pool
        """
        return np.asarray(self.weights @ self.cdfs)

    def member(self, index: int) -> PooledArrival:
        """The distribution of one scenario alone."""
        return PooledArrival(self.dates, self.cdfs[[index]], np.ones(1), self.effective[[index]])

    def probability(self, date: float) -> Estimate:
        """Probability of arrival before a date.

            mcse = sum_i w_i sqrt(m_i (1 - m_i) / (n_i + 3)),   m_i = (n_i F_i + 1) / (n_i + 2)

        which is the error where scenarios share their probability levels, and above it where they do not.

        Parameters
        ----------
        date : [year], taken at the end of its day of 1/364 year

        Returns
        -------
        [fraction]
        """
        index = math.ceil((date - self.dates[0]) * DAYS)
        shares = (
            self.cdfs[:, min(index, len(self.dates) - 1)]
            if index >= 0
            else np.zeros(len(self.weights))
        )
        mean = (self.effective * shares + 1.0) / (self.effective + 2.0)
        variance = mean * (1.0 - mean) / (self.effective + 3.0)
        return Estimate(float(self.weights @ shares), float(self.weights @ np.sqrt(variance)))

    def quantile(self, level: float) -> Estimate:
        """Quantile of the arrival, by the inverse of the pooled cdf, linear within a day.

            mcse = (Q(p + e) - Q(p - e)) / 2,   e = sum_i w_i sqrt(F_i (1 - F_i) / n_i) at Q(p)

        Parameters
        ----------
        level : p [fraction]

        Returns
        -------
        [year]; inf where the quantile, or its error where Q(p + e), lies beyond the horizon
        """
        value = self._inverse(level)
        index = min(int(np.searchsorted(self.dates, value)), len(self.dates) - 1)
        shares = self.cdfs[:, index]
        error = float(self.weights @ np.sqrt(shares * (1.0 - shares) / self.effective))
        upper, lower = (
            self._inverse(min(level + error, 1.0)),
            self._inverse(max(level - error, 0.0)),
        )
        return Estimate(value, math.inf if math.isinf(upper) else (upper - lower) / 2.0)

    def _inverse(self, level: float) -> float:
        cdf = self.cdf
        index = int(np.searchsorted(cdf, level - 1e-12))
        if index == len(cdf):
            return math.inf
        if index == 0 or cdf[index] == cdf[index - 1]:
            return float(self.dates[index])
        share = (level - cdf[index - 1]) / (cdf[index] - cdf[index - 1])
        return float(self.dates[index - 1] + min(max(share, 0.0), 1.0) / DAYS)

    def between_share(self) -> float | None:
        """Share of the pool's variance that lies between its scenarios, of the arrival cut at the horizon.

            S = sum_i w_i (m_i - m)^2 / (sum_i w_i (s_i^2 + m_i^2) - m^2),   m = sum_i w_i m_i

        with mean m_i and variance s_i^2 of scenario i, from arrivals at the middle of their days. This is the
        first-order index of the choice of scenario.

        Returns
        -------
        [fraction]; None where the arrival does not vary
        """
        middles = np.concatenate(
            [self.dates[:1], (self.dates[1:] + self.dates[:-1]) / 2.0, self.dates[-1:]]
        )
        masses = np.diff(self.cdfs, axis=1, prepend=0.0, append=1.0)
        since = middles - self.dates[0]
        means, squares = masses @ since, masses @ since**2
        mean = float(self.weights @ means)
        total = float(self.weights @ squares) - mean**2
        return float(self.weights @ (means - mean) ** 2) / total if total > 1e-12 else None


def pooled_arrivals(
    results: Sequence[Result], weights: Sequence[float]
) -> dict[str, PooledArrival]:
    """The arrivals of every milestone that all results share.

    Parameters
    ----------
    results : finished runs with one horizon; conditioned ones count as their posteriors
    weights : positive, one a result, in any unit

    Returns
    -------
    milestone -> its distribution in the pool, in the first result's order

    References
    ----------
    Stone (1961), "The opinion pool", Annals of Mathematical Statistics 32.
    """
    start = min(result.shape.start for result in results)
    days = round((results[0].shape.horizon - start) * DAYS)
    dates = start + np.arange(days + 1) / DAYS
    shares = np.asarray(weights, dtype=float) / math.fsum(weights)
    effective = np.array([result.counts.effective for result in results])
    pooled = {}
    for name in results[0].shape.milestones:
        if all(name in result.shape.milestones for result in results):
            cdfs = np.array([_cdf(result, name, days) for result in results])
            pooled[name] = PooledArrival(dates, cdfs, shares, effective)
    return pooled


MOST_VALUES = 20  # of a parameter by which a result is split


class SplitArrivals(NamedTuple):
    """Arrivals of one result, split by the value of one parameter.

    Attributes
    ----------
    labels : (value) what each value stands for
    arrivals : milestone -> its distribution for each value; the pool of all is the result's own
    """

    labels: tuple[str, ...]
    arrivals: dict[str, PooledArrival]


def split_arrivals(result: Result, parameter: str) -> SplitArrivals:
    """The arrivals of every milestone for each value of a parameter that has few, from the kept draws.

    Parameters
    ----------
    result : a finished run; draws of a conditioned one count by their weights
    parameter : its name

    Returns
    -------
    values in rising order, with their shares of the draws as weights

    Raises
    ------
    InputFault
        if there is no such parameter, or it has one value or more than 20
    """
    known = result.parameter_values
    if parameter not in known:
        fix = did_you_mean(parameter, known)
        raise InputFault([Fault("--by", "", "", f'"{parameter}"', "a parameter's name", fix)])
    kept = len(result.parameters)
    weights = np.ones(kept) if result.weights is None else result.weights.whole[:kept].astype(float)
    values, group = np.unique(known[parameter][weights > 0.0], return_inverse=True)
    if not 2 <= len(values) <= MOST_VALUES:
        number = f"{parameter}, which has {len(values):,} in the kept draws"
        allowed = f"a parameter of 2 to {MOST_VALUES} values, such as a discrete prior"
        raise InputFault([Fault("--by", "", "", number, allowed)])
    arrivals, weights = np.asarray(result.arrivals)[weights > 0.0], weights[weights > 0.0]
    totals = np.bincount(group, weights)
    effective = totals**2 / np.bincount(group, weights**2)
    days = round((result.shape.horizon - result.shape.start) * DAYS)
    dates = result.shape.start + np.arange(days + 1) / DAYS
    split = {}
    for column, name in enumerate(result.shape.milestones):
        day = np.ceil((arrivals[:, column] - dates[0]) * DAYS)
        at = np.clip(np.where(np.isfinite(day), day, days + 1), 0, days + 1).astype(np.int64)
        counts = np.zeros((len(values), days + 2))
        np.add.at(counts, (group, at), weights)
        cdfs = np.cumsum(counts[:, :-1], axis=1) / totals[:, np.newaxis]
        split[name] = PooledArrival(dates, cdfs, totals / totals.sum(), effective)
    return SplitArrivals(_value_labels(result, parameter, values), split)


def _value_labels(result: Result, parameter: str, values: Array) -> tuple[str, ...]:
    prior = next((p for p in result.plan.priors if p.name == parameter), None)
    stated = prior.natural.get("values") if prior and prior.labels else None
    names = (
        dict(zip(stated, prior.labels, strict=True)) if prior and isinstance(stated, tuple) else {}
    )
    return tuple(names.get(value, f"{value:g}") for value in values.tolist())


def _cdf(result: Result, milestone: str, days: int) -> Array:
    """Probability of arrival by each of the pool's dates, 0 before the scenario's own start."""
    arrivals = result.counts.arrivals[result.shape.milestones.index(milestone)]
    own = np.cumsum(arrivals[:-1]) / result.counts.draws
    return np.concatenate([np.zeros(days + 1 - len(own)), own])


def pooled_records(pooled: dict[str, PooledArrival], years: Sequence[int]) -> list[dict[str, Any]]:
    """Estimates of a pool, shaped as those of one scenario.

    Parameters
    ----------
    pooled : milestone -> its distribution
    years : whole years of the probabilities

    Returns
    -------
    one record a milestone: `name`; `p05` to `p95` [year]; `reached` by the horizon [fraction]; `by_year`, year ->
    probability of arrival before it begins [fraction]; `mcse_` of each; and `between_share`
    """
    records = []
    for name, arrival in pooled.items():
        levels = {key: arrival.quantile(level) for key, level in REPORTED_LEVELS.items()}
        before = {str(year): arrival.probability(float(year)) for year in years}
        reached = arrival.probability(float(arrival.dates[-1]))
        records.append(
            {"name": name}
            | {key: each.value for key, each in levels.items()}
            | {f"mcse_{key}": each.mcse for key, each in levels.items()}
            | {"reached": reached.value, "mcse_reached": reached.mcse}
            | {"by_year": {year: each.value for year, each in before.items()}}
            | {"mcse_by_year": {year: each.mcse for year, each in before.items()}}
            | {"between_share": arrival.between_share()}
        )
    return records


def weights_of_text(text: str | None, results: int) -> list[float]:
    """Weights as a person writes them, `0.7,0.3`, as shares with sum 1.

    Parameters
    ----------
    text : numbers separated by commas; None for equal shares
    results : how many results there are

    Returns
    -------
    (result) [fraction]

    Raises
    ------
    InputFault
        unless there are two results or more, and one positive number for each
    """
    if results < 2:
        raise InputFault([Fault("RESULT", found="one result", allowed="two results or more")])
    if text is None:
        return [1.0 / results] * results
    allowed = f"{results} positive numbers separated by commas, one a result in their order"
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError:
        raise InputFault([Fault("--weights", found=f'"{text}"', allowed=allowed)]) from None
    if len(weights) != results or not all(0.0 < each < math.inf for each in weights):
        raise InputFault([Fault("--weights", found=f'"{text}"', allowed=allowed)])
    total = math.fsum(weights)
    return [each / total for each in weights]


def check_pool(results: Sequence[Result]) -> None:
    """Refuse scenarios that no pool can hold.

    Raises
    ------
    InputFault
        if their horizons differ, or they share no milestone
    """
    horizons = sorted({result.plan.horizon for result in results})
    if len(horizons) > 1:
        stated = ", ".join(f"{each.plan.name} to {each.plan.horizon:g}" for each in results)
        fix = f"run them again with --horizon {horizons[-1]:g}"
        raise InputFault([Fault("RESULT", found=stated, allowed="one horizon", fix=fix)])
    if not set.intersection(*(set(result.shape.milestones) for result in results)):
        allowed = "scenarios with a milestone in common"
        raise InputFault([Fault("RESULT", found="no common milestone", allowed=allowed)])
