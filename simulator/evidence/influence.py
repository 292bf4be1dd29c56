"""What each observation did to a milestone's arrival: its effect, by reweighting without it, and its surprise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, Whole
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.evidence import likelihood, power_scaling
from simulator.evidence.power_scaling import PowerScaling
from simulator.evidence.weights import smoothed_weights
from simulator.inputs.observations import Observation
from simulator.inputs.plan import Plan
from simulator.simulate import blocks
from simulator.simulate.blocks import Block, CompiledPlan
from simulator.summaries.estimates import Estimate
from simulator.summaries.result import ImportanceWeights, Result

REPLICATES = 100  # of the bootstrap

MOST_ASKED = (
    3  # milestones of a run that names its own; of others the first of HEADLINE that it has
)

HEADLINE = ("automated_researcher", "remote_work")

PRIOR_DRAWS = 4096  # simulated from the prior when the kept draws are the posterior's


class ObservationLikelihoods(NamedTuple):
    """Each observation in each draw.

    Attributes
    ----------
    together : (draw) log-likelihood of all observations [nats]
    others : (observation, draw) log-likelihood of all but each [nats]
    given_others : (observation, draw) log-likelihood of each, given the draw and the others [nats]
    predicted : (observation, draw) [probability], that a value measured again would lie below the observed one; of a
        censored value and of a milestone, that the record would be as it was
    predicted_by_others : the same, given the other observations of its series too
    """

    together: Array
    others: Array
    given_others: Array
    predicted: Array
    predicted_by_others: Array


class Influence(NamedTuple):
    """What one observation did to the arrival of a milestone.

    Attributes
    ----------
    observation : which
    prior_p, rest_p : how well the prior, and the posterior of the other observations, predict it: two-sided tail
        probability of a value, probability of the record of a milestone; NaN where the draws cannot say
    milestone : whose arrival
    p50_moved : median with all observations less the median without this one [year]
    before_moved : year -> the same of the probability of arrival before it
    sensitivity : to power scaling its likelihood [1]; NaN of a record that is certain
    pareto_k : of the weights without it; NaN where it cannot be left out by reweighting
    """

    observation: Observation
    prior_p: float
    rest_p: float
    milestone: str
    p50_moved: Estimate
    before_moved: dict[str, Estimate]
    sensitivity: float
    pareto_k: float


class Influences(NamedTuple):
    """What the evidence did: an entry an observation and milestone, and the power scaling of each milestone.

    `draws` are those whose parameters are kept, from which all of it is estimated.
    """

    draws: int
    each: tuple[Influence, ...]
    scaling: dict[str, PowerScaling]


def influences(
    result: Result, milestones: Sequence[str], years: Sequence[str], workers: int = 1
) -> Influences:
    """What each observation did to the arrivals of some milestones.

    Parameters
    ----------
    result : of a run that conditions
    milestones : names
    years : of the probabilities of arrival before them
    workers : threads
    """
    plan, parameters = result.plan, np.asarray(result.parameters)
    compiled = blocks.compile_plan(plan)
    of_draws = observation_likelihoods(compiled, parameters, workers)
    sequential = plan.is_tempered
    weights = posterior_weights(of_draws, sequential)
    surprise = _predictive_probabilities(compiled, of_draws, weights, sequential)
    densities = power_scaling.prior_log_densities(plan, parameters)
    each, scaling = [], {}
    for name in milestones:
        column = [milestone.name for milestone in plan.milestones].index(name)
        arrivals = np.asarray(result.arrivals[:, column])
        moved = _moves(arrivals, weights, years, plan.seed)
        cut = np.minimum(arrivals, plan.horizon)
        scaling[name] = power_scaling.power_scaling(
            cut, weights[0].whole, of_draws.together, densities, plan.seed
        )
        for i, observation in enumerate(plan.observations):
            p50, *before = moved[i]
            sensitivity = _own_sensitivity(cut, weights[0].whole, of_draws.given_others[i])
            k = weights[i + 1].pareto_k
            each.append(
                Influence(
                    observation,
                    *surprise[i],
                    name,
                    p50,
                    dict(zip(years, before, strict=True)),
                    sensitivity,
                    k,
                )
            )
    return Influences(len(parameters), tuple(each), scaling)


def asked_milestones(plan: Plan, names: Sequence[str] = ()) -> list[str]:
    """The milestones named; else the plan's when they are few, else its headline.

    Raises
    ------
    InputFault
        with every name that the plan does not have
    """
    known = [milestone.name for milestone in plan.milestones]
    faults = [
        Fault("--milestones", "", "", f'"{name}"', listed(known, 40), did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if faults:
        raise InputFault(faults)
    if names or len(known) <= MOST_ASKED:
        return list(dict.fromkeys(names)) or known
    return [name for name in HEADLINE if name in known][:1] or known[:1]


def observation_likelihoods(
    compiled: CompiledPlan, parameters: Array, workers: int = 1
) -> ObservationLikelihoods:
    """Simulate draws of known parameters and hold each observation against each.

    Parameters
    ----------
    compiled : of a plan with observations
    parameters : (draw, parameter) [each in its own unit]
    workers : threads

    Returns
    -------
    log-likelihoods, and probabilities that the model gives each record
    """
    size = blocks.BLOCK_DRAWS
    ranges = [range(at, min(at + size, len(parameters))) for at in range(0, len(parameters), size)]
    with ThreadPoolExecutor(workers) as executor:
        parts = list(executor.map(partial(_range_likelihoods, compiled, parameters), ranges))
    return _joined(parts)


def _range_likelihoods(
    compiled: CompiledPlan, parameters: Array, draws: range
) -> ObservationLikelihoods:
    rows = parameters[draws.start : draws.stop].T
    named = {p.name: row for p, row in zip(compiled.plan.priors, rows, strict=True)}
    return block_likelihoods(compiled, blocks.simulate_parameters(compiled, draws, named))


def block_likelihoods(compiled: CompiledPlan, block: Block) -> ObservationLikelihoods:
    """Hold each observation against each draw of a block."""
    from scipy.special import ndtr

    observations, years = compiled.plan.observations, compiled.plan.grid.years
    of_block = (block.series, block.parameters, years)
    others, given_others = likelihood.leave_each_out(observations, *of_block)
    alone, by_others = [], []
    for each, log in zip(observations, given_others, strict=True):
        if each.is_measured:
            alone.append(ndtr(-likelihood.deviation(each, block.series, years)))
            z = likelihood.conditional_deviation(each, observations, block.series, years)
            by_others.append(ndtr(-z))
        else:
            alone.append(np.exp(likelihood.log_likelihood([each], *of_block)))
            by_others.append(np.exp(log))
    together = likelihood.log_likelihood(observations, *of_block)
    predicted = np.array(alone), np.array(by_others)
    return ObservationLikelihoods(together, others, given_others, *predicted)


def _joined(parts: Iterable[ObservationLikelihoods]) -> ObservationLikelihoods:
    return ObservationLikelihoods(
        *(np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
    )


def posterior_weights(
    of_draws: ObservationLikelihoods, sequential: bool
) -> list[ImportanceWeights]:
    """Weights of the draws with all observations, then without each of them.

        log v = log L without i      of draws of the prior
        log v = -log L_i             of draws of the posterior

    with log L_i the log-likelihood of an observation given the others.

    Pareto smoothed. A certain record cannot be left out of draws of the posterior, because none of them disagrees with
    it: such weights are all 0, and their Pareto k is NaN.

    Parameters
    ----------
    of_draws : log-likelihoods
    sequential : whether the draws are of the posterior

    Returns
    -------
    weights [1], of all observations and then without each in turn

    References
    ----------
    Vehtari, Gelman and Gabry (2017), "Practical Bayesian model evaluation using leave-one-out cross-validation and
    WAIC", Stat. Comput. 27.
    """
    together, given_others = of_draws.together, of_draws.given_others
    draws = len(together)
    if not sequential:
        return [smoothed_weights(together), *map(smoothed_weights, of_draws.others)]
    flat = ImportanceWeights(np.ones(draws, np.int64), float(draws), -math.inf)
    lost = ImportanceWeights(np.zeros(draws, np.int64), 0.0, math.nan)
    return [flat, *(smoothed_weights(-row) if np.ptp(row) else lost for row in given_others)]


def _predictive_probabilities(
    compiled: CompiledPlan,
    of_draws: ObservationLikelihoods,
    weights: Sequence[ImportanceWeights],
    sequential: bool,
) -> list[tuple[float, float]]:
    """How well the prior, and the other observations, predict each observation."""
    prior = of_draws.predicted
    if sequential:
        number = min(compiled.plan.draws, PRIOR_DRAWS)
        parts = blocks.simulate_blocks(compiled, range(number))
        prior = _joined(map(partial(block_likelihoods, compiled), parts)).predicted
    return [
        (
            tail_probability(observation, float(prior[i].mean())),
            tail_probability(
                observation, _mean(of_draws.predicted_by_others[i], weights[i + 1].whole)
            ),
        )
        for i, observation in enumerate(compiled.plan.observations)
    ]


def tail_probability(observation: Observation, predicted: float) -> float:
    """How surprising an observation is, from the probability that `ObservationLikelihoods` describes.

        2 min(p, 1 - p)     of a measured value, p the probability of one below it
        p                   of a censored value or a milestone, the probability of its record

    Parameters
    ----------
    observation : of a value or a milestone
    predicted : p [probability]

    Returns
    -------
    [probability]

    References
    ----------
    Box (1980), "Sampling and Bayes' inference in scientific modelling and robustness", J. R. Stat. Soc. A 143;
    Evans and Moshonov (2006), "Checking for prior-data conflict", Bayesian Analysis 1.
    """
    return 2.0 * min(predicted, 1.0 - predicted) if observation.is_measured else predicted


def _mean(values: Array, weights: Whole) -> float:
    return float(np.average(values, weights=weights)) if weights.any() else math.nan


def _own_sensitivity(answer: Array, base: Whole, log_likelihood: Array) -> float:
    kept = base > 0
    component = log_likelihood[kept]
    if np.ptp(component) == 0.0:
        return math.nan
    return power_scaling.power_sensitivity(answer[kept], base[kept], component)


def _moves(
    arrivals: Array, weights: Sequence[ImportanceWeights], years: Sequence[str], seed: int
) -> list[list[Estimate]]:
    """By observation, how far the median and each probability moved, with bootstrap errors of the same draws."""
    order = np.argsort(arrivals, kind="stable")
    ordered, whole = arrivals[order], np.array([each.whole[order] for each in weights], float)
    stops = [int(np.searchsorted(ordered, float(year))) for year in years]
    stream = np.random.Generator(np.random.Philox(seed))
    n = len(ordered)
    value = _differences(ordered, whole, stops)
    replicates = np.array([
        _differences(ordered, whole * np.bincount(stream.integers(0, n, n), minlength=n), stops)
        for _ in range(REPLICATES)
    ])  # fmt: skip
    finite = np.isfinite(replicates).all(axis=0)
    errors = np.where(finite, np.where(finite, replicates, 0.0).std(axis=0, ddof=1), math.inf)
    return [
        [Estimate(float(v), float(e)) for v, e in zip(*row, strict=True)]
        for row in zip(value, errors, strict=True)
    ]


def _differences(ordered: Array, weights: Array, stops: Sequence[int]) -> Array:
    """Median, then probabilities, with the first weights less those with each of the others: (observation, answer)."""
    cumulated = np.cumsum(weights, axis=1)
    total = cumulated[:, -1]
    with np.errstate(invalid="ignore"):
        medians = [
            ordered[np.searchsorted(row, 0.5 * row[-1])] if row[-1] else math.nan
            for row in cumulated
        ]
        before = [
            np.where(total > 0.0, cumulated[:, stop - 1] / total if stop else 0.0, math.nan)
            for stop in stops
        ]
        answers = np.array([medians, *before])
        return (answers[:, :1] - answers[:, 1:]).T
