"""How long the largest runs last."""

from simulator.arrays import Array
from simulator.drivers.driver import Limit, Quantity, Rate, gives
from simulator.drivers.growth import saturating


@gives({"duration": Quantity("OOM", "Length of a training run over the anchor's")})
def duration(t: Array, duration_growth: Rate, duration_limit: Limit) -> Array:
    """Length of a training run over the anchor's.

        duration = saturating(growth, limit, t)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    duration_growth : (draw) [OOM/year]
    duration_limit : (draw) [OOM]

    Returns
    -------
    (year, draw) [OOM]
    """
    return saturating(duration_growth, duration_limit, t)
