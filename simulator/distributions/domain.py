"""Intervals: the values that a parameter may have, and those that a distribution has."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.arrays import Array


@dataclass(frozen=True)
class Domain:
    """The interval of values that a parameter may have; an end belongs to it unless it is open."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def __str__(self) -> str:
        ends = (self.low, self.high)
        if ends == (-math.inf, math.inf):
            return "any number"
        if self.high == math.inf:
            return f"{'>' if self.low_open else '>='} {self.low:g}"
        return f"in {'(' if self.low_open else '['}{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"

    def holds(self, support: Domain) -> bool:
        """Whether the whole support lies inside."""
        low = support.low > self.low or (
            support.low == self.low and (support.low_open or not self.low_open)
        )
        high = support.high < self.high or (
            support.high == self.high and (support.high_open or not self.high_open)
        )
        return low and high

    def contains(self, values: Array) -> npt.NDArray[np.bool_]:
        """Whether each value is a finite number inside.

        Parameters
        ----------
        values : (draw) [the parameter's unit]

        Returns
        -------
        (draw), of truth values
        """
        low = values > self.low if self.low_open else values >= self.low
        high = values < self.high if self.high_open else values <= self.high
        return np.isfinite(values) & low & high


REAL = Domain()

NOT_NEGATIVE = Domain(low=0.0)

POSITIVE = Domain(low=0.0, low_open=True)

ZERO_TO_ONE = Domain(low=0.0, high=1.0)

UP_TO_ONE = Domain(low=0.0, high=1.0, low_open=True)

BELOW_ONE = Domain(low=0.0, high=1.0, high_open=True)
