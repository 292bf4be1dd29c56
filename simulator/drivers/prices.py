"""The price of a fixed capability."""

from simulator.driver import Limit, Rate, gives
from simulator.growth import Array, saturating


@gives({"inference_price": "OOM"})
def inference_price(t: Array, price_decline: Rate, price_decline_limit: Limit) -> Array:
    """Price of a fixed capability over the anchor's: `-saturating(decline, limit, t)`; Cottier et al. (2025)."""
    return -saturating(price_decline, price_decline_limit, t)
