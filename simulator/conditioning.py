"""Log-likelihoods -> weights.

Draws are walked twice. The first walk leaves one log-likelihood a draw, from which whole-number weights are made,
Pareto smoothed; the second counts them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from simulator import observations, walk
from simulator.faults import Fault, InputFault
from simulator.growth import Array
from simulator.observations import Observation
from simulator.summaries import Whole
from simulator.walk import Walker

LARGEST = 2**24
FARTHEST = 8.0  # standard deviations from every draw: what is left is luck in a far tail
WORST_K, LEAST_EFFECTIVE = 0.7, 400.0
FEWEST = 32  # draws, to fewer of which no tail is fitted


class Likelihoods(NamedTuple):
    """What the first walk of a range of draws leaves.

    log_likelihood : (draw); nearest : (observation) least deviation [standard deviations], inf where no draw agrees
    """

    draws: range
    log_likelihood: Array
    nearest: Array


Spread = Callable[[Callable[[range], Likelihoods]], Iterable[Likelihoods]]
"""Calls a task on every range of a plan's draws, anywhere and in any order, and gives what each leaves."""


@dataclass(frozen=True)
class Weights:
    """Whole-number weights of every draw, and how far to trust them.

    Attributes
    ----------
    whole : (draw), the largest 2^24; 1 and 0 where all that agree do so alike
    pareto_k : shape of the tail of the raw weights; minus infinity when they have none
    """

    whole: Whole
    effective: float
    pareto_k: float


def likelihoods(walker: Walker, draws: range) -> Likelihoods:
    """Walk a range of draws and hold each against the plan's observations."""
    evidence, years = walker.plan.observations, walker.plan.grid.years
    nearest, total = np.full(len(evidence), np.inf), []
    for block in walk.blocks(walker, draws):
        found = np.zeros(len(block.draws))
        for i, seen in enumerate(evidence):
            found = found + observations.log_likelihood(seen, block.series, block.parameters, years)
            nearest[i] = min(nearest[i], _nearest(seen, block, years))
        total.append(found)
    return Likelihoods(draws, np.concatenate(total), nearest)


def _nearest(seen: Observation, block: walk.Block, years: Array) -> float:
    """Least deviation of a block's draws from one observation; of a milestone 0 where one agrees, else inf."""
    if seen.condition is None:
        return float(np.abs(observations.deviation(seen, block.series, years)).min())
    alike = observations.agrees(seen, block.series, block.parameters, years)
    return 0.0 if seen.missed or alike.any() else math.inf


def weigh(walker: Walker, spread: Spread) -> Weights:
    """Weights of every draw of a plan, from a first walk.

    Raises
    ------
    InputFault
        when they all vanish, naming the observation that kills them
    """
    evidence = walker.plan.observations
    log_likelihood = np.empty(walker.plan.draws)
    nearest = np.full(len(evidence), np.inf)
    for part in spread(partial(likelihoods, walker)):
        log_likelihood[part.draws.start : part.draws.stop] = part.log_likelihood
        nearest = np.minimum(nearest, part.nearest)
    alive(walker, nearest, log_likelihood)
    return smoothed(log_likelihood)


def alive(walker: Walker, nearest: Array, log_likelihood: Array) -> None:
    """Raise a fault when the observations leave no draw worth weighing."""
    evidence, plan = walker.plan.observations, walker.plan
    worst = int(np.argmax(nearest))
    if nearest[worst] > FARTHEST:
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
    allowed = f"observations within {FARTHEST:g} sd of some draw"
    mend = "check its value, unit and date; widen the priors that it contradicts; or leave it out"
    raise InputFault([Fault("evidence/observations.toml", seen.name, "", found, allowed, mend)])


def smoothed(log_likelihood: Array) -> Weights:
    """Whole-number weights, Pareto smoothed; a draw of log-likelihood minus infinity has none.

    Vehtari et al. (2024), "Pareto smoothed importance sampling".
    """
    kept = np.isfinite(log_likelihood)
    raw = log_likelihood[kept]
    whole = np.zeros(len(log_likelihood), np.int64)
    if np.ptp(raw) == 0.0:
        whole[kept] = 1
        return Weights(whole, float(kept.sum()), -math.inf)
    logs, k = _tail_smoothed(raw)
    whole[kept] = np.rint(np.exp(logs - logs.max()) * LARGEST).astype(np.int64)
    return Weights(whole, effective_number(whole), k)


def _tail_smoothed(log_ratios: Array) -> tuple[Array, float]:
    """Log weights with their upper tail smoothed, and its shape: inf where too few draws show it, -inf without one."""
    n, raw = len(log_ratios), log_ratios - log_ratios.max()
    tail = math.ceil(min(0.2 * n, 3.0 * math.sqrt(n)))
    if n < FEWEST:
        return raw, math.inf
    if np.ptp(np.partition(raw, n - tail)[n - tail :]) == 0.0:
        return raw, -math.inf
    return _psislw(log_ratios)


def _psislw(log_ratios: Array) -> tuple[Array, float]:
    """ArviZ's smoothing under either of its names; the newer one takes minus the log ratios."""
    try:
        from arviz_stats.base import array_stats
    except ImportError:
        import arviz

        smooth: Callable[[Array], tuple[Array, float]] = arviz.psislw
        logs, k = smooth(log_ratios)
    else:
        logs, k = array_stats.psislw(-log_ratios)
    return np.asarray(logs), float(k)


def effective_number(whole: Whole) -> float:
    """Kish's effective number of draws, exact in the weights whatever their order."""
    if not whole.any():
        return 0.0
    total = int(whole.sum())
    return total * total / math.fsum(whole.astype(np.float64) ** 2)


def warnings(effective: float, pareto_k: float) -> list[str]:
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
