"""A compiled plan, and blocks of draws simulated with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulator import model, sampling
from simulator.arrays import Array
from simulator.errors import DrawFailed
from simulator.inputs.plan import Plan
from simulator.model import Model, first_passage, milestone_threshold
from simulator.sampling import Copula

BLOCK_DRAWS = 1024  # draws whose arrays fit the cache together


@dataclass(frozen=True)
class CompiledPlan:
    """A plan made ready to walk: its model joined, its copula factored."""

    plan: Plan
    model: Model
    copula: Copula
    given: Mapping[str, Array] | None = (
        None  # name -> (draw) levels in place of the plan's own luck
    )


class Block(NamedTuple):
    """Draws walked together: their cards, and all of their series.

    parameters : name -> (draw); series : name -> (year, draw); arrivals : (milestone, draw) [year]
    """

    draws: range
    parameters: dict[str, Array]
    series: dict[str, Array]
    arrivals: Array


def compile_plan(plan: Plan) -> CompiledPlan:
    """Join and factor what every block of a plan needs."""
    names = [prior.name for prior in plan.priors]
    fixed = {prior.name for prior in plan.priors if prior.family == "fixed"}
    try:  # fixed parameters keep their luck, so that their partners' is the same in every world
        copula = sampling.gaussian_copula(names, plan.correlations)
    except sampling.NotPositiveSemidefinite:
        pairs = [pair for pair in plan.correlations if not {pair[0], pair[1]} & fixed]
        copula = sampling.gaussian_copula(names, pairs)
    return CompiledPlan(plan, model.join_drivers(names), copula)


def simulate_block(compiled: CompiledPlan, draws: range, checked: bool = True) -> Block:
    """Walk draws from their luck to their arrivals.

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is no number, when it is `checked` for that
    """
    plan = compiled.plan
    names = [prior.name for prior in plan.priors]
    if compiled.given is None:
        levels = sampling.correlated_levels(plan.sampling, compiled.copula, names, draws)
    else:
        levels = {name: compiled.given[name][draws.start : draws.stop] for name in names}
    return simulate_parameters(compiled, draws, parameter_values(plan, levels), checked)


def simulate_medians(compiled: CompiledPlan) -> Block:
    """One draw with every parameter at its median, but those that are held."""
    names = [prior.name for prior in compiled.plan.priors]
    levels = {name: np.array([compiled.plan.hold.get(name, 0.5)]) for name in names}
    return simulate_parameters(compiled, range(1), parameter_values(compiled.plan, levels))


def parameter_values(plan: Plan, levels: Mapping[str, Array]) -> dict[str, Array]:
    """Parameters at these levels: name -> (draw) [each in its own unit]."""
    return {p.name: p.distribution.inverse_cdf(levels[p.name]) for p in plan.priors}


def simulate_parameters(
    compiled: CompiledPlan, draws: range, parameters: dict[str, Array], checked: bool = True
) -> Block:
    """Walk draws whose parameters are known to their arrivals."""
    plan = compiled.plan
    series = model.evaluate(compiled.model, parameters, plan.grid)
    if checked:
        _check_finite(series, plan, draws)
    years = plan.grid.years
    arrivals = [
        first_passage(series[m.series], m.direction, milestone_threshold(m, parameters), years)
        for m in plan.milestones
    ]
    return Block(draws, parameters, series, np.reshape(arrivals, (-1, len(draws))))


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
    """Walk a range of draws block by block."""
    for start in range(draws.start, draws.stop, size):
        yield simulate_block(compiled, range(start, min(start + size, draws.stop)))
