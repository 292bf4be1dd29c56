"""Pools of scenarios, against closed forms of mixtures of uniform arrivals."""

import json
import math

import numpy as np
import pytest

from simulator.api import load_scenario, run
from simulator.cli import call
from simulator.errors import InputFault
from simulator.summaries.counts import DAYS
from simulator.summaries.pool import (
    PooledArrival,
    pooled_arrivals,
    split_arrivals,
    weights_of_text,
)

START, HORIZON = 2020.0, 2040.0

DATES = START + np.arange(round((HORIZON - START) * DAYS) + 1) / DAYS


@pytest.fixture(scope="module")
def result():
    return run(load_scenario("situational-awareness", {"draws": 256}))


def uniform_cdf(low, high, ever=1.0):
    return ever * np.clip((DATES - low) / (high - low), 0.0, 1.0)


def pool_of(cdfs, weights, effective=1000.0):
    n = np.full(len(cdfs), effective)
    return PooledArrival(DATES, np.array(cdfs), np.array(weights), n)


def test_quantiles_of_two_uniforms_are_those_of_the_mixture():
    """A quarter on 2024-2026, three quarters on 2030-2032: level p > 1/4 lies at 2030 + 2 (p - 1/4) / (3/4)."""
    pool = pool_of([uniform_cdf(2024, 2026), uniform_cdf(2030, 2032)], [0.25, 0.75])
    assert pool.quantile(0.125).value == pytest.approx(2025.0, abs=1e-9)
    assert pool.quantile(0.5).value == pytest.approx(2030 + 2 / 3, abs=1e-9)
    assert pool.quantile(0.9).value == pytest.approx(2030 + 2 * 0.65 / 0.75, abs=1e-9)


def test_the_share_between_is_that_of_the_variances():
    """Means 2025 and 2031 with weights 1/4 and 3/4 vary by 3/16 * 36; each uniform of width 2 by 1/3."""
    pool = pool_of([uniform_cdf(2024, 2026), uniform_cdf(2030, 2032)], [0.25, 0.75])
    between = 3 / 16 * 36
    assert pool.between_share() == pytest.approx(between / (between + 1 / 3), abs=1e-5)


def test_like_scenarios_have_nothing_between_them_and_a_fixed_date_no_share():
    alike = [uniform_cdf(2024, 2030)] * 2
    assert pool_of(alike, [0.5, 0.5]).between_share() == pytest.approx(0.0, abs=1e-12)
    fixed = (DATES >= 2030.0).astype(float)
    assert pool_of([fixed, fixed], [0.5, 0.5]).between_share() is None


def test_never_is_never_a_year():
    """Half of a scenario of weight 0.4 never arrives, so levels above 0.8 lie beyond the horizon."""
    pool = pool_of([uniform_cdf(2024, 2026, ever=0.5), uniform_cdf(2024, 2026)], [0.4, 0.6])
    assert math.isinf(pool.quantile(0.81).value)
    assert math.isinf(pool.quantile(0.81).mcse)
    assert pool.quantile(0.79).value < 2026.0
    assert pool.probability(HORIZON).value == pytest.approx(0.8)


def test_errors_of_paired_scenarios_do_not_average_out():
    """At a level of one half of two like uniforms of width 2: mcse = 2 * sqrt(1/4 / n), as of either alone."""
    pool = pool_of([uniform_cdf(2024, 2026)] * 2, [0.5, 0.5], effective=5000.0)
    assert pool.quantile(0.5).mcse == pytest.approx(2 * math.sqrt(0.25 / 5000), rel=1e-3)
    assert pool.probability(2025.0).mcse == pytest.approx(math.sqrt(0.25 / 5000), rel=1e-3)


def test_a_result_pooled_with_itself_answers_as_alone(result):
    for name, arrival in pooled_arrivals([result, result], [1.0, 3.0]).items():
        row = next(row for row in result.milestone_estimates if row["name"] == name)
        for key, level in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
            value = arrival.quantile(level).value
            assert value == row[key] or abs(value - row[key]) <= 1.001 / DAYS
        for year, share in row["by_year"].items():
            assert arrival.probability(float(year)).value == pytest.approx(share, abs=1e-12)
            error = row["mcse_by_year"][year]
            assert arrival.probability(float(year)).mcse == pytest.approx(error)
        assert arrival.probability(result.plan.horizon).value == pytest.approx(row["reached"])


@pytest.mark.parametrize("text", ["1", "1,2,3", "1,-1", "0,1", "a,b", "inf,1", "nan,1", ""])
def test_weights_that_say_nothing_are_refused(text):
    with pytest.raises(InputFault, match="2 positive numbers"):
        weights_of_text(text, 2)


def test_weights_are_shares():
    assert weights_of_text("2, 6", 2) == [0.25, 0.75]
    assert weights_of_text(None, 4) == [0.25] * 4
    with pytest.raises(InputFault, match="two results or more"):
        weights_of_text(None, 1)


def test_the_command_prints_scenarios_and_pool(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert call(["run", "situational-awareness", "peak-data", "--draws", "64"]) == 0
    assert call(["run", "baseline", "--draws", "64", "--horizon", "2040", "--out", "short"]) == 0
    capsys.readouterr()
    command = ["pool", "situational-awareness", "peak-data", "--weights", "3,1"]
    assert call([*command, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["weight"] for each in document["runs"]] == [0.75, 0.25]
    assert document["milestones"][0]["name"] == "automated_researcher"
    assert call(command) == 0
    assert "  pool" in capsys.readouterr().out
    assert call(["pool", "peak-data", "short"]) == 2
    assert "one horizon" in capsys.readouterr().err


@pytest.fixture(scope="module")
def routes():
    return run(load_scenario("routes", {"draws": 1500, "horizon": 2040}))


def test_a_result_split_by_a_parameter_is_its_draws_in_groups_and_their_pool_the_whole(routes):
    labels, arrivals = split_arrivals(routes, "researcher_route")
    assert labels == (
        "time horizon",
        "benchmarks and gaps",
        "compute anchors",
        "the essay's ladder",
    )
    weights = routes.weights.whole.astype(float)
    route, years = routes.parameter_values["researcher_route"], np.asarray(routes.arrivals[:, 0])
    split = arrivals["automated_researcher"]
    for value in range(4):
        mine = weights * (route == value)
        assert split.weights[value] == pytest.approx(mine.sum() / weights.sum(), abs=1e-12)
        assert split.effective[value] == pytest.approx(mine.sum() ** 2 / (mine**2).sum(), rel=1e-12)
        share = mine[years < 2031.0].sum() / mine.sum()
        assert split.member(value).probability(2031.0).value == pytest.approx(share, abs=1e-12)
    (whole,) = [row for row in routes.milestone_estimates if row["name"] == "automated_researcher"]
    assert split.quantile(0.5).value == pytest.approx(whole["p50"], abs=0.01)
    assert split.probability(2031.0).value == pytest.approx(whole["by_year"]["2031"], abs=1e-9)


def test_the_share_between_values_is_that_of_the_law_of_total_variance(routes):
    weights = routes.weights.whole.astype(float)
    years = np.minimum(np.asarray(routes.arrivals[:, 0]), 2040.0)
    route = routes.parameter_values["researcher_route"]
    mean = np.average(years, weights=weights)
    groups = [
        (weights[route == v].sum(), np.average(years[route == v], weights=weights[route == v]))
        for v in range(4)
    ]
    between = sum(w * (m - mean) ** 2 for w, m in groups) / weights.sum()
    total = np.average((years - mean) ** 2, weights=weights)
    split = split_arrivals(routes, "researcher_route").arrivals["automated_researcher"]
    assert split.between_share() == pytest.approx(between / total, abs=2e-3)


def test_the_command_splits_one_result_and_refuses_what_has_no_few_values(
    folder, oomcast, without_pictures
):
    assert oomcast("run", "routes", "--draws", 400, "--set", "horizon=2035").code == 0
    said = json.loads(oomcast("pool", "routes", "--by", "researcher_route", "--format", "json").out)
    first = said["milestones"][0]
    assert list(first["values"]) == [each["value"] for each in said["values"]]
    assert sum(each["weight"] for each in said["values"]) == pytest.approx(1.0)
    assert "between" in oomcast("pool", "routes", "--by", "researcher_route").out
    for words, message in (
        (["routes", "--by", "researcher_rout"], 'did you mean "researcher_route"'),
        (["routes", "--by", "horizon_slope"], "2 to 20 values"),
        (["routes", "routes", "--by", "researcher_route"], "one result alone"),
        (["routes", "--by", "researcher_route", "--weights", "1"], "one result alone"),
    ):
        refused = oomcast("pool", *words)
        assert refused.code == 2
        assert message in refused.err
