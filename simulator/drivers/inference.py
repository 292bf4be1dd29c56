"""Compute spent at inference, in OOM of training compute that would do as much."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import Date, Factor, Limit, Rate, gives
from simulator.drivers.growth import saturating


@gives({"inference": "OOM"})
def inference(
    year: Array,
    inference_start: Date,
    inference_growth: Rate,
    inference_limit: Limit,
    inference_exchange: Factor,
) -> Array:
    """`exchange * saturating(growth, limit, years since the start)`; Jones (2021) for the exchange."""
    since = np.maximum(0.0, year - inference_start)
    return inference_exchange * saturating(inference_growth, inference_limit, since)
