"""Tempered sequential Monte Carlo over probability levels, for evidence that too few draws agree with.

The draws' levels, as independent normal scores before the copula, are carried from the prior to the posterior in
stages: stage k targets prior * likelihood^power_k, and the power rises from 0 to 1, at each stage as far as keeps half
of the draws effective. Draws are then resampled and moved by preconditioned Crank-Nicolson steps, which leave the
normal prior unchanged and are accepted by the likelihood. Every random number comes from the plan's seed, so the result
is a function of the plan.

Del Moral, Doucet and Jasra (2006), "Sequential Monte Carlo samplers", J. R. Stat. Soc. B 68. Cotter, Roberts, Stuart
and White (2013), "MCMC methods for functions", Stat. Sci. 28, eq. 4.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri

from simulator import sampling
from simulator.arrays import Array, Whole
from simulator.errors import RunFailed
from simulator.evidence import weights
from simulator.inputs.plan import Plan
from simulator.sampling import LOWEST_LEVEL
from simulator.simulate.blocks import CompiledPlan
from simulator.summaries.counts import Counts
from simulator.summaries.result import ImportanceWeights

EFFECTIVE_SHARE = 0.5  # effective share of draws that a stage keeps

LOWEST_CORRELATION = 0.2  # of scores with those before a stage's moves, below which the moves end

MOST_MOVES, MOST_STAGES = 60, 100

WANTED_ACCEPTANCE = 0.3  # share of steps to be accepted

LogLikelihood = Callable[[Array], Array]
"""Scores (parameter, draw) -> log-likelihood (draw) [nats]."""


class TemperedDraws(NamedTuple):
    """Draws of equal weight from the posterior.

    Attributes
    ----------
    scores : (parameter, draw) [standard normal scores]
    effective : their effective number
    """

    scores: Array
    effective: float


class MovedDraws(NamedTuple):
    """Draws after the moves of a stage.

    Attributes
    ----------
    scores : (parameter, draw) [standard normal scores]
    log_likelihood : (draw) [nats]
    step : b of the next proposal, from 0.01 to 1
    correlation : of the scores with those before the moves, 0 or more
    """

    scores: Array
    log_likelihood: Array
    step: float
    correlation: float


def conditioned_draws(
    compiled: CompiledPlan,
    run_ranges: weights.RunOverRanges,
    known: Sequence[weights.RangeLikelihoods] = (),
) -> tuple[CompiledPlan, ImportanceWeights | None]:
    """The draws that are to be counted, and their weights when the plan conditions.

    Parameters
    ----------
    compiled : of any plan
    run_ranges : runs a task over pieces of a range of draws
    known : likelihoods of ranges of draws, in rising order, which are not simulated again

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
    if compiled.plan.is_tempered:
        posterior, effective = posterior_draws(compiled)
        equal = np.ones(compiled.plan.draws, np.int64)
        return posterior, ImportanceWeights(equal, effective, -np.inf)
    return compiled, weights.importance_weights(compiled, run_ranges, known)


def with_effective_size(plan: Plan, counts: Counts, weights: ImportanceWeights) -> Counts:
    """Counts with the effective number of the sequential sampler's draws, which all weigh the same.

        sum of w^2 = draws^2 / effective

    so that Kish's number, from which the errors follow, is the sampler's own.

    Parameters
    ----------
    plan : whose sampler it is
    counts : of its draws
    weights : with their effective number

    Returns
    -------
    the counts, unchanged for another sampler
    """
    if plan.sampler != "sequential":
        return counts
    return replace(counts, squares=round(counts.draws**2 / weights.effective))


def posterior_draws(compiled: CompiledPlan) -> tuple[CompiledPlan, float]:
    """A plan's draws moved to the posterior.

    Parameters
    ----------
    compiled : of a plan with observations

    Returns
    -------
    compiled : with the posterior's levels in place of the plan's own
    effective : effective number of these draws

    Raises
    ------
    InputFault
        when no draw of the prior comes near the observations
    RunFailed
        when the posterior is not reached in `MOST_STAGES` stages
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

    def likelihoods(scores: Array) -> weights.RangeLikelihoods:
        return weights.range_likelihoods(replace(compiled, levels=levels(scores)), draws)

    first = likelihoods(start)
    # A value that no draw comes near can be reached in stages; an event that none agrees with cannot.
    nearest = np.where(np.isinf(first.nearest), first.nearest, 0.0)
    weights.check_agreement(compiled, nearest, first.log_likelihood)
    posterior = tempered_smc(start, lambda scores: likelihoods(scores).log_likelihood, plan.seed)
    return replace(compiled, levels=levels(posterior.scores)), posterior.effective


def tempered_smc(scores: Array, log_likelihood: LogLikelihood, seed: int) -> TemperedDraws:
    """Carry scores from the standard normal to the normal times the likelihood.

    Stage k resamples by `likelihood^(power_k - power_k-1)` and moves the draws under `likelihood^power_k`. The
    effective number after the last stage is

        n * ((1 - r) + r * distinct parents / n),   r the correlation that the moves leave with the resampled scores

    Parameters
    ----------
    scores : (parameter, draw), independent [standard normal scores]
    log_likelihood : scores -> (draw) [nats]; minus infinity rules a draw out
    seed : of the sampler's own random numbers

    Returns
    -------
    draws of equal weight, as many as were given, and their effective number

    Raises
    ------
    RunFailed
        when the power does not reach 1 in `MOST_STAGES` stages

    References
    ----------
    Del Moral, Doucet and Jasra (2006), "Sequential Monte Carlo samplers", J. R. Stat. Soc. B 68. docs/method.md,
    Evidence.
    """
    generator = np.random.Generator(np.random.Philox(key=_key(seed)))
    power, step, current = 0.0, 0.5, log_likelihood(scores)
    for _ in range(MOST_STAGES):
        increment = _power_increment(current, 1.0 - power)
        power = min(power + increment, 1.0)
        parents = resampled_parents(_normalised_weights(increment, current), generator)
        moved = _moved_draws(
            scores[:, parents], current[parents], log_likelihood, power, step, generator
        )
        scores, current, step, correlation = moved
        distinct = len(np.unique(parents)) / len(parents)
        effective = len(parents) * (1.0 - correlation + correlation * distinct)
        if power >= 1.0:
            return TemperedDraws(scores, effective)
    raise RunFailed(
        f"the evidence is not reached in {MOST_STAGES} stages: leave out or widen an observation"
    )


def _key(seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:sequential".encode()).digest()[:16], "little")


def _normalised_weights(power: float, log_likelihood: Array) -> Array:
    """likelihood^power over its sum, (draw); 0 where the likelihood is 0."""
    logs = power * np.where(np.isfinite(log_likelihood), log_likelihood, -np.inf)
    return np.exp(logs - logsumexp(logs))


def _power_increment(log_likelihood: Array, left: float) -> float:
    """How far the power may rise until `EFFECTIVE_SHARE` of the draws of likelihood above 0 are effective.

    Solves 1 / sum of w^2 = EFFECTIVE_SHARE * n for w = the normalised likelihood^increment; `left` at most.
    """
    from scipy.optimize import brentq

    wanted = EFFECTIVE_SHARE * float(np.isfinite(log_likelihood).sum())

    def excess(increment: float) -> float:
        return 1.0 / float(np.sum(_normalised_weights(increment, log_likelihood) ** 2)) - wanted

    return left if excess(left) >= 0.0 else float(brentq(excess, 1e-12, left, xtol=1e-12))


def resampled_parents(
    weights: Array, generator: np.random.Generator, size: int | None = None
) -> Whole:
    """Systematic resampling: the parents of draws of equal weight.

    Parameters
    ----------
    weights : (draw), which sum to 1
    generator : gives the one random number
    size : how many; as many as there are weights when left out

    Returns
    -------
    (size) numbers of the parents, in order; each comes up as often as its weight times the size, rounded up or down

    References
    ----------
    Douc, Cappé and Moulines (2005), "Comparison of resampling schemes for particle filtering".
    """
    size = len(weights) if size is None else size
    points = (np.arange(size) + generator.random()) / size
    edges = np.cumsum(weights)
    return np.minimum(np.searchsorted(edges / edges[-1], points), len(weights) - 1)


def _moved_draws(
    scores: Array,
    current: Array,
    log_likelihood: LogLikelihood,
    power: float,
    step: float,
    generator: np.random.Generator,
) -> MovedDraws:
    """Move every draw until its scores have little correlation with those at the start; the step adapts.

    z' = sqrt(1 - b^2) z + b xi,   xi standard normal
    accepted with probability min(1, exp(power * (log L(z') - log L(z))))
    b <- clip(b * exp(accepted share - WANTED_ACCEPTANCE), 0.01, 1)
    """
    before, correlation = scores, 1.0
    for _ in range(MOST_MOVES):
        noise = generator.standard_normal(scores.shape)
        proposal = np.sqrt(1.0 - step * step) * scores + step * noise
        proposed = log_likelihood(proposal)
        log_ratio = power * (proposed - current)
        log_uniform = np.log(generator.random(len(current)))
        accepted = log_uniform < np.where(np.isnan(log_ratio), -np.inf, log_ratio)
        scores = np.where(accepted, proposal, scores)
        current = np.where(accepted, proposed, current)
        step = float(np.clip(step * np.exp(float(accepted.mean()) - WANTED_ACCEPTANCE), 0.01, 1.0))
        correlation = float(
            np.sum(before * scores) / np.sqrt(np.sum(before**2) * np.sum(scores**2))
        )
        if correlation < LOWEST_CORRELATION:
            break
    return MovedDraws(scores, current, step, max(correlation, 0.0))
