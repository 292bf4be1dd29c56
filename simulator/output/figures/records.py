"""What figures are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.distributions.density import Density
from simulator.model import Milestone
from simulator.summaries.estimates import threshold_quantiles
from simulator.summaries.result import Result


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
class PriorPanel:
    """One prior, and the one that it replaces."""

    name: str
    unit: str
    prior: Density
    replaced: Density | None = None


@dataclass(frozen=True)
class Rung:
    """A rung of the capability ladder; an uncertain one has p10, p50 and p90."""

    label: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class ArrivalRow:
    """How probable it is that a milestone has been reached, by year.

    Attributes
    ----------
    label, condition : its name, and what it asks for
    uncertain : whether its threshold is uncertain
    years, reached : (year) [year], [fraction] reached before that year
    interval, never : in words, to the digits that their errors allow
    """

    label: str
    condition: str
    uncertain: bool
    years: np.ndarray
    reached: np.ndarray
    median: float
    interval: str
    never: str


@dataclass(frozen=True)
class Part:
    """What one driver adds, by year: its mean, and p10 and p90 over draws."""

    label: str
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class BandPanel:
    """One series to be drawn by itself: its band, or the shares of a code's values; levels to mark, by name."""

    label: str
    band: Band | None
    shares: Mapping[str, np.ndarray]
    years: np.ndarray
    marks: Sequence[Rung]


@dataclass(frozen=True)
class ArrivalSpread:
    """Quantiles of one milestone's arrival year in one world; inf is beyond the horizon."""

    quantiles: Mapping[str, float]
    never: str


@dataclass(frozen=True)
class WorldPanel:
    """One world among several: its band, and each milestone's arrival."""

    label: str
    band: Band
    reaches: Mapping[str, ArrivalSpread]
    horizon: float


def threshold_rung(result: Result, milestone: Milestone) -> Rung:
    """A milestone's threshold: p10, p50 and p90 of one that is uncertain, one number of any other."""
    return Rung(milestone.name.replace("_", " "), *threshold_quantiles(result.plan, milestone))


def run_subtitle(result: Result) -> str:
    """Title, draws and seed of a result."""
    plan = result.plan
    return f"{plan.title}: {plan.draws:,} draws, seed {plan.seed}"
