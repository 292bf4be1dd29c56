"""Draws that are weighed by a scenario's observations, so that what is read off them is of its posterior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.arrays import Array
from simulator.errors import Fault, InputFault
from simulator.evidence.weights import LEAST_EFFECTIVE, WORST_K, smoothed_weights
from simulator.inputs.observations import Observation
from simulator.inputs.plan import Plan
from simulator.sensitivity.bootstrap import BootstrapCounts
from simulator.summaries.result import ImportanceWeights

POSTERIOR, PRIOR = "posterior", "prior"

Observations = Sequence[Observation]


def observations_of(plan: Plan, prior: bool) -> tuple[Observation, ...]:
    """What draws of a plan are to be weighed by: its observations, or none for an answer of the prior."""
    return () if prior else plan.observations


def observed_series(observations: Observations) -> list[str]:
    """Names of the series that observations are held against."""
    return [each.condition.series if each.condition else each.series for each in observations]


def milestone_parameters(observations: Observations) -> frozenset[str]:
    """Names of the parameters that observed milestones read."""
    conditions = (each.condition for each in observations if each.condition)
    return frozenset(name for condition in conditions for name in condition.parameters)


def draw_weights(name: str, observations: Observations, log_likelihood: Array) -> ImportanceWeights:
    """Pareto smoothed weights of draws.

    Parameters
    ----------
    name : of what was simulated, for the message
    observations : that the log-likelihood is of, for the message
    log_likelihood : (draw) [nats]

    Returns
    -------
    (draw) [1]; all 1 without observations

    Raises
    ------
    InputFault
        when no draw agrees with the observations
    """
    if np.isfinite(log_likelihood).any():
        return smoothed_weights(log_likelihood)
    names = ", ".join(each.name for each in observations)
    what = f"none of {len(log_likelihood):,} draws agrees with all of {names}"
    fix = "take more draws, or --prior"
    raise InputFault([Fault(name, "", "", what, "draws that the observations leave possible", fix)])


def weighted_counts(times: BootstrapCounts, weights: ImportanceWeights) -> Array:
    """Weight of each draw in each replicate: how often the replicate has it, times its importance weight.

    Parameters
    ----------
    times : (1 + replicates, draw), how often each replicate has each draw
    weights : (draw) importance weights

    Returns
    -------
    (1 + replicates, draw) [1]
    """
    return times * weights.whole.astype(float)


def weight_warnings(name: str, weights: ImportanceWeights) -> list[str]:
    """Warnings where so few draws carry a posterior that its answers are not to be trusted.

    Parameters
    ----------
    name : of what was simulated
    weights : of its draws

    Returns
    -------
    one sentence each
    """
    warnings = []
    if weights.effective < LEAST_EFFECTIVE:
        warnings.append(f"{name}: the effective number of draws is {weights.effective:,.0f}")
    if weights.pareto_k > WORST_K:
        warnings.append(f"{name}: Pareto k is {weights.pareto_k:.2f}, above {WORST_K:g}")
    return [f"{each}; take more --draws" for each in warnings]
