"""The model: the naive reference draw by draw, closed forms, and blocks that change no bit."""

import math

import numpy as np
import pytest
import reference

from simulator import sampling
from simulator.drivers.compute import physical_compute
from simulator.drivers.growth import logistic
from simulator.inputs import load
from simulator.model import value_in_draws
from simulator.simulate import blocks

ANCHOR = 17  # index of 2023.25
RATES = ("spending_growth", "price_performance_growth", "duration_growth", "algorithms_growth")
PURE = ("feedback_multiplier=1", "algorithms_scale_dependence=0")
NO_STEPS = tuple(
    f"unhobbling_{step}_occurs=0" for step in ("chat", "reasoning", "tools", "memory", "agency")
)
FAR = (
    *(f"{name}_ceiling=1e6" for name in ("spending", "power", "chips", "latency", "ai_power")),
    *(f"{name}_ceiling=1e6" for name in ("revenue", "investment", "chip_output")),
    *(f"{name}_limit=1e6" for name in ("price_performance", "energy_efficiency", "duration")),
    *(f"{name}_limit=1e6" for name in ("algorithms", "price_decline", "inference", "synthetic")),
    "stock_start=1e6",
    "cluster_share=1e6",
)
LONG = ("chip_output_growth=0.2", "revenue_growth=0.3")  # far horizons ask for limited growth
WALLS = (
    'priors.power_ceiling.p10=1.6', "priors.power_ceiling.p90=3.0", "priors.chips_ceiling.p10=4.5",
    "priors.chips_ceiling.p90=6.0", "latency_ceiling=26.5", "stock_start=12", "regime_occurs=1",
    "algorithms_scale_dependence=1", "feedback_multiplier=8",
)  # fmt: skip
EXAM = tuple(
    f'priors.benchmark_exam_{field}={{unit="{unit}", source="judgement", '
    f'family="uniform", low={low}, high={low + 0.2}}}'
    for field, unit, low in (("midpoint", "OOM", 2.0), ("slope", "1/OOM", 0.8), ("floor", "fraction", 0.1))
)  # fmt: skip
CEILING = (
    'priors.benchmark_exam_ceiling={unit="fraction", family="uniform", low=0.7, high=0.9, '
    'source="judgement", correlation={benchmark_exam_slope=-0.5}}'
)
SCENARIOS = {
    "baseline": ((), range(300)),
    "later draws": (("seed=0",), range(10**9 + 1, 10**9 + 31)),
    "another grid": (("start=2021.5", "anchor_year=2024.75", "horizon=2061"), range(40)),
    "anchor at the start": (("start=2023.25", "horizon=2031.75"), range(40)),
    "far limits": (FAR, range(40)),
    "binding walls": (WALLS, range(60)),
    "a benchmark without a ceiling": (EXAM, range(20)),
    "a benchmark with a ceiling": ((*EXAM, CEILING), range(20)),
    "still compute": (("spending_growth=0", "price_performance_growth=0", "duration_growth=0"), range(20)),
}  # fmt: skip


def simulated(*sets, draws=range(64)):
    compiled = blocks.compile_plan(load.load_plan("baseline", sets))
    return compiled.plan, blocks.simulate_block(compiled, draws)


def differs(name, actual, expected, story):
    """Where two paths of a series are further apart than rounding explains."""
    apart = np.abs(actual - expected) > 1e-9 + 1e-12 * np.abs(expected)
    if name == "binding_constraint":  # another code only where the two lowest limits tie
        kinds = ("affordable", "power_limited", "chip_limited", "latency_limited")
        four = np.sort([story[f"{kind}_compute"] for kind in kinds], axis=0)
        apart &= four[1] - four[0] > 1e-9
    return apart


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_series_and_arrival_is_the_reference_s(scenario):
    sets, draws = SCENARIOS[scenario]
    made, block = simulated(*sets, draws=draws)
    grid = (made.start, made.anchor_year, made.horizon)
    for i, draw in enumerate(draws):
        parameters = {name: float(values[i]) for name, values in block.parameters.items()}
        story = reference.series(parameters, *grid)
        assert set(story) - {"year"} == set(block.series)
        assert story["year"] == made.grid.years.tolist()
        for name, values in block.series.items():
            apart = differs(name, values[:, i], np.array(story[name]), story)
            assert not apart.any(), f"draw {draw}: {name} at {made.grid.years[apart]}"
        for row, m in enumerate(made.milestones):
            level = parameters.get(m.threshold, m.threshold)
            lag = parameters.get(m.lag, m.lag)
            expected = reference.arrival(story["year"], story[m.series], m.direction, level, lag)
            actual = block.arrivals[row, i]
            assert actual == expected or abs(actual - expected) < 1e-9, f"draw {draw}: {m.name}"


def test_the_scenarios_above_reach_the_corners_of_the_model():
    _, block = simulated(*WALLS, draws=SCENARIOS["binding walls"][1])
    assert set(np.unique(block.series["binding_constraint"])) == {0.0, 1.0, 2.0, 3.0}
    assert block.series["data_penalty"].max() > 0.4
    assert block.series["research_speedup"].max() > 5
    assert len(np.unique(block.parameters["unhobbling_tools_occurs"])) == 2


@pytest.mark.parametrize(
    ("four", "code"), [("1111", 0), ("2111", 1), ("2211", 2), ("2221", 3), ("1211", 0)]
)
def test_a_tie_binds_by_the_lower_code(four, code):
    limits = [np.full((1, 1), float(limit)) for limit in four]
    least, actual, flop = physical_compute(*limits, np.array([25.0]))
    assert (least.item(), actual.item(), flop.item()) == (1.0, code, 26.0)


def test_parameters_are_the_priors_at_the_mixed_levels(plan, compiled, block):
    names = [prior.name for prior in plan.priors]
    levels = sampling.correlated_levels(plan.sampling, compiled.copula, names, block.draws)
    for prior in plan.priors:
        expected = prior.distribution.inverse_cdf(levels[prior.name])
        np.testing.assert_array_equal(block.parameters[prior.name], expected)


@pytest.mark.parametrize("width", [1, 3, 7, 512])
def test_blocks_of_any_width_hold_the_same_bits(compiled, block, width):
    for start in (0, 5, 1024) if width < 512 else (0, 5, 512, 1536):
        part = blocks.simulate_block(compiled, range(start, start + width))
        here = slice(start, start + width)
        np.testing.assert_array_equal(part.arrivals, block.arrivals[:, here])
        for name, values in part.series.items():
            np.testing.assert_array_equal(values, block.series[name][:, here], err_msg=name)


def test_efficiency_is_logistic_where_nothing_feeds_back():
    made, block = simulated(*PURE)
    t = made.grid.years[:, np.newaxis] - made.anchor_year
    p = block.parameters
    expected = logistic(np.zeros(1), p["algorithms_growth"], p["algorithms_limit"], t)
    np.testing.assert_allclose(block.series["algorithms"], expected, rtol=1e-12, atol=1e-12)


def test_without_a_regime_trained_effective_is_a_sum():
    s = simulated("regime_occurs=0")[1].series
    expected = s["trained_compute"] + s["algorithms"]
    np.testing.assert_allclose(s["trained_effective"], expected, rtol=1e-12, atol=1e-12)


def test_after_a_change_of_regime_growth_is_multiplied():
    s = simulated("regime_occurs=1", "regime_year=2030", "regime_slope=2.5")[1].series
    grown = np.diff(s["trained_compute"] + s["algorithms"], axis=0)
    factor = np.where(np.arange(124) >= 44, 2.5, 1.0)[:, np.newaxis]
    np.testing.assert_allclose(np.diff(s["trained_effective"], axis=0), factor * grown, atol=1e-12)


def test_far_limits_leave_a_straight_line_less_their_second_order_terms():
    made, block = simulated(
        *FAR, *PURE, *NO_STEPS, "inference_exchange=0", "regime_occurs=0", "utilisation_decline=0"
    )
    t = made.grid.years[:, np.newaxis] - made.anchor_year
    rates = [block.parameters[name] for name in RATES]
    bending = rates[1:3]  # spending and algorithms are logistic: straight to the last digit
    short = sum((rate * np.maximum(t, 0.0)) ** 2 for rate in bending) / 2e6
    expected = sum(rates) * t - short
    np.testing.assert_allclose(block.series["effective_compute"], expected, rtol=0, atol=2e-8)
    assert short.max() > 1e-5
    assert not block.series["binding_constraint"].any()


def test_effective_compute_is_0_at_the_anchor_where_nothing_binds():
    s = simulated(*FAR)[1].series
    assert np.abs(s["effective_compute"][ANCHOR]).max() < 1e-12
    assert not s["unhobbling"][ANCHOR].any()
    assert not s["algorithms"][ANCHOR].any()


@pytest.mark.parametrize("share", [0.0, -0.5])
def test_a_cluster_has_no_more_than_its_share_of_all_power_and_chips(share):
    s = simulated(f"cluster_share={share}")[1].series
    after = slice(ANCHOR, None)
    for cluster, whole in (("cluster_power", "ai_power"), ("cluster_chips", "chip_stock")):
        left = s[whole][after] + share - s[cluster][after]
        assert left.min() > -1e-9, cluster
        assert np.isclose(left, 0.0, atol=1e-9).any(), cluster  # and it does bind in some draws
    free = simulated("cluster_share=1e6")[1].series
    assert (free["cluster_power"] > s["ai_power"]).mean() > 0.01


def test_money_ends_at_its_share_of_an_economy_that_grows():
    made, block = simulated(*LONG, "horizon=2300", "cluster_share=1e6")
    t = made.horizon - made.anchor_year
    for name, key in (("affordable_cluster_cost", "spending"), ("ai_revenue", "revenue")):
        expected = block.parameters[f"{key}_ceiling"] + block.parameters["economy_growth"] * t
        np.testing.assert_allclose(block.series[name][-1], expected, rtol=1e-6)


def test_with_a_fixed_stock_pretraining_never_falls_and_levels_off():
    fixed = (*LONG, "stock_growth=0", "synthetic_limit=1e-12", "stock_start=13.2", "horizon=2150")
    _, block = simulated(*FAR[:-1], *fixed)
    s, p = block.series, block.parameters
    assert np.diff(s["trained_compute"], axis=0).min() > -1e-9
    assert np.diff(s["physical_compute"], axis=0).min() > 0
    # The level: all of the loss that is left is the data term, w_D 10^(-beta r) = C^-gamma.
    alpha, beta = p["scaling_alpha"], p["scaling_beta"]
    share, gamma = alpha / (alpha + beta), alpha * beta / (alpha + beta)
    room = p["stock_start"] + p["repetition_gain"] - p["tokens_start"]
    level = room / share - np.log10(share) / gamma
    np.testing.assert_allclose(s["trained_compute"][-1], level, atol=1e-3)


def test_the_data_penalty_starts_at_0_with_slope_0():
    shortages = {}
    for short in (0.0, 1e-2, 1e-3, 1e-4):
        # Synthetic data and growth aside, the stock is `short` under the optimum at the anchor.
        sets = ("stock_growth=0", "synthetic_start=2030", "repetition_gain=0", "tokens_start=13.0")
        _, block = simulated(*FAR[:-1], *sets, f"stock_start={13.0 - short}", draws=range(8))
        shortages[short] = block.series["data_penalty"][ANCHOR]
    assert not shortages[0.0].any()
    slopes = [shortages[short] / short for short in (1e-2, 1e-3, 1e-4)]
    np.testing.assert_allclose(slopes[1] / slopes[0], 0.1, rtol=0.02)
    np.testing.assert_allclose(slopes[2] / slopes[1], 0.1, rtol=0.02)


def test_at_a_penalty_of_0_4_one_more_flop_buys_about_half_of_what_it_did():
    fixed = (*LONG, "stock_growth=0", "synthetic_limit=1e-12", "stock_start=13.2", "horizon=2100")
    s = simulated(*FAR[:-1], *fixed)[1].series
    bought = np.diff(s["trained_compute"], axis=0) / np.diff(s["physical_compute"], axis=0)
    penalty = (s["data_penalty"][1:] + s["data_penalty"][:-1]) / 2
    near = np.abs(penalty - 0.4) < 0.02
    assert near.any()
    assert bought[near] == pytest.approx(0.5, abs=0.12)


def test_half_of_the_multiplier_applies_at_the_researcher_s_threshold():
    made, block = simulated("feedback_multiplier=3")
    reached = block.series["effective_compute"] >= block.parameters["researcher_threshold"]
    assert ((block.series["research_speedup"] >= 2.0) == reached).all()
    (mark,) = (m for m in made.milestones if m.name == "automated_researcher")
    assert (
        value_in_draws(mark.threshold, block.parameters) == block.parameters["researcher_threshold"]
    ).all()


def test_every_series_is_a_number_in_its_range(block):
    assert all(np.isfinite(values).all() for values in block.series.values())
    for name, values in block.series.items():
        if name.startswith("score_") or name == "ai_power_share":
            assert values.min() >= 0.0, name
            assert values.max() <= 1.0, name
    assert block.series["data_penalty"].min() == 0.0
    assert math.isinf(block.arrivals.max())
