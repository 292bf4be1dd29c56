"""A compiled plan, and blocks of draws simulated with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from simulator import model, sampling
from simulator.arrays import Array, unbuffered
from simulator.distributions.distribution import InverseCdf
from simulator.distributions.domain import NOT_NEGATIVE, REAL
from simulator.errors import DrawFailed
from simulator.inputs.plan import Plan
from simulator.model import Model, arrival
from simulator.sampling import Copula

BLOCK_DRAWS = 1024  # draws whose arrays fit the cache together

FREED_ONCE = 22 * 2**20  # bytes, half of what a block frees and a little more


@dataclass(frozen=True)
class CompiledPlan:
    """A plan made ready to simulate, once for all of its blocks.

    Attributes
    ----------
    model : the drivers joined for the plan's parameters
    copula : the factored correlations
    inverse_cdfs : parameter -> its prior's inverse cdf
    levels : parameter -> (draw) [probability], in place of those that the plan's seed gives
    first_level : number of the draw whose levels come first
    """

    plan: Plan
    model: Model
    copula: Copula
    inverse_cdfs: Mapping[str, InverseCdf]
    levels: Mapping[str, Array] | None = None
    first_level: int = 0


class Block(NamedTuple):
    """Draws simulated together.

    Attributes
    ----------
    draws : their numbers
    parameters : name -> (draw) [each in its own unit]
    series : name -> (year, draw) [each in its own unit]
    arrivals : (milestone, draw) [year], inf where not reached
    """

    draws: range
    parameters: dict[str, Array]
    series: dict[str, Array]
    arrivals: Array


def compile_plan(plan: Plan) -> CompiledPlan:
    """Join the model, factor the copula and prepare the inverse cdfs of a plan.

    Correlations with fixed parameters are dropped only where no copula has them all. Else a fixed parameter keeps its
    score, so that the scores of its partners are the same in every scenario.
    """
    names = [prior.name for prior in plan.priors]
    fixed = {prior.name for prior in plan.priors if prior.family == "fixed"}
    try:
        copula = sampling.gaussian_copula(names, plan.correlations)
    except sampling.NotPositiveSemidefinite:
        pairs = [pair for pair in plan.correlations if not {pair[0], pair[1]} & fixed]
        copula = sampling.gaussian_copula(names, pairs)
    inverse_cdfs = {p.name: p.distribution.prepared_inverse_cdf() for p in plan.priors}
    return CompiledPlan(plan, model.join_drivers(names), copula, inverse_cdfs)


def simulate_block(compiled: CompiledPlan, draws: range, checked: bool = True) -> Block:
    """Simulate draws, from their probability levels to their arrivals.

    Parameters
    ----------
    compiled : the plan
    draws : their numbers
    checked : whether a value that is no finite number is an error

    Returns
    -------
    parameters, series and arrivals of the draws

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is no finite number
    """
    return simulate_parameters(compiled, draws, drawn_parameters(compiled, draws), checked)


def drawn_parameters(compiled: CompiledPlan, draws: range) -> dict[str, Array]:
    """The parameters of draws, computed ones too.

    Parameters
    ----------
    compiled : the plan
    draws : their numbers

    Returns
    -------
    name -> (draw) [each in its own unit]
    """
    plan = compiled.plan
    names = [prior.name for prior in plan.priors]
    if compiled.levels is None and plan.design == "sobol":
        independent = sampling.sobol_levels(plan.seed, names, draws)
        levels = sampling.correlate(plan.sampling, compiled.copula, names, independent)
    elif compiled.levels is None:
        levels = sampling.correlated_levels(plan.sampling, compiled.copula, names, draws)
    else:
        rows = slice(draws.start - compiled.first_level, draws.stop - compiled.first_level)
        levels = {name: compiled.levels[name][rows] for name in names}
    return plan.with_computed(parameter_values(compiled, levels))


def simulate_medians(compiled: CompiledPlan) -> Block:
    """Simulate one draw whose parameters are at their medians, or at the levels at which they are held."""
    names = [prior.name for prior in compiled.plan.priors]
    levels = {name: np.array([compiled.plan.hold.get(name, 0.5)]) for name in names}
    return simulate_parameters(compiled, range(1), parameter_values(compiled, levels))


def parameter_values(compiled: CompiledPlan, levels: Mapping[str, Array]) -> dict[str, Array]:
    """Parameters at probability levels, `F^-1(level)` of each prior.

    Parameters
    ----------
    compiled : the plan
    levels : name -> (draw) [probability], of all of the plan's parameters

    Returns
    -------
    name -> (draw) [each in its own unit]
    """
    return {name: inverse(levels[name]) for name, inverse in compiled.inverse_cdfs.items()}


@unbuffered()
def simulate_parameters(
    compiled: CompiledPlan, draws: range, parameters: dict[str, Array], checked: bool = True
) -> Block:
    """Simulate draws of known parameters.

    Parameters
    ----------
    compiled : the plan
    draws : their numbers
    parameters : name -> (draw) [each in its own unit]; computed ones may be left out
    checked : whether a value that is no finite number is an error

    Returns
    -------
    parameters, series and arrivals of the draws

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is no finite number
    """
    _keep_freed_memory()
    plan = compiled.plan
    parameters = plan.with_computed(parameters)
    if checked:
        _check_computed(parameters, plan, draws)
    series = model.evaluate(compiled.model, parameters, plan.grid)
    if checked:
        _check_finite(series, plan, draws)
    return Block(draws, parameters, series, first_passages(plan, parameters, series))


def first_passages(
    plan: Plan, parameters: Mapping[str, Array], series: Mapping[str, Array]
) -> Array:
    """Arrivals at the plan's milestones.

    Parameters
    ----------
    plan : with the milestones
    parameters : name -> (draw) [each in its own unit]
    series : name -> (year, draw) [each in its own unit]

    Returns
    -------
    (milestone, draw) [year], inf where not reached
    """
    years, draws = plan.grid.years, len(next(iter(parameters.values())))
    arrivals = [arrival(milestone, series, parameters, years) for milestone in plan.milestones]
    return np.reshape(arrivals, (-1, draws))


@cache
def _keep_freed_memory() -> None:
    """Have the C library keep the memory of a block for the next one; once a process.

    glibc gives the system back what is free at a heap's end beyond twice the largest array that was ever freed. Blocks
    free 42 MB in arrays of 1 MB, and to have their pages made again takes as long as to compute them.
    """
    np.empty(FREED_ONCE, np.uint8)


def _check_computed(parameters: dict[str, Array], plan: Plan, draws: range) -> None:
    lags = {milestone.lag for milestone in plan.milestones}
    for each in plan.computed:
        declared = model.declaration(each.name)
        undeclared = NOT_NEGATIVE if each.name in lags else REAL
        domain = declared.domain if declared else undeclared
        values = np.broadcast_to(parameters[each.name], len(draws))
        allowed = domain.contains(values)
        if not allowed.all():
            column = int(np.argmin(allowed))
            what = f"{each.name} = {each.formula} is {values[column]}"
            words = "finite" if domain == REAL else f"finite and {domain}"
            raise DrawFailed(draws[column], f"{what}. Its formula must be {words}", plan.name)


def _check_finite(series: dict[str, Array], plan: Plan, draws: range) -> None:
    for name, values in series.items():
        if not np.isfinite(values).all():
            row, column = np.argwhere(~np.isfinite(values))[0]
            draw, year = draws[column], plan.grid.years[row]
            what = f"{name} is {values[row, column]} at {year:g}"
            raise DrawFailed(draw, f"{what}. This is a bug of a driver or of its prior", plan.name)


def simulate_blocks(
    compiled: CompiledPlan, draws: range, size: int = BLOCK_DRAWS
) -> Iterator[Block]:
    """Simulate a range of draws in blocks of at most `size`."""
    for start in range(draws.start, draws.stop, size):
        yield simulate_block(compiled, range(start, min(start + size, draws.stop)))
