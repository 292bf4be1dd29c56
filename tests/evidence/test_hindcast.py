"""Scores against closed forms of the normal, and the rules of what is scored."""

import json
import math

import numpy as np
import pytest
from scipy import integrate, stats

from simulator.evidence import hindcast, scoring_rules
from simulator.evidence.hindcast import hindcast_scores
from simulator.evidence.scoring_rules import Prediction
from simulator.inputs import load
from simulator.inputs.observations import Observation, known_observations
from simulator.store import running


def observation(
    name, year, value, series="training_flop", unit="log10 FLOP", sd=0.3, discrepancy=0.4
):
    return Observation(
        name=name,
        year=year,
        source="judgement",
        series=series,
        unit=unit,
        value=value,
        sd=sd,
        discrepancy=discrepancy,
    )


def normal(mean, sd):
    return Prediction(np.array([mean]), np.ones(1), sd)


@pytest.mark.parametrize("value", [-2.0, 0.3, 1.0, 7.5])
def test_scores_of_one_normal_are_the_published_closed_forms(value):
    mean, sd = 1.0, 0.7
    z = (value - mean) / sd
    gneiting = sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - math.pi**-0.5)
    output = normal(mean, sd)
    assert scoring_rules.crps(output, value) == pytest.approx(gneiting, abs=1e-12)
    assert scoring_rules.log_score(output, value) == pytest.approx(
        stats.norm.logpdf(value, mean, sd)
    )
    assert scoring_rules.probability_integral_transform(output, value) == pytest.approx(
        stats.norm.cdf(z)
    )
    assert scoring_rules.mixture_quantile(output, 0.9) == pytest.approx(
        stats.norm.ppf(0.9, mean, sd), abs=1e-7
    )


def test_scores_of_a_mixture_are_those_of_its_definition():
    output = Prediction(np.array([-1.0, 0.5, 3.0]), np.array([0.2, 0.5, 0.3]), 0.4)
    value = 1.1

    def gap(x):
        return (scoring_rules.probability_integral_transform(output, x) - (x >= value)) ** 2

    expected, _ = integrate.quad(gap, -8, 8, points=[value], limit=200)
    assert scoring_rules.crps(output, value) == pytest.approx(expected, abs=1e-7)
    assert scoring_rules.probability_integral_transform(
        output, scoring_rules.mixture_quantile(output, 0.25)
    ) == pytest.approx(0.25)
    parts = stats.norm.pdf(value, output.centres, output.sd)
    assert scoring_rules.log_score(output, value) == pytest.approx(math.log(parts @ output.shares))


def test_many_draws_of_a_normal_score_like_the_wider_normal():
    z = stats.norm.ppf((np.arange(1500) + 0.5) / 1500)
    output = Prediction(2.0 + 0.6 * z, np.full(1500, 1 / 1500), 0.8)
    assert scoring_rules.crps(output, 3.0) == pytest.approx(
        scoring_rules.crps(normal(2.0, 1.0), 3.0), abs=3e-4
    )
    assert scoring_rules.log_score(output, 3.0) == pytest.approx(stats.norm.logpdf(1.0), abs=3e-4)


def test_a_calibrated_forecaster_is_covered_as_often_as_it_says():
    values = np.random.default_rng(0).normal(size=2000)
    scores = [
        hindcast.prediction_score(observation("x", 2024.0, float(v)), normal(0.0, 1.0))
        for v in values
    ]
    output = hindcast.score_summary(scores, 2000)
    for interval, share in (("50", 0.5), ("80", 0.8), ("95", 0.95)):
        error = output[f"coverage_{interval}_error"]
        assert error == pytest.approx(math.sqrt(share * (1 - share) / 2000))
        assert output[f"coverage_{interval}"] == pytest.approx(share, abs=3 * error)


def test_weights_count_in_predictions():
    trajectories = np.array([[[1.0, 2.0]], [[5.0, 6.0]], [[9.0, 9.0]]])
    years = np.array([2024.0, 2024.25])
    (output,) = hindcast.predictions(
        [observation("x", 2024.125, 0.0)],
        trajectories,
        ["training_flop"],
        years,
        np.array([3, 1, 0, 9]),
    )
    assert output.centres.tolist() == [1.5, 5.5]
    assert output.shares.tolist() == [0.75, 0.25]
    assert output.sd == pytest.approx(0.5)


def test_only_records_measure_the_frontier():
    actual = hindcast.records(
        [
            observation("late", 2024, 3.0),
            observation("below", 2023, 1.5),
            observation("first", 2022, 2.0),
        ]
    )
    assert [each.name for each in actual] == ["first", "late"]
    other = observation("other", 2023, 0.1, series="cluster_cost")
    assert other in hindcast.records([*actual, other])


def test_nothing_is_scored_that_was_known_or_used_or_is_not_the_scenarios():
    every = [
        observation("old", 2020.0, 1),
        observation("output", 2024.0, 2),
        observation("new", 2025.0, 3),
    ]
    every.append(observation("foreign", 2025.0, 1, series="ai_revenue"))
    actual = hindcast.later_records(every, 2023.0, ["output"], ["training_flop"])
    assert [each.name for each in actual] == ["new"]


def test_the_trend_is_the_line_with_its_prediction_error():
    x = np.array([2016.0, 2017.0, 2018.5, 2020.0])
    y = np.array([1.0, 2.2, 2.8, 4.9])
    known = [
        observation(str(i), a, b, sd=1e-3, discrepancy=0.0)
        for i, (a, b) in enumerate(zip(x, y, strict=True))
    ]
    wanted = observation("w", 2023.0, 0.0, sd=1e-3, discrepancy=0.0)
    output = hindcast.trend_prediction(known, wanted)
    line = stats.linregress(x, y)
    left = y - line.intercept - line.slope * x
    spread = left @ left / 2
    error = spread * (1 + 1 / 4 + (2023.0 - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2))
    assert output.centres[0] == pytest.approx(line.intercept + line.slope * 2023.0)
    assert output.sd == pytest.approx(math.sqrt(error))
    assert hindcast.trend_prediction(known[:2], wanted) is None
    assert (
        hindcast.trend_prediction(
            [k.model_copy(update={"year": 2020 + k.year / 1e4}) for k in known], wanted
        )
        is None
    )


def test_no_change_keeps_the_last_value_known():
    known = [
        observation("a", 2018.0, 1.0),
        observation("b", 2019.0, 2.0),
        observation("c", 2020.0, 4.0),
    ]
    output = hindcast.no_change_prediction(known, observation("w", 2025.0, 0.0))
    assert output.centres.tolist() == [4.0]
    assert output.sd == pytest.approx(math.sqrt((1 + 4) / 2))
    assert hindcast.no_change_prediction([], observation("w", 2025.0, 0.0)) is None


def test_what_one_growth_rate_decides_counts_once():
    z = np.random.default_rng(1).standard_normal((3, 4000))
    shares = np.full(4000, 1 / 4000)
    apart = [Prediction(row, shares, 0.01) for row in z]
    together = [Prediction(scale * z[0], shares, 0.01) for scale in (1.0, 2.0, 3.0)]
    series = [
        observation(name, 2025.0, 0.0, series=name, sd=0.01, discrepancy=0.0) for name in "abc"
    ]
    assert hindcast.effective_observations(series, apart) == pytest.approx(3.0, rel=0.05)
    assert hindcast.effective_observations(series, together) == pytest.approx(1.0, rel=0.01)
    assert hindcast.effective_observations([], []) == 0.0


def test_records_of_one_time_share_a_discrepancy_and_count_less():
    still = [Prediction(np.zeros(1), np.ones(1), 1.0)] * 2
    for apart in (0.0, 1.0, 20.0):
        pair = [
            observation(name, 2025.0 + after, 0.0, sd=0.6, discrepancy=0.8)
            for name, after in (("a", 0.0), ("b", apart))
        ]
        expected = 2.0 / (1.0 + 0.64 * math.exp(-apart))
        assert hindcast.effective_observations(pair, still) == pytest.approx(expected, rel=1e-9)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "hindcast-2023"
    made = load.load_plan("hindcast-2023", ["draws=1000", "horizon=2027.0"])
    return running.run(made, str(folder)), folder


def test_a_hindcast_is_scored_beside_its_rivals(scored, oomcast):
    result, folder = scored
    actual = hindcast_scores(result, known_observations())
    names = [each.name for each in actual.observations]
    assert "grok4" in names
    assert not {"gpt4", "gpt2", "math_gpt4", "revenue_2026"} & set(names)
    assert all(each.year > result.plan.as_of_year for each in actual.observations)
    assert 1.0 <= actual.effective < len(names) / 2
    done = oomcast("score", folder, "--format", "json")
    assert done.code == 0
    output = json.loads(done.out)
    assert {"run", "observations", "coverage_80", "crps", "log_score"} <= set(output)
    assert {"name", "observed", "p10", "p50", "p90", "inside_80"} <= set(output["observations"][0])
    assert set(output["compared"]) == {"world", "trend", "no change"}
    inside = [each["inside_80"] for each in output["observations"]]
    assert output["coverage_80"] == pytest.approx(np.mean(inside))
    first = output["observations"][0]
    assert first["inside_80"] == (first["p10"] <= first["observed"] <= first["p90"])


def test_the_reading_of_one_source_decides_the_score(scored, tmp_path):
    """Recorded: mean CRPS of both readings of the growth of spending."""
    made = load.load_plan("hindcast-2023-preferred", ["draws=1000", "horizon=2027.0"])
    other = running.run(made, str(tmp_path / "preferred"))
    means = []
    for result in (scored[0], other):
        scores = hindcast_scores(result, known_observations())
        means.append(hindcast.score_summaries(scores)["all"]["crps"])
        assert scores.errors["crps"] < 0.01
    assert means == pytest.approx([0.16, 0.28], abs=0.015)


def test_pictures_of_evidence_are_drawn_twice_alike(scored, oomcast, tmp_path):
    _, folder = scored
    for name in ("one.svg", "two.svg"):
        assert oomcast("plot", folder, "calibration", "-o", tmp_path / name).code == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert "Grok 4, 2025.5" in (tmp_path / "one.svg").read_text()
