"""Scores of a scenario against what was observed after its as-of date, beside two simple rivals.

A scenario's prediction is a mixture of normals: one at each kept draw's value, as wide as the observation's standard
deviation. Each rival's is one normal, from observations up to the as-of date alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array, Whole, at_date
from simulator.evidence import likelihood
from simulator.evidence.scoring_rules import (
    Prediction,
    crps,
    log_score,
    mixture_quantile,
    probability_integral_transform,
    split_prediction,
)
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
NORMAL_80 = 2.563  # standard deviations between p10 and p90 of a normal

SHORTEST_TREND = 2.0  # years that points must span before a line through them is a trend


def records(observations: Sequence[Observation]) -> list[Observation]:
    """Observations of values that set a record in their series, by date: they measure the frontier.

    An observation below an earlier one of its series is left out, because it does not measure the frontier.
    """
    highest: dict[str, float] = {}
    kept = []
    for each in sorted(observations, key=lambda each: (each.year, each.name)):
        if each.is_measured and each.value > highest.get(each.series, -math.inf):
            highest[each.series] = each.value
            kept.append(each)
    return kept


def later_records(
    observations: Sequence[Observation],
    as_of: float,
    conditioned: Sequence[str],
    series: Sequence[str],
) -> list[Observation]:
    """Records after the as-of date [year], of these series, without those that the scenario conditions on."""
    return [
        each
        for each in observations
        if each.series in series and each.year > as_of and each.name not in conditioned
    ]


def predictions(
    observations: Sequence[Observation],
    trajectories: Array,
    series: Sequence[str],
    years: Array,
    weights: Whole | None,
) -> list[Prediction]:
    """A scenario's prediction of each observation, from its kept trajectories.

    Parameters
    ----------
    observations : of series' values
    trajectories : (draw, series, year) [each series in its own unit]
    series : (series) names, in the order of the trajectories
    years : (year) [year], the grid's points
    weights : (draw) of all draws, of which these are the first; all alike when left out

    Returns
    -------
    one mixture an observation, with a part for each draw of weight above 0
    """
    whole = np.ones(len(trajectories)) if weights is None else weights[: len(trajectories)]
    kept = np.flatnonzero(whole > 0)
    shares = whole[kept] / whole[kept].sum()
    return [
        Prediction(
            at_date(trajectories[kept, series.index(each.series)].T, years, each.year),
            shares,
            each.spread,
        )
        for each in observations
    ]


def effective_observations(
    observations: Sequence[Observation], predicted: Sequence[Prediction]
) -> float:
    """How many independent observations these are worth, by the scenario's own correlations between them.

        n_eff = n^2 / sum over i, j of |R_ij|

    for the correlation matrix R of the predicted values, about which the observations scatter as the likelihood says:
    n where the values are independent, 1 where one draw's growth decides them all.

    Parameters
    ----------
    observations : of values of series
    predicted : of each, mixtures over the same draws, with the same shares

    Returns
    -------
    from 1 to the number of observations; 0 for none

    References
    ----------
    The design effect of Kish (1965), "Survey sampling", with absolute correlations.
    """
    if not predicted:
        return 0.0
    shares = predicted[0].shares
    centred = np.array([p.centres - p.shares @ p.centres for p in predicted])
    covariance = (centred * shares) @ centred.T + likelihood.covariance(observations)
    sd = np.sqrt(np.diag(covariance))
    return float(len(predicted) ** 2 / np.sum(np.abs(covariance / np.outer(sd, sd))))


def no_change_prediction(known: Sequence[Observation], wanted: Observation) -> Prediction | None:
    """The last known value of the series, as wide as its steps were, and no narrower than the observation.

        sd = max(sqrt(mean of (y_k+1 - y_k)^2), spread)

    None where nothing was known.
    """
    earlier = _of_its_series(known, wanted)
    if not earlier:
        return None
    steps = np.diff([each.value for each in earlier])
    width = float(np.sqrt(np.mean(steps**2))) if len(steps) else 0.0
    centre = np.array([earlier[-1].value])
    return Prediction(centre, np.ones(1), max(width, wanted.spread))


def trend_prediction(known: Sequence[Observation], wanted: Observation) -> Prediction | None:
    """The least-squares line through the known values of the series, with the error of its prediction.

        sd^2 = sum of residuals^2 / (n - 2) * (1 + 1 / n + (t - mean t)^2 / sum of (t_i - mean t)^2)

    and no narrower than the observation, since a line through three points can fit them by chance. None where fewer
    than three points, or less than two years, were known.
    """
    earlier = _of_its_series(known, wanted)
    if len(earlier) < 3 or earlier[-1].year - earlier[0].year < SHORTEST_TREND:
        return None
    x = np.array([each.year for each in earlier])
    y = np.array([each.value for each in earlier])
    slope, start = np.polyfit(x - x.mean(), y, 1)
    residuals = y - start - slope * (x - x.mean())
    variance = float(residuals @ residuals) / (len(x) - 2)
    ahead = wanted.year - x.mean()
    error = variance * (1.0 + 1.0 / len(x) + ahead**2 / float(np.sum((x - x.mean()) ** 2)))
    width = max(math.sqrt(error), wanted.spread)
    return Prediction(np.array([start + slope * ahead]), np.ones(1), width)


def _of_its_series(known: Sequence[Observation], wanted: Observation) -> list[Observation]:
    return [each for each in known if each.series == wanted.series]


@dataclass(frozen=True)
class Score:
    """How one prediction met its observation.

    Attributes
    ----------
    observation : what was observed
    quantiles : key of `SCORED_LEVELS` -> predicted quantile [the observation's unit]
    pit : probability integral transform of the observed value [fraction]
    crps : [the observation's unit]
    log_score : [nats]
    """

    observation: Observation
    quantiles: dict[str, float]
    pit: float
    crps: float
    log_score: float

    def inside(self, interval: str) -> bool:
        """Whether the observed value lies in an interval of `INTERVALS`."""
        low, high = (SCORED_LEVELS[end] for end in INTERVALS[interval])
        return low <= self.pit <= high


def prediction_score(observation: Observation, prediction: Prediction) -> Score:
    """The score of one prediction."""
    return Score(
        observation,
        {name: mixture_quantile(prediction, level) for name, level in SCORED_LEVELS.items()},
        probability_integral_transform(prediction, observation.value),
        crps(prediction, observation.value),
        log_score(prediction, observation.value),
    )


def standardised_score(score: Score) -> tuple[dict[str, float], float]:
    """Predicted quantiles and the observed value, from the prediction's median in its standard deviations.

        (x - p50) / ((p90 - p10) / 2.563)

    Parameters
    ----------
    score : of one observation

    Returns
    -------
    key -> quantile, and the observed value [standard deviations]
    """
    middle = score.quantiles["p50"]
    sd = (score.quantiles["p90"] - score.quantiles["p10"]) / NORMAL_80
    quantiles = {name: (value - middle) / sd for name, value in score.quantiles.items()}
    return quantiles, (score.observation.value - middle) / sd


def in_log_units(observations: Sequence[Observation]) -> list[int]:
    """Indices of what is measured in orders of magnitude, or of all when nothing is."""
    indices = range(len(observations))
    return [i for i in indices if observations[i].unit.startswith("log10")] or list(indices)


def score_summary(scores: Sequence[Score], effective: float) -> dict[str, float]:
    """Coverage of the intervals, mean CRPS and mean log score.

        coverage_error = sqrt(c (1 - c) / n_eff),   c the interval's nominal coverage

    The mean CRPS is over what is measured in orders of magnitude, or over everything when nothing is.

    Parameters
    ----------
    scores : at least one
    effective : n_eff, how many independent observations they are worth

    Returns
    -------
    numbers of both [1], `coverage_50` and so on with their errors [fraction], `crps` [OOM] and `log_score` [nats]
    """
    n = len(scores)
    summary: dict[str, float] = {"n": n, "effective": effective}
    for interval in INTERVALS:
        nominal = float(interval) / 100.0
        summary[f"coverage_{interval}"] = sum(each.inside(interval) for each in scores) / n
        summary[f"coverage_{interval}_error"] = math.sqrt(nominal * (1.0 - nominal) / effective)
    logarithmic = in_log_units([each.observation for each in scores])
    summary["crps"] = sum(scores[i].crps for i in logarithmic) / len(logarithmic)
    summary["log_score"] = sum(each.log_score for each in scores) / n
    return summary


ERROR_BATCHES = 10  # batches of draws behind a Monte Carlo error
SCENARIO, TREND, NO_CHANGE = "world", "trend", "no change"


@dataclass(frozen=True)
class HindcastScores:
    """Scores of one result and of its rivals, in the order of the observations.

    Attributes
    ----------
    observations : what was observed after the as-of date
    scores : predictor -> (observation); None where a rival had no earlier observation
    effective : how many independent observations these are worth
    effective_shared : and those that every rival could predict too
    errors : Monte Carlo errors of the scenario's mean CRPS and mean log score
    draws : kept draws that the scenario's predictions rest on
    """

    observations: tuple[Observation, ...]
    scores: dict[str, tuple[Score | None, ...]]
    effective: float
    effective_shared: float
    errors: dict[str, float]
    draws: int


def hindcast_scores(result: Result, observations: Sequence[Observation]) -> HindcastScores:
    """Score a result and its rivals against the records after its as-of date; there may be none.

    Parameters
    ----------
    result : of any run that keeps trajectories
    observations : every one that is known
    """
    plan = result.plan
    kept = records(observations)
    conditioned = [each.name for each in plan.observations]
    later = [
        each
        for each in later_records(kept, plan.as_of_year, conditioned, plan.series)
        if each.year <= plan.horizon
    ]
    known = [each for each in kept if each.year <= plan.as_of_year]
    weights = result.weights.whole if result.weights else None
    trajectories = np.asarray(result.trajectories)
    own = predictions(later, trajectories, result.series, plan.grid.years, weights)
    predicted: dict[str, Sequence[Prediction | None]] = {
        SCENARIO: own,
        TREND: [trend_prediction(known, each) for each in later],
        NO_CHANGE: [no_change_prediction(known, each) for each in later],
    }
    scores = {
        predictor: tuple(
            prediction_score(observation, each) if each else None
            for observation, each in zip(later, of_predictor, strict=True)
        )
        for predictor, of_predictor in predicted.items()
    }
    shared = _shared_rows(scores)
    return HindcastScores(
        tuple(later),
        scores,
        effective_observations(later, own),
        effective_observations([later[i] for i in shared], [own[i] for i in shared]),
        _score_errors(later, own),
        len(own[0].centres) if own else 0,
    )


def _score_errors(
    observations: Sequence[Observation], predicted: Sequence[Prediction]
) -> dict[str, float]:
    """Monte Carlo errors of mean CRPS and mean log score: sd over batches of draws / sqrt(batches)."""
    if not observations:
        return {}
    batches = zip(*(split_prediction(p, ERROR_BATCHES) for p in predicted), strict=True)
    means: dict[str, list[float]] = {"crps": [], "log_score": []}
    logarithmic = in_log_units(observations)
    for batch in batches:
        pairs = list(zip(batch, observations, strict=True))
        batch_crps = [crps(p, each.value) for p, each in (pairs[i] for i in logarithmic)]
        means["crps"].append(float(np.mean(batch_crps)))
        logs = [log_score(p, each.value) for p, each in pairs]
        means["log_score"].append(float(np.mean(logs)))
    return {name: float(np.std(m, ddof=1)) / math.sqrt(len(m)) for name, m in means.items()}


def shared_scores(hindcast: HindcastScores, predictor: str) -> list[Score]:
    """Scores of one predictor over the observations that every predictor could predict."""
    scores = hindcast.scores[predictor]
    return [score for i in _shared_rows(hindcast.scores) if (score := scores[i])]


def _shared_rows(scores: dict[str, tuple[Score | None, ...]]) -> list[int]:
    """Indices of the observations that every predictor could predict."""
    return [i for i, each in enumerate(zip(*scores.values(), strict=True)) if all(each)]


def score_summaries(hindcast: HindcastScores) -> dict[str, dict[str, float]]:
    """Summaries of the scenario over all observations, and of each predictor over those that all share.

    Parameters
    ----------
    hindcast : scores of the scenario and of its rivals

    Returns
    -------
    "all", and each predictor -> what `score_summary` gives; one without observations is left out
    """
    scores = [score for score in hindcast.scores[SCENARIO] if score]
    summaries = {"all": score_summary(scores, hindcast.effective)} if scores else {}
    shared = {predictor: shared_scores(hindcast, predictor) for predictor in hindcast.scores}
    if shared[SCENARIO]:
        n = hindcast.effective_shared
        summaries |= {predictor: score_summary(each, n) for predictor, each in shared.items()}
    return summaries
