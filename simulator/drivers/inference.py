"""Compute spent at inference, in OOM of training compute that would do as much."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import Date, Factor, Limit, Quantity, Rate, gives
from simulator.drivers.growth import saturating


@gives({"inference": Quantity("OOM", "Inference compute, as training compute of the same effect")})
def inference(
    year: Array,
    inference_start: Date,
    inference_growth: Rate,
    inference_limit: Limit,
    inference_exchange: Factor,
) -> Array:
    """Compute spent at inference, as training compute of the same effect.

        inference = exchange * saturating(growth, limit, max(0, year - inference_start))

    Parameters
    ----------
    year : (year, 1) [year]
    inference_start : (draw) [year]
    inference_growth : (draw) [OOM/year]
    inference_limit : (draw) [OOM]
    inference_exchange : (draw) [1]

    Returns
    -------
    (year, draw) [OOM]

    References
    ----------
    Jones (2021), for the exchange
    """
    since = np.maximum(0.0, year - inference_start)
    return inference_exchange * saturating(inference_growth, inference_limit, since)
