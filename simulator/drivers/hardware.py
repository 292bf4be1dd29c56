"""What turns money, and watts, into compute."""

from simulator.arrays import Array
from simulator.drivers.driver import Limit, Quantity, Rate, gives
from simulator.drivers.growth import saturating


@gives(
    {
        "price_performance": Quantity(
            "OOM", "Computing speed per dollar of hardware over the anchor's"
        )
    }
)
def price_performance(
    t: Array, price_performance_growth: Rate, price_performance_limit: Limit
) -> Array:
    """FLOP/s per USD over the anchor's.

        price_performance = saturating(growth, limit, t)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    price_performance_growth : (draw) [OOM/year]
    price_performance_limit : (draw) [OOM]

    Returns
    -------
    (year, draw) [OOM]

    References
    ----------
    Hobbhahn and Besiroglu (2022)
    """
    return saturating(price_performance_growth, price_performance_limit, t)


@gives({"energy_efficiency": Quantity("OOM", "Computing speed per watt over the anchor's")})
def energy_efficiency(
    t: Array, energy_efficiency_growth: Rate, energy_efficiency_limit: Limit
) -> Array:
    """FLOP/s per W over the anchor's.

        energy_efficiency = saturating(growth, limit, t)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    energy_efficiency_growth : (draw) [OOM/year]
    energy_efficiency_limit : (draw) [OOM]

    Returns
    -------
    (year, draw) [OOM]

    References
    ----------
    Sevilla et al. (2024), power
    """
    return saturating(energy_efficiency_growth, energy_efficiency_limit, t)
