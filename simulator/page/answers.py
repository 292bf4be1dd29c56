"""What a result says, in the shape in which the page's worker answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.inputs.observations import Observation
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.decomposition import observed_models
from simulator.summaries.estimates import (
    band_estimates,
    code_shares,
    milestone_estimates,
    probabilities_by_quarter,
)
from simulator.summaries.result import Result

DIGITS = 6  # of what is only drawn


def answer_record(result: Result) -> dict[str, Any]:
    """Quantiles and probabilities of a finished run; null is "never", or an error that is not known."""
    counts, shape, plan = result.counts, result.shape, result.plan
    rows = {row["name"]: row for row in milestone_estimates(counts, shape)}
    weights = result.weights
    return {
        "id": 0,
        "draws": plan.draws,
        "effective": counts.effective,
        "paretoK": _number(weights.pareto_k) if weights else None,
        "quantiles": {
            name: [_number(row[level]) for level in REPORTED_LEVELS] for name, row in rows.items()
        },
        "errors": {name: _number(row["mcse_p50"]) for name, row in rows.items()},
        "reached": {
            name: _short(probabilities_by_quarter(counts, shape, i, plan.grid.years))
            for i, name in enumerate(shape.milestones)
        },
        "bandsOf": {name: _bands(result, name) for name in shape.grids},
        "shares": {
            name: [_short(row) for row in code_shares(counts, name)] for name in counts.codes
        },
    }


def _bands(result: Result, series: str) -> list[list[float]]:
    bands = band_estimates(result.counts, result.shape, series)
    return [_short(row) for row in np.column_stack([bands[level] for level in REPORTED_LEVELS])]


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


def observed_points(
    result: Result, observations: Sequence[Observation]
) -> dict[str, list[dict[str, Any]]]:
    """Observed models on the fan of effective compute, by series."""
    if "effective_compute" not in result.plan.series:
        return {}
    points = [
        {"label": model.observation.label, "year": model.observation.year}
        | {"low": model.low, "middle": model.middle, "high": model.high}
        for model in observed_models(result, observations)
    ]
    return {"effective_compute": points}
