"""One draw as a record: its parameters, every series, its arrivals."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.inputs.plan import Plan
from simulator.model import value_in_draws
from simulator.simulate.blocks import (
    Block,
    CompiledPlan,
    compile_plan,
    simulate_block,
    simulate_medians,
    simulate_parameters,
)


def replay(plan: Plan, draw: int, values: Array | None = None) -> dict[str, Any]:
    """One draw, with the numbers that it has in its run; values that are no finite numbers are not an error.

    Parameters
    ----------
    plan : the run's
    draw : its number
    values : (parameter) [each in its own unit], in the plan's order; those of the plan's seed when left out. A draw of
        tempered SMC is known by them alone.

    Returns
    -------
    the record, as `draw_record` gives it
    """
    compiled, draws = compile_plan(plan), range(draw, draw + 1)
    if values is None:
        return draw_record(compiled, simulate_block(compiled, draws, checked=False), draw)
    pairs = zip(plan.priors, values, strict=True)
    parameters = {prior.name: np.array([value]) for prior, value in pairs}
    return draw_record(
        compiled, simulate_parameters(compiled, draws, parameters, checked=False), draw
    )


def median_draw(plan: Plan) -> dict[str, Any]:
    """The record of one draw at the medians of the priors, as `draw_record` gives it."""
    compiled = compile_plan(plan)
    return draw_record(compiled, simulate_medians(compiled), None)


def draw_record(compiled: CompiledPlan, block: Block, draw: int | None) -> dict[str, Any]:
    """Record a block of one draw in plain numbers.

    Returns
    -------
    draw : its number, None at the medians
    anchor_year : [year]
    parameters : name -> value [each in its own unit]
    year : (year) [year]
    series : name -> (year) [each in its own unit]
    milestones : name -> series, direction, the draw's threshold [the series' unit], and its lag [years] if it has one
    arrivals : name -> [year], inf where not reached
    """
    plan, described = compiled.plan, compiled.model.series
    milestones = {
        m.name: {
            "series": m.series,
            "direction": m.direction,
            "threshold": float(np.ravel(value_in_draws(m.threshold, block.parameters))[0]),
            **(
                {"lag": float(np.ravel(value_in_draws(m.lag, block.parameters))[0])}
                if m.lag
                else {}
            ),
        }
        for m in plan.milestones
    }
    values = {
        name: [int(v) if described[name].codes else float(v) for v in block.series[name][:, 0]]
        for name in described
    }
    return {
        "draw": draw,
        "anchor_year": plan.anchor_year,
        "parameters": {name: float(value[0]) for name, value in block.parameters.items()},
        "year": plan.grid.years.tolist(),
        "series": values,
        "milestones": milestones,
        "arrivals": {m: float(a[0]) for m, a in zip(milestones, block.arrivals, strict=True)},
    }
