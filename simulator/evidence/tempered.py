"""A sequential sampler over the levels, for evidence that too few draws agree with.

The draws' luck, as independent normal scores before the copula, is carried from the prior to the posterior in stages:
the likelihood enters to a power that rises to 1, each stage as far as keeps half of the draws effective. Draws are then
resampled and moved by steps that leave the prior alone (Cotter et al., 2013, "MCMC methods for functions", eq. 4.4),
accepted by the likelihood. Every random number comes from the plan's seed, so the result is a function of the plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp, ndtr, ndtri

from simulator import sampling
from simulator.arrays import Array
from simulator.errors import RunFailed
from simulator.evidence import weights
from simulator.inputs.plan import Plan
from simulator.sampling import LOWEST_LEVEL
from simulator.simulate.blocks import CompiledPlan
from simulator.summaries.counts import Counts
from simulator.summaries.result import ImportanceWeights

KEPT_EFFECTIVE = 0.5  # effective share of draws that a stage keeps

FORGOTTEN_CORRELATION = (
    0.2  # correlation of a draw's scores with those before a stage's moves, at which they end
)

MOST_MOVES, MOST_STAGES = 60, 100

WANTED_ACCEPTANCE = 0.3  # share of steps to be accepted


LogLikelihood = Callable[[Array], tuple[Array, Array]]
"""Scores (parameter, draw) -> log-likelihood (draw), and the least deviation from each observation."""


class TemperedDraws(NamedTuple):
    """Scores of equal weight that have reached the posterior: (parameter, draw), and their effective number."""

    scores: Array
    effective: float


def conditioned_draws(
    compiled: CompiledPlan,
    run_ranges: weights.RunOverRanges,
    first: weights.RangeLikelihoods | None = None,
) -> tuple[CompiledPlan, ImportanceWeights | None]:
    """The draws that are to be counted, and their weights when the plan conditions.

    Parameters
    ----------
    compiled : of any plan
    run_ranges : runs a task over pieces of a range of draws
    first : likelihoods of the plan's first draws, when they are known already

    Returns
    -------
    compiled : as given, or with the posterior's levels from the sequential sampler
    weights : None for a plan without observations; all 1 for the sequential sampler

    Raises
    ------
    InputFault
        when no draw agrees with the observations
    RunFailed
        when the sequential sampler does not reach the posterior
    """
    if not compiled.plan.observations:
        return compiled, None
    if compiled.plan.sampler == "sequential":
        settled, effective = posterior_draws(compiled)
        return settled, ImportanceWeights(
            np.ones(compiled.plan.draws, np.int64), effective, -np.inf
        )
    return compiled, weights.importance_weights(compiled, run_ranges, first)


def with_effective_size(plan: Plan, counts: Counts, weights: ImportanceWeights) -> Counts:
    """Counts whose errors are those of the effective number of draws, though all weigh the same."""
    if plan.sampler != "sequential":
        return counts
    return replace(counts, squares=round(counts.draws**2 / weights.effective))


def posterior_draws(compiled: CompiledPlan) -> tuple[CompiledPlan, float]:
    """A compiled whose draws, of equal weight, are those of the posterior; and their effective number.

    Raises
    ------
    InputFault
        when the observations are farther than any stage can start from
    """
    plan = compiled.plan
    names = [prior.name for prior in plan.priors]
    draws = range(plan.draws)
    start = ndtri(
        np.array([sampling.independent_levels(plan.sampling, name, draws) for name in names])
    )

    def levels(scores: Array) -> dict[str, Array]:
        raw = dict(zip(names, np.clip(ndtr(scores), LOWEST_LEVEL, 1.0 - LOWEST_LEVEL), strict=True))
        return sampling.correlate(plan.sampling, compiled.copula, names, raw)

    def logs(scores: Array) -> tuple[Array, Array]:
        found = weights.range_likelihoods(replace(compiled, levels=levels(scores)), draws)
        return found.log_likelihood, found.nearest

    first, nearest = logs(start)
    weights.check_agreement(compiled, np.where(np.isinf(nearest), nearest, 0.0), first)
    settled = tempered_smc(start, lambda scores: logs(scores)[0], plan.seed)
    return replace(compiled, levels=levels(settled.scores)), settled.effective


def tempered_smc(scores: Array, logs: Callable[[Array], Array], seed: int) -> TemperedDraws:
    """Carry scores from the standard normal to the normal times the likelihood.

    Parameters
    ----------
    scores : (parameter, draw), independent and standard normal
    logs : scores -> log-likelihood (draw)
    """
    stream = np.random.Generator(np.random.Philox(key=_key(seed)))
    power, step, held = 0.0, 0.5, logs(scores)
    effective = float(scores.shape[1])
    for _ in range(MOST_STAGES):
        rise = _power_increment(held, 1.0 - power)
        power = min(power + rise, 1.0)
        parents = _resampled_parents(_normalised(rise, held), stream)
        scores, held = scores[:, parents], held[parents]
        scores, held, step, kept = _moved_draws(scores, held, logs, power, step, stream)
        distinct = len(np.unique(parents)) / len(parents)
        effective = len(parents) * (1.0 - kept + kept * distinct)
        if power >= 1.0:
            return TemperedDraws(scores, effective)
    raise RunFailed(
        f"the evidence is not reached in {MOST_STAGES} stages: leave out or widen an observation"
    )


def _key(seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:sequential".encode()).digest()[:16], "little")


def _normalised(power: float, held: Array) -> Array:
    logs = power * np.where(np.isfinite(held), held, -np.inf)
    return np.exp(logs - logsumexp(logs))


def _power_increment(held: Array, left: float) -> float:
    """How far the power may rise until `KEPT` of the draws that can weigh at all are effective."""
    wanted = KEPT_EFFECTIVE * float(np.isfinite(held).sum())

    def over(rise: float) -> float:
        return 1.0 / float(np.sum(_normalised(rise, held) ** 2)) - wanted

    return left if over(left) >= 0.0 else float(brentq(over, 1e-12, left, xtol=1e-12))


def _resampled_parents(weights: Array, stream: np.random.Generator) -> np.ndarray:
    """Systematic resampling: parents of as many draws of equal weight."""
    places = (np.arange(len(weights)) + stream.random()) / len(weights)
    edges = np.cumsum(weights)
    return np.minimum(np.searchsorted(edges / edges[-1], places), len(weights) - 1)


def _moved_draws(
    scores: Array,
    held: Array,
    logs: Callable[[Array], Array],
    power: float,
    step: float,
    stream: np.random.Generator,
) -> tuple[Array, Array, float, float]:
    """Move every draw until it has forgotten where it was; the step adapts to its acceptance.

    Returns
    -------
    scores, their log-likelihoods, the step, and the correlation that is left with where they were
    """
    before, kept = scores, 1.0
    for _ in range(MOST_MOVES):
        fresh = np.sqrt(1.0 - step * step) * scores + step * stream.standard_normal(scores.shape)
        proposed = logs(fresh)
        rise = power * (proposed - held)
        accepted = np.log(stream.random(len(held))) < np.where(np.isnan(rise), -np.inf, rise)
        scores = np.where(accepted, fresh, scores)
        held = np.where(accepted, proposed, held)
        share = float(accepted.mean())
        step = float(np.clip(step * np.exp(share - WANTED_ACCEPTANCE), 0.01, 1.0))
        kept = float(np.sum(before * scores) / np.sqrt(np.sum(before**2) * np.sum(scores**2)))
        if kept < FORGOTTEN_CORRELATION:
            break
    return scores, held, step, max(kept, 0.0)
