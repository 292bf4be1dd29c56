"""Physical training compute: money, power, chips and latency, and which of them binds."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import LogChips, LogFlop, LogMw, LogUsd, LostShare, Rate, gives

CEILING_YEAR = 2030.0


@gives(
    {
        "affordable_compute": "OOM",
        "power_limited_compute": "OOM",
        "chip_limited_compute": "OOM",
        "latency_limited_compute": "OOM",
    }
)
def limits(
    year: Array,
    affordable_cluster_cost: Array,
    price_performance: Array,
    energy_efficiency: Array,
    duration: Array,
    spending_start: LogUsd,
    power_start: LogMw,
    power_ceiling: LogMw,
    power_ceiling_growth: Rate,
    chips_start: LogChips,
    chips_ceiling: LogChips,
    chips_ceiling_growth: Rate,
    latency_ceiling: LogFlop,
    anchor_compute: LogFlop,
    utilisation_decline: LostShare,
) -> tuple[Array, Array, Array, Array]:
    """Compute over the anchor's that each limit allows (OOM).

    A cluster `scale` OOM dearer than the anchor's gives `(1 - utilisation_decline) * scale + price_performance +
    duration`; the scales follow from money, from the power and from the chips that may be had. The latency ceiling is
    on the run itself. Sevilla et al. (2024), "Can AI scaling continue through 2030?".
    """
    since = year - CEILING_YEAR
    money_scale = affordable_cluster_cost - spending_start
    power_scale = (
        power_ceiling
        + power_ceiling_growth * since
        - power_start
        + energy_efficiency
        - price_performance
    )
    chip_scale = chips_ceiling + chips_ceiling_growth * since - chips_start - price_performance
    kept = 1.0 - utilisation_decline
    gain = price_performance + duration
    return (
        kept * money_scale + gain,
        kept * power_scale + gain,
        kept * chip_scale + gain,
        latency_ceiling - anchor_compute,
    )


@gives(
    {
        "physical_compute": "OOM",
        "binding_constraint": ("money", "power", "chips", "latency"),
        "training_flop": "log10 FLOP",
    }
)
def physical_compute(
    affordable_compute: Array,
    power_limited_compute: Array,
    chip_limited_compute: Array,
    latency_limited_compute: Array,
    anchor_compute: LogFlop,
) -> tuple[Array, Array, Array]:
    """The smallest of the four limits, which it is (ties: the lower code), and the run's log10 FLOP."""
    least = affordable_compute
    code = np.zeros(least.shape)
    others = (power_limited_compute, chip_limited_compute, latency_limited_compute)
    for number, limit in enumerate(others, start=1):
        code = np.where(limit < least, float(number), code)
        least = np.minimum(least, limit)
    return least, code, anchor_compute + least


@gives({"cluster_cost": "log10 USD", "cluster_chips": "log10 H100e", "cluster_power": "log10 MW"})
def cluster(
    physical_compute: Array,
    price_performance: Array,
    energy_efficiency: Array,
    duration: Array,
    spending_start: LogUsd,
    chips_start: LogChips,
    power_start: LogMw,
    utilisation_decline: LostShare,
) -> tuple[Array, Array, Array]:
    """Cost, chips and power of the cluster that the run in fact needs."""
    scale = (physical_compute - price_performance - duration) / (1.0 - utilisation_decline)
    chips = chips_start + scale + price_performance
    return (
        spending_start + scale,
        chips,
        power_start + scale + price_performance - energy_efficiency,
    )
