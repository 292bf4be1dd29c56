"""What each observation did: closed forms, and runs that leave one out."""

import json
import math

import numpy as np
import pytest
from scipy import stats

from simulator.evidence import influence
from simulator.inputs import load
from simulator.store import running

FROZEN = [
    "spending_growth=0.0",
    "economy_growth=0.0",
    "cluster_share=1e6",
    "price_performance_growth=0.0",
    "duration_growth=0.0",
    "power_ceiling=1e6",
    "chips_ceiling=1e6",
    "latency_ceiling=1e6",
]
"""With these training_flop is anchor_compute in every year."""
MEAN, SD = 25.325, 0.55 / 2 / 1.6448536269514722

FILE = """
[near]
series = "training_flop"
date = 2024-06-01
value = 25.5
sd = 0.2
unit = "log10 FLOP"
source = "judgement"
[far]
series = "training_flop"
date = 2025-06-01
value = 25.9
sd = 0.2
unit = "log10 FLOP"
source = "judgement"
[not_yet]
milestone = "run_1e27"
date = 2026-01-01
met = false
source = "judgement"
"""
SMALL = ['series=["training_flop"]', "horizon=2034.0", 'milestones=["run_1e27", "run_1e28"]']


@pytest.fixture
def evidence(tmp_path, monkeypatch):
    """An empty folder to stand in, with three observations."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "observations.toml").write_text(FILE)
    return tmp_path


def conditioned(folder, names, *sets, draws=3000):
    output = f"condition.observations={list(names)!r}"
    plan = load.load_plan("baseline", [output, f"draws={draws}", *SMALL, *sets])
    return running.run(plan, str(folder / "-".join(["result", *names])))


def normal_draws(sequential):
    """Draws of a standard normal parameter, or of its posterior, with three observations of it."""
    spread, values = np.array([0.8, 1.0, 1.5]), np.array([0.5, -0.3, 1.0])
    draws = np.random.default_rng(5).standard_normal(40_000)
    if sequential:
        precision = 1.0 + np.sum(spread**-2)
        draws = np.sum(values / spread**2) / precision + draws / math.sqrt(precision)
    logs = stats.norm(draws, spread[:, None]).logpdf(values[:, None])
    return draws, logs, values, spread


def independent(logs):
    """Likelihoods of observations that share no discrepancy; (observation, draw)."""
    together = logs.sum(axis=0)
    return influence.ObservationLikelihoods(together, together - logs, logs, logs, logs)


@pytest.mark.parametrize("sequential", [False, True])
def test_leaving_one_out_gives_the_normal_posterior_of_the_others(sequential):
    draws, logs, values, spread = normal_draws(sequential)
    weights = influence.posterior_weights(independent(logs), sequential)
    assert len(weights) == 4
    for i, each in enumerate(weights):
        others = np.arange(3) != i - 1
        precision = 1.0 + np.sum(spread[others] ** -2)
        mean = np.sum(values[others] / spread[others] ** 2) / precision
        error = 4.0 / math.sqrt(precision * each.effective)
        assert np.average(draws, weights=each.whole) == pytest.approx(mean, abs=error)
        assert not each.pareto_k > 0.7


def test_a_certain_record_cannot_be_left_out_of_the_posterior_s_draws():
    logs = np.array([np.zeros(100), np.linspace(-1.0, 0.0, 100)])
    _, certain, other = influence.posterior_weights(independent(logs), True)
    assert math.isnan(certain.pareto_k)
    assert not certain.whole.any()
    assert other.whole.any()


def test_moves_are_those_between_runs_with_and_without_the_observation(evidence):
    names = ["near", "far", "not_yet"]
    whole = conditioned(evidence, names)
    moves = influence.influences(whole, ["run_1e28"], ["2028", "2031"]).each
    full = {row["name"]: row for row in whole.milestone_estimates}["run_1e28"]
    assert [each.observation.name for each in moves] == sorted(names)
    for each in moves:
        rest = conditioned(evidence, [name for name in names if name != each.observation.name])
        without = {row["name"]: row for row in rest.milestone_estimates}["run_1e28"]
        assert each.p50_moved.value == pytest.approx(full["p50"] - without["p50"], abs=0.01)
        for year, moved in each.before_moved.items():
            expected = full["by_year"][year] - without["by_year"][year]
            assert moved.value == pytest.approx(expected, abs=1e-5)
            assert 0.0 < moved.mcse < full["mcse_by_year"][year] + without["mcse_by_year"][year]
        assert each.pareto_k == pytest.approx(rest.weights.pareto_k, nan_ok=True)


@pytest.mark.parametrize("sampler", ["weights", "sequential"])
def test_surprise_is_the_normal_tail_in_closed_form(evidence, sampler):
    sets = [*FROZEN, f"condition.sampler={sampler}"]
    made = conditioned(evidence, ["near", "far"], *sets)
    far, near = influence.influences(made, ["run_1e28"], ["2028"]).each
    assert (far.observation.name, near.observation.name) == ("far", "near")
    for each, value, other in ((near, 25.5, 25.9), (far, 25.9, 25.5)):
        tail = 2.0 * stats.norm.sf(abs(value - MEAN) / math.hypot(SD, 0.2))
        assert each.prior_p == pytest.approx(tail, abs=0.03)
        precision = SD**-2 + 0.2**-2
        mean = (MEAN / SD**2 + other / 0.2**2) / precision
        tail = 2.0 * stats.norm.sf(abs(value - mean) / math.hypot(precision**-0.5, 0.2))
        assert each.rest_p == pytest.approx(tail, abs=0.06)


def test_the_command_says_what_each_observation_did(evidence, oomcast):
    plan = load.load_plan("baseline", ["condition.observations=[]", "draws=600", *SMALL])
    running.run(plan, str(evidence / "runs" / "free"))
    words = ("condition", "free", "--observations", "near,not_yet")
    done = oomcast(*words)
    assert done.code == 0, done.err
    assert "near         training_flop 25.5 +- 0.2 log10 FLOP" in done.out
    assert "not_yet      run_1e27 not met" in done.out
    assert "What each observation did to run_1e28" in done.out
    output = json.loads(oomcast(*words, "--format", "json").out)
    assert [each["run"] for each in output] == ["baseline", "baseline-conditioned"]
    rows = output[1]["evidence"]["observations"]
    assert [(row["milestone"], row["observation"]) for row in rows] == [
        ("run_1e27", "near"),
        ("run_1e27", "not_yet"),
        ("run_1e28", "near"),
        ("run_1e28", "not_yet"),
    ]
    assert rows[1]["power_sensitivity"] is None  # a certain record has no power
    assert rows[1]["before_2028_moved"] < 0.0
    scaling = output[1]["evidence"]["power_scaling"]
    assert {each["milestone"] for each in scaling} == {"run_1e27", "run_1e28"}
    lines = oomcast(*words, "--format", "csv", "--milestones", "run_1e28").out.splitlines()
    assert len(lines) == 1 + 4 + 2
    wrong = oomcast(*words, "--milestones", "run_1e82")
    assert (wrong.code, 'did you mean "run_1e28"?' in wrong.err) == (2, True)
    other = oomcast("condition", "free", "--observations", "far")
    assert (other.code, "--overwrite" in other.err) == (2, True)
    assert oomcast("condition", "free", "--observations", "far", "--overwrite").code == 0


def test_the_command_adds_and_replaces_and_says_which(evidence, oomcast):
    plan = load.load_plan("baseline", ["condition.observations=['near']", "draws=600", *SMALL])
    running.run(plan, str(evidence / "runs" / "one"))
    line = "training_flop 2025-06-01 25.9 +- 0.2"
    added = oomcast("condition", "one", "--observe", line, "--add", "not_yet", "--format", "json")
    assert added.code == 0, added.err
    assert "oomcast: adds not_yet, training_flop_2025_06_01 to near\n" in added.err
    rows = json.loads(added.out)[1]["evidence"]["observations"]
    assert {row["observation"] for row in rows} == {"near", "not_yet", "training_flop_2025_06_01"}
    both = ("condition", "one", "--observations", "near,far", "--add", "not_yet", "--overwrite")
    stated = json.loads(oomcast(*both, "--format", "json").out)
    assert stated[1]["milestones"] == json.loads(added.out)[1]["milestones"]
    other = oomcast("condition", "one", "--observations", "far", "--overwrite")
    assert "oomcast: conditions on far in place of near\n" in other.err
