"""Quantiles of parameters that draws compute from others, which have no distribution of their own to ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.inputs.plan import Plan
from simulator.simulate.blocks import compile_plan, drawn_parameters

PRIOR_DRAWS = range(4096)


def computed_quantiles(plan: Plan, name: str, levels: Sequence[float]) -> tuple[float, ...]:
    """Quantiles of a computed parameter in the first 4,096 draws of the prior.

    Parameters
    ----------
    plan : of which it is a computed parameter
    name : of the parameter
    levels : [probability]

    Returns
    -------
    (level) [the parameter's unit]
    """
    values = drawn_parameters(compile_plan(plan), PRIOR_DRAWS)[name]
    return tuple(float(each) for each in np.quantile(values, levels))
