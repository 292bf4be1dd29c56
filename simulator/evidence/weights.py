"""Log-likelihoods -> weights.

Draws are walked twice. The first walk leaves one log-likelihood a draw, from which whole-number weights are made,
Pareto smoothed; the second counts them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, effective_sample_size
from simulator.errors import Fault, InputFault
from simulator.evidence import likelihood
from simulator.inputs.observations import Observation
from simulator.simulate import blocks
from simulator.simulate.blocks import CompiledPlan
from simulator.summaries.result import ImportanceWeights

LARGEST_WEIGHT = 2**24

FARTHEST_DEVIATION = 8.0  # standard deviations from every draw: what is left is luck in a far tail

WORST_K, LEAST_EFFECTIVE = 0.7, 400.0

FEWEST_SMOOTHED = 32  # draws, to fewer of which no tail is fitted


class RangeLikelihoods(NamedTuple):
    """What the first walk of a range of draws leaves.

    log_likelihood : (draw); nearest : (observation) least deviation [standard deviations], inf where no draw agrees
    """

    draws: range
    log_likelihood: Array
    nearest: Array


RunOverRanges = Callable[[Callable[[range], RangeLikelihoods]], Iterable[RangeLikelihoods]]
"""Calls a task on every range of a plan's draws, anywhere and in any order, and gives what each leaves."""


def range_likelihoods(compiled: CompiledPlan, draws: range) -> RangeLikelihoods:
    """Walk a range of draws and hold each against the plan's observations."""
    evidence, years = compiled.plan.observations, compiled.plan.grid.years
    nearest, total = np.full(len(evidence), np.inf), []
    for block in blocks.simulate_blocks(compiled, draws):
        found = np.zeros(len(block.draws))
        for i, seen in enumerate(evidence):
            found = found + likelihood.log_likelihood(seen, block.series, block.parameters, years)
            nearest[i] = min(nearest[i], _least_deviation(seen, block, years))
        total.append(found)
    return RangeLikelihoods(draws, np.concatenate(total), nearest)


def _least_deviation(seen: Observation, block: blocks.Block, years: Array) -> float:
    """Least deviation of a block's draws from one observation; of a milestone 0 where one agrees, else inf."""
    if seen.condition is None:
        return float(np.abs(likelihood.deviation(seen, block.series, years)).min())
    alike = likelihood.agrees(seen, block.series, block.parameters, years)
    return 0.0 if seen.missed or alike.any() else math.inf


def importance_weights(compiled: CompiledPlan, spread: RunOverRanges) -> ImportanceWeights:
    """Weights of every draw of a plan, from a first walk.

    Raises
    ------
    InputFault
        when they all vanish, naming the observation that kills them
    """
    evidence = compiled.plan.observations
    log_likelihood = np.empty(compiled.plan.draws)
    nearest = np.full(len(evidence), np.inf)
    for part in spread(partial(range_likelihoods, compiled)):
        log_likelihood[part.draws.start : part.draws.stop] = part.log_likelihood
        nearest = np.minimum(nearest, part.nearest)
    check_agreement(compiled, nearest, log_likelihood)
    return smoothed_weights(log_likelihood)


def check_agreement(compiled: CompiledPlan, nearest: Array, log_likelihood: Array) -> None:
    """Raise a fault when the observations leave no draw worth weighing."""
    evidence, plan = compiled.plan.observations, compiled.plan
    worst = int(np.argmax(nearest))
    if nearest[worst] > FARTHEST_DEVIATION:
        seen = evidence[worst]
        what = seen.milestone or f"{seen.series} of {seen.value:g} in {seen.year:.2f}"
        how = "" if seen.milestone else f"; the nearest lies {nearest[worst]:.1f} sd away"
        said = f"met by {seen.year:.2f}: {str(seen.met).lower()}" if seen.milestone else ""
        found = (
            " ".join(filter(None, [f"no draw of {plan.draws:,} agrees with {what}", said])) + how
        )
    elif not np.isfinite(log_likelihood).any():
        seen = evidence[0]
        found = (
            f"no draw of {plan.draws:,} agrees with all of {', '.join(s.name for s in evidence)}"
        )
    else:
        return
    allowed = f"observations within {FARTHEST_DEVIATION:g} sd of some draw"
    mend = "check its value, unit and date; widen the priors that it contradicts; or leave it out"
    raise InputFault([Fault("evidence/observations.toml", seen.name, "", found, allowed, mend)])


def smoothed_weights(log_likelihood: Array) -> ImportanceWeights:
    """Whole-number weights, Pareto smoothed; a draw of log-likelihood minus infinity has none.

    Vehtari et al. (2024), "Pareto smoothed importance sampling".
    """
    kept = np.isfinite(log_likelihood)
    raw = log_likelihood[kept]
    whole = np.zeros(len(log_likelihood), np.int64)
    if np.ptp(raw) == 0.0:
        whole[kept] = 1
        return ImportanceWeights(whole, float(kept.sum()), -math.inf)
    logs, k = _tail_smoothed(raw)
    whole[kept] = np.rint(np.exp(logs - logs.max()) * LARGEST_WEIGHT).astype(np.int64)
    return ImportanceWeights(whole, effective_sample_size(whole), k)


def _tail_smoothed(log_ratios: Array) -> tuple[Array, float]:
    """Log weights with their upper tail smoothed, and its shape: inf where too few draws show it, -inf without one."""
    n, raw = len(log_ratios), log_ratios - log_ratios.max()
    tail = math.ceil(min(0.2 * n, 3.0 * math.sqrt(n)))
    if n < FEWEST_SMOOTHED:
        return raw, math.inf
    if np.ptp(np.partition(raw, n - tail)[n - tail :]) == 0.0:
        return raw, -math.inf
    return _psislw(log_ratios)


def _psislw(log_ratios: Array) -> tuple[Array, float]:
    """Smoothed log weights and Pareto k; arviz-stats takes minus the log ratios."""
    from arviz_stats.base import array_stats

    logs, k = array_stats.psislw(-log_ratios)
    return np.asarray(logs), float(k)


def weight_warnings(effective: float, pareto_k: float) -> list[str]:
    """What to say when weights are not to be trusted, and what to do about it."""
    mend = (
        "take more draws, fewer or wider observations, or walk there in stages: "
        "--set condition.sampler=sequential"
    )
    said = []
    if pareto_k > WORST_K:
        said.append(
            f"Pareto k is {pareto_k:.2f}, above {WORST_K:g}: a few draws carry the answer; {mend}"
        )
    if effective < LEAST_EFFECTIVE:
        said.append(
            f"the effective number of draws is {effective:.0f}, below {LEAST_EFFECTIVE:g}; {mend}"
        )
    return said
