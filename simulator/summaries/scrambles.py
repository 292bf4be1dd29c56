"""Monte Carlo errors of a design of Sobol' points, from its independent scrambles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulator.arrays import Array, Whole
from simulator.sampling import SCRAMBLES
from simulator.summaries.counts import REPORTED_LEVELS

FEWEST_POINTS = 8  # of a scramble, below which its own estimates say little


def with_scramble_errors(
    estimates: Sequence[Mapping[str, Any]], arrivals: Array, weights: Whole | None, draws: int
) -> list[dict[str, Any]]:
    """Estimates of milestones with errors over the scrambles, which see what binomial ranks do not: even points.

        error = sqrt(sum over r of (Q_r - mean Q)^2 / (R (R - 1))) * sqrt(kept / draws),   R = 16

    with Q_r the estimate from the kept draws of scramble r alone. The last factor is 1 when all draws are kept; else it
    takes the error to fall no faster than that of random draws, so it is too large rather than too small.

    Parameters
    ----------
    estimates : records of milestones, as `estimates.milestone_estimates` gives them
    arrivals : (draw, milestone) [year], of the kept draws, the first ones; in the order of the records
    weights : (draw) whole numbers of the same draws; None when each counts once
    draws : all of them

    Returns
    -------
    the records with their `mcse_` replaced; the errors of random draws stay where all scrambles agree, where one's
    quantile is beyond the horizon, and with fewer than 8 kept draws a scramble

    References
    ----------
    Owen (1997), Monte Carlo variance of scrambled net quadrature, SIAM J. Numer. Anal. 34. docs/method.md, Counting.
    """
    kept = len(arrivals)
    if kept < SCRAMBLES * FEWEST_POINTS:
        return [dict(row) for row in estimates]
    whole = np.ones(kept, np.int64) if weights is None else weights[:kept]
    scale = math.sqrt(kept / draws)
    changed = []
    for milestone, row in enumerate(estimates):
        parts = [
            _estimates(arrivals[r::SCRAMBLES, milestone], whole[r::SCRAMBLES], row["by_year"])
            for r in range(SCRAMBLES)
        ]
        errors = {
            name: scale * _standard_error([part[name] for part in parts]) for name in parts[0]
        }
        known = {name: error for name, error in errors.items() if 0.0 < error < math.inf}
        own = {f"mcse_{n}": known[n] for n in (*REPORTED_LEVELS, "reached") if n in known}
        by_year = {year: known.get(year, mcse) for year, mcse in row["mcse_by_year"].items()}
        changed.append({**row, **own, "mcse_by_year": by_year})
    return changed


def _estimates(arrivals: Array, weights: Whole, years: Mapping[str, Any]) -> dict[str, float]:
    """Quantiles of the arrival by the inverse empirical cdf, and probabilities, of one scramble's draws."""
    order = np.argsort(arrivals, kind="stable")
    cumulated, total = np.cumsum(weights[order]), int(weights.sum())
    if total == 0:
        return dict.fromkeys((*REPORTED_LEVELS, "reached", *years), math.inf)
    ranks = np.searchsorted(cumulated, np.array([*REPORTED_LEVELS.values()]) * total)
    values = arrivals[order][np.minimum(ranks, len(order) - 1)]
    shares = {year: float(weights[arrivals < float(year)].sum()) / total for year in years}
    reached = float(weights[np.isfinite(arrivals)].sum()) / total
    return {
        **dict(zip(REPORTED_LEVELS, map(float, values), strict=True)),
        "reached": reached,
        **shares,
    }


def _standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean of equally good estimates; inf when one of them is."""
    if not np.isfinite(values).all():
        return math.inf
    return float(np.std(values, ddof=1)) / math.sqrt(len(values))
