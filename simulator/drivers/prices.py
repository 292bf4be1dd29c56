"""The price of a fixed capability."""

from simulator.arrays import Array
from simulator.drivers.driver import Limit, Quantity, Rate, gives
from simulator.drivers.growth import saturating


@gives({"inference_price": Quantity("OOM", "Price of a fixed capability over the anchor's")})
def inference_price(t: Array, price_decline: Rate, price_decline_limit: Limit) -> Array:
    """Price of a fixed capability over the anchor's.

        inference_price = -saturating(price_decline, price_decline_limit, t)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    price_decline : (draw) [OOM/year]
    price_decline_limit : (draw) [OOM]

    Returns
    -------
    (year, draw) [OOM]

    References
    ----------
    Cottier et al. (2025)
    """
    return -saturating(price_decline, price_decline_limit, t)
