"""The record of a finished run."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.arrays import Array, Whole
from simulator.inputs.plan import Plan
from simulator.summaries.counts import CountLayout, Counts


@dataclass(frozen=True)
class ImportanceWeights:
    """Whole-number weights of every draw, and how far to trust them.

    Attributes
    ----------
    whole : (draw), the largest 2^24; 1 and 0 where all that agree do so alike
    pareto_k : shape of the tail of the raw weights; minus infinity when they have none
    """

    whole: Whole
    effective: float
    pareto_k: float


@dataclass(frozen=True)
class Result:
    """A finished run, read from its folder.

    parameters : (draw, parameter); arrivals : (draw, milestone) [year]; trajectories : (draw, series, year)
    """

    plan: Plan
    shape: CountLayout
    counts: Counts
    series: tuple[str, ...]
    codes: dict[str, tuple[str, ...]]
    version: str
    parameters: Array
    arrivals: Array
    trajectories: Array
    weights: ImportanceWeights | None = None  # of every draw, when the run conditions
