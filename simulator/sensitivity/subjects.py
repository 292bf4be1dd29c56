"""Plans as subjects: which parameters vary, which driver each belongs to, and a target as a function of levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator import drivers, model, sampling
from simulator.arrays import Array
from simulator.evidence.likelihood import log_likelihood
from simulator.inputs.observations import Observation
from simulator.inputs.plan import Plan
from simulator.sensitivity import observed, targets
from simulator.sensitivity.designs import Groups, Levels, Subject
from simulator.sensitivity.targets import Target
from simulator.simulate.blocks import (
    Block,
    CompiledPlan,
    compile_plan,
    parameter_values,
    simulate_parameters,
)

THRESHOLDS = "thresholds"

BY = ("parameter", "driver")


@dataclass(frozen=True)
class TargetedPlan:
    """A plan narrowed to one target.

    Attributes
    ----------
    compiled : simulates only what the target and the observed series need
    varying : parameters that are neither fixed nor held
    reaching : parameters that can move the target
    matters : the same, and those that can move the weight of a draw
    observations : what draws are weighed by; none for an answer of the prior
    """

    plan: Plan
    target: Target
    compiled: CompiledPlan
    varying: tuple[str, ...]
    reaching: frozenset[str]
    matters: frozenset[str]
    observations: tuple[Observation, ...] = ()


def targeted_plan(
    plan: Plan, target: Target, observations: tuple[Observation, ...] = ()
) -> TargetedPlan:
    """Narrow a plan to a target, and to what draws are weighed by."""
    compiled, series = compile_plan(plan), observed.observed_series(observations)
    fixed = {p.name for p in plan.priors if p.family == "fixed"} | set(plan.hold)
    varying = tuple(p.name for p in plan.priors if p.name not in fixed)
    reaching = targets.parameters_that_matter(compiled, target)
    matters = targets.parameters_that_matter(compiled, target, series)
    matters |= observed.milestone_parameters(observations)
    small = targets.narrowed(compiled, target, series)
    return TargetedPlan(plan, target, small, varying, reaching, matters, observations)


def uncut_answer(scenario: TargetedPlan, levels: Levels) -> Array:
    """The target at these levels of the parameters that vary.

    Parameters
    ----------
    scenario : a plan narrowed to the target
    levels : name -> (draw) [probability]

    Returns
    -------
    (output, draw) [the target's unit]; an arrival after the horizon is inf
    """
    return targets.target_values(
        scenario.target, _simulated(scenario, levels), scenario.plan.grid.years
    )


def answer_and_log_likelihood(scenario: TargetedPlan, levels: Levels) -> Array:
    """The target, and the log-likelihood of the scenario's observations, at these levels of the parameters that vary.

    Parameters
    ----------
    scenario : a plan narrowed to the target and the observed series
    levels : name -> (draw) [probability]

    Returns
    -------
    (output + 1, draw) [the target's unit], with the log-likelihood [nats] last; an arrival after the horizon is inf
    """
    block, years = _simulated(scenario, levels), scenario.plan.grid.years
    answer = targets.target_values(scenario.target, block, years)
    log = log_likelihood(scenario.observations, block.series, block.parameters, years)
    return np.vstack([answer, log])


def _simulated(scenario: TargetedPlan, levels: Levels) -> Block:
    draws = len(next(iter(levels.values())))
    still = {
        p.name: np.full(draws, scenario.plan.hold.get(p.name, 0.5)) for p in scenario.plan.priors
    }
    parameters = parameter_values(scenario.compiled, still | levels)
    return simulate_parameters(scenario.compiled, range(draws), parameters)


def varying_parameters(scenario: TargetedPlan, levels: Levels) -> Array:
    """Values of the parameters that vary, at these levels.

    Parameters
    ----------
    scenario : a plan narrowed to a target
    levels : name -> (draw) [probability]

    Returns
    -------
    (parameter, draw) [each in its own unit]
    """
    inverses = scenario.compiled.inverse_cdfs
    return np.array([inverses[name](levels[name]) for name in scenario.varying])


def subject(scenario: TargetedPlan, cut: bool = True) -> Subject:
    """A plan's target as a function of probability levels; an arrival is cut at the horizon unless `cut` is false."""

    def answer(levels: Levels) -> Array:
        values = uncut_answer(scenario, levels)
        return targets.finite_values(scenario.target, values) if cut else values

    def levels(draws: range) -> Levels:
        return sampling.correlated_levels(
            scenario.plan.sampling, scenario.compiled.copula, scenario.varying, draws
        )

    return Subject(
        scenario.varying, varying_correlations(scenario.plan, scenario.varying), levels, answer
    )


def varying_correlations(plan: Plan, names: Sequence[str]) -> Array:
    """Correlation matrix of the normal scores of the parameters that vary.

    Parameters
    ----------
    plan : with its stated rank correlations
    names : (parameter)

    Returns
    -------
    (parameter, parameter) [1]
    """
    return sampling.correlation_matrix(names, plan.correlations)


def parameter_groups(plan: Plan, by: str) -> Groups:
    """Every parameter alone, or the parameters of each driver, in the plan's order; fixed and held ones too."""
    names = [prior.name for prior in plan.priors]
    if by == "parameter":
        return {name: (name,) for name in names}
    owners = driver_of_parameters(plan)
    return {
        driver: tuple(n for n in names if owners[n] == driver)
        for driver in dict.fromkeys(owners.values())
    }


def driver_of_parameters(plan: Plan) -> dict[str, str]:
    """The driver of each parameter: the file of the first driver, in the model's order, that uses it.

    What a milestone reads belongs to "thresholds" instead.
    """
    names = [prior.name for prior in plan.priors]
    joined = model.join_drivers(names)
    thresholds = {name for milestone in plan.milestones for name in milestone.parameters}
    every = [*joined.order, *(driver for driver in drivers.all_drivers() if driver.stepped)]
    owners: dict[str, str] = {}
    for driver in every:
        file = driver.function.__module__.rpartition(".")[2]
        for name in driver.parameters:
            owners.setdefault(name, file)
        for group in driver.members.values():
            owners |= {name: file for name in names if group.split(name)}
    return {n: THRESHOLDS if n in thresholds or n not in owners else owners[n] for n in names}
