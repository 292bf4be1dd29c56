"""Array types, values at a date, and the effective sample size: what every room computes with."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


Whole = npt.NDArray[np.int64]


def at_date(values: Array, years: Array, year: float) -> Array:
    """A series at a date, linear between grid points: (year, draw) -> (draw)."""
    place = float(np.interp(year, years, np.arange(len(years))))
    k = min(int(place), len(years) - 2)
    return values[k] + (place - k) * (values[k + 1] - values[k])


def effective_sample_size(whole: Whole) -> float:
    """Kish's effective number of draws, exact in the weights whatever their order."""
    if not whole.any():
        return 0.0
    total = int(whole.sum())
    return total * total / math.fsum(whole.astype(np.float64) ** 2)
