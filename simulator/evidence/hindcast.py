"""Scores of a world against what came after its as-of date, beside two simple rivals.

A prediction is a mixture of normals: one at each kept draw's value, as wide as the observation's deviation. Rivals are
one normal each, from observations up to the as-of date alone.

A result against what came after it: every observation, and a summary beside the rivals'.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp, ndtr

from simulator.arrays import Array, Whole, at_date
from simulator.inputs import observations
from simulator.inputs.observations import Observation
from simulator.summaries.result import Result

SCORED_LEVELS = {
    "p025": 0.025,
    "p10": 0.10,
    "p25": 0.25,
    "p50": 0.50,
    "p75": 0.75,
    "p90": 0.90,
    "p975": 0.975,
}

INTERVALS = {"50": ("p25", "p75"), "80": ("p10", "p90"), "95": ("p025", "p975")}

SHORTEST_TREND = 2.0  # years that points must span before a line through them is a trend


@dataclass(frozen=True)
class Prediction:
    """A mixture of normals of one width.

    Attributes
    ----------
    centres : (part) ; shares : (part), which sum to 1
    sd : of every part
    """

    centres: Array
    shares: Array
    sd: float


def probability_integral_transform(prediction: Prediction, value: float) -> float:
    """Where a value lies in a prediction: the probability of less."""
    return float(prediction.shares @ ndtr((value - prediction.centres) / prediction.sd))


def mixture_quantile(prediction: Prediction, level: float) -> float:
    """The value below which a prediction puts a probability."""
    low = float(prediction.centres.min()) - 10.0 * prediction.sd
    high = float(prediction.centres.max()) + 10.0 * prediction.sd
    return float(
        brentq(
            lambda x: probability_integral_transform(prediction, x) - level, low, high, xtol=1e-9
        )
    )


def log_score(prediction: Prediction, value: float) -> float:
    """Log of the density at a value; the higher the better."""
    z = (value - prediction.centres) / prediction.sd
    logs = -0.5 * z * z - math.log(prediction.sd * math.sqrt(2.0 * math.pi))
    return float(logsumexp(logs, b=prediction.shares))


def crps(prediction: Prediction, value: float) -> float:
    """Continuous ranked probability score, in the value's unit; the lower the better.

    Of a mixture of normals in closed form, `sum w A(y - m, s^2) - sum w w' A(m - m', 2 s^2) / 2` with
    `A(d, v) = 2 sqrt(v) phi(d / sqrt(v)) + d (2 Phi(d / sqrt(v)) - 1)`; Grimit et al. (2006).
    """
    m, w, s = prediction.centres, prediction.shares, prediction.sd
    away = float(w @ _expected_distance(value - m, s))
    within = float(w @ (_expected_distance(m[:, np.newaxis] - m, s * math.sqrt(2.0)) @ w))
    return away - 0.5 * within


def _expected_distance(away: Array, sd: float) -> Array:
    z = away / sd
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return 2.0 * sd * density + away * (2.0 * ndtr(z) - 1.0)


def records(seen: Sequence[Observation]) -> list[Observation]:
    """Observations of values that set a record in their series, by date: what the model's frontier is.

    One that lies below an earlier one of its series measures no frontier, and neither tells nor tests anything of it.
    """
    best: dict[str, float] = {}
    kept = []
    for each in sorted(seen, key=lambda each: (each.year, each.name)):
        if (
            each.condition is None
            and not each.milestone
            and each.value > best.get(each.series, -math.inf)
        ):
            best[each.series] = each.value
            kept.append(each)
    return kept


def later_records(
    seen: Sequence[Observation], as_of: float, conditioned: Sequence[str], series: Sequence[str]
) -> list[Observation]:
    """Those after the as-of date, of a world's own series, that it was not told."""
    return [
        each
        for each in seen
        if each.series in series and each.year > as_of and each.name not in conditioned
    ]


def predictions(
    seen: Sequence[Observation],
    trajectories: Array,
    series: Sequence[str],
    years: Array,
    weights: Whole | None,
) -> list[Prediction]:
    """A world's prediction of each observation, from its kept trajectories (draw, series, year)."""
    whole = np.ones(len(trajectories)) if weights is None else weights[: len(trajectories)]
    kept = np.flatnonzero(whole > 0)
    shares = whole[kept] / whole[kept].sum()
    return [
        Prediction(
            at_date(trajectories[kept, series.index(each.series)].T, years, each.year),
            shares,
            each.spread,
        )
        for each in seen
    ]


def independent_number(predicted: Sequence[Prediction]) -> float:
    """How many independent observations these are worth, by a world's own correlations between them.

    `n^2 / sum of R` for the correlation matrix R of what is predicted, deviations of the observations included: n where
    nothing is shared, near 1 where one draw's growth decides them all.
    """
    if not predicted:
        return 0.0
    shares = predicted[0].shares
    away = np.array([p.centres - p.shares @ p.centres for p in predicted])
    spread = (away * shares) @ away.T + np.diag([p.sd**2 for p in predicted])
    sd = np.sqrt(np.diag(spread))
    return float(len(predicted) ** 2 / np.sum(np.abs(spread / np.outer(sd, sd))))


def no_change_prediction(known: Sequence[Observation], wanted: Observation) -> Prediction | None:
    """The last value known, as wide as a step of the world was then, or as the observation."""
    before = _known_before(known, wanted)
    if not before:
        return None
    steps = np.diff([each.value for each in before])
    width = float(np.sqrt(np.mean(steps**2))) if len(steps) else 0.0
    centre = np.array([before[-1].value])
    return Prediction(centre, np.ones(1), max(width, wanted.spread))


def trend_prediction(known: Sequence[Observation], wanted: Observation) -> Prediction | None:
    """The least-squares line through the values known, with its residual spread and the line's own error.

    None where fewer than three points, or less than two years, were known.
    """
    before = _known_before(known, wanted)
    if len(before) < 3 or before[-1].year - before[0].year < SHORTEST_TREND:
        return None
    x = np.array([each.year for each in before])
    y = np.array([each.value for each in before])
    slope, start = np.polyfit(x - x.mean(), y, 1)
    left = y - start - slope * (x - x.mean())
    variance = float(left @ left) / (len(x) - 2)
    ahead = wanted.year - x.mean()
    error = variance * (1.0 + 1.0 / len(x) + ahead**2 / float(np.sum((x - x.mean()) ** 2)))
    # A line through three points can fit them by chance: no narrower than what is observed.
    width = max(math.sqrt(error), wanted.spread)
    return Prediction(np.array([start + slope * ahead]), np.ones(1), width)


def _known_before(known: Sequence[Observation], wanted: Observation) -> list[Observation]:
    return [each for each in known if each.series == wanted.series]


@dataclass(frozen=True)
class Score:
    """How one prediction met what was observed."""

    seen: Observation
    quantiles: dict[str, float]
    place: float
    crps: float
    log_score: float

    def inside(self, interval: str) -> bool:
        """Whether the observed value lies in an interval of `INTERVALS`."""
        low, high = (SCORED_LEVELS[end] for end in INTERVALS[interval])
        return low <= self.place <= high


def score_prediction(seen: Observation, prediction: Prediction) -> Score:
    """Score one prediction."""
    return Score(
        seen,
        {name: mixture_quantile(prediction, level) for name, level in SCORED_LEVELS.items()},
        probability_integral_transform(prediction, seen.value),
        crps(prediction, seen.value),
        log_score(prediction, seen.value),
    )


def split_prediction(prediction: Prediction, parts: int) -> list[Prediction]:
    """The same prediction from each of several lots of its draws, for the Monte Carlo error of what is made of it."""
    lots = [slice(i, None, parts) for i in range(parts)]
    return [
        Prediction(prediction.centres[lot], prediction.shares[lot] / total, prediction.sd)
        for lot in lots
        if (total := float(prediction.shares[lot].sum())) > 0.0
    ]


def in_log_units(seen: Sequence[Observation]) -> list[int]:
    """Places of what is measured in orders of magnitude, or all of them when nothing is."""
    every = range(len(seen))
    return [i for i in every if seen[i].unit.startswith("log10")] or list(every)


def score_summary(scores: Sequence[Score], effective: float) -> dict[str, float]:
    """Coverage with the standard error of that many independent observations, mean CRPS and mean log score.

    The CRPS has the unit of what it scores: its mean is over orders of magnitude, if there are any, and no fractions.
    """
    n = len(scores)
    told: dict[str, float] = {"n": n, "effective": effective}
    for interval in INTERVALS:
        share = sum(each.inside(interval) for each in scores) / n
        nominal = float(interval) / 100.0
        told[f"coverage_{interval}"] = share
        told[f"coverage_{interval}_error"] = math.sqrt(nominal * (1.0 - nominal) / effective)
    orders = in_log_units([each.seen for each in scores])
    told["crps"] = sum(scores[i].crps for i in orders) / len(orders)
    told["log_score"] = sum(each.log_score for each in scores) / n
    return told


ERROR_LOTS = 10  # lots of draws behind a Monte Carlo error

WORLD, TREND, SAME = "world", "trend", "no change"


@dataclass(frozen=True)
class HindcastScores:
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


def hindcast_scores(result: Result) -> HindcastScores:
    """Score a result and its rivals; there may be nothing to score."""
    plan = result.plan
    kept = records(observations.known_observations())
    told = [each.name for each in plan.observations]
    seen = [
        each
        for each in later_records(kept, plan.as_of_year, told, plan.series)
        if each.year <= plan.horizon
    ]
    known = [each for each in kept if each.year <= plan.as_of_year]
    weights = result.weights.whole if result.weights else None
    trajectories = np.asarray(result.trajectories)
    predicted = predictions(seen, trajectories, result.series, plan.grid.years, weights)
    rivals = {
        TREND: [trend_prediction(known, each) for each in seen],
        SAME: [no_change_prediction(known, each) for each in seen],
    }
    every: dict[str, Sequence[Prediction | None]] = {WORLD: predicted, **rivals}
    scores = {
        who: tuple(
            score_prediction(each, p) if p else None for each, p in zip(seen, ps, strict=True)
        )
        for who, ps in every.items()
    }
    return HindcastScores(
        tuple(seen),
        scores,
        independent_number(predicted),
        independent_number([predicted[i] for i in _shared_rows(scores)]),
        _score_errors(seen, predicted),
        len(predicted[0].centres) if predicted else 0,
    )


def _score_errors(seen: Sequence[Observation], predicted: Sequence[Prediction]) -> dict[str, float]:
    if not seen:
        return {}
    lots = list(zip(*(split_prediction(p, ERROR_LOTS) for p in predicted), strict=True))
    means: dict[str, list[float]] = {"crps": [], "log_score": []}
    orders = in_log_units(seen)
    for lot in lots:
        pairs = list(zip(lot, seen, strict=True))
        lot_crps = [crps(p, s.value) for p, s in (pairs[i] for i in orders)]
        means["crps"].append(float(np.mean(lot_crps)))
        logs = [log_score(p, s.value) for p, s in pairs]
        means["log_score"].append(float(np.mean(logs)))
    return {name: float(np.std(m, ddof=1)) / math.sqrt(len(m)) for name, m in means.items()}


def shared_scores(verdict: HindcastScores, who: str) -> list[Score]:
    """Scores of one predictor over the observations that every predictor could predict."""
    return [score for i in _shared_rows(verdict.scores) if (score := verdict.scores[who][i])]


def _shared_rows(scores: dict[str, tuple[Score | None, ...]]) -> list[int]:
    """Places of the observations that every predictor could predict."""
    return [i for i, every in enumerate(zip(*scores.values(), strict=True)) if all(every)]


def score_summaries(verdict: HindcastScores) -> dict[str, dict[str, float]]:
    """Summaries of the world over all observations, and of each predictor over those that all share."""
    scores = [s for s in verdict.scores[WORLD] if s]
    told = {"all": score_summary(scores, verdict.effective)} if scores else {}
    common = {who: shared_scores(verdict, who) for who in verdict.scores}
    if common[WORLD]:
        n = verdict.effective_shared
        told |= {who: score_summary(each, n) for who, each in common.items()}
    return told
