"""Importance weights: from the log-likelihood of every draw to Pareto smoothed whole numbers.

A run that conditions simulates its draws twice: once for their log-likelihoods, from which the weights are made, and
once to count them with these weights. The first simulation of draws 0 to 4095 also fits the grids of the counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, effective_sample_size
from simulator.errors import Fault, InputFault
from simulator.evidence import likelihood, pareto
from simulator.inputs.observations import Observation
from simulator.simulate import blocks, engines
from simulator.simulate.blocks import Block, CompiledPlan
from simulator.summaries import summarise
from simulator.summaries.counts import FITTED_TO, CountLayout
from simulator.summaries.result import ImportanceWeights

LARGEST_WEIGHT = 2**24

FARTHEST_DEVIATION = (
    8.0  # standard deviations from every draw: what is left is chance in a far tail
)

WORST_K, LEAST_EFFECTIVE = 0.7, 400.0

ALIKE = 1e-12  # nats, between log-likelihoods that differ by rounding alone

FEWEST_SMOOTHED = 32  # draws, to fewer of which no tail is fitted


class RangeLikelihoods(NamedTuple):
    """Log-likelihoods of a range of draws.

    Attributes
    ----------
    draws : the range
    log_likelihood : (draw) [nats], of all observations together
    nearest : (observation) least deviation [standard deviations] of a draw from a value;
        of a milestone 0, or inf where no draw agrees
    """

    draws: range
    log_likelihood: Array
    nearest: Array


RunOverRanges = Callable[
    [Callable[[range], RangeLikelihoods], range],
    Iterable[RangeLikelihoods],
]
"""Calls a task on pieces of a range of draws, on any executor and in any order, and gives their results."""


def range_likelihoods(compiled: CompiledPlan, draws: range) -> RangeLikelihoods:
    """Simulate a range of draws and find the log-likelihood of the plan's observations in each.

    Parameters
    ----------
    compiled : of a plan with observations
    draws : the range to simulate

    Returns
    -------
    log-likelihoods of the range

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is not finite
    """
    weigh = partial(block_likelihoods, compiled)
    return _joined(draws, list(map(weigh, blocks.simulate_blocks(compiled, draws))))


def layout_and_likelihoods(compiled: CompiledPlan) -> tuple[CountLayout, RangeLikelihoods | None]:
    """Fit the grids of the counts to draws 0 to 4095 and weigh the same draws, in one simulation.

    Parameters
    ----------
    compiled : of any plan

    Returns
    -------
    layout : what is counted, and over which bins
    likelihoods : of those of the draws that the plan has; None where importance weights are not wanted,
        because nothing is observed or the sampler is sequential

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is not finite
    """
    plan = compiled.plan
    weighted = bool(plan.observations) and not plan.is_tempered
    values: list[dict[str, Array]] = []
    parts: list[RangeLikelihoods] = []
    for block in blocks.simulate_blocks(compiled, range(FITTED_TO)):
        values.append(summarise.values_at_bands(compiled, block))
        if weighted and block.draws.start < plan.draws:
            parts.append(block_likelihoods(compiled, _first_draws(block, plan.draws)))
        del block  # or two blocks are in memory while the next one is simulated
    layout = summarise.fitted_layout(compiled, values)
    return layout, _joined(range(min(FITTED_TO, plan.draws)), parts) if weighted else None


def _first_draws(block: Block, stop: int) -> Block:
    """The draws of a block that come before `stop`."""
    if block.draws.stop <= stop:
        return block
    kept = stop - block.draws.start
    return Block(
        block.draws[:kept],
        {name: values[:kept] for name, values in block.parameters.items()},
        {name: values[:, :kept] for name, values in block.series.items()},
        block.arrivals[:, :kept],
    )


def block_likelihoods(compiled: CompiledPlan, block: Block) -> RangeLikelihoods:
    """Log-likelihoods of draws that are simulated already, as `range_likelihoods` gives them."""
    observations, years = compiled.plan.observations, compiled.plan.grid.years
    total = likelihood.log_likelihood(observations, block.series, block.parameters, years)
    nearest = np.array([_least_deviation(each, block, years) for each in observations])
    return RangeLikelihoods(block.draws, total, nearest)


def _joined(draws: range, parts: Sequence[RangeLikelihoods]) -> RangeLikelihoods:
    """Likelihoods of neighbouring ranges, in order, as those of one range."""
    return RangeLikelihoods(
        draws,
        np.concatenate([part.log_likelihood for part in parts]),
        np.min([part.nearest for part in parts], axis=0),
    )


def _least_deviation(observation: Observation, block: Block, years: Array) -> float:
    """Least deviation of a block's draws from one observation; of a milestone 0 where one agrees, else inf."""
    if observation.missed:
        return 0.0
    if observation.condition is None:
        return float(np.min(likelihood.distance(observation, block.series, years)))
    agreeing = likelihood.agrees(observation, block.series, block.parameters, years)
    return 0.0 if agreeing.any() else math.inf


def importance_weights(
    compiled: CompiledPlan, run_ranges: RunOverRanges, known: Sequence[RangeLikelihoods] = ()
) -> ImportanceWeights:
    """Weights of every draw of a plan, from a first simulation.

    Parameters
    ----------
    compiled : of a plan with observations
    run_ranges : runs a task over pieces of a range of draws
    known : likelihoods of ranges of draws, in rising order, which are not simulated again

    Returns
    -------
    one whole number a draw, their effective number, and the Pareto k of their tail

    Raises
    ------
    InputFault
        when no draw agrees with the observations, naming the observation that rules them out
    DrawFailed
        naming the first draw with a value that is not finite
    """
    task = partial(range_likelihoods, compiled)
    gaps = engines.missing_ranges([each.draws for each in known], range(compiled.plan.draws))
    new = chain.from_iterable(run_ranges(task, gap) for gap in gaps)
    return joined_weights(compiled, chain(tuple(known), new))


def joined_weights(compiled: CompiledPlan, parts: Iterable[RangeLikelihoods]) -> ImportanceWeights:
    """Weights of every draw of a plan, from the likelihoods of ranges that make up all its draws.

    Parameters
    ----------
    compiled : of a plan with observations
    parts : in any order

    Returns
    -------
    as from `importance_weights`

    Raises
    ------
    InputFault
        when no draw agrees with the observations, naming the observation that rules them out
    """
    plan = compiled.plan
    log_likelihood = np.empty(plan.draws)
    nearest = np.full(len(plan.observations), np.inf)
    for part in parts:
        log_likelihood[part.draws.start : part.draws.stop] = part.log_likelihood
        nearest = np.minimum(nearest, part.nearest)
    check_agreement(compiled, nearest, log_likelihood)
    return smoothed_weights(log_likelihood)


def check_agreement(compiled: CompiledPlan, nearest: Array, log_likelihood: Array) -> None:
    """Raise a fault when the observations leave no draw worth weighing.

    Parameters
    ----------
    compiled : of a plan with observations
    nearest : (observation) least deviation of any draw [standard deviations]
    log_likelihood : (draw) [nats]

    Raises
    ------
    InputFault
        naming the observation that no draw comes near, or all of them when no draw agrees with them together
    """
    observations, plan = compiled.plan.observations, compiled.plan
    worst = int(np.argmax(nearest))
    if nearest[worst] > FARTHEST_DEVIATION:
        named = observations[worst]
        what = named.milestone or f"{named.series} of {named.value:g} in {named.year:.2f}"
        how = "" if named.milestone else f"; the nearest lies {nearest[worst]:.1f} sd away"
        record = f"met by {named.year:.2f}: {str(named.met).lower()}" if named.milestone else ""
        problem = (
            " ".join(filter(None, [f"no draw of {plan.draws:,} agrees with {what}", record])) + how
        )
    elif not np.isfinite(log_likelihood).any():
        named = observations[0]
        names = ", ".join(each.name for each in observations)
        problem = f"no draw of {plan.draws:,} agrees with all of {names}"
    else:
        return
    allowed = f"observations within {FARTHEST_DEVIATION:g} sd of some draw"
    fix = "check its value, unit and date; widen the priors that it contradicts; or leave it out"
    raise InputFault([Fault(plan.name, named.name, "", problem, allowed, fix)])


def smoothed_weights(log_likelihood: Array) -> ImportanceWeights:
    """Whole-number weights, Pareto smoothed; a draw of log-likelihood minus infinity has weight 0.

        w = round(2^24 * v / max v),   v = the smoothed exp(log L)
        effective = (sum of w)^2 / sum of w^2

    Draws whose likelihoods are all alike have weight 1.

    Parameters
    ----------
    log_likelihood : (draw) [nats], finite for one draw at least

    Returns
    -------
    weights (draw), whole numbers; their effective number; the Pareto k of the tail, which is minus infinity where the
    largest likelihoods are all alike, and infinity where there are fewer than 32 draws

    References
    ----------
    Vehtari, Simpson, Gelman, Yao and Gabry (2024), "Pareto smoothed importance sampling", J. Mach. Learn. Res. 25(72),
    algorithm 1. Effective number: Kish (1965), "Survey sampling". docs/method.md, Evidence.
    """
    kept = np.isfinite(log_likelihood)
    raw = log_likelihood[kept]
    whole = np.zeros(len(log_likelihood), np.int64)
    if np.ptp(raw) == 0.0:
        whole[kept] = 1
        return ImportanceWeights(whole, float(kept.sum()), -math.inf)
    logs, k = pareto_smoothed(raw)
    whole[kept] = np.rint(np.exp(logs - logs.max()) * LARGEST_WEIGHT).astype(np.int64)
    return ImportanceWeights(whole, effective_sample_size(whole), k)


def pareto_smoothed(log_ratios: Array) -> tuple[Array, float]:
    """Log weights with their upper tail smoothed, and its shape: inf for too few draws, -inf for a flat tail.

    Parameters
    ----------
    log_ratios : (draw) [nats], finite

    Returns
    -------
    (draw) [nats], up to a constant; and Pareto k [1]

    References
    ----------
    Vehtari, Simpson, Gelman, Yao and Gabry (2024), algorithm 1.
    """
    n, raw = len(log_ratios), log_ratios - log_ratios.max()
    tail = pareto.tail_size(n)
    if n < FEWEST_SMOOTHED:
        return raw, math.inf
    ordered = np.sort(raw)[n - tail - 1 :]
    quarter = ordered[round(0.25 * tail)] - ordered[0]
    if min(quarter, ordered[-1] - ordered[1]) < ALIKE:  # there is no tail to fit
        return raw, -math.inf
    return pareto.smoothed_tail(log_ratios)


def weight_warnings(effective: float, pareto_k: float) -> list[str]:
    """What to say when weights are not to be trusted, and what to do about it."""
    fix = (
        "take more draws, fewer or wider observations, or temper in stages: "
        "--set condition.sampler=sequential"
    )
    warnings = []
    if pareto_k > WORST_K:
        warnings.append(
            f"Pareto k is {pareto_k:.2f}, above {WORST_K:g}: a few draws carry the answer; {fix}"
        )
    if effective < LEAST_EFFECTIVE:
        warnings.append(
            f"the effective number of draws is {effective:.0f}, below {LEAST_EFFECTIVE:g}; {fix}"
        )
    return warnings
