"""Algorithmic efficiency: its pace, and one step of it."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import Fraction, Limit, LostShare, Rate, gives


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
    """How fast algorithms progress for want, or not, of growing compute: (year - 1, draw), 1 at the trend.

    `1 - dependence + dependence * compute_pace`, where compute_pace is the growth of compute over its trend at the
    anchor (1 where that is 0). Gundlach et al. (2025): most of the gain rides on scale.
    """
    trend = (
        (1.0 - utilisation_decline) * spending_growth + price_performance_growth + duration_growth
    )
    grown = np.maximum(0.0, np.diff(physical_compute, axis=0))
    still = trend == 0.0
    compute_pace = np.where(still, 1.0, grown / (dt * np.where(still, 1.0, trend)))
    return 1.0 - algorithms_scale_dependence + algorithms_scale_dependence * compute_pace


@gives({"algorithms": "OOM"}, stepped=True)
def algorithms_step(
    algorithms: Array,
    research_speedup: Array,
    pace: Array,
    dt: float,
    algorithms_growth: Rate,
    algorithms_limit: Limit,
) -> Array:
    """What one step adds: the rest to the limit, closed at the sped-up rate; Ho et al. (2024) for the rate."""
    closed = -np.expm1(-algorithms_growth * research_speedup * pace * dt / algorithms_limit)
    return (algorithms_limit - algorithms) * closed
