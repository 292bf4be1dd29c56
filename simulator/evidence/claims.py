"""Probabilities of claims in a scenario, and their scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, Whole, at_date
from simulator.inputs.claims import Claim
from simulator.inputs.plan import Plan
from simulator.summaries.counts import CountLayout, Counts
from simulator.summaries.estimates import Estimate, probability, probability_before
from simulator.summaries.result import Result


class ClaimInputs(NamedTuple):
    """What of a result the ledger reads.

    parameters : (draw, parameter); trajectories : (draw, series, year); weights : of every draw
    """

    plan: Plan
    shape: CountLayout
    counts: Counts
    series: Sequence[str]
    parameters: Array
    trajectories: Array
    weights: Whole | None


def claim_probability(claim: Claim, world: ClaimInputs) -> Estimate | None:
    """Probability of a claim in a world; None where the world does not speak of it.

    A milestone's is counted over every draw; a range's or a change's over the kept trajectories; a parameter's over the
    kept cards.
    """
    said: Mapping[str, Callable[[Claim, ClaimInputs], Estimate | None]] = {
        "milestone": _milestone_probability,
        "range": _series_probability,
        "change": _series_probability,
        "parameter": _parameter_probability,
    }
    return said[claim.kind](claim, world) if claim.kind in said else None


def _milestone_probability(claim: Claim, world: ClaimInputs) -> Estimate | None:
    names = world.shape.milestones
    if claim.milestone not in names or claim.by is None or claim.by > world.plan.horizon:
        return None
    return probability_before(world.counts, world.shape, names.index(claim.milestone), claim.by)


def _series_probability(claim: Claim, world: ClaimInputs) -> Estimate | None:
    plan, dates = world.plan, [d for d in (claim.since, claim.by) if d is not None]
    inside = all(plan.start <= date <= plan.horizon for date in dates)
    if claim.series not in plan.series or not inside:
        return None
    values = np.asarray(world.trajectories[:, list(world.series).index(claim.series)]).T
    found = at_date(values, plan.grid.years, dates[-1])
    if claim.since is not None:
        found = found - at_date(values, plan.grid.years, claim.since)
    return _weighted_share(claim, found, world.weights)


def _parameter_probability(claim: Claim, world: ClaimInputs) -> Estimate | None:
    names = [prior.name for prior in world.plan.priors]
    if claim.parameter not in names:
        return None
    values = np.asarray(world.parameters[:, names.index(claim.parameter)])
    return _weighted_share(claim, values, world.weights)


def _weighted_share(claim: Claim, values: Array, weights: Whole | None) -> Estimate:
    whole = np.ones(len(values), np.int64) if weights is None else weights[: len(values)]
    inside = (values >= claim.low) & (values <= claim.high)
    total, squares = int(whole.sum()), math.fsum(whole.astype(np.float64) ** 2)
    if not total:
        return Estimate(math.nan, math.inf)
    return probability(int(whole[inside].sum()), total, total * total / squares)


def brier_score(probabilities: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Mean squared difference of probability and outcome: 0 at best, 0.25 for a coin."""
    return float(np.mean((np.array(probabilities) - np.array(outcomes, float)) ** 2))


def claims_log_score(estimates: Sequence[Estimate], outcomes: Sequence[bool]) -> float:
    """Mean log of the probability of what happened: 0 at best, -0.69 for a coin.

    A probability is kept as far from 0 and 1 as its Monte Carlo error, so that a handful of draws cannot cost infinity.
    """
    chances = np.array([min(max(e.value, e.mcse), 1.0 - e.mcse) for e in estimates])
    return float(np.mean(np.log(np.where(outcomes, chances, 1.0 - chances))))


def claim_inputs(result: Result) -> ClaimInputs:
    """What the ledger reads of a result."""
    return ClaimInputs(
        result.plan,
        result.shape,
        result.counts,
        result.series,
        result.parameters,
        result.trajectories,
        result.weights.whole if result.weights else None,
    )
