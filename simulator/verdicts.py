"""A result against what came after it: every observation, and a summary beside the rivals'."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator import observations, scoring
from simulator.observations import Observation
from simulator.scoring import Prediction, Score
from simulator.store import Result

PARTS = 10  # lots of draws behind a Monte Carlo error
WORLD, TREND, SAME = "world", "trend", "no change"


@dataclass(frozen=True)
class Verdict:
    """Scores of one result and of its rivals, in the order of the observations.

    Attributes
    ----------
    scores : who predicted -> (observation); None where a rival had nothing to go by
    effective : how many independent observations these are worth
    effective_shared : and those that every rival could predict too
    errors : Monte Carlo errors of the world's mean CRPS and mean log score
    draws : kept draws that the world's predictions rest on
    """

    seen: tuple[Observation, ...]
    scores: dict[str, tuple[Score | None, ...]]
    effective: float
    effective_shared: float
    errors: dict[str, float]
    draws: int


def verdict(result: Result) -> Verdict:
    """Score a result and its rivals; there may be nothing to score."""
    plan = result.plan
    records = scoring.records(observations.known())
    told = [each.name for each in plan.observations]
    seen = [
        each
        for each in scoring.later(records, plan.as_of_year, told, plan.series)
        if each.year <= plan.horizon
    ]
    known = [each for each in records if each.year <= plan.as_of_year]
    weights = result.weights.whole if result.weights else None
    trajectories = np.asarray(result.trajectories)
    predicted = scoring.predictions(seen, trajectories, result.series, plan.grid.years, weights)
    rivals = {
        TREND: [scoring.trend(known, each) for each in seen],
        SAME: [scoring.no_change(known, each) for each in seen],
    }
    every: dict[str, Sequence[Prediction | None]] = {WORLD: predicted, **rivals}
    scores = {
        who: tuple(scoring.score(each, p) if p else None for each, p in zip(seen, ps, strict=True))
        for who, ps in every.items()
    }
    return Verdict(
        tuple(seen),
        scores,
        scoring.independent(predicted),
        scoring.independent([predicted[i] for i in _shared(scores)]),
        _errors(seen, predicted),
        len(predicted[0].centres) if predicted else 0,
    )


def _errors(seen: Sequence[Observation], predicted: Sequence[Prediction]) -> dict[str, float]:
    if not seen:
        return {}
    lots = list(zip(*(scoring.parted(p, PARTS) for p in predicted), strict=True))
    means: dict[str, list[float]] = {"crps": [], "log_score": []}
    orders = scoring.in_orders(seen)
    for lot in lots:
        pairs = list(zip(lot, seen, strict=True))
        crps = [scoring.crps(p, s.value) for p, s in (pairs[i] for i in orders)]
        means["crps"].append(float(np.mean(crps)))
        logs = [scoring.log_score(p, s.value) for p, s in pairs]
        means["log_score"].append(float(np.mean(logs)))
    return {name: float(np.std(m, ddof=1)) / math.sqrt(len(m)) for name, m in means.items()}


def shared(verdict: Verdict, who: str) -> list[Score]:
    """Scores of one predictor over the observations that every predictor could predict."""
    return [score for i in _shared(verdict.scores) if (score := verdict.scores[who][i])]


def _shared(scores: dict[str, tuple[Score | None, ...]]) -> list[int]:
    """Places of the observations that every predictor could predict."""
    return [i for i, every in enumerate(zip(*scores.values(), strict=True)) if all(every)]


def summaries(verdict: Verdict) -> dict[str, dict[str, float]]:
    """Summaries of the world over all observations, and of each predictor over those that all share."""
    scores = [s for s in verdict.scores[WORLD] if s]
    told = {"all": scoring.summary(scores, verdict.effective)} if scores else {}
    common = {who: shared(verdict, who) for who in verdict.scores}
    if common[WORLD]:
        n = verdict.effective_shared
        told |= {who: scoring.summary(each, n) for who, each in common.items()}
    return told
