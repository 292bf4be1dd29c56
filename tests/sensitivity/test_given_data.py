"""What finished draws, holds, boxes and knowledge say, against closed forms, SALib and planted answers."""

import known_indices
import numpy as np
import pytest
from SALib.analyze import pawn as salib_pawn
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata, spearmanr

from simulator.sensitivity import bootstrap, given_data, prim, tornado, value_of_information

WEIGHTS = {"a": 1.0, "b": 0.7, "c": 0.0}


def finished(draws=8000):
    """Draws of a line in three independent normals."""
    subject = known_indices.linear(WEIGHTS, [])
    levels = subject.levels(range(draws))
    return np.column_stack([levels[name] for name in "abc"]), subject.answer(levels)[0]


def test_rank_correlations_agree_with_scipy():
    x, y = finished(2000)
    actual = given_data.given_data_measures(
        "abc", x, y, bootstrap.bootstrap_counts(2000, 20, 1), 0.9
    )
    expected = [spearmanr(column, y).statistic for column in x.T]
    assert actual.rank_correlation.value == pytest.approx(expected, abs=1e-12)


def test_partial_rank_correlations_are_those_of_residuals():
    x, y = finished(2000)
    x[:, 2] = ndtr(ndtri(x[:, 2]) + 2.0 * ndtri(x[:, 0]))  # c follows a and moves nothing
    actual = given_data.given_data_measures(
        "abc", x, y, bootstrap.bootstrap_counts(2000, 20, 1), 0.9
    )
    ranks = rankdata(np.column_stack([x, y]), axis=0)
    ranks -= ranks.mean(axis=0)
    for i in range(3):
        others = np.delete(ranks[:, :3], i, axis=1)
        residual = [
            v - others @ np.linalg.lstsq(others, v, rcond=None)[0] for v in ranks[:, [i, 3]].T
        ]
        expected = np.corrcoef(residual)[0, 1]
        assert actual.partial_rank_correlation.value[i] == pytest.approx(expected, abs=1e-9)
    assert actual.rank_correlation.value[2] > 0.5
    assert abs(actual.partial_rank_correlation.value[2]) < 0.1


def test_first_order_by_conditional_means_agrees_with_the_closed_form():
    x, y = finished(20_000)
    actual = given_data.given_data_measures(
        "abc", x, y, bootstrap.bootstrap_counts(20_000, 50, 1), 0.95
    ).first_order
    exact = np.array([1.0, 0.49, 0.0]) / 1.49
    edges = ndtri(np.linspace(0.0, 1.0, given_data.BINS + 1))
    height = np.exp(-(edges**2) / 2.0) / np.sqrt(2.0 * np.pi)
    observations = (
        given_data.BINS * (np.diff(height) ** 2).sum()
    )  # what bins leave of a normal's variance
    assert (np.abs(actual.value - observations * exact) < 4.0 * actual.mcse + 1e-4).all()
    assert (actual.mcse < 0.01).all()
    assert actual.low[2] < 0.001


def test_pawn_agrees_with_salib():
    x, y = finished(4000)
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0.0, 1.0]] * 3}
    state = np.random.get_state()  # noqa: NPY002  (theirs resets it)
    theirs = salib_pawn.analyze(problem, x, y, S=16, seed=1)
    np.random.set_state(state)  # noqa: NPY002
    weights = np.ones((1, len(y)))
    ours = [
        given_data.pawn_distance(given_data.bin_numbers(column), y, weights, steps=len(y))[0]
        for column in x.T
    ]
    assert ours == pytest.approx(np.asarray(theirs["mean"], float), abs=5e-3)


@pytest.mark.parametrize("weighed", [False, True])
def test_pawn_of_what_moves_nothing_stays_at_the_noise_floor(weighed):
    draws = 4000
    dice = np.random.Generator(np.random.PCG64(8))
    x = dice.random((draws, 41))
    y = ndtri(dice.random(draws)) * (1.0 + 2.0 * x[:, 0])  # moves the spread alone
    weights = 0.5 + x[:, 1] if weighed else None
    times = bootstrap.bootstrap_counts(draws, 100, 1)
    names = [f"x{i}" for i in range(41)]
    pawn = given_data.given_data_measures(names, x, y, times, 0.95, weights).pawn
    floor = given_data.noise_floor(dice.random((draws, 19)), y, times, weights)
    assert 0.0 < floor < 0.1
    assert pawn.low[0] > floor
    assert (pawn.value[1:] > floor).mean() <= 0.15  # 1 in 20 is expected


def test_weights_stand_for_repeated_draws():
    x, y = finished(1000)
    weights = np.random.Generator(np.random.PCG64(1)).integers(0, 3, 1000)
    once = np.ones((1, 1000), np.uint8)
    bins = given_data.bin_numbers(x[:, 0])
    again = np.repeat(np.arange(1000), weights)
    for measure in (given_data.conditional_means, given_data.pawn_distance):
        weighed = measure(bins, y, once * weights)
        edges = {"steps": 10**4} if measure is given_data.pawn_distance else {}
        repeated = measure(bins[again], y[again], np.ones((1, len(again))), **edges)
        assert weighed == pytest.approx(repeated, abs=0.01)
    ranks = np.column_stack([x, y])
    weighed = given_data.rank_correlations(ranks, (once * weights).astype(float))
    repeated = given_data.rank_correlations(ranks[again], np.ones((1, len(again))))
    assert weighed[0] == pytest.approx(repeated[0], abs=1e-9)
    assert weighed[1] == pytest.approx(repeated[1], abs=1e-9)


def swings(subject, groups, met=None, draws=4096):
    return tornado.tornado_swings(
        subject,
        groups,
        draws=draws,
        times=bootstrap.bootstrap_counts(draws, 100, 2),
        share=0.95,
        matters=frozenset("ab"),
        met=met,
    )


def test_a_tornado_of_a_line_is_known():
    subject = known_indices.linear(WEIGHTS, [])
    groups = {name: (name,) for name in "abc"}
    actual = swings(subject, groups, met=lambda raw: raw[0] < 0.5, draws=16384)
    reach = ndtri(0.9)
    for i, (name, weight) in enumerate(WEIGHTS.items()):
        rest = np.sqrt(1.49 - weight**2)
        for end, side in enumerate((-1, 1)):
            changes, chances = actual.median_changes, actual.probability_changes
            error = abs(changes.value[i, end, 0] - side * weight * reach)
            assert error <= 4.0 * changes.mcse[i, end, 0], name
            exact = ndtr((0.5 - side * weight * reach) / rest) - ndtr(0.5 / np.sqrt(1.49))
            error = abs(chances.value[i, end, 0] - (exact if weight else 0.0))
            assert error <= 4.0 * chances.mcse[i, end, 0], name
    assert actual.median_changes.value[2].tolist() == [[0.0], [0.0]]
    assert actual.median_changes.mcse.max() < 0.05


def test_a_driver_is_held_where_its_own_effect_stands_at_p10_and_p90():
    subject = known_indices.linear({"a": 1.0, "b": -0.7, "c": 0.0}, [("a", "b", 0.4)])
    actual = swings(subject, {"both": ("a", "b")}).median_changes
    spread = np.sqrt(1.0 + 0.49 - 2 * 0.7 * 0.4)
    assert actual.value[0, :, 0] == pytest.approx([-1.2816 * spread, 1.2816 * spread], abs=0.1)


def test_a_median_beyond_the_horizon_is_not_a_number():
    subject = known_indices.independent(
        "ab", lambda levels: np.where(levels["a"] > 0.5, np.inf, 2030.0)[np.newaxis]
    )
    actual = tornado.tornado_swings(
        subject,
        {"a": ("a",)},
        draws=1024,
        times=bootstrap.bootstrap_counts(1024, 50, 1),
        share=0.9,
        matters=frozenset("a"),
        met=lambda raw: np.isfinite(raw[0]),
        horizon=2050.0,
    )
    assert actual.medians[0, :, 0].tolist() == [2030.0, np.inf]
    assert np.isfinite(actual.median_changes.value).all()
    assert actual.probabilities[0, :, 0].tolist() == [1.0, 0.0]


def planted(draws=8000):
    dice = np.random.Generator(np.random.PCG64(3))
    x = dice.random((draws, 12))
    inside = (x[:, 2] > 0.7) & (x[:, 5] < 0.5)
    return x, np.where(inside, dice.random(draws) < 0.9, dice.random(draws) < 0.03)


@pytest.mark.parametrize("weighed", [False, True])
def test_a_planted_box_is_found(weighed):
    x, cases = planted()
    names = [f"x{i}" for i in range(12)]
    weights = np.where(x[:, 9] > 0.5, 2.0, 1.0) if weighed else None
    box = prim.find_boxes(names, x, cases, weights)[0]
    assert set(box.limits) == {"x2", "x5"}
    assert box.limits["x2"] == (pytest.approx(0.7, abs=0.03), np.inf)
    assert box.limits["x5"] == (-np.inf, pytest.approx(0.5, abs=0.04))
    assert abs(box.density.value - 0.9) < 4 * box.density.mcse + 0.05
    coverage = 0.9 * 0.15 / (0.9 * 0.15 + 0.03 * 0.85)
    assert abs(box.coverage.value - coverage) < 4 * box.coverage.mcse + 0.02


def test_no_box_is_found_in_pure_chance():
    dice = np.random.Generator(np.random.PCG64(4))
    assert prim.find_boxes("abcdef", dice.random((6000, 6)), dice.random(6000) < 0.2) == []


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(n, marks=pytest.mark.slow) for n in range(4, 12))]
)
def test_boxes_name_what_moves_the_cases_and_nothing_else(seed):
    dice = np.random.Generator(np.random.PCG64(seed))
    x = dice.random((6000, 30))
    cases = dice.random(6000) < np.where(x[:, 4] > 0.75, 0.5, 0.05)
    names = [f"x{i}" for i in range(30)]
    actual = prim.find_boxes(names, x, cases)
    assert {name for box in actual for name in box.limits} == {"x4"}
    shuffled = prim.find_boxes(names, x, dice.permutation(cases))
    assert shuffled == []


def test_two_planted_boxes_are_both_found():
    dice = np.random.Generator(np.random.PCG64(5))
    x = dice.random((12_000, 6))
    cases = (x[:, 0] < 0.15) | ((x[:, 3] > 0.9) & (x[:, 4] > 0.3))
    actual = prim.find_boxes("abcdef", x, cases)
    assert [set(box.limits) for box in actual[:2]] == [{"a"}, {"d", "e"}] or set(
        actual[1].limits
    ) == {"d"}
    assert sum(box.coverage.value for box in actual) > 0.9


def test_the_value_of_information_agrees_with_the_closed_form():
    weights = {"a": 1.0, "b": 0.8, "c": 0.0}
    subject = known_indices.linear(weights, [("a", "b", 0.5)])
    groups = {name: (name,) for name in "abc"}
    actual = value_of_information.value_from_simulation(
        subject,
        groups,
        draws=128 * value_of_information.INNER,
        replicate=100,
        seed=1,
        share=0.95,
        matters=frozenset("ab"),
    )
    whole = known_indices.explained(subject, weights, subject.names)
    known = np.array([known_indices.explained(subject, weights, (name,)) for name in "abc"])
    assert actual.left.value == pytest.approx(np.sqrt(1.0 - known / whole), abs=0.03)
    assert actual.width == pytest.approx(2 * 1.2816 * np.sqrt(whole), rel=0.03)
    reach = 1.2816 * np.sqrt(known)
    assert actual.high.value[:2] == pytest.approx(reach[:2], abs=0.3)
    assert actual.low.value[:2] == pytest.approx(-reach[:2], abs=0.3)
    assert (actual.left.value[2], actual.left.mcse[2]) == (1.0, 0.0)


@pytest.mark.parametrize("weighed", [False, True])
def test_so_does_the_value_of_information_from_finished_draws(weighed):
    x, y = finished(16_000)
    weights = np.where(np.arange(16_000) % 2, 3.0, 1.0) if weighed else None
    times = bootstrap.bootstrap_counts(16_000, 50, 1)
    actual = value_of_information.value_from_draws(tuple("abc"), x, y, times, 0.95, 20, weights)
    assert actual.left.value == pytest.approx(np.sqrt([0.49 / 1.49, 1 / 1.49, 1.0]), abs=0.03)
    assert actual.high.value[:2] == pytest.approx([1.2816, 0.7 * 1.2816], abs=0.15)
    assert abs(actual.left.value[2] - 1.0) < 0.015
