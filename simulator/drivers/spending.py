"""What money could buy."""

from simulator.arrays import Array
from simulator.drivers.driver import LogUsd, Quantity, Rate, gives
from simulator.drivers.growth import share_of_economy


@gives(
    {
        "affordable_cluster_cost": Quantity(
            "log10 USD", "Hardware cost of the largest cluster that spending allows"
        )
    },
    logistic=("spending",),
)
def spending(
    t: Array,
    spending_start: LogUsd,
    spending_growth: Rate,
    spending_ceiling: LogUsd,
    economy_growth: Rate,
) -> Array:
    """Hardware cost of the largest cluster that spending pays for, toward a share of the economy.

        affordable_cluster_cost = economy_growth * t + logistic(start, growth - economy_growth, ceiling, t)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    spending_start : (draw) [log10 USD]
    spending_growth, economy_growth : (draw) [OOM/year]
    spending_ceiling : (draw) [log10 USD], at the anchor

    Returns
    -------
    (year, draw) [log10 USD]

    References
    ----------
    Cottier et al. (2024), abstract, for the growth
    """
    return share_of_economy(spending_start, spending_growth, spending_ceiling, economy_growth, t)
