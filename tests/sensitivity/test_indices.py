"""Indices against closed forms, against SALib, and against laws."""

import itertools
import math

import known_indices
import numpy as np
import pytest
from SALib.analyze import sobol as salib
from scipy.special import ndtri

from simulator.sensitivity import bootstrap, designs, shapley, sobol

WEIGHTS = {"a": 1.0, "b": 0.8, "c": -0.6, "d": 0.5}
PAIRS = [("a", "b", 0.5), ("c", "d", 0.3), ("b", "c", -0.4)]
GROUPS = {"g": ("a", "c"), "h": ("b",), "i": ("d",)}


def indices(subject, groups=None, draws=4096, rows=200, **changes):
    groups = groups or {name: (name,) for name in subject.names}
    options = {
        "draws": draws,
        "times": bootstrap.bootstrap_counts(draws, rows, 3),
        "share": 0.95,
        "matters": frozenset(subject.names),
    }
    return sobol.sobol_indices(subject, groups, **options | changes)


@pytest.mark.parametrize("known", [known_indices.ishigami, known_indices.sobol_g])
def test_indices_agree_with_closed_forms(known):
    subject, first, total = known()
    actual = indices(subject, draws=16384)
    for interval, exact in ((actual.first, first), (actual.total, total)):
        error = np.abs(interval.value[:, 0] - exact)
        assert (error < 4.0 * interval.mcse[:, 0] + 1e-9).all(), (interval.value.T, exact)
        assert (interval.mcse < 0.02).all()


def lots(subject, count, draws):
    """Indices of disjoint lots of draws."""
    for k in range(count):
        moved = designs.Subject(
            subject.names,
            subject.matrix,
            lambda r, k=k: subject.levels(range(r.start + 2 * draws * k, r.stop + 2 * draws * k)),
            subject.answer,
        )
        yield indices(moved, draws=draws, rows=100)


def share_inside(intervals, truth):
    return np.mean([(i.low[:, 0] <= truth) & (truth <= i.high[:, 0]) for i in intervals])


def test_intervals_hold_the_truth_as_often_as_they_say():
    subject, first, total = known_indices.ishigami()
    actual = list(lots(subject, 60, 1024))
    assert 0.88 <= share_inside([each.first for each in actual], first) <= 0.99  # 180 of 95 %
    assert 0.88 <= share_inside([each.total for each in actual], total) <= 0.99


def test_intervals_hold_a_truth_that_few_draws_show():
    chance, jump = 0.004, 6.0  # one draw in 125 is swapped across the jump
    subject = known_indices.independent(
        "xy", lambda levels: (ndtri(levels["x"]) + jump * (levels["y"] < chance))[np.newaxis]
    )
    own = np.array([1.0, jump**2 * chance * (1.0 - chance)])
    totals = [each.total for each in lots(subject, 200, 1024)]
    rare = [type(each)(*(x[1:] for x in each)) for each in totals]
    assert 0.90 <= share_inside(rare, own[1:] / own.sum()) <= 0.99
    symmetric = [
        each._replace(low=each.value - 1.96 * each.mcse, high=each.value + 1.96 * each.mcse)
        for each in rare
    ]
    assert share_inside(symmetric, own[1:] / own.sum()) < share_inside(rare, own[1:] / own.sum())


def test_indices_agree_with_salib_on_the_same_design():
    subject, *_ = known_indices.ishigami()
    draws = 1024
    a, b = subject.levels(range(draws)), subject.levels(range(draws, 2 * draws))
    rows = [a, *({**a, name: b[name]} for name in "xyz"), b]
    answers = np.array([subject.answer(levels)[0] for levels in rows])
    problem = {"num_vars": 3, "names": list("xyz"), "bounds": [[0.0, 1.0]] * 3}
    theirs = salib.analyze(
        problem, answers.T.ravel(), calc_second_order=False, num_resamples=10, seed=1
    )
    ours = indices(subject, draws=draws)
    assert ours.total.value[:, 0] == pytest.approx(theirs["ST"], rel=1e-9)
    assert ours.first.value[:, 0] == pytest.approx(theirs["S1"], abs=5e-3)  # theirs centre on all


def test_a_far_mean_costs_nothing():
    subject, *_ = known_indices.ishigami()
    far = known_indices.independent("xyz", lambda levels: subject.answer(levels) + 1e6)
    near, moved = indices(subject, draws=1024), indices(far, draws=1024)
    assert moved.first.value == pytest.approx(near.first.value, abs=1e-6)
    assert moved.total.value == pytest.approx(near.total.value, abs=1e-6)


def test_tied_groups_agree_with_the_linear_gaussian_closed_form():
    subject = known_indices.linear(WEIGHTS, PAIRS)
    actual = indices(subject, GROUPS, draws=16384)
    whole = known_indices.explained(subject, WEIGHTS, subject.names)
    for i, group in enumerate(GROUPS.values()):
        rest = designs.complement(subject, group)
        first = known_indices.explained(subject, WEIGHTS, group) / whole
        total = 1.0 - known_indices.explained(subject, WEIGHTS, rest) / whole
        assert abs(actual.first.value[i, 0] - first) < 4.0 * actual.first.mcse[i, 0]
        assert abs(actual.total.value[i, 0] - total) < 4.0 * actual.total.mcse[i, 0]
        assert actual.first.mcse[i, 0] < 0.02


def test_redrawing_the_rest_keeps_the_joint_law():
    subject = known_indices.linear(WEIGHTS, PAIRS)
    a, b = subject.levels(range(40_000)), subject.levels(range(40_000, 80_000))
    kept = designs.conditional_redraw(
        a, b, ("a", "c"), designs.conditional_weights(subject, ("a", "c"))
    )
    scores = np.array([ndtri(kept[name]) for name in subject.names])
    assert np.corrcoef(scores) == pytest.approx(subject.matrix, abs=0.02)
    assert scores.mean(axis=1) == pytest.approx(np.zeros(4), abs=0.02)
    assert all(np.array_equal(kept[name], a[name]) for name in "ac")


def test_without_ties_keeping_is_the_plain_swap():
    subject = known_indices.linear(WEIGHTS, [("a", "b", 0.5)])
    a, b = subject.levels(range(64)), subject.levels(range(64, 128))
    kept = designs.conditional_redraw(a, b, ("c",), designs.conditional_weights(subject, ("c",)))
    assert np.array_equal(kept["c"], a["c"])
    assert all(np.array_equal(kept[name], b[name]) for name in "abd")


def test_wholly_tied_parameters_are_one():
    subject = known_indices.linear({"a": 1.0, "b": 1.0, "c": 1.0}, [("a", "b", 1.0)])
    actual = indices(subject, draws=4096)
    assert actual.first.value[:2, 0] == pytest.approx([0.8, 0.8], abs=0.05)
    assert actual.total.value[:2, 0] == pytest.approx([0.0, 0.0], abs=1e-12)


def test_what_the_answer_does_not_read_has_exactly_nothing():
    subject = known_indices.linear({"a": 1.0, "b": 0.0, "c": 0.0}, [("a", "b", 0.6)])
    actual = indices(subject, draws=2048, matters=frozenset("a"))
    assert actual.total.value[1:, 0].tolist() == [0.0, 0.0]
    assert actual.first.value[2, 0] == actual.first.mcse[2, 0] == 0.0
    assert actual.first.value[1, 0] == pytest.approx(0.36, abs=0.08)  # b tells of a
    assert actual.simulations == 2048 * (2 + 1 + 2)  # without a; given a, given b


def test_the_number_of_workers_changes_no_bit():
    subject, *_ = known_indices.sobol_g()
    one, three = (indices(subject, draws=2000, workers=n) for n in (1, 3))
    assert all(np.array_equal(x, y) for x, y in zip(one.total, three.total, strict=True))
    assert all(np.array_equal(x, y) for x, y in zip(one.first, three.first, strict=True))


def test_a_year_without_variance_has_no_index():
    subject = known_indices.independent(
        "xy", lambda levels: np.array([levels["x"], np.zeros_like(levels["x"])])
    )
    actual = indices(subject, draws=1024)
    assert actual.total.value[:, 0] == pytest.approx([1.0, 0.0], abs=0.1)
    assert np.isnan(actual.total.value[:, 1]).all()


def test_replicates_take_as_many_draws_as_there_are():
    times = bootstrap.bootstrap_counts(500, 100, 5)
    assert (times.sum(axis=1) == 500).all()
    assert (times[0] == 1).all()
    assert times[1:].var() == pytest.approx(1.0, rel=0.05)  # Poisson's, nearly


def exact_shapley(subject, weights, groups):
    names, actual = list(groups), []
    for name in names:
        part = 0.0
        others = [other for other in names if other != name]
        for size in range(len(others) + 1):
            for coalition in itertools.combinations(others, size):
                known = [n for g in coalition for n in groups[g]]
                gain = known_indices.explained(subject, weights, [*known, *groups[name]])
                gain -= known_indices.explained(subject, weights, known)
                part += gain / (len(names) * math.comb(len(others), size))
        actual.append(part)
    return np.array(actual) / known_indices.explained(subject, weights, subject.names)


def test_shapley_effects_agree_with_the_linear_gaussian_closed_form():
    subject = known_indices.linear(WEIGHTS, PAIRS)
    actual = shapley.shapley_effects(
        subject, GROUPS, draws=16384, replicate=200, seed=4, share=0.95, workers=2
    )
    exact = exact_shapley(subject, WEIGHTS, GROUPS)
    assert (np.abs(actual.value[:, 0] - exact) < 4.0 * actual.mcse[:, 0]).all()
    assert (actual.mcse < 0.02).all()
    assert actual.value.sum() == pytest.approx(1.0, abs=1e-12)
    assert ((actual.low <= actual.value) & (actual.value <= actual.high)).all()
