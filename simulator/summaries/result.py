"""The record of a finished run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from simulator.arrays import Array, Whole
from simulator.inputs.plan import Plan
from simulator.summaries import estimates
from simulator.summaries.counts import CountLayout, Counts
from simulator.summaries.scrambles import with_scramble_errors


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
    """A finished run, in memory or in a folder.

    Attributes
    ----------
    plan : what was simulated
    shape : what is counted, and over which bins
    counts : of every draw
    series : (series) names, in the order of the trajectories
    codes : series that is a code -> the names of its values
    version : of the program that made it
    parameters : (draw, parameter) [each in its own unit], of the first draws
    arrivals : (draw, milestone) [year], of the same draws; inf is not before the horizon
    trajectories : (draw, series, year) [each series in its own unit], of the first draws
    weights : of every draw, when the run conditions
    folder : where it lies; None when it is in memory alone
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
    weights: ImportanceWeights | None = None
    folder: Path | None = None

    @cached_property
    def parameter_values(self) -> dict[str, Array]:
        """Every parameter of the draws whose parameters are kept, computed ones too.

        Returns
        -------
        name -> (draw) [each in its own unit]
        """
        columns = np.asarray(self.parameters).T
        names = [prior.name for prior in self.plan.priors]
        return self.plan.with_computed(dict(zip(names, columns, strict=True)))

    @cached_property
    def milestone_estimates(self) -> list[dict[str, Any]]:
        """One record a milestone, as `estimates.milestone_estimates` gives it; its errors over scrambles if any."""
        rows = estimates.milestone_estimates(self.counts, self.shape)
        if self.plan.design != "sobol":
            return rows
        weights = self.weights.whole if self.weights else None
        return with_scramble_errors(rows, self.arrivals, weights, self.plan.draws)
