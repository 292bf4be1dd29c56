"""The closed forms of docs/method.md, checked on the naive reference itself."""

import math

import pytest
from reference import arrival, data_penalty, logistic, series, sigmoid

ANCHOR = 17  # index of 2023.25
FAR = 1e6

WORLD = {
    "anchor_compute": 25.3, "spending_start": 8.9, "power_start": 1.5, "chips_start": 4.2,
    "spending_growth": 0.4, "spending_ceiling": 11.7, "economy_growth": 0.018,
    "cluster_share": 0.0, "chip_stock_start": 6.15,
    "price_performance_growth": 0.155, "price_performance_limit": 3.2,
    "duration_growth": 0.1, "duration_limit": 0.5,
    "energy_efficiency_growth": 0.13, "energy_efficiency_limit": 2.8,
    "utilisation_decline": 0.05, "power_ceiling": 4.0, "power_ceiling_growth": 0.07,
    "chips_ceiling": 7.9, "chips_ceiling_growth": 0.2, "latency_ceiling": 31.2,
    "tokens_start": 13.0, "overtraining_growth": 0.1, "stock_start": 13.9, "stock_growth": 0.02,
    "repetition_gain": 0.67, "synthetic_start": 2025.0, "synthetic_limit": 0.5,
    "synthetic_rate": 0.25, "scaling_alpha": 0.3478, "scaling_beta": 0.3658,
    "algorithms_growth": 0.42, "algorithms_limit": 5.2, "algorithms_scale_dependence": 0.5,
    "researcher_threshold": 8.1, "feedback_multiplier": 2.3, "feedback_width": 0.9,
    "unhobbling_chat_occurs": 1.0, "unhobbling_chat_arrival": 2020.8,
    "unhobbling_chat_gain": 2.0, "unhobbling_chat_ramp": 1.0,
    "unhobbling_long_memory_occurs": 1.0, "unhobbling_long_memory_arrival": 2027.0,
    "unhobbling_long_memory_gain": 0.6, "unhobbling_long_memory_ramp": 1.6,
    "inference_start": 2024.7, "inference_growth": 0.6, "inference_limit": 2.8,
    "inference_exchange": 0.65, "regime_occurs": 1.0, "regime_year": 2030.1, "regime_slope": 0.7,
    "horizon_start": 0.22, "horizon_slope": 0.68, "revenue_start": 9.5, "revenue_growth": 0.42,
    "revenue_ceiling": 12.7, "investment_start": 10.8, "investment_growth": 0.28,
    "investment_ceiling": 12.6, "ai_power_start": 3.35, "ai_power_growth": 0.24,
    "ai_power_ceiling": 4.9, "generation_start": 5.6785, "generation_growth": 0.012,
    "chip_output_start": 6.2, "chip_output_growth": 0.26, "chip_output_ceiling": 8.7,
    "price_decline": 1.3, "price_decline_limit": 4.9, "benchmark_swe_bench_midpoint": 2.33,
    "benchmark_swe_bench_slope": 1.37, "benchmark_swe_bench_floor": 0.0,
}  # fmt: skip
NO_STEPS = {k: v for k, v in WORLD.items() if not k.startswith("unhobbling_")}
NO_FEEDBACK = {"feedback_multiplier": 1.0, "algorithms_scale_dependence": 0.0}
NO_STOCK_GROWTH = {"stock_growth": 0.0, "synthetic_limit": 1e-12}


def far(limit: float) -> dict[str, float]:
    """No wall but the limits of the saturating drivers, no steps, no inference, no regime."""
    walls = [k for k in NO_STEPS if k.endswith("_ceiling")] + ["stock_start"]
    limits = [k for k in NO_STEPS if k.endswith("_limit")]
    off = {"inference_exchange": 0.0, "regime_occurs": 0.0, "cluster_share": FAR}
    return NO_STEPS | NO_FEEDBACK | off | dict.fromkeys(walls, FAR) | dict.fromkeys(limits, limit)


@pytest.mark.parametrize(("limit", "tolerance"), [(1e15, 1e-11), (FAR, 1e-4)])
def test_straight_line_when_every_limit_is_far(limit: float, tolerance: float) -> None:
    # saturating falls short of its line by (rate * t)^2 / (2 * limit): 1e-4 OOM at 1e6.
    s = series(far(limit))
    rate = 0.95 * 0.4 + 0.155 + 0.1 + 0.42
    line = [rate * (year - 2023.25) for year in s["year"]]
    assert s["effective_compute"] == pytest.approx(line, rel=0, abs=tolerance)
    assert s["effective_compute"][:ANCHOR] == pytest.approx(line[:ANCHOR], rel=1e-12)
    assert s["ai_revenue"][-1] == pytest.approx(9.5 + 0.42 * 26.75, rel=1e-14)
    assert set(s["binding_constraint"]) == {0.0}


def test_algorithms_saturate_without_feedback() -> None:
    s = series(WORLD | NO_FEEDBACK)
    expected = [logistic(0.0, 0.42, 5.2, year - 2023.25) for year in s["year"]]
    assert s["algorithms"] == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_trained_effective_without_a_regime() -> None:
    s = series(WORLD | {"regime_occurs": 0.0})
    expected = [c + g for c, g in zip(s["trained_compute"], s["algorithms"], strict=True)]
    assert s["trained_effective"] == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_data_penalty_and_its_slope_are_zero_at_zero() -> None:
    assert data_penalty(0.3478, 0.3658, 0.0) == 0
    slopes = [data_penalty(0.3478, 0.3658, -h) / h for h in (1e-2, 1e-3, 1e-4)]
    assert slopes[0] > slopes[1] > slopes[2] > 0
    assert slopes[2] == pytest.approx(slopes[0] / 100, rel=0.01)


def test_trained_compute_rises_and_levels_with_a_fixed_stock() -> None:
    s = series(far(1e15) | NO_STOCK_GROWTH | {"stock_start": 13.2}, horizon=2200.0)
    rises = [y - x for x, y in zip(s["trained_compute"], s["trained_compute"][1:], strict=False)]
    assert min(rises) >= -1e-11
    # The level: all of the loss that is left is the data term, w_D 10^(-beta r) = C^-gamma.
    alpha, beta = 0.3478, 0.3658
    w_d, gamma = alpha / (alpha + beta), alpha * beta / (alpha + beta)
    level = (13.2 + 0.67 - 13.0) * beta / gamma - math.log10(w_d) / gamma
    assert s["trained_compute"][-1] == pytest.approx(level, abs=1e-9)
    assert s["physical_compute"][-1] > 100


def test_grid_anchor_and_names() -> None:
    s = series(WORLD)
    assert len(s["year"]) == 125
    assert (s["year"][0], s["year"][ANCHOR], s["year"][-1]) == (2019.0, 2023.25, 2050.0)
    assert s["effective_compute"][ANCHOR] == 0
    assert s["unhobbling"][0] == -2.0
    assert s["unhobbling"][-1] == pytest.approx(0.6)
    assert "score_swe_bench" in s
    assert len(s) == 1 + 37 + 1  # the year, the series of the page, one benchmark
    assert all(len(v) == 125 and all(map(math.isfinite, v)) for v in s.values())


def test_shapes_do_not_overflow() -> None:
    assert (sigmoid(1e6), sigmoid(-1e6), sigmoid(0.0)) == (1.0, 0.0, 0.5)
    assert logistic(9.0, 0.5, 12.0, 500.0) == pytest.approx(12.0)
    assert logistic(13.0, 0.5, 12.0, 500.0) == pytest.approx(12.0)
    assert logistic(9.0, 0.5, 1e6, 20.0) == 19.0


def test_arrival() -> None:
    years = [2019.0, 2019.25, 2019.5]
    assert arrival(years, [0.0, 1.0, 3.0], ">=", 2.0) == 2019.375
    assert arrival(years, [0.0, -1.0, -3.0], "<=", -1.0) == 2019.25
    assert arrival(years, [5.0, 1.0, 3.0], ">=", 2.0) == 2019.0
    assert arrival(years, [0.0, 1.0, 1.5], ">=", 2.0) == math.inf
