"""Rolling-origin scores: from every half-year, running records 1 to 5 years ahead, by four forecasters.

Each origin knows the records until its own date and nothing later. Targets lie on the same half-years, up to the one
that follows a series' last record.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from simulator.arrays import Array
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.evidence import hindcast
from simulator.evidence.record_process import (
    SLOPE,
    RecordForecast,
    record_crps,
    record_forecast,
    record_quantile,
)
from simulator.evidence.scoring_rules import Prediction, crps, probability_integral_transform
from simulator.inputs.observations import Observation

STEP = 0.5  # years between two origins, and between two leads

FIRST_ORIGIN, LAST_ORIGIN = 2016.0, 2025.5

LEADS = tuple(float(lead) for lead in np.arange(1.0, 5.0 + STEP / 2, STEP))

FEWEST = 3  # records before an origin

BIN = 0.05  # half the width of the bin whose probability is the log score [OOM]

NARROWEST = 0.01  # standard deviation of a normal forecast at least [OOM]

RECORD_PROCESS, LEAST_SQUARES, RANDOM_WALK, NO_CHANGE = (
    "record process",
    "least squares",
    "random walk",
    "no change",
)

FORECASTERS = (RECORD_PROCESS, LEAST_SQUARES, RANDOM_WALK, NO_CHANGE)

QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}

COVERAGES = {"50": 0.5, "80": 0.8, "95": 0.95}

BLOCK = 6  # neighbouring origins that a replicate of the bootstrap takes together: three years

REPLICATES = 2000


@dataclass(frozen=True)
class RecordPath:
    """A series' records by date, as orders of magnitude; a fraction p as log10 of its odds p / (1 - p).

    Attributes
    ----------
    unit : of the values
    years, values : (record), both rising [year], [unit]
    """

    series: str
    unit: str
    years: Array
    values: Array

    def at(self, year: float) -> float:
        """The record that stood at a date.

        Parameters
        ----------
        year : [year]

        Returns
        -------
        [unit]
        """
        return float(self.values[np.searchsorted(self.years, year, side="right") - 1])

    def until(self, year: float) -> RecordPath:
        """The records that were known at a date [year]."""
        known = self.years <= year
        return RecordPath(self.series, self.unit, self.years[known], self.values[known])


@dataclass(frozen=True)
class TargetScore:
    """How one forecast met its target.

    Attributes
    ----------
    origin, lead : [year], [years]
    observed : the record that stood at origin + lead [OOM]
    quantiles : key of `QUANTILES` -> [OOM]
    below, at_most : predicted probability of less than was observed, and of no more [fraction]
    crps : [OOM]
    log_score : log of the mean density within 0.05 OOM of what was observed [nats]
    """

    series: str
    forecaster: str
    origin: float
    lead: float
    observed: float
    quantiles: dict[str, float]
    below: float
    at_most: float
    crps: float
    log_score: float

    @property
    def pit(self) -> float:
        """Middle of the probability integral transform, which jumps where the record stands still.

        Returns
        -------
        [fraction]
        """
        return 0.5 * (self.below + self.at_most)

    def inside(self, coverage: float) -> bool:
        """Whether the observed value lies in the central interval that holds this probability."""
        tail = 0.5 * (1.0 - coverage)
        return self.at_most >= tail and self.below <= 1.0 - tail


def record_paths(observations: Sequence[Observation]) -> list[RecordPath]:
    """Records of every series that has at least four of them, in the order of the observations."""
    by_series: dict[str, list[Observation]] = {}
    for each in hindcast.records(observations):
        by_series.setdefault(each.series, []).append(each)
    return [_record_path(series, kept) for series, kept in by_series.items() if len(kept) > FEWEST]


def chosen_paths(observations: Sequence[Observation], names: Sequence[str]) -> list[RecordPath]:
    """Records of the series of these names, or of every series with at least four of them.

    Raises
    ------
    InputFault
        with every name that has fewer
    """
    paths = {path.series: path for path in record_paths(observations)}
    allowed = f"series with {FEWEST + 1} records or more: {listed(paths)}"
    faults = [
        Fault("--series", found=f'"{name}"', allowed=allowed, fix=did_you_mean(name, paths))
        for name in names
        if name not in paths
    ]
    if faults:
        raise InputFault(faults)
    return [paths[name] for name in names or paths]


def _record_path(series: str, kept: Sequence[Observation]) -> RecordPath:
    values = np.array([each.value for each in kept])
    unit = kept[0].unit
    if unit == "fraction":
        unit, values = "log10 odds", np.log10(values / (1.0 - values))
    return RecordPath(series, unit, np.array([each.year for each in kept]), values)


def least_squares(path: RecordPath, origin: float, lead: float) -> Prediction:
    """The line through the records, with the error of its prediction.

        sd^2 = sum of residuals^2 / (n - 2) (1 + 1 / n + (t - mean t)^2 / sum of (t_i - mean t)^2)

    Parameters
    ----------
    path : the records until the origin, at least three
    origin, lead : [year], [years]

    Returns
    -------
    one normal [OOM]
    """
    x, y = path.years - path.years.mean(), path.values
    slope, start = np.polyfit(x, y, 1)
    residuals = y - start - slope * x
    ahead = origin + lead - path.years.mean()
    factor = 1.0 + 1.0 / len(x) + ahead**2 / float(np.sum(x**2))
    variance = float(np.sum(residuals**2)) / (len(x) - 2) * factor
    return _normal(start + slope * ahead, math.sqrt(variance))


def random_walk(path: RecordPath, origin: float, lead: float) -> Prediction:
    """The last record and a drift shrunk to its prior, with the variance of half-yearly steps.

        v    = sum of (d_k - mean d)^2 / (n - 1) / 0.5,   d the steps of n half-years until the origin
        drift ~ Normal(m, 1 / p),   p = 1 / sd0^2 + T / v,   m = (mean0 / sd0^2 + sum of d / v) / p
        record ~ Normal(last + m lead, v lead + lead^2 / p)

    Parameters
    ----------
    path : the records until the origin, over more than a year
    origin, lead : [year], [years]

    Returns
    -------
    one normal [OOM]
    """
    steps = _half_yearly_steps(path, origin)
    variance = max(float(np.var(steps, ddof=1)) / STEP, NARROWEST**2)
    prior = SLOPE[1] ** -2
    precision = prior + STEP * len(steps) / variance
    drift = (SLOPE[0] * prior + float(np.sum(steps)) / variance) / precision
    spread = variance * lead + lead**2 / precision
    return _normal(float(path.values[-1]) + drift * lead, math.sqrt(spread))


def no_change(path: RecordPath, origin: float, lead: float) -> Prediction:
    """The last record, with the variance of half-yearly steps about no drift.

        record ~ Normal(last, lead mean of d^2 / 0.5)

    Parameters
    ----------
    path : the records until the origin, over more than a year
    origin, lead : [year], [years]

    Returns
    -------
    one normal [OOM]
    """
    steps = _half_yearly_steps(path, origin)
    variance = float(np.mean(steps**2)) / STEP
    return _normal(float(path.values[-1]), math.sqrt(variance * lead))


def _half_yearly_steps(path: RecordPath, origin: float) -> Array:
    """Steps of the running record over the half-years before the origin, (half-year) [OOM]."""
    number = math.floor((origin - float(path.years[0])) / STEP)
    ends = origin - STEP * np.arange(number, -1, -1)
    return np.diff([path.at(end) for end in ends])


def _normal(mean: float, sd: float) -> Prediction:
    return Prediction(np.array([mean]), np.ones(1), max(sd, NARROWEST))


def can_forecast(path: RecordPath, origin: float) -> bool:
    """Whether the records before an origin [year] are enough for every forecaster: three, over two years."""
    known = path.until(origin)
    return len(known.years) >= FEWEST and origin - known.years[0] >= hindcast.SHORTEST_TREND


def last_target(path: RecordPath) -> float:
    """The half-year that follows the last record: how long the path is taken to be known.

    Parameters
    ----------
    path : all records of a series

    Returns
    -------
    [year]
    """
    return math.ceil(float(path.years[-1]) / STEP) * STEP


def rolling_scores(path: RecordPath) -> list[TargetScore]:
    """Scores of every forecaster from every half-year that has enough records, at every lead.

    Parameters
    ----------
    path : all records of a series [OOM]

    Returns
    -------
    one score a target and forecaster [OOM], by origin, then lead, then forecaster
    """
    scores = []
    for origin in np.arange(FIRST_ORIGIN, LAST_ORIGIN + STEP / 2, STEP):
        leads = [lead for lead in LEADS if origin + lead <= last_target(path)]
        if leads and can_forecast(path, float(origin)):
            for lead in leads:
                scores += _target_scores(path, float(origin), lead)
    return scores


def _target_scores(path: RecordPath, origin: float, lead: float) -> list[TargetScore]:
    known, observed = path.until(origin), path.at(origin + lead)
    process = record_forecast(known.years, known.values, origin, lead)
    normals = {
        LEAST_SQUARES: least_squares(known, origin, lead),
        RANDOM_WALK: random_walk(known, origin, lead),
        NO_CHANGE: no_change(known, origin, lead),
    }
    own = _process_score(process, path.series, origin, lead, observed)
    return [own] + [
        _normal_score(normal, (path.series, name, origin, lead), observed)
        for name, normal in normals.items()
    ]


def _process_score(
    forecast: RecordForecast, series: str, origin: float, lead: float, observed: float
) -> TargetScore:
    at_most, low, high = forecast.cdf(np.array([observed, observed - BIN, observed + BIN]))
    return TargetScore(
        series,
        RECORD_PROCESS,
        origin,
        lead,
        observed,
        {key: record_quantile(forecast, level) for key, level in QUANTILES.items()},
        float(at_most) if observed > forecast.last else 0.0,
        float(at_most),
        record_crps(forecast, observed),
        binned_log_score(float(low), float(high)),
    )


def _normal_score(
    normal: Prediction, about: tuple[str, str, float, float], observed: float
) -> TargetScore:
    mean, sd = float(normal.centres[0]), normal.sd
    pit, low, high = (
        probability_integral_transform(normal, observed + shift) for shift in (0.0, -BIN, BIN)
    )
    quantiles = {key: mean + sd * float(ndtri(level)) for key, level in QUANTILES.items()}
    scored = crps(normal, observed)
    return TargetScore(*about, observed, quantiles, pit, pit, scored, binned_log_score(low, high))


def binned_log_score(low: float, high: float) -> float:
    """Log score of a forecast that may have an atom: of the mean density over a bin; the higher the better.

        log((F(y + 0.05) - F(y - 0.05)) / 0.1), at least log(1e-12)

    Parameters
    ----------
    low, high : F at the ends of the bin [fraction]

    Returns
    -------
    [nats]
    """
    return math.log(max((high - low) / (2.0 * BIN), 1e-12))


@dataclass(frozen=True)
class Difference:
    """Mean CRPS of the record process less another's [OOM]; below 0 the process is better.

    Attributes
    ----------
    low, high : ends of the 95 % interval; NaN where there are fewer than two blocks of origins
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class RollingSummary:
    """Means over the targets of one series and forecaster, all or at one lead.

    Attributes
    ----------
    lead : [years]; None for all
    targets, origins : how many
    crps, log_score : means [OOM], [nats]
    coverage : key of `COVERAGES` -> share of targets inside [fraction]
    pit_mean : [fraction]
    difference : of the record process to this one; None where it is that one
    """

    series: str
    forecaster: str
    lead: float | None
    targets: int
    origins: int
    crps: float
    log_score: float
    coverage: dict[str, float]
    pit_mean: float
    difference: Difference | None


def rolling_summaries(scores: Sequence[TargetScore]) -> list[RollingSummary]:
    """Summaries of one series: each forecaster over all targets, then at each lead.

    Parameters
    ----------
    scores : of one series, as `rolling_scores` gives them

    Returns
    -------
    one summary a forecaster and set of targets; none without scores
    """
    leads = sorted({each.lead for each in scores})
    return [
        _summary([s for s in scores if lead is None or s.lead == lead], forecaster, lead)
        for lead in (None, *leads)
        for forecaster in FORECASTERS
        if scores
    ]


def _summary(scores: Sequence[TargetScore], forecaster: str, lead: float | None) -> RollingSummary:
    own = [each for each in scores if each.forecaster == forecaster]
    process = [each for each in scores if each.forecaster == RECORD_PROCESS]
    origins = np.array([each.origin for each in own])
    losses = np.array([a.crps - b.crps for a, b in zip(process, own, strict=True)])
    return RollingSummary(
        own[0].series,
        forecaster,
        lead,
        len(own),
        len(set(origins.tolist())),
        float(np.mean([each.crps for each in own])),
        float(np.mean([each.log_score for each in own])),
        {key: float(np.mean([each.inside(c) for each in own])) for key, c in COVERAGES.items()},
        float(np.mean([each.pit for each in own])),
        None if forecaster == RECORD_PROCESS else block_difference(origins, losses),
    )


def block_difference(
    origins: Array, losses: Array, block: int = BLOCK, replicates: int = REPLICATES, seed: int = 0
) -> Difference:
    """Mean of differences of scores, with a percentile interval from a circular block bootstrap over origins.

    All targets of an origin stay together, and so do neighbouring origins, whose targets are much the same: a replicate
    takes blocks of six origins in a row, the last followed by the first, until it has as many as there are. Fewer than
    two blocks of origins say nothing of their spread.

    Parameters
    ----------
    origins : (target) [year]
    losses : (target) differences of score [its unit]
    block : origins in a block [1]
    replicates : [1]
    seed : key of the Philox generator

    Returns
    -------
    mean, and 95 % interval or NaN [the score's unit]

    References
    ----------
    Künsch (1989), "The jackknife and the bootstrap for general stationary observations", Ann. Stat. 17; Politis and
    Romano (1992), "A circular block-resampling procedure for stationary data".
    """
    distinct, index = np.unique(origins, return_inverse=True)
    sums = np.bincount(index, losses)
    counts = np.bincount(index)
    n = len(distinct)
    if n < 2 * block:
        return Difference(float(losses.mean()), math.nan, math.nan)
    dice = np.random.Generator(np.random.Philox(key=seed))
    starts = dice.integers(n, size=(replicates, math.ceil(n / block), 1))
    chosen = ((starts + np.arange(block)) % n).reshape(replicates, -1)[:, :n]
    means = sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Difference(float(losses.mean()), float(low), float(high))
