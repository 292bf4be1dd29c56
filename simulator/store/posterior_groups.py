"""The groups of a conditioned result that are about its posterior, in the names of ArviZ.

The kept draws of a weighted run are of the prior; `posterior` resamples them by weight, systematically, so that a draw
appears as often as its weight implies, rounded up or down; `prior_draw` of `sample_stats` names them. Draws of tempered
SMC are of the posterior as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from simulator import model, sampling
from simulator.arrays import Array, Whole
from simulator.evidence.influence import observation_likelihoods
from simulator.evidence.tempered import resampled_parents
from simulator.inputs.observations import Observation
from simulator.simulate.blocks import compile_plan, parameter_values
from simulator.summaries.result import Result

Variable = tuple[tuple[str, ...], Any, dict[str, Any]]

DRAWN = ("chain", "draw")


def posterior_draws(result: Result) -> Whole:
    """Numbers of the kept draws that represent the posterior, each as often as its weight implies.

    Parameters
    ----------
    result : of a run that conditions

    Returns
    -------
    (draw), not falling
    """
    kept = len(result.parameters)
    if result.plan.is_tempered:
        return np.arange(kept)
    assert result.weights is not None
    weights = result.weights.whole[:kept]
    return resampled_parents(weights / weights.sum(), np.random.default_rng(result.plan.seed))


def prior_parameters(result: Result) -> Array:
    """Parameters of draws of the prior: those that are kept, or after tempered SMC those that the seed gives.

    Parameters
    ----------
    result : of a run that conditions

    Returns
    -------
    (draw, parameter) [each in its own unit]
    """
    if not result.plan.is_tempered:
        return result.parameters
    plan, compiled = result.plan, compile_plan(result.plan)
    names, draws = [prior.name for prior in plan.priors], range(len(result.parameters))
    levels = sampling.correlated_levels(plan.sampling, compiled.copula, names, draws)
    values = parameter_values(compiled, levels)
    return np.column_stack([values[name] for name in names])


def log_likelihoods(result: Result, draws: Whole) -> Array:
    """Log-likelihood of each observation given the others, in kept draws; only what they need is simulated.

    Parameters
    ----------
    result : of a run that conditions
    draws : (draw) numbers of kept draws

    Returns
    -------
    (draw, observation) [nats]
    """
    plan, compiled = result.plan, compile_plan(result.plan)
    series = [o.condition.series if o.condition else o.series for o in plan.observations]
    narrow = replace(
        compiled,
        plan=plan.model_copy(update={"milestones": ()}),
        model=model.upstream(compiled.model, series),
    )
    distinct, inverse = np.unique(draws, return_inverse=True)
    likelihoods = observation_likelihoods(narrow, np.asarray(result.parameters[distinct]))
    return likelihoods.given_others[:, inverse].T


def sample_statistics(result: Result, draws: Whole) -> dict[str, Variable]:
    """Importance weights of the kept draws over their mean among all draws, and which draws were resampled.

    Parameters
    ----------
    result : of a run that conditions
    draws : (draw) as `posterior_draws` gives them

    Returns
    -------
    weight : (chain, draw) [1], of the draw of each number
    prior_draw : (chain, draw), the number in `prior` of each draw of `posterior`; not after tempered SMC
    """
    assert result.weights is not None
    weights = result.weights
    relative = weights.whole[: len(result.parameters)] / weights.whole.mean()
    name = "importance weight of the draw of this number"
    name += " of the posterior" if result.plan.is_tempered else " of the prior"
    attributes = {
        "units": "1",
        "long_name": name,
        "effective_draws": weights.effective,
        "pareto_k": weights.pareto_k,
    }
    variables: dict[str, Variable] = {"weight": (DRAWN, relative[np.newaxis], attributes)}
    if not result.plan.is_tempered:
        long_name = "number of the draw of the prior that stands at this place of the posterior"
        variables["prior_draw"] = (DRAWN, draws[np.newaxis], {"units": "1", "long_name": long_name})
    return variables


def observed_variables(result: Result) -> tuple[dict[str, Variable], dict[str, Any]]:
    """What was observed, its deviation and its date, with coordinates: (observation)."""
    observations = result.plan.observations
    dims = ("observation",)

    def column(values: list[float], units: str, name: str) -> Variable:
        return dims, np.array(values, float), {"units": units, "long_name": name}

    long_name = (
        "observed value, in the unit of the coordinate `unit`, or a bound where `censored` says on which side the "
        "value lies; of a milestone whether it was met"
    )
    variables = {
        "observed": column([_observed(each) for each in observations], "1", long_name),
        "sd": column(
            [float("nan") if each.condition else each.spread for each in observations],
            "1",
            "standard deviation of measurement and discrepancy",
        ),
        "date": column([each.year for each in observations], "year", "date of the observation"),
    }
    return variables, observation_coordinates(result)


def observation_coordinates(result: Result) -> dict[str, Any]:
    """Names of the observations, of what they are of, and their units."""
    observations = result.plan.observations
    of = [each.milestone or each.series for each in observations]
    units = ["met" if each.condition else each.unit for each in observations]
    return {
        "observation": ("observation", [each.name for each in observations]),
        "of": ("observation", of),
        "unit": ("observation", units),
        "censored": ("observation", [each.censored for each in observations]),
    }


def _observed(observation: Observation) -> float:
    return float(observation.met) if observation.condition else observation.value
