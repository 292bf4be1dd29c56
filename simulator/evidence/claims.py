"""Probabilities of claims in a scenario, and their scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, at_date, effective_sample_size
from simulator.inputs.claims import Claim
from simulator.summaries.estimates import Estimate, probability, probability_before
from simulator.summaries.result import Result


def claim_probability(claim: Claim, result: Result) -> Estimate | None:
    """Probability of a claim in a scenario, with its Monte Carlo error.

        of a milestone      P(arrival < by), over every draw
        of a series         P(low <= x(by) <= high), over the kept trajectories
        of a series' change P(low <= x(by) - x(since) <= high), over the kept trajectories
        of a parameter      P(low <= parameter <= high), over the draws whose parameters are kept

    Draws count by their weights where the run conditions; a series is linear between grid points.

    Parameters
    ----------
    claim : of any kind
    result : of a finished run

    Returns
    -------
    [fraction]; None where the scenario cannot say: a milestone or series that it lacks, a date beyond its grid, or a
    claim that is not modelled
    """
    kinds: Mapping[str, Callable[[Claim, Result], Estimate | None]] = {
        "milestone": _milestone_probability,
        "range": _series_probability,
        "change": _series_probability,
        "parameter": _parameter_probability,
    }
    return kinds[claim.kind](claim, result) if claim.kind in kinds else None


def _milestone_probability(claim: Claim, result: Result) -> Estimate | None:
    names = result.shape.milestones
    if claim.milestone not in names or claim.by is None or claim.by > result.plan.horizon:
        return None
    return probability_before(result.counts, result.shape, names.index(claim.milestone), claim.by)


def _series_probability(claim: Claim, result: Result) -> Estimate | None:
    plan, dates = result.plan, [date for date in (claim.since, claim.by) if date is not None]
    inside = all(plan.start <= date <= plan.horizon for date in dates)
    if claim.series not in plan.series or not inside:
        return None
    series = np.asarray(result.trajectories[:, result.series.index(claim.series)]).T
    values = at_date(series, plan.grid.years, dates[-1])
    if claim.since is not None:
        values = values - at_date(series, plan.grid.years, claim.since)
    return _share_in_range(claim, values, result)


def _parameter_probability(claim: Claim, result: Result) -> Estimate | None:
    values = result.parameter_values.get(claim.parameter or "")
    return None if values is None else _share_in_range(claim, values, result)


def _share_in_range(claim: Claim, values: Array, result: Result) -> Estimate:
    """Weighted share of the first draws whose values, (draw), lie in the claim's range."""
    weights = (
        np.ones(len(values), np.int64)
        if result.weights is None
        else result.weights.whole[: len(values)]
    )
    inside = (values >= claim.low) & (values <= claim.high)
    total = int(weights.sum())
    if not total:
        return Estimate(np.nan, np.inf)
    return probability(int(weights[inside].sum()), total, effective_sample_size(weights))


def brier_score(probabilities: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Mean squared difference of probability and outcome: 0 at best, 0.25 for a coin.

        mean of (p - o)^2,   o = 1 where the claim came true, else 0

    Parameters
    ----------
    probabilities : (claim) [fraction]
    outcomes : (claim)

    Returns
    -------
    [1]

    References
    ----------
    Brier (1950), "Verification of forecasts expressed in terms of probability", Mon. Weather Rev. 78.
    """
    return float(np.mean((np.array(probabilities) - np.array(outcomes, float)) ** 2))


def claims_log_score(estimates: Sequence[Estimate], outcomes: Sequence[bool]) -> float:
    """Mean log of the probability of what happened: 0 at best, -0.69 for a coin.

        mean of log(q) where the claim came true, log(1 - q) elsewhere;   q = clip(p, mcse, 1 - mcse)

    A probability is kept as far from 0 and 1 as its Monte Carlo error, so that few draws never score minus infinity.

    Parameters
    ----------
    estimates : (claim) [fraction]
    outcomes : (claim)

    Returns
    -------
    [nats]
    """
    clipped = np.array([min(max(e.value, e.mcse), 1.0 - e.mcse) for e in estimates])
    return float(np.mean(np.log(np.where(outcomes, clipped, 1.0 - clipped))))


class LedgerScores(NamedTuple):
    """Scores of a scenario over the settled claims that it forecasts; None when there is none.

    Attributes
    ----------
    settled : number of claims scored
    brier, log_score : of the scenario [1], [nats]
    base_rate : share of these claims that came true [fraction]
    always_yes : Brier score of a probability of 1 for each [1]
    always_base_rate : Brier score of the base rate for each, which is known only afterwards [1]
    """

    settled: int
    brier: float | None
    log_score: float | None
    base_rate: float | None
    always_yes: float | None
    always_base_rate: float | None


def ledger_scores(
    ledger: Sequence[Claim], estimates: Sequence[Estimate | None], as_of: float
) -> LedgerScores:
    """Scores of a scenario's probabilities of claims, over those that it forecasts (`Claim.forecast_from`).

        always_yes = 1 - b,   always_base_rate = b (1 - b),   b the base rate

    Parameters
    ----------
    ledger : (claim)
    estimates : (claim) [fraction]; None where the scenario does not model the claim
    as_of : the date up to which the scenario knows [decimal year]

    Returns
    -------
    number of claims scored, Brier scores [1], log score [nats] and base rate [fraction]
    """
    scored = [
        (estimate, bool(claim.outcome))
        for claim, estimate in zip(ledger, estimates, strict=True)
        if estimate is not None and claim.forecast_from(as_of)
    ]
    if not scored:
        return LedgerScores(0, None, None, None, None, None)
    estimated, outcomes = [estimate for estimate, _ in scored], [outcome for _, outcome in scored]
    probabilities = [estimate.value for estimate in estimated]
    base_rate = float(np.mean(outcomes))
    return LedgerScores(
        len(scored),
        brier_score(probabilities, outcomes),
        claims_log_score(estimated, outcomes),
        base_rate,
        brier_score([1.0] * len(scored), outcomes),
        brier_score([base_rate] * len(scored), outcomes),
    )
