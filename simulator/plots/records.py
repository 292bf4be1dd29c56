"""What figures are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Band:
    """Quantiles of a series by year; keys `p05 p10 p25 p50 p75 p90 p95`."""

    years: np.ndarray
    quantiles: Mapping[str, np.ndarray]

    def at(self, year: float, key: str) -> float:
        return float(np.interp(year, self.years, self.quantiles[key]))

    def until(self, year: float) -> Band:
        kept = self.years <= year
        return Band(self.years[kept], {key: each[kept] for key, each in self.quantiles.items()})


@dataclass(frozen=True)
class Point:
    """An observed model with its 80 % interval."""

    label: str
    year: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Rung:
    """A rung of the capability ladder; an uncertain one has p10, p50 and p90."""

    label: str
    low: float
    middle: float
    high: float
