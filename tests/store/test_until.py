"""Runs until a Monte Carlo error: the smallest doubling that has it, with the bytes of a run of that many draws."""

import math

import pytest
import small_runs
from small_runs import quickly  # noqa: F401  (for every test here)

from simulator.errors import InputFault, Interrupted
from simulator.store import results, running
from simulator.store.until import run_until
from simulator.summaries.precision import PrecisionTarget, precision

COMMAND = ["run", *(part for setting in small_runs.SETS for part in ("--set", setting))]
OBSERVED = 'condition.observations=["revenue_2026"]'


def until(folder, mcse, *milestones, plan=None, most=100_000, **options):
    """The result, and its precision, of a run of a small plan that begins with 300 draws."""
    target = PrecisionTarget(mcse, milestones, most)
    return run_until(plan or small_runs.small(300), folder, target, **small_runs.KEEP, **options)


@pytest.mark.parametrize("sets", [(), (OBSERVED,)])
def test_the_result_is_that_of_a_run_of_as_many_draws(tmp_path, sets):
    result, reached = until(tmp_path / "until", 0.08, plan=small_runs.small(300, *sets), workers=2)
    draws = result.plan.draws
    assert draws == reached.draws
    assert math.log2(draws / 300) in range(1, 8)
    at_once = small_runs.finished(tmp_path / "once", draws, *sets)
    assert small_runs.contents(result.folder) == small_runs.contents(at_once)


@pytest.mark.parametrize("target", [0.005, 0.003])
def test_probabilities_take_the_draws_that_the_closed_form_says(tmp_path, target):
    """With m = (p n + 1) / (n + 2), the error of a probability p is sqrt(m (1 - m) / (n + 3)); no median by 2032."""
    result, reached = until(tmp_path / "until", target, "cluster_1t")
    row = next(row for row in result.milestone_estimates if row["name"] == "cluster_1t")

    def largest(draws):
        middles = [
            (p * draws + 1) / (draws + 2) for p in (row["reached"], *row["by_year"].values())
        ]
        return max(math.sqrt(m * (1.0 - m) / (draws + 3)) for m in middles)

    draws = 300
    while largest(draws) > target:
        draws *= 2
    assert reached.draws == draws >= 600
    assert reached.largest.mcse == pytest.approx(largest(draws), rel=1e-9)
    assert reached.beyond == ("cluster_1t",)


def test_half_of_the_draws_are_not_enough_for_a_median(tmp_path):
    target = PrecisionTarget(0.05, ("automated_researcher",))
    passed = []
    _, reached = until(
        tmp_path / "until", 0.05, *target.milestones, doubling=lambda p, draws: passed.append(p)
    )
    assert reached.largest.of == "p50"
    assert reached.reaches(target)
    assert passed
    assert not any(each.reaches(target) for each in passed)
    half = results.load_result(small_runs.finished(tmp_path / "half", reached.draws // 2))
    assert precision(half.milestone_estimates, half.plan.draws, target.milestones) == passed[-1]


def record(name, p50, mcse_p50, mcse_reached=0.01, mcse_year=0.01):
    years = {"by_year": {"2030": 0.5}, "mcse_by_year": {"2030": mcse_year}}
    median = {"p50": p50, "mcse_p50": mcse_p50}
    return {"name": name, **median, "mcse_reached": mcse_reached, **years}


def test_the_largest_error_is_of_a_median_or_of_a_probability():
    rows = [record("a", 2030.0, 0.2), record("b", math.inf, math.inf, mcse_year=0.3)]
    assert precision(rows, 10) == (10, ("b", "2030", 0.3), ("b",))
    assert precision(rows, 10, ["a"]) == (10, ("a", "p50", 0.2), ())
    assert precision([record("a", 2030.0, 0.0, mcse_reached=0.1)], 10).largest == (
        *("a", "reached", 0.1),
    )
    open_ended = precision([record("a", 2049.9, math.inf)], 10)
    assert not open_ended.reaches(PrecisionTarget(1e9))
    assert precision([], 10).reaches(PrecisionTarget(1e-9))


def test_the_bound_on_draws_ends_it_short_of_the_error(tmp_path):
    result, reached = until(tmp_path / "until", 1e-4, most=1000)
    assert result.plan.draws == reached.draws == 1000
    assert not reached.reaches(PrecisionTarget(1e-4))
    at_once = small_runs.finished(tmp_path / "once", 1000)
    assert small_runs.contents(result.folder) == small_runs.contents(at_once)


def test_an_interrupted_extension_is_resumed_to_the_same_bytes(tmp_path, monkeypatch):
    target, extended = tmp_path / "until", []

    def interrupt(draws):
        extended.append(draws)
        if sum(extended) > 700:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="--resume"):
        until(target, 0.012, "run_1e27", progress=interrupt)
    assert results.load_result(target).plan.draws < 1200
    result, _ = until(target, 0.012, "run_1e27", resume=True)
    undisturbed, _ = until(tmp_path / "undisturbed", 0.012, "run_1e27")
    assert small_runs.contents(result.folder) == small_runs.contents(undisturbed.folder)


def test_what_exists_is_gone_on_with_or_left_alone(tmp_path, monkeypatch):
    target = tmp_path / "until"
    small_runs.finished(target, 300)
    before = small_runs.contents(target)
    with pytest.raises(InputFault, match="--resume extends it to 600"):
        until(target, 0.02, "run_1e27")
    assert small_runs.contents(target) == before
    extended, _ = until(target, 0.02, "run_1e27", resume=True)
    monkeypatch.setattr(running, "simulate_missing", None)
    again, _ = until(target, 0.02, "run_1e27")  # precise enough, so there is nothing to do
    assert again.plan.draws == extended.plan.draws > 300
    monkeypatch.undo()
    anew, _ = until(target, 0.2, "run_1e27", overwrite=True)
    assert anew.plan.draws == 300


def test_the_command_tells_how_many_draws_it_took(folder, oomcast, without_pictures):
    words = ["--draws", "3e2", "--until-mcse", "0.02", "--milestones", "run_1e27,cluster_1t"]
    done = oomcast(*COMMAND, *words, "--out", "until", "--format", "json")
    assert done.code == 0
    draws = results.load_result("until").plan.draws
    assert f'"draws": {draws}' in done.out
    assert "300 draws leave an error of" in done.err
    assert "going on to 600" in done.err
    assert f"baseline: {draws:,} draws; the largest Monte Carlo error is 0.0" in done.err
    assert "(left out: medians beyond the horizon, of cluster_1t)" in done.err
    short = oomcast(
        *(*COMMAND, "peak-data", "--set", "seed=1", *words, "--max-draws", "350", "--out", "few"),
        *("--format", "csv"),
    )
    assert (short.code, short.out.count("run_1e27")) == (1, 1)
    assert "warning: peak-data: 350 draws leave an error of" in short.err
    assert "not 0.02" in short.err
    assert "raise --max-draws to" in short.err


def test_several_runs_are_each_as_precise(folder, oomcast, without_pictures):
    both = [COMMAND[0], "baseline", "peak-data", *COMMAND[1:], "--draws", "300", "--out", "both"]
    short = oomcast(*both, "--until-mcse", "0.02", "--max-draws", "600")
    assert short.code == 1
    assert short.err.count("600 draws leave an error of") == 2
    for name in ("baseline", "peak-data"):
        assert results.load_result(f"both/{name}").plan.draws == 600
    done = oomcast(*both, "--until-mcse", "0.9", "--milestones", "run_1e27")
    assert done.code == 0
    assert done.err.count("600 draws; the largest") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        *((["--until-mcse", bad], "--until-mcse: found") for bad in ("0", "-1", "nan", "inf")),
        (["--until-mcse", "x"], "--until-mcse"),
        (["--until-mcse", "1", "--milestones", "run_1e72"], 'did you mean "run_1e27"?'),
        (["--until-mcse", "1", "--max-draws", "9"], "the 10,000 draws of baseline, or more"),
        (["--until-mcse", "1", "--part", "1/2"], "--part"),
        (["--milestones", "run_1e27"], "no --until-mcse"),
        (["--max-draws", "1e5"], "no --until-mcse"),
    ],
)
def test_targets_that_cannot_be_had_are_refused(folder, oomcast, words, said):
    done = oomcast(*COMMAND, *words, "--out", "none")
    assert (done.code, "Traceback" in done.err) == (2, False)
    assert said in done.err
    assert not (folder / "none").exists()
