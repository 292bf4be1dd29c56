"""Conditioning: closed forms, truncation, and that neither order nor machinery changes a bit."""

import json
import math

import numpy as np
import pytest

from simulator import arrays
from simulator.errors import Interrupted
from simulator.evidence import draw_evidence, tempered, weights
from simulator.evidence.weights import LARGEST_WEIGHT, importance_weights, smoothed_weights
from simulator.inputs import load
from simulator.simulate import blocks, replay
from simulator.store import running
from simulator.summaries import counts, estimates, summarise

STILL = [
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


@pytest.fixture
def evidence(tmp_path, monkeypatch):
    """Stand in an empty folder and give a way to write observations there."""
    monkeypatch.chdir(tmp_path)

    def write(**entries):
        folder = tmp_path / "evidence"
        folder.mkdir(exist_ok=True)
        lines = []
        for name, entry in entries.items():
            lines += [f"[{name}]", *(f"{key} = {value}" for key, value in entry.items())]
        (folder / "observations.toml").write_text("\n".join(lines))

    return write


def observed(value, sd, date="2024-06-01", **more):
    return {
        "series": '"training_flop"',
        "date": date,
        "value": value,
        "sd": sd,
        "unit": '"log10 FLOP"',
        "source": '"judgement"',
        **more,
    }


def yet(milestone, date, met="false", **more):
    source = {"source": '"judgement"'}
    return {"milestone": f'"{milestone}"', "date": date, "met": met, **source, **more}


FEW = ('series=["training_flop", "effective_compute"]', "horizon=2034.0")  # numbers to summarise


def read(names, *sets, draws=2000):
    output = f"condition.observations={list(names)!r}"
    return load.load_plan("baseline", [output, f"draws={draws}", *FEW, *sets])


def result(made, tmp_path, name="result"):
    return running.run(made, str(tmp_path / name))


def anchor(actual):
    """Weighted mean and standard deviation of anchor_compute."""
    column = [prior.name for prior in actual.plan.priors].index("anchor_compute")
    values, weights = np.asarray(actual.parameters[:, column]), actual.weights.whole
    mean = np.average(values, weights=weights)
    return mean, math.sqrt(np.average((values - mean) ** 2, weights=weights))


def closed(value, spread):
    """Posterior mean and standard deviation of a normal mean under one normal observation."""
    precision = SD**-2 + spread**-2
    return (MEAN / SD**2 + value / spread**2) / precision, precision**-0.5


def test_weights_give_the_normal_posterior_in_closed_form(evidence, tmp_path):
    evidence(one=observed(25.6, 0.12, discrepancy=0.16))
    actual = result(read(["one"], *STILL, "horizon=2030.0", draws=8000), tmp_path)
    mean, sd = closed(25.6, 0.2)
    error = sd / math.sqrt(actual.weights.effective)
    assert actual.weights.pareto_k < 0.5
    assert anchor(actual) == pytest.approx((mean, sd), abs=4 * error)
    year = actual.shape.years.tolist().index(2030.0)
    output = estimates.band_estimates(actual.counts, actual.shape, "training_flop")
    assert output["p50"][year] == pytest.approx(mean, abs=4 * output["mcse_p50"][year])
    assert output["p90"][year] == pytest.approx(
        mean + 1.2816 * sd, abs=4 * output["mcse_p90"][year]
    )


def test_the_sequential_sampler_gives_it_where_weights_cannot(evidence, tmp_path, oomcast):
    evidence(far=observed(26.3, 0.1))  # 5.8 prior standard deviations out
    short = [*STILL, "horizon=2025.0"]
    weighed = result(read(["far"], *short, draws=500), tmp_path, "weighed")
    assert weights.weight_warnings(weighed.weights.effective, weighed.weights.pareto_k)
    simulated = read(["far"], *short, "condition.sampler=sequential", draws=500)
    actual = result(simulated, tmp_path)
    mean, sd = closed(26.3, 0.1)
    assert abs(anchor(weighed)[0] - mean) > sd
    assert actual.weights.effective > 200
    error = sd / math.sqrt(actual.weights.effective)
    assert anchor(actual) == pytest.approx((mean, sd), abs=4 * error)
    output = json.loads(
        oomcast("replay", tmp_path / "result", "--draw", 7, "--format", "json").out or "{}"
    )
    assert output["parameters"]["anchor_compute"] == anchor_card(actual, 7)
    assert oomcast("replay", tmp_path / "result", "--draw", 500).code == 2


def test_the_sequential_sampler_agrees_with_a_normal_posterior_of_many_dimensions():
    scores = np.random.default_rng(1).standard_normal((20, 3000))
    output = lambda z: -0.5 * ((z[0] + z[1] - 6.0) / 0.3) ** 2  # noqa: E731
    settled = tempered.tempered_smc(scores, output, seed=3)
    gain = 1.0 / (2.0 + 0.3**2)  # of each of the two, by the formula of the Kalman filter
    error = 4.0 / math.sqrt(settled.effective)
    assert settled.scores[:2].mean(axis=1) == pytest.approx(6.0 * gain, abs=error)
    assert settled.scores[0].var() == pytest.approx(1.0 - gain, abs=error)
    assert np.cov(settled.scores[:2])[0, 1] == pytest.approx(-gain, abs=error)
    assert settled.scores[2:].var(axis=1) == pytest.approx(1.0, abs=2 * error)
    again = tempered.tempered_smc(scores, output, seed=3)
    assert np.array_equal(again.scores, settled.scores)
    assert not np.array_equal(tempered.tempered_smc(scores, output, seed=4).scores, settled.scores)


def test_a_milestone_not_yet_met_truncates(evidence, tmp_path):
    evidence(not_yet=yet("run_1e27", "2026-01-01"))
    actual = result(read(["not_yet"]), tmp_path)
    free = result(read([]), tmp_path, "free")
    arrivals = np.asarray(free.arrivals[:, free.shape.milestones.index("run_1e27")])
    later = np.flatnonzero(arrivals > 2026.0)
    assert 50 < len(later) < 1950
    assert np.array_equal(np.flatnonzero(actual.weights.whole), later)
    assert set(actual.weights.whole) == {0, 1}
    assert actual.counts.draws == actual.counts.effective == len(later)
    index = actual.shape.milestones.index("run_1e27")
    assert estimates.probability_before(actual.counts, actual.shape, index, 2026.0).value == 0.0
    assert actual.counts.first[index] == arrivals[later].min()


def test_a_list_that_may_be_incomplete_leaves_some_weight(evidence, tmp_path):
    evidence(soft=yet("run_1e27", "2026-01-01", missed=0.25))
    actual = result(read(["soft"]), tmp_path)
    column = actual.shape.milestones.index("run_1e27")
    early = np.asarray(actual.arrivals[:, column]) <= 2026.0
    whole = actual.weights.whole
    assert np.median(whole[early]) / np.median(whole[~early]) == pytest.approx(0.25, rel=1e-3)
    assert actual.weights.pareto_k == -math.inf  # weights that are bounded have no tail


def test_conditioning_on_nothing_changes_nothing(evidence, tmp_path):
    evidence()
    free = result(read([]), tmp_path, "free")
    flat = result(read([], "condition.sampler=sequential"), tmp_path, "flat")
    assert free.weights is flat.weights is None
    for name in ("bins", "least", "most", "arrivals", "first", "final"):
        assert getattr(free.counts, name).tobytes() == getattr(flat.counts, name).tobytes()
    evidence(old=yet("run_1e30", "2019-06-01"))  # what every draw agrees with
    agreed = result(read(["old"]), tmp_path, "agreed")
    assert agreed.counts.bins.tobytes() == free.counts.bins.tobytes()
    assert agreed.counts.arrivals.tobytes() == free.counts.arrivals.tobytes()
    assert agreed.counts.effective == free.counts.effective == 2000


def test_the_order_of_observations_does_not_matter(evidence):
    evidence(
        a=observed(25.6, 0.3), b=observed(26.0, 0.3, "2025-01-01"), c=yet("run_1e27", "2025-01-01")
    )
    one, other = read(["a", "b", "c"]), read(["c", "a", "b"])
    assert one.canonical() == other.canonical()


def test_ranges_and_their_order_do_not_matter(evidence):
    evidence(a=observed(25.6, 0.3), b=observed(26.0, 0.3, "2025-01-01"))
    compiled = blocks.compile_plan(read(["a", "b"], draws=1500))
    whole = weights.importance_weights(compiled, lambda task, draws: [task(draws)])
    pieces = [range(700, 1500), range(0, 3), range(3, 700)]
    parts = weights.importance_weights(compiled, lambda task, draws: map(task, pieces))
    assert whole.whole.tobytes() == parts.whole.tobytes()
    assert (whole.effective, whole.pareto_k) == (parts.effective, parts.pareto_k)


@pytest.mark.parametrize("draws", [1500, 5000])
def test_draws_that_fit_the_grids_are_weighed_in_the_same_simulation(evidence, monkeypatch, draws):
    evidence(a=observed(25.6, 0.3), b=yet("run_1e27", "2025-01-01"))
    compiled = blocks.compile_plan(read(["a", "b"], "horizon=2026.0", draws=draws))
    alone = weights.importance_weights(compiled, lambda task, draws: [task(draws)])
    simulated = []
    simulate = blocks.simulate_block
    monkeypatch.setattr(
        blocks, "simulate_block", lambda c, draws: simulated.extend(draws) or simulate(c, draws)
    )
    layout, first = weights.layout_and_likelihoods(compiled)
    together = weights.importance_weights(compiled, lambda task, draws: [task(draws)], [first])
    assert simulated == list(range(max(draws, counts.FITTED_TO)))
    assert together.whole.tobytes() == alone.whole.tobytes()
    assert (together.effective, together.pareto_k) == (alone.effective, alone.pareto_k)
    for name, grid in summarise.count_layout(compiled).grids.items():
        assert layout.grids[name].knots.tobytes() == grid.knots.tobytes()


def test_weights_counted_in_any_order_give_the_same_bits(evidence):
    evidence(a=observed(25.6, 0.3))
    compiled = blocks.compile_plan(read(["a"], draws=1024))
    weights = importance_weights(compiled, lambda task, draws: [task(draws)]).whole
    shape = summarise.count_layout(compiled)
    parts = [
        summarise.summarise_range(
            compiled, shape, piece, 0, 0, weights[piece.start : piece.stop]
        ).counts
        for piece in (range(512), range(512, 700), range(700, 1024))
    ]
    forward, backward = counts.empty_counts(shape), counts.empty_counts(shape)
    for part in parts:
        forward = counts.merge_counts(forward, part)
    for part in reversed(parts):
        backward = counts.merge_counts(part, backward)
    assert forward.bins.tobytes() == backward.bins.tobytes()
    assert (forward.draws, forward.squares) == (backward.draws, backward.squares)
    assert forward.effective == pytest.approx(arrays.effective_sample_size(weights), rel=1e-12)


def test_smoothing_has_the_right_sign():
    z = np.random.default_rng(0).standard_normal(10_000)
    actual = smoothed_weights(-0.5 * z**2)
    assert actual.pareto_k < 0.0
    assert actual.whole.max() == LARGEST_WEIGHT
    assert abs(z[np.argmax(actual.whole)]) < 0.01
    # E[w]^2 / E[w^2] for w = exp(-z^2 / 2) and a standard normal z: (1/2) / (1/3)^0.5
    assert actual.effective / 10_000 == pytest.approx(0.5 * 3**0.5, rel=0.01)


def test_the_effective_number_is_kish():
    assert arrays.effective_sample_size(np.array([1, 1, 0, 1])) == 3.0
    assert arrays.effective_sample_size(np.array([3, 1])) == 1.6
    assert arrays.effective_sample_size(np.zeros(3, int)) == 0.0


def test_heavy_weights_warn_and_say_what_to_do():
    x = np.random.default_rng(2).pareto(0.6, 5000)
    actual = smoothed_weights(np.log(x))
    said = weights.weight_warnings(actual.effective, actual.pareto_k)
    assert len(said) == 2
    assert "condition.sampler=sequential" in said[0]
    assert not weights.weight_warnings(400.0, 0.7)


def test_errors_grow_with_the_weights(evidence, tmp_path):
    evidence(one=observed(25.6, 0.1))
    actual = result(read(["one"], draws=4000), tmp_path)
    n = actual.weights.effective
    assert n < 2500
    rows = estimates.milestone_estimates(actual.counts, actual.shape)
    row = rows[actual.shape.milestones.index("automated_researcher")]
    p = row["by_year"]["2030"]
    assert row["mcse_by_year"]["2030"] == pytest.approx(math.sqrt(p * (1 - p) / n), rel=0.02)


def test_a_conditioned_draw_replays(evidence, tmp_path):
    evidence(one=observed(25.6, 0.2))
    actual = result(read(["one"], draws=600), tmp_path)
    card = replay.replay(actual.plan, 41)["parameters"]
    assert card["anchor_compute"] == anchor_card(actual, 41)


def test_a_replayed_draw_has_its_weight_and_what_refuted_it(evidence, tmp_path, oomcast):
    evidence(one=observed(25.6, 0.2), not_yet=yet("automated_researcher", "2029-01-01"))
    actual = result(read(["one", "not_yet"], draws=600), tmp_path)
    column = actual.shape.milestones.index("automated_researcher")
    early, late = actual.arrivals[:, column] <= 2029.0, actual.arrivals[:, column] > 2029.0
    out = int(np.flatnonzero(early)[0])
    output = json.loads(
        oomcast("replay", tmp_path / "result", "--draw", out, "--format", "json").out
    )
    assert output["evidence"]["weight"] == 0.0
    assert output["evidence"]["refuted_by"] == output["evidence"]["weakest"] == "not_yet"
    shown = oomcast("replay", tmp_path / "result", "--draw", out).out.splitlines()
    assert shown[-1].startswith("Weight 0 (mean 1); refuted by not_yet.")
    kept = np.flatnonzero(late)[:20]
    records = [draw_evidence.replay_with_evidence(actual, int(d))["evidence"] for d in kept]
    whole = actual.weights.whole[kept] / actual.weights.whole.mean()
    assert [r["weight"] for r in records] == whole.tolist()
    z = (actual.trajectories[kept, actual.series.index("training_flop")] - 25.6) / 0.2
    at = np.array([np.interp(2024 + 152 / 366, actual.plan.grid.years, row) for row in z])
    relative = [r["observations"][1]["relative_log_likelihood"] for r in records]
    np.testing.assert_allclose(relative, -(at**2) / 2, rtol=1e-9, atol=1e-12)
    assert {r["refuted_by"] for r in records} == {None}
    assert {r["weakest"] for r in records} == {"one"}


def test_a_draw_of_weight_0_is_refuted_by_the_value_that_lies_farthest(evidence, tmp_path):
    wide = observed(25.6, 0.5, date="2023-06-01")
    evidence(near=observed(25.6, 0.02), wide=wide)
    actual = result(read(["near", "wide"], *STILL, draws=600), tmp_path)
    out = int(np.flatnonzero(actual.weights.whole == 0)[0])
    output = draw_evidence.replay_with_evidence(actual, out)["evidence"]
    assert output["refuted_by"] == "near"
    assert np.isfinite(output["log_likelihood"])


@pytest.mark.parametrize("conditions", [True, False])
def test_a_draw_outside_the_run_is_refused(evidence, tmp_path, oomcast, conditions):
    evidence(one=observed(25.6, 0.2))
    result(read(["one"] if conditions else [], "horizon=2026.0", draws=300), tmp_path)
    said = oomcast("replay", tmp_path / "result", "--draw", 300)
    assert said.code == 2
    assert "0 to 299" in said.err
    assert not said.out
    assert oomcast("replay", tmp_path / "result", "--draw", 299).code == 0


def anchor_card(actual, draw):
    column = [prior.name for prior in actual.plan.priors].index("anchor_compute")
    return float(actual.parameters[draw, column])


@pytest.mark.parametrize("sampler", ["weights", "sequential"])
def test_more_draws_weigh_all_of_them_anew(evidence, tmp_path, sampler):
    evidence(one=observed(25.6, 0.2))
    sets = ["horizon=2026.0", f"condition.sampler={sampler}"]
    running.run(read(["one"], *sets, draws=300), str(tmp_path / "grown"))
    longer = read(["one"], *sets, draws=500)
    running.run(longer, str(tmp_path / "grown"), resume=True)
    running.run(longer, str(tmp_path / "fresh"))
    for name in ("counts.npz", "weights.npz", "parameters.npy", "milestones.csv", "manifest.json"):
        assert (tmp_path / "grown" / name).read_bytes() == (tmp_path / "fresh" / name).read_bytes()


def test_an_interrupted_run_that_conditions_goes_on_to_the_same_bits(evidence, tmp_path):
    evidence(one=observed(25.6, 0.2))
    made = read(["one"], "horizon=2026.0", draws=3000)

    def stop(draws):
        if draws:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        running.run(made, str(tmp_path / "cut"), progress=stop)
    running.run(made, str(tmp_path / "cut"), resume=True)
    running.run(made, str(tmp_path / "whole"), workers=2)
    for name in ("counts.npz", "weights.npz", "parameters.npy", "manifest.json"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
