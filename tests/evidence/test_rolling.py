"""Forecasts of running records against simulation, quadrature and another implementation of the scores."""

import math

import numpy as np
import pytest
import scoringrules
from scipy import integrate, stats

from simulator.evidence import record_process, rolling, scoring_rules
from simulator.evidence.record_process import RecordForecast, record_crps, record_forecast
from simulator.evidence.scoring_rules import Prediction
from simulator.inputs.observations import Observation, known_observations

YEARS = np.array([2010.0, 2011.5, 2012.0, 2014.25])
RECORDS = np.array([1.0, 1.4, 2.1, 2.3])


def path(years=YEARS, records=RECORDS, unit="log10 FLOP"):
    return rolling.RecordPath("training_flop", unit, years, records)


def simulated_record(slope, scatter, start, end, level, dice):
    """Years and records of one history, with runs drawn one by one above a level that no record lies under."""
    years, records = [], []
    t, best = start, level
    while True:
        # The next run above the record comes when the integrated intensity reaches a unit exponential.
        rate = slope / scatter
        need = dice.exponential() * math.exp(best / scatter)
        t = math.log(math.exp(rate * t) + rate * need) / rate
        if t > end:
            return np.array(years), np.array(records)
        best += dice.exponential(scatter)
        years.append(t)
        records.append(best)


def test_the_forecast_is_that_of_many_simulated_futures():
    scatter, ratio, last = 0.25, 1.3, 2.0
    forecast = RecordForecast(
        last, 4.0, np.ones(1), np.array([scatter]), np.array([math.log(ratio)])
    )
    dice = np.random.default_rng(1)
    # Gamma(n, K) intensity, K = 1: runs above `last` until then are Poisson with mean ratio * A, sizes exponential.
    numbers = dice.poisson(ratio * dice.gamma(4.0, size=20_000))
    tops = np.array([last + max(dice.exponential(scatter, k), default=0.0) for k in numbers])
    for x in (last, 2.1, 2.5, 3.0):
        share = float(np.mean(tops <= x))
        error = math.sqrt(share * (1 - share) / 20_000)
        assert forecast.cdf(np.array([x]))[0] == pytest.approx(share, abs=4 * error)


def test_the_frontier_integrates_out_in_closed_form():
    """One node of the grid against quadrature over the frontier's level, with forgotten evidence."""
    origin, lead, memory, b, s = 2015.0, 2.0, 6.0, 0.4, 0.35
    t, r = YEARS - origin, RECORDS - RECORDS[-1]
    ends = np.append(t[1:], 0.0)
    waits = np.exp((t + ends) / 2 / memory)

    def expected(start, end, size):
        return integrate.quad(lambda time: math.exp((b * time - size) / s), start, end)[0]

    exposure = sum(
        u * expected(start, end, x) for u, start, end, x in zip(waits, t, ends, r, strict=True)
    )
    u = np.exp(t[1:] / memory)

    def posterior(log_a):
        return math.exp(log_a * u.sum() - math.exp(log_a) * exposure)

    def no_run_above(x):
        return lambda log_a: posterior(log_a) * math.exp(-math.exp(log_a) * expected(0, lead, x))

    whole = integrate.quad(posterior, -12, 6, limit=200)[0]
    forecast = record_forecast(YEARS, RECORDS, origin, lead, memory=memory)
    # the forecast of the one node: the same record with the grid cut down to it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_process, "SLOPES", np.array([b]))
        patch.setattr(record_process, "SCATTERS", np.array([s]))
        node = record_forecast(YEARS, RECORDS, origin, lead, memory=memory)
    for above in (0.0, 0.2, 0.9):
        share = integrate.quad(no_run_above(above), -12, 6, limit=200)[0] / whole
        assert node.cdf(np.array([RECORDS[-1] + above]))[0] == pytest.approx(share, rel=1e-6)
    assert forecast.weights.sum() == pytest.approx(1.0)


def test_weights_of_nodes_are_the_marginal_likelihood_times_the_prior():
    """Two nodes: the odds are those of the likelihood of the history, integrated over the frontier's level."""
    origin = 2015.0
    nodes = [(0.2, 0.3), (0.6, 0.3)]

    def log_likelihood(b, s, log_a):
        t, r = YEARS - origin, RECORDS - RECORDS[-1]
        ends = np.append(t[1:], 0.0)
        hits = sum(log_a + (b * x - y) / s - math.log(s) for x, y in zip(t[1:], r[1:], strict=True))
        exposure = sum(
            integrate.quad(lambda time, y=y: math.exp((b * time - y) / s), x, end)[0]
            for x, end, y in zip(t, ends, r, strict=True)
        )
        return hits - math.exp(log_a) * exposure

    marginal = [
        integrate.quad(
            lambda log_a, b=b, s=s: math.exp(log_likelihood(b, s, log_a)), -15, 8, limit=200
        )[0]
        * stats.norm.pdf(b, *record_process.SLOPE)
        for b, s in nodes
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_process, "SLOPES", np.array([b for b, _ in nodes]))
        patch.setattr(record_process, "SCATTERS", np.array([0.3]))
        forecast = record_forecast(YEARS, RECORDS, origin, 1.0, memory=math.inf)
    assert forecast.weights[1] / forecast.weights[0] == pytest.approx(
        marginal[1] / marginal[0], rel=1e-5
    )


def test_waiting_without_a_record_lowers_the_forecast():
    gains = [
        1.0 - float(record_forecast(YEARS, RECORDS, origin, 1.0).cdf(RECORDS[-1:] + 0.1)[0])
        for origin in (2014.5, 2015.5, 2017.0)
    ]
    assert gains[0] > gains[1] > gains[2] > 0.0


def test_a_forecast_moves_with_its_records():
    x = np.array([2.4, 2.8, 3.5])
    here = record_forecast(YEARS, RECORDS, 2015.0, 3.0).cdf(x)
    there = record_forecast(YEARS + 7.0, RECORDS + 20.0, 2022.0, 3.0).cdf(x + 20.0)
    assert there == pytest.approx(here, rel=1e-9)
    assert float(record_forecast(YEARS, RECORDS, 2015.0, 3.0).cdf(np.array([2.29]))[0]) == 0.0


def test_the_process_is_calibrated_on_histories_that_it_describes():
    """Slopes and scatters of the prior, histories simulated run by run: the pit of what came is uniform."""
    dice = np.random.default_rng(5)
    pits = []
    while len(pits) < 250:
        slope = dice.normal(*record_process.SLOPE)
        scatter = math.exp(
            dice.normal(math.log(record_process.SCATTER[0]), record_process.SCATTER[1])
        )
        if not (0.05 < slope < 1.5 and 0.05 < scatter < 1.4):
            continue
        years, records = simulated_record(slope, scatter, 0.0, 12.0, 0.0, dice)
        known = years <= 8.0
        if known.sum() < 4:
            continue
        forecast = record_forecast(years[known], records[known], 8.0, 4.0, memory=math.inf)
        came = records[-1]
        at_most = float(forecast.cdf(np.array([came]))[0])
        below = at_most if came > forecast.last else 0.0
        pits.append(dice.uniform(below, at_most))
    assert stats.kstest(pits, "uniform").pvalue > 0.01


@pytest.mark.parametrize("value", [2.3, 2.31, 2.9, 6.0])
def test_the_score_of_a_record_is_its_integral(value):
    forecast = record_forecast(YEARS, RECORDS, 2015.0, 3.0)

    def gap(x):
        return (float(forecast.cdf(np.array([x]))[0]) - (x >= value)) ** 2

    below, _ = integrate.quad(gap, forecast.last, value, limit=200)
    above = sum(
        integrate.quad(gap, a, b, limit=200)[0] for a, b in ((value, value + 2), (value + 2, 200))
    )
    assert record_crps(forecast, value) == pytest.approx(below + above, rel=1e-5)
    low = record_process.record_quantile(forecast, 0.6)
    assert float(forecast.cdf(np.array([low]))[0]) == pytest.approx(0.6, abs=1e-5)


def test_a_record_that_is_sure_to_stand_scores_nothing():
    still = RecordForecast(2.0, 3.0, np.ones(1), np.array([0.3]), np.array([-40.0]))
    assert record_crps(still, 2.0) == pytest.approx(0.0, abs=1e-12)
    assert record_process.record_quantile(still, 0.9) == 2.0


@pytest.mark.parametrize("value", [-1.5, 0.2, 3.0])
def test_scores_are_those_of_scoringrules(value):
    """Normals and mixtures of one width against a package of others."""
    means, shares, sd = np.array([-1.0, 0.5, 3.0]), np.array([0.2, 0.5, 0.3]), 0.4
    mixture = Prediction(means, shares, sd)
    theirs = scoringrules.crps_mixnorm(value, means, np.full(3, sd), shares)
    assert scoring_rules.crps(mixture, value) == pytest.approx(float(theirs), rel=1e-9)
    logs = scoringrules.logs_mixnorm(value, means, np.full(3, sd), shares)
    assert scoring_rules.log_score(mixture, value) == pytest.approx(-float(logs), rel=1e-9)
    one = Prediction(np.array([0.3]), np.ones(1), 0.7)
    assert scoring_rules.crps(one, value) == pytest.approx(
        float(scoringrules.crps_normal(value, 0.3, 0.7))
    )


def test_the_score_of_many_draws_of_a_record_is_that_of_its_distribution():
    forecast = record_forecast(YEARS, RECORDS, 2015.0, 3.0)
    levels = (np.arange(600) + 0.5) / 600
    draws = np.array([record_process.record_quantile(forecast, level) for level in levels])
    theirs = float(scoringrules.crps_ensemble(2.8, draws))
    assert record_crps(forecast, 2.8) == pytest.approx(theirs, abs=2e-3)


def test_least_squares_is_the_line_with_its_prediction_error():
    forecast = rolling.least_squares(path(), 2015.0, 2.0)
    line = stats.linregress(YEARS, RECORDS)
    left = RECORDS - line.intercept - line.slope * YEARS
    ahead = (2017.0 - YEARS.mean()) ** 2 / np.sum((YEARS - YEARS.mean()) ** 2)
    assert forecast.centres[0] == pytest.approx(line.intercept + line.slope * 2017.0)
    assert forecast.sd == pytest.approx(math.sqrt(left @ left / 2 * (1 + 1 / 4 + ahead)))


def test_the_random_walk_has_the_conjugate_drift():
    steps = np.array(
        [0.0, 0.0, 0.4, 0.7, 0.0, 0.0, 0.0, 0.0, 0.2, 0.0]
    )  # half-years from 2010 to 2015
    variance = steps.var(ddof=1) / 0.5
    mean0, sd0 = record_process.SLOPE
    precision = 1 / sd0**2 + 5.0 / variance
    drift = (mean0 / sd0**2 + steps.sum() / variance) / precision
    forecast = rolling.random_walk(path(), 2015.0, 2.0)
    assert forecast.centres[0] == pytest.approx(2.3 + 2.0 * drift)
    assert forecast.sd == pytest.approx(math.sqrt(2.0 * variance + 4.0 / precision))
    still = rolling.no_change(path(), 2015.0, 2.0)
    assert still.centres[0] == pytest.approx(2.3)
    assert still.sd == pytest.approx(math.sqrt(2.0 * np.mean(steps**2) / 0.5))


def test_no_forecast_knows_what_came_later():
    """A change of every record after an origin changes what is observed, and no quantile."""
    years = np.append(YEARS, [2016.4, 2017.7, 2019.2])
    true = path(years, np.append(RECORDS, [2.9, 3.3, 4.4]))
    other = path(years, np.append(RECORDS, [3.9, 5.0, 9.0]))
    for a, b in zip(rolling.rolling_scores(true), rolling.rolling_scores(other), strict=True):
        if a.origin <= 2016.4:
            assert a.quantiles == b.quantiles
            assert a.observed != b.observed


def test_origins_and_targets_lie_on_half_years_within_the_record():
    years = np.append(YEARS, [2016.4, 2019.2])
    scores = rolling.rolling_scores(path(years, np.append(RECORDS, [2.9, 4.4])))
    assert {each.forecaster for each in scores} == set(rolling.FORECASTERS)
    assert min(each.origin for each in scores) == 2016.0
    assert max(each.origin + each.lead for each in scores) == 2019.5
    targets = {(each.origin, each.lead) for each in scores}
    assert (
        len(targets) == 6 + 5 + 4 + 3 + 2 + 1
    )  # leads from each of the origins 2016.0, 2016.5, ... 2018.5
    observed = {each.observed for each in scores if each.origin + each.lead == 2019.0}
    assert observed == {2.9}


def test_too_few_records_are_not_forecast():
    assert not rolling.can_forecast(path(), 2011.9)
    assert not rolling.can_forecast(path(np.array([2014.0, 2014.2, 2014.4]), RECORDS[:3]), 2015.0)
    assert rolling.can_forecast(path(), 2012.0)
    assert rolling.rolling_summaries([]) == []


def test_fractions_are_scored_as_odds():
    scores = [
        ("a", 2019.0, 0.1),
        ("b", 2020.0, 0.5),
        ("below", 2020.5, 0.4),
        ("c", 2021.0, 0.9),
        ("d", 2022.0, 0.99),
    ]
    observations = [
        Observation(
            name=name,
            year=year,
            source="judgement",
            series="score_mmlu",
            unit="fraction",
            value=value,
            sd=0.02,
        )
        for name, year, value in scores
    ]
    (odds,) = rolling.record_paths(observations)
    assert odds.unit == "log10 odds"
    assert odds.values == pytest.approx([math.log10(1 / 9), 0.0, math.log10(9), math.log10(99)])
    assert rolling.record_paths(observations[:4]) == []


def test_the_block_bootstrap_is_that_of_its_blocks():
    origins = np.repeat(np.arange(2016.0, 2024.0, 0.5), 3)  # 16 origins of three targets
    assert rolling.block_difference(origins, np.full(48, -0.2)).high == pytest.approx(-0.2)
    losses = np.random.default_rng(2).normal(size=16)[(2 * (origins - 2016.0)).astype(int)]
    single = rolling.block_difference(origins, losses, block=1, replicates=20_000)
    mean, error = losses.mean(), losses.std() / 4.0  # iid bootstrap of 16 origins
    assert single.mean == pytest.approx(mean)
    assert single.high - single.low == pytest.approx(2 * 1.96 * error, rel=0.1)
    half = np.where(origins < 2020.0, 1.0, -1.0)  # neighbours alike: blocks must widen the interval
    alone = rolling.block_difference(origins, half, block=1)
    blocks = rolling.block_difference(origins, half)
    assert blocks.high - blocks.low > 1.3 * (alone.high - alone.low)
    assert math.isnan(rolling.block_difference(origins[:33], losses[:33]).low)


def test_a_record_that_stands_is_inside_an_interval_that_begins_there():
    base = ("training_flop", "x", 2020.0, 1.0, 2.0, {})
    stands = rolling.TargetScore(*base, below=0.0, at_most=0.3, crps=0.0, log_score=0.0)
    assert stands.inside(0.8)
    assert stands.inside(0.5)
    assert stands.pit == 0.15
    rare = rolling.TargetScore(*base, below=0.0, at_most=0.04, crps=0.0, log_score=0.0)
    assert not rare.inside(0.8)
    assert rare.inside(0.95)


def test_the_binned_log_score_is_the_density_where_there_is_one():
    low, high = stats.norm.cdf([0.25, 0.35])
    assert rolling.binned_log_score(low, high) == pytest.approx(stats.norm.logpdf(0.3), abs=1e-3)
    assert rolling.binned_log_score(0.0, 1.0) == pytest.approx(math.log(10.0))
    assert math.isfinite(rolling.binned_log_score(0.2, 0.2))


def test_the_shipped_record_of_compute_is_forecast_best_by_the_record_process():
    """Recorded: 135 targets of compute; see docs/method.md."""
    (compute,) = (
        p for p in rolling.record_paths(known_observations()) if p.series == "training_flop"
    )
    overall = {
        s.forecaster: s
        for s in rolling.rolling_summaries(rolling.rolling_scores(compute))
        if s.lead is None
    }
    crps = {name: round(each.crps, 2) for name, each in overall.items()}
    assert crps == {
        "record process": 0.30,
        "least squares": 0.66,
        "random walk": 0.36,
        "no change": 1.12,
    }
    assert {each.targets for each in overall.values()} == {135}
    assert overall["random walk"].difference.high < 0.0
