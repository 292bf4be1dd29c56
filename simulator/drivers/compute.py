"""Physical training compute: money, power, chips and latency, and which of them binds."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import (
    LogChips,
    LogFlop,
    LogMw,
    LogUsd,
    LostShare,
    Quantity,
    Rate,
    Share,
    gives,
)

CEILING_YEAR = 2030.0


@gives(
    {
        "affordable_compute": Quantity("OOM", "Compute over the anchor's that spending allows"),
        "power_limited_compute": Quantity(
            "OOM", "Compute over the anchor's that electric power allows"
        ),
        "chip_limited_compute": Quantity(
            "OOM", "Compute over the anchor's that the supply of chips allows"
        ),
        "latency_limited_compute": Quantity(
            "OOM", "Compute over the anchor's that latency within a run allows"
        ),
    }
)
def limits(
    year: Array,
    affordable_cluster_cost: Array,
    price_performance: Array,
    energy_efficiency: Array,
    duration: Array,
    ai_power: Array,
    chip_stock: Array,
    cluster_share: Share,
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
    """Compute, over the anchor's, that money, power, chips and latency each allow.

        power       = min(power_ceiling + power_ceiling_growth * (year - 2030), ai_power + cluster_share)
        chips       = min(chips_ceiling + chips_ceiling_growth * (year - 2030), chip_stock + cluster_share)
        money_scale = affordable_cluster_cost - spending_start
        power_scale = power - power_start + energy_efficiency - price_performance
        chip_scale  = chips - chips_start - price_performance

        compute = (1 - utilisation_decline) * scale + price_performance + duration    for each of the three scales
        latency = latency_ceiling - anchor_compute

    A scale is how many OOM dearer than the anchor's the cluster may be; the latency ceiling is on the run itself.

    Parameters
    ----------
    year : (year, 1) [year]
    affordable_cluster_cost : (year, draw) [log10 USD]
    price_performance, energy_efficiency, duration : (year, draw) [OOM]
    ai_power : (year, draw) [log10 MW]
    chip_stock : (year, draw) [log10 H100e]
    cluster_share : (draw) [log10 fraction], of AI power and of all chips that one cluster may have
    spending_start : (draw) [log10 USD]
    power_start, power_ceiling : (draw) [log10 MW]
    power_ceiling_growth : (draw) [OOM/year]
    chips_start, chips_ceiling : (draw) [log10 H100e]
    chips_ceiling_growth : (draw) [OOM/year]
    latency_ceiling, anchor_compute : (draw) [log10 FLOP]
    utilisation_decline : (draw) [fraction]

    Returns
    -------
    affordable_compute, power_limited_compute, chip_limited_compute : (year, draw) [OOM]
    latency_limited_compute : (draw) [OOM]

    References
    ----------
    Sevilla et al. (2024), "Can AI scaling continue through 2030?"
    """
    since = year - CEILING_YEAR
    money_scale = affordable_cluster_cost - spending_start
    power = np.minimum(power_ceiling + power_ceiling_growth * since, ai_power + cluster_share)
    chips = np.minimum(chips_ceiling + chips_ceiling_growth * since, chip_stock + cluster_share)
    power_scale = power - power_start + energy_efficiency - price_performance
    chip_scale = chips - chips_start - price_performance
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
        "physical_compute": Quantity(
            "OOM", "Training compute of the largest run over the anchor's"
        ),
        "binding_constraint": Quantity(
            "code",
            "What limits the compute of the largest run",
            ("money", "power", "chips", "latency"),
        ),
        "training_flop": Quantity("log10 FLOP", "Training compute of the largest run"),
    }
)
def physical_compute(
    affordable_compute: Array,
    power_limited_compute: Array,
    chip_limited_compute: Array,
    latency_limited_compute: Array,
    anchor_compute: LogFlop,
) -> tuple[Array, Array, Array]:
    """Physical training compute: the smallest of the four limits.

        physical_compute   = min(money, power, chips, latency)
        binding_constraint = 0 money, 1 power, 2 chips, 3 latency; of equal ones the lower
        training_flop      = anchor_compute + physical_compute

    Parameters
    ----------
    affordable_compute, power_limited_compute, chip_limited_compute : (year, draw) [OOM]
    latency_limited_compute : (draw) [OOM]
    anchor_compute : (draw) [log10 FLOP]

    Returns
    -------
    physical_compute : (year, draw) [OOM]
    binding_constraint : (year, draw) [code]
    training_flop : (year, draw) [log10 FLOP]
    """
    least = affordable_compute
    code = np.zeros(least.shape)
    others = (power_limited_compute, chip_limited_compute, latency_limited_compute)
    for number, limit in enumerate(others, start=1):
        code = np.where(limit < least, float(number), code)
        least = np.minimum(least, limit)
    return least, code, anchor_compute + least


@gives(
    {
        "cluster_cost": Quantity("log10 USD", "Hardware cost of the cluster of the largest run"),
        "cluster_chips": Quantity(
            "log10 H100e", "Chips in the cluster of the largest run, in H100 equivalents"
        ),
        "cluster_power": Quantity("log10 MW", "Power of the cluster of the largest run"),
    }
)
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
    """Cost, chips and power of the cluster that the run needs.

        scale         = (physical_compute - price_performance - duration) / (1 - utilisation_decline)
        cluster_cost  = spending_start + scale
        cluster_chips = chips_start + scale + price_performance
        cluster_power = power_start + scale + price_performance - energy_efficiency

    Parameters
    ----------
    physical_compute, price_performance, energy_efficiency, duration : (year, draw) [OOM]
    spending_start : (draw) [log10 USD]
    chips_start : (draw) [log10 H100e]
    power_start : (draw) [log10 MW]
    utilisation_decline : (draw) [fraction]

    Returns
    -------
    cluster_cost : (year, draw) [log10 USD]
    cluster_chips : (year, draw) [log10 H100e]
    cluster_power : (year, draw) [log10 MW]
    """
    scale = (physical_compute - price_performance - duration) / (1.0 - utilisation_decline)
    chips = chips_start + scale + price_performance
    return (
        spending_start + scale,
        chips,
        power_start + scale + price_performance - energy_efficiency,
    )
