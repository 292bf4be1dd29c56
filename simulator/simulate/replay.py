"""One draw as a record: its parameters, every series, its arrivals."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.inputs.plan import Plan
from simulator.model import milestone_threshold
from simulator.simulate.blocks import (
    Block,
    CompiledPlan,
    compile_plan,
    simulate_block,
    simulate_medians,
    simulate_parameters,
)


def replay(plan: Plan, draw: int, card: Array | None = None) -> dict[str, Any]:
    """One draw: its parameters, every series, its arrivals; the same numbers as in its place in the whole.

    A draw that fails is told too. One that was walked to the evidence in stages is known by its card alone,
    (parameter).
    """
    compiled, draws = compile_plan(plan), range(draw, draw + 1)
    if card is None:
        return draw_record(compiled, simulate_block(compiled, draws, checked=False), draw)
    values = zip(plan.priors, card, strict=True)
    parameters = {prior.name: np.array([value]) for prior, value in values}
    return draw_record(
        compiled, simulate_parameters(compiled, draws, parameters, checked=False), draw
    )


def median_draw(plan: Plan) -> dict[str, Any]:
    """One draw at the medians, told as `replay` does."""
    compiled = compile_plan(plan)
    return draw_record(compiled, simulate_medians(compiled), None)


def draw_record(compiled: CompiledPlan, block: Block, draw: int | None) -> dict[str, Any]:
    """Tell a block of one draw in plain numbers; inf is a milestone not reached."""
    plan, known = compiled.plan, compiled.model.series
    marks = {
        m.name: {
            "series": m.series,
            "direction": m.direction,
            "threshold": float(np.ravel(milestone_threshold(m, block.parameters))[0]),
        }
        for m in plan.milestones
    }
    values = {
        name: [int(v) if known[name].codes else float(v) for v in block.series[name][:, 0]]
        for name in known
    }
    return {
        "draw": draw,
        "anchor_year": plan.anchor_year,
        "parameters": {name: float(value[0]) for name, value in block.parameters.items()},
        "year": plan.grid.years.tolist(),
        "series": values,
        "milestones": marks,
        "arrivals": {m: float(a[0]) for m, a in zip(marks, block.arrivals, strict=True)},
    }
