"""AI's electricity, and its share of what the United States generate."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import LogMw, Quantity, Rate, gives
from simulator.drivers.growth import logistic, power10


@gives(
    {
        "ai_power": Quantity("log10 MW", "Average power that AI draws in the United States"),
        "us_generation": Quantity(
            "log10 MW", "Average electric power generated in the United States"
        ),
        "ai_power_share": Quantity(
            "fraction", "AI's share of electricity generated in the United States"
        ),
    },
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
    """Average power of AI in the United States, average generation there, and AI's share of it.

        ai_power       = logistic(start, growth, ceiling, t)
        us_generation  = generation_start + generation_growth * t
        ai_power_share = min(1, 10^(ai_power - us_generation))

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    ai_power_start : (draw) [log10 MW]
    ai_power_growth : (draw) [OOM/year]
    ai_power_ceiling, generation_start : (draw) [log10 MW]
    generation_growth : (draw) [OOM/year]

    Returns
    -------
    ai_power, us_generation : (year, draw) [log10 MW]
    ai_power_share : (year, draw) [fraction]
    """
    ai_power = logistic(ai_power_start, ai_power_growth, ai_power_ceiling, t)
    generation = generation_start + generation_growth * t
    return ai_power, generation, power10(np.minimum(0.0, ai_power - generation))
