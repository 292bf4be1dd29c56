"""How long the largest runs last."""

from simulator.arrays import Array
from simulator.drivers.driver import Limit, Rate, gives
from simulator.drivers.growth import saturating


@gives({"duration": "OOM"})
def duration(t: Array, duration_growth: Rate, duration_limit: Limit) -> Array:
    """Seconds a training run lasts, over the anchor's: `saturating(growth, limit, t)`."""
    return saturating(duration_growth, duration_limit, t)
