"""The shipped scenarios say what the design says of them, and come out as they should."""

import math
import tomllib
from statistics import NormalDist

import numpy as np
import pytest
from checkout import ROOT

from simulator.inputs import load
from simulator.simulate import blocks

ANCHOR = 2023.25
ESSAY = {
    "price_performance_growth": 0.13,
    "algorithms_growth": 0.5,
    "feedback_multiplier": 1.0,
    "unhobbling_trend_occurs": 1.0,
    "unhobbling_trend_arrival": ANCHOR,
    "unhobbling_trend_gain": 15.0,
    "unhobbling_trend_ramp": 30.0,
    "unhobbling_chat_occurs": 1.0,
    "investment_start": 10.83,
    "investment_growth": 0.29,
    "ai_power_start": 3.5,
    "ai_power_growth": 0.28,
    "chip_output_start": 6.5,
    "chip_output_growth": 0.28,
    "revenue_start": 9.3,
    "revenue_growth": 0.515,
}
NONE = (
    "power_ceiling_growth", "chips_ceiling_growth", "utilisation_decline", "duration_growth",
    "regime_occurs", "inference_exchange", "algorithms_scale_dependence",
    "unhobbling_reasoning_occurs", "unhobbling_tools_occurs", "unhobbling_memory_occurs",
    "unhobbling_agency_occurs",
)  # fmt: skip
WALLS = (
    "price_performance_limit", "energy_efficiency_limit", "duration_limit", "algorithms_limit",
    "price_decline_limit", "spending_ceiling", "power_ceiling", "chips_ceiling", "latency_ceiling",
    "stock_start", "revenue_ceiling", "investment_ceiling", "ai_power_ceiling",
    "chip_output_ceiling", "cluster_share",
)  # fmt: skip
PEAK = {
    "stock_growth": ("fixed", 0.0, 0.0),
    "synthetic_limit": ("lognormal", 0.02, 0.2),
    "stock_start": ("normal", 13.0, 13.5),
    "repetition_gain": ("lognormal", 0.2, 0.5),
    "regime_occurs": ("fixed", 1.0, 1.0),
    "regime_slope": ("lognormal", 0.5, 4.0),
}


@pytest.fixture(scope="module")
def essay():
    return load.load_plan("situational-awareness")


@pytest.fixture(scope="module")
def baseline():
    return load.load_plan("baseline")


def priors(made):
    return {prior.name: prior for prior in made.priors}


def at(made, level):
    return {
        name: float(prior.distribution.inverse_cdf(np.array([level]))[0])
        for name, prior in priors(made).items()
    }


def draws(made, number=1024):
    return blocks.simulate_block(blocks.compile_plan(made), range(number))


def test_in_the_essays_scenario_two_things_vary(essay):
    free = {name for name, prior in priors(essay).items() if prior.family != "fixed"}
    assert free - set(essay.hold) == {"spending_growth", "researcher_threshold"}
    assert set(essay.hold.values()) == {0.5}
    varying = {n for n, values in draws(essay, 64).parameters.items() if np.ptp(values) > 0}
    assert varying == {"spending_growth", "researcher_threshold"}


def test_what_the_essay_does_not_name_is_the_baselines_median(essay, baseline):
    actual, medians = at(essay, 0.5), at(baseline, 0.5)
    named = {*ESSAY, *NONE, *WALLS, "spending_growth", "researcher_threshold"}
    assert named <= set(actual)
    assert {n: v for n, v in actual.items() if n not in named} == {
        n: v for n, v in medians.items() if n not in named
    }


def test_the_essays_numbers(essay):
    wanted = {**ESSAY, **dict.fromkeys(NONE, 0.0), **dict.fromkeys(WALLS, 1e6)}
    actual = at(essay, 0.3)
    assert {name: actual[name] for name in wanted if name not in essay.hold} == wanted
    low, high = at(essay, 0.05), at(essay, 0.95)
    threshold = "researcher_threshold"
    assert (low[threshold], high[threshold]) == pytest.approx((6.5, 8.0))
    spending = priors(essay)["spending_growth"]
    assert (spending.family, spending.natural) == ("uniform", {"low": 0.37, "high": 0.47})


def test_the_essays_scenario_is_a_straight_line(essay):
    block = draws(essay, 8)
    years = essay.grid.years
    after = years >= ANCHOR
    rate = block.parameters["spending_growth"] + 0.13 + 0.5 + 0.5
    line = rate * (years[after, np.newaxis] - ANCHOR)
    short = np.max(np.abs(block.series["effective_compute"][after] - line))
    assert 0 < short < 1e-3  # the far limit of 1e6 falls (rate t)^2 / 2e6 short
    assert not block.series["binding_constraint"].any()
    assert not block.series["data_penalty"].any()


def test_gpt4_in_a_minute_needs_more_than_the_essays_rates_give(essay):
    needed = next(m.threshold for m in essay.milestones if m.name == "gpt4_in_a_minute")
    assert math.log10(91.3 * 24 * 60) == pytest.approx(needed, abs=0.005)  # minutes in 3 months
    assert needed / (2028.0 - ANCHOR) == pytest.approx(1.08, abs=0.005)
    assert needed / 4 == pytest.approx(1.28)
    medians = at(essay, 0.5)
    rates = ("spending_growth", "price_performance_growth", "algorithms_growth")
    assert sum(medians[name] for name in rates) == pytest.approx(1.05)


def test_the_essays_researcher_comes_near_the_end_of_2027(essay):
    places = [milestone.name for milestone in essay.milestones]
    arrivals = draws(essay).arrivals[places.index("automated_researcher")]
    assert 2027.5 < np.median(arrivals) < 2028.5


def test_a_straight_line_that_stops_after_four_steps_comes_later(essay):
    stopped = load.load_plan(
        "situational-awareness", ["unhobbling_trend_gain=2.0", "unhobbling_trend_ramp=4.0"]
    )
    index = [milestone.name for milestone in essay.milestones].index("automated_researcher")
    medians = [np.median(draws(made).arrivals[index]) for made in (essay, stopped)]
    # From 2027.25 on the line rises at rate - 0.5; the median threshold is 7.25.
    rate = 0.42 + 0.13 + 0.5
    at_end = (rate + 0.5) * 4
    assert medians[1] == pytest.approx(2027.25 + (7.25 - at_end) / rate, abs=0.1)
    assert medians[1] > medians[0]


@pytest.mark.parametrize("name", PEAK)
def test_the_talks_priors(name):
    prior = priors(load.load_plan("peak-data"))[name]
    family, low, high = PEAK[name]
    actual = prior.distribution.inverse_cdf(np.array([0.05, 0.95]))
    assert prior.family == family
    assert actual == pytest.approx([low, high])


def test_the_talks_scenario_differs_in_what_it_names_alone(baseline):
    peak, base = priors(load.load_plan("peak-data")), priors(baseline)
    assert {name for name in base if peak[name] != base[name]} == {*PEAK, "regime_year"}
    year = peak["regime_year"]
    assert (year.family, year.natural) == ("uniform", {"low": 2025.0, "high": 2030.0})


def test_in_the_talks_scenario_data_run_out_and_pretraining_ends(baseline):
    peak = load.load_plan("peak-data")
    index = [milestone.name for milestone in peak.milestones].index
    arrivals, before = draws(peak).arrivals, draws(baseline).arrivals
    assert 2024.0 < np.median(arrivals[index("data_exhausted")]) < 2025.5
    ended, ended_before = (
        np.mean(each[index("pretraining_ends")] < 2031) for each in (arrivals, before)
    )
    assert ended > 0.7
    assert ended_before < 0.1


@pytest.mark.parametrize("scenario", ["situational-awareness", "peak-data"])
def test_seed_scenarios_are_unconditioned_and_say_why(scenario):
    raw = tomllib.loads((ROOT / "runs" / f"{scenario}.toml").read_text())
    assert raw["extends"] == "baseline"
    assert raw["condition"] == {"observations": []}
    assert load.load_plan(scenario).observations == ()
    assert all({"unit", "source", "note"} <= set(prior) for prior in raw["priors"].values())


@pytest.mark.parametrize("run", ["baseline", "peak-data", "situational-awareness"])
def test_shipped_scenarios_stand_a_far_horizon(run):
    assert load.load_plan(run, ["horizon=2100"]).horizon == 2100.0


@pytest.fixture(scope="module")
def trend():
    return load.load_plan("metr-trend", ["horizon=2040"])


def test_metrs_trend_is_a_straight_line_in_time(trend):
    """log10 minutes: an hour on 2025-02-24, doubling every so many days."""
    block, t = draws(trend, 8), trend.grid.years[:, np.newaxis] - (ANCHOR + 1.898)
    doublings = 365.25 * t / block.parameters["horizon_doubling"]
    expected = math.log10(60.0) + math.log10(2.0) * doublings
    np.testing.assert_allclose(block.series["time_horizon"], expected, atol=1e-3)


@pytest.mark.parametrize(("level", "published"), [(0.1, 1344.0), (0.5, 1714.0), (0.9, 2193.0)])
def test_metrs_trend_comes_to_its_published_quantiles(trend, level, published):
    """Days from an hour to a work-month, by the log-normal's closed form and by the draws."""
    spread = math.log(1.5 / 0.8) / 2 / NormalDist().inv_cdf(0.95)
    factor = math.sqrt(0.8 * 1.5) * math.exp(spread * NormalDist().inv_cdf(level))
    closed = 212.0 * factor * math.log2(167.0)
    assert closed == pytest.approx(published, abs=4.0)
    names = [milestone.name for milestone in trend.milestones]
    arrivals = draws(trend, 4096).arrivals[names.index("horizon_work_month")]
    days = 365.25 * (np.quantile(arrivals, level) - (ANCHOR + 1.898))
    assert days == pytest.approx(closed, rel=0.02)  # four standard errors of a quantile


def day_by_day(p):
    """Years of arrival by the equations of AI 2027's timelines forecast, half a day at a time."""
    ratio = np.select([p["horizon_trend"] < 0.5, p["horizon_trend"] < 1.5], [0.9, 1.1], 1.0)
    doublings, first = np.log2(p["coder_horizon"] * 167 * 60 / 15), p["horizon_doubling"] / 30.5
    changing = np.where(ratio == 1.0, 0.9, ratio)
    terms = np.where(ratio == 1.0, doublings, (1 - changing**doublings) / (1 - changing))
    work = np.maximum(0.1, first * terms + p["coder_cost_speed"])
    years, done, step = 2025.25 - p["announcement_delay"] / 12, np.zeros(len(work)), 0.5 / 365.25
    now, then = 1 + p["speedup_now"], 1 + p["speedup_coder"]
    while (going := (done < work) & (years < 2050)).any():
        pace, late = now * (then / now) ** (done / work), years >= 2029
        pace = np.where(late, np.sqrt(pace * (pace - 0.5) / 2), pace)
        done += np.where(going, 12 * step * (pace + np.where(late, 0.5, 1.0)) / 2, 0.0)
        years += np.where(going, step, 0.0)
    return np.where(done < work, np.inf, years)


@pytest.fixture(scope="module")
def ai_2027():
    return draws(load.load_plan("ai-2027"), 4096)


def test_ai_2027_s_closed_form_is_its_differential_equation(ai_2027):
    (arrivals,), stepped = ai_2027.arrivals[:1], day_by_day(ai_2027.parameters)
    early = (stepped > 2019) & (stepped < 2029)
    np.testing.assert_allclose(arrivals[early], stepped[early], atol=0.005)
    late = np.isfinite(arrivals) & np.isfinite(stepped) & (stepped >= 2029)
    assert np.all(np.abs(arrivals[late] - stepped[late]) < 0.005 + 0.1 * (stepped[late] - 2029))
    for level in (0.1, 0.5, 0.9):
        apart = np.quantile(arrivals, level) - np.quantile(stepped, level)
        assert abs(apart) < 0.1


def test_ai_2027_comes_to_its_published_quantiles(ai_2027):
    """November 2025, October 2027 and July 2039, of 5,000 draws; within four errors of such quantiles."""
    actual = np.quantile(ai_2027.arrivals[0], [0.1, 0.5, 0.9])
    assert np.all(np.abs(actual - [2025.88, 2027.79, 2039.54]) < [0.15, 0.35, 1.5])


def test_a_file_frees_what_another_holds(tmp_path, trend, essay):
    assert {"horizon_slope", "horizon_start"} <= set(essay.hold) - set(trend.hold)
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "situational-awareness"\n[hold]\nregime_year = "free"\n')
    freed = load.load_plan(str(mine))
    assert set(essay.hold) - set(freed.hold) == {"regime_year"}
    assert np.ptp(draws(freed, 8).parameters["regime_year"]) > 0
    assert load.load_plan("situational-awareness", ['hold.regime_year="free"']).hold == freed.hold
    again = tmp_path / "again.toml"
    again.write_text('extends = "mine.toml"\n[hold]\nregime_year = 0.25\n')
    assert load.load_plan(str(again)).hold["regime_year"] == 0.25
