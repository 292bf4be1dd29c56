"""Algorithmic efficiency: its pace, and one step of it."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import Fraction, Limit, LostShare, Quantity, Rate, gives
from simulator.drivers.growth import logistic


@gives({"_algorithms_pace": "1"})
def pace(
    dt: float,
    physical_compute: Array,
    utilisation_decline: LostShare,
    spending_growth: Rate,
    price_performance_growth: Rate,
    duration_growth: Rate,
    algorithms_scale_dependence: Fraction,
) -> Array:
    """Pace of algorithms in each step, which slows as compute grows below its trend; 1 at the trend.

        trend        = (1 - utilisation_decline) * spending_growth + price_performance_growth + duration_growth
        compute_pace = max(0, physical_compute_(k+1) - physical_compute_k) / (dt * trend), 1 where trend is 0
        pace         = 1 - algorithms_scale_dependence + algorithms_scale_dependence * compute_pace

    Parameters
    ----------
    dt : length of a step [year]
    physical_compute : (year, draw) [OOM]
    utilisation_decline : (draw) [fraction]
    spending_growth, price_performance_growth, duration_growth : (draw) [OOM/year]
    algorithms_scale_dependence : (draw) [fraction]

    Returns
    -------
    (year - 1, draw) [1]

    References
    ----------
    Gundlach et al. (2025): most of the gain depends on scale
    """
    trend = (
        (1.0 - utilisation_decline) * spending_growth + price_performance_growth + duration_growth
    )
    grown = np.maximum(0.0, np.diff(physical_compute, axis=0))
    still = trend == 0.0
    compute_pace = np.where(still, 1.0, grown / (dt * np.where(still, 1.0, trend)))
    return 1.0 - algorithms_scale_dependence + algorithms_scale_dependence * compute_pace


@gives(
    {"algorithms": Quantity("OOM", "Gain from algorithms, as training compute of the same effect")},
    stepped=True,
)
def algorithms_step(
    algorithms: Array,
    research_speedup: Array,
    pace: Array,
    dt: float,
    algorithms_growth: Rate,
    algorithms_limit: Limit,
) -> Array:
    """Growth of algorithms in one step: efficiency, ten to this power, is logistic toward its limit.

        added = logistic(algorithms, growth * research_speedup * pace, limit, dt) - algorithms

    Parameters
    ----------
    algorithms : (draw) [OOM]
    research_speedup, pace : (draw) [1]
    dt : length of a step [year]
    algorithms_growth : (draw) [OOM/year]
    algorithms_limit : (draw) [OOM]

    Returns
    -------
    (draw) [OOM]

    References
    ----------
    Ho et al. (2024), for the rate; the Direct Approach's timeline model (Epoch AI, 2023) for a limit on efficiency
    itself, which the growth of its logarithm hardly feels until it is near
    """
    rate = algorithms_growth * research_speedup * pace
    return logistic(algorithms, rate, algorithms_limit, dt) - algorithms
