"""AI's electricity, and its share of what the United States generate."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import LogMw, Rate, gives
from simulator.drivers.growth import logistic, power10


@gives(
    {"ai_power": "log10 MW", "us_generation": "log10 MW", "ai_power_share": "fraction"},
    logistic=("ai_power",),
)
def electricity(
    t: Array,
    ai_power_start: LogMw,
    ai_power_growth: Rate,
    ai_power_ceiling: LogMw,
    generation_start: LogMw,
    generation_growth: Rate,
) -> tuple[Array, Array, Array]:
    """Average power drawn by AI in the United States, average generation, and the share, at most 1."""
    ai_power = logistic(ai_power_start, ai_power_growth, ai_power_ceiling, t)
    generation = generation_start + generation_growth * t
    return ai_power, generation, power10(np.minimum(0.0, ai_power - generation))
