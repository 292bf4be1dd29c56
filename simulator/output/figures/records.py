"""The records that several figures take: finished numbers with the words that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.distributions.density import Density
from simulator.model import Milestone
from simulator.output.digits import draws_and_seed
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
    """The density of a prior, and of the one that it replaces."""

    name: str
    unit: str
    prior: Density
    replaced: Density | None = None


@dataclass(frozen=True)
class Rung:
    """A capability's effective compute [OOM over the anchor]: p10, p50 and p90, all the same where it is certain."""

    label: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class ArrivalRow:
    """The probability that a milestone has been reached, by year.

    Attributes
    ----------
    label, condition : its name, and the condition on its series
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
    """What one driver adds, by year: its mean, and p10 and p90 over draws [OOM]."""

    label: str
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class BandPanel:
    """One series: its band [unit], or the shares of a code's values, and the thresholds to mark."""

    label: str
    unit: str
    band: Band | None
    shares: Mapping[str, np.ndarray]
    years: np.ndarray
    marks: Sequence[Rung]


@dataclass(frozen=True)
class ArrivalSpread:
    """One milestone in one scenario: quantiles of the arrival year, inf beyond the horizon, and P(never) in words."""

    quantiles: Mapping[str, float]
    never: str


@dataclass(frozen=True)
class ScenarioPanel:
    """One scenario among several: its band, and each milestone's arrival."""

    label: str
    band: Band
    arrivals: Mapping[str, ArrivalSpread]
    horizon: float


def threshold_rung(result: Result, milestone: Milestone) -> Rung:
    """A milestone's name and threshold."""
    return Rung(milestone.name.replace("_", " "), *threshold_quantiles(result.plan, milestone))


def scenario_labels(results: Sequence[Result], names: Sequence[str]) -> Sequence[str]:
    """Titles of results, or these names where two titles are the same, as those of a sweep's points are."""
    titles = [result.plan.title for result in results]
    return names if names and len(set(titles)) < len(titles) else titles


def run_subtitle(result: Result) -> str:
    """Title, draws and seed of a result."""
    plan = result.plan
    return f"{plan.title}: {draws_and_seed(plan.draws, plan.seed)}"
