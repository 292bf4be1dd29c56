"""Runs of Sobol' points: their cut, an extension, a resumption and parts change no byte, and limits are stated."""

import math

import numpy as np
import pytest
import small_runs
from small_runs import quickly  # noqa: F401  (for every test here)

from simulator.cli import app
from simulator.errors import InputFault
from simulator.inputs.stored_plan import parse_plan
from simulator.sensitivity.comparison import answer_differences
from simulator.simulate import blocks
from simulator.simulate.replay import replay
from simulator.store import parts, results
from simulator.store.beginning import RunRequest
from simulator.store.until import run_until
from simulator.summaries import summarise
from simulator.summaries.precision import PrecisionTarget, require_target

SOBOL = 'design="sobol"'
OBSERVED = 'condition.observations=["revenue_2026"]'


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return small_runs.finished(tmp_path_factory.mktemp("sobol") / "whole", 1500, SOBOL)


def test_blocks_and_workers_change_no_byte(whole, tmp_path, monkeypatch):
    simulate = blocks.simulate_blocks
    monkeypatch.setattr(
        summarise, "simulate_blocks", lambda compiled, draws: simulate(compiled, draws, 100)
    )
    again = small_runs.finished(tmp_path / "again", 1500, SOBOL, workers=3)
    assert small_runs.contents(again) == small_runs.contents(whole)


def test_an_extension_and_a_run_until_an_error_have_the_bytes_of_one_run(whole, tmp_path):
    small_runs.finished(tmp_path / "grown", 700, SOBOL)
    grown = small_runs.finished(tmp_path / "grown", 1500, SOBOL, resume=True)
    assert small_runs.contents(grown) == small_runs.contents(whole)
    target = PrecisionTarget(0.02, ("automated_researcher",), 50_000)
    plan = small_runs.small(750, SOBOL)
    result, reached = run_until(plan, tmp_path / "until", target, **small_runs.KEEP)
    assert reached.reaches(target)
    at_once = small_runs.finished(tmp_path / "once", result.plan.draws, SOBOL)
    assert small_runs.contents(result.folder) == small_runs.contents(at_once)


def test_parts_merge_to_the_bytes_of_the_whole(whole, tmp_path):
    request = RunRequest(small_runs.small(1500, SOBOL), False, False, 900, 300)
    for number in (3, 1, 2):
        parts.run_part(request, tmp_path / str(number), parts.DrawPart(number, 3))
    merged = parts.merge_parts([tmp_path / str(number) for number in (2, 3, 1)], tmp_path / "m")
    assert small_runs.contents(merged.folder) == small_runs.contents(whole)


def test_a_draw_is_replayed_with_its_numbers_and_the_plan_is_read_back(whole):
    result = results.load_result(whole)
    assert result.plan.design == "sobol"
    assert parse_plan(result.plan.canonical()) == result.plan
    record = replay(result.plan, 817)
    assert [*record["parameters"].values()] == result.parameters[817].tolist()
    assert [*record["arrivals"].values()] == result.arrivals[817].tolist()


def test_a_conditioned_run_weighs_its_points(tmp_path):
    result = results.load_result(small_runs.finished(tmp_path / "c", 900, SOBOL, OBSERVED))
    row = result.milestone_estimates[1]
    assert row["name"] == "run_1e27"
    assert result.weights.effective < 900
    assert 0.0 < row["mcse_p50"] < math.inf
    random = results.load_result(small_runs.finished(tmp_path / "r", 900, OBSERVED))
    other = random.milestone_estimates[1]
    assert abs(row["p50"] - other["p50"]) < 4.0 * math.hypot(row["mcse_p50"], other["mcse_p50"])


def test_random_draws_have_the_plan_and_digest_that_they_had_before_there_were_designs():
    plan = small_runs.small()
    assert '"design"' not in plan.canonical()
    assert plan.digest() != small_runs.small(1500, SOBOL).digest()
    assert parse_plan(plan.canonical()) == plan


def test_comparisons_draw_at_random_and_stay_paired():
    """A fixed prior moves no other level, so milestones that it has no say in do not differ at all."""
    plan = small_runs.small(1500, SOBOL)
    other = small_runs.small(1500, SOBOL, "algorithms_growth=0.4")
    records = answer_differences(plan, other, 256, 20).records
    expected = answer_differences(small_runs.small(), other, 256, 20).records
    np.testing.assert_equal(records, expected)
    row = next(each for each in records if each["name"] == "run_1e27")
    assert row["difference"] == 0.0


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        (['condition.sampler="sequential"', OBSERVED], "moves the draws at random"),
        (["draws=20_000_000"], "at most 16,777,216"),
    ],
)
def test_what_the_design_does_not_go_with_is_refused(sets, said):
    with pytest.raises(InputFault, match=said):
        small_runs.small(1500, SOBOL, *sets)


def test_more_draws_than_there_are_points_are_refused_before_the_run():
    with pytest.raises(InputFault, match="at most 16,777,216 with the design sobol"):
        require_target(PrecisionTarget(0.1, (), 10**8), small_runs.small(1500, SOBOL))


def test_the_command_names_the_scrambles_in_its_table(tmp_path, capsys):
    sets = [part for setting in small_runs.SETS for part in ("--set", setting)]
    with pytest.raises(SystemExit) as ended:
        app(["run", *sets, "--design", "sobol", "--draws", "600", "--out", str(tmp_path / "r")])
    assert ended.value.code == 0
    assert "16 scrambles of Sobol' points" in capsys.readouterr().out
