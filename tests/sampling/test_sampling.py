"""Luck: a level depends on the seed, the name and the draw's number alone; the copula ties what it should."""

import hashlib
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from simulator import sampling
from simulator.inputs import load
from simulator.sampling import (
    NotPositiveSemidefinite,
    Sampling,
    correlated_levels,
    gaussian_copula,
    independent_levels,
)
from simulator.simulate import blocks

SEED = 20240613
MANY = range(60_000)
MASK = 2**64 - 1


def philox(key, count):
    """The four words of one count of Philox4x64-10 (Salmon et al., 2011), in plain whole numbers."""
    words, keys = [count & MASK, count >> 64 & MASK, 0, 0], [key & MASK, key >> 64]
    for _ in range(10):
        first, second = words[0] * 0xD2E7470EE14C6C93, words[2] * 0xCA5A826395121157
        words = [
            (second >> 64) ^ words[1] ^ keys[0],
            second & MASK,
            (first >> 64) ^ words[3] ^ keys[1],
            first & MASK,
        ]
        keys = [(keys[0] + 0x9E3779B97F4A7C15) & MASK, (keys[1] + 0xBB67AE8584CAA73B) & MASK]
    return words


def stated_level(seed, name, draw):
    """The level as its formula says: word number `draw` of the stream, whose counts start at 1."""
    key = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16], "little")
    raw = philox(key, draw // 4 + 1)[draw % 4]
    return ((raw >> 12) + 0.5) / 2**52


@pytest.fixture(scope="module")
def ranks(plan, compiled):
    """Mixed levels of every parameter that varies, over many draws, as ranks from -1/2 to 1/2."""
    return ranked(plan, compiled)


def ranked(plan, compiled):
    names = [prior.name for prior in plan.priors]
    actual = correlated_levels(plan.sampling, compiled.copula, names, MANY)
    varying = [prior.name for prior in plan.priors if prior.family != "fixed"]
    order = np.argsort(np.array([actual[name] for name in varying]), axis=1)
    ranks = np.empty(order.shape)
    np.put_along_axis(ranks, order, np.arange(len(MANY)) / (len(MANY) - 1) - 0.5, axis=1)
    return varying, ranks


def wrong_pairs(plan, varying, ranks):
    """Pairs whose sample rank correlation is not what the plan states, and 0 where it states none."""
    actual = 12.0 * (ranks @ ranks.T) / len(MANY)
    asked = np.eye(len(varying))
    for a, b, r in plan.correlations:
        if a in varying and b in varying:
            i, j = varying.index(a), varying.index(b)
            asked[i, j] = asked[j, i] = r
    pairs = len(varying) * (len(varying) - 1) / 2
    bound = stats.norm.isf(1e-3 / (2 * pairs)) / math.sqrt(len(MANY))
    return [
        (varying[i], varying[j], round(float(actual[i, j]), 3))
        for i, j in itertools.combinations(range(len(varying)), 2)
        if abs(actual[i, j] - asked[i, j]) > bound
    ]


@pytest.mark.parametrize("draw", [0, 1, 2, 3, 4, 5, 4095, 10**12 + 3])
@pytest.mark.parametrize("seed", [0, 1, SEED])
def test_a_level_is_its_formula(seed, draw):
    (actual,) = independent_levels(Sampling(seed), "algorithms_growth", range(draw, draw + 1))
    assert actual == stated_level(seed, "algorithms_growth", draw)


def test_a_draw_has_the_same_level_alone_in_a_block_and_in_any_order():
    whole = independent_levels(Sampling(SEED), "regime_year", range(1000))
    for start in (999, 0, 511, 512, 513, 2):
        for width in (1, 3, 7):
            block = independent_levels(
                Sampling(SEED), "regime_year", range(start, min(start + width, 1000))
            )
            np.testing.assert_array_equal(block, whole[start : start + width])


def test_no_level_is_0_or_1_and_all_are_uniform():
    for seed, name in ((0, "a"), (SEED, "spending_growth"), (2**63 - 1, "ü")):
        actual = independent_levels(Sampling(seed), name, range(100_000))
        assert 0.0 < actual.min() < actual.max() < 1.0
        assert stats.kstest(actual, "uniform").pvalue > 1e-3
    assert 0.0 < (0 + 0.5) * 2.0**-52
    assert ((2**52 - 1) + 0.5) * 2.0**-52 < 1.0


def test_seed_0_is_a_seed_and_every_seed_and_name_is_its_own():
    streams = [
        independent_levels(Sampling(seed), name, range(5000))
        for seed in (0, 1, SEED)
        for name in ("ab", "a", "b")
    ]
    for one, other in itertools.combinations(streams, 2):
        assert not (one == other).any()
        assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / math.sqrt(5000)


def test_every_pair_of_parameters_is_correlated_as_stated_and_no_other(plan, ranks):
    assert len(ranks[0]) > 80
    assert wrong_pairs(plan, *ranks) == []


def test_shared_levels_does_not_pass(plan, compiled, monkeypatch):
    def shared(of, name, draws):
        return independent_levels(of, {"inference_growth": "stock_growth"}.get(name, name), draws)

    monkeypatch.setattr(sampling, "independent_levels", shared)
    assert ("stock_growth", "inference_growth", 1.0) in wrong_pairs(plan, *ranked(plan, compiled))


def test_margins_stay_uniform(plan, compiled):
    tied = compiled.copula.names
    actual = correlated_levels(plan.sampling, compiled.copula, tied, range(20_000))
    assert min(stats.kstest(actual[name], "uniform").pvalue for name in tied) > 1e-3 / len(tied)


@pytest.mark.parametrize("width", [1, 3, 7, 512])
def test_mixed_levels_do_not_know_their_block(plan, compiled, width):
    names = [prior.name for prior in plan.priors]
    until = max(40, width)
    whole = correlated_levels(plan.sampling, compiled.copula, names, range(1024))
    for start in range(0, until, width):
        block = correlated_levels(
            plan.sampling, compiled.copula, names, range(start, start + width)
        )
        for name in names:
            np.testing.assert_array_equal(block[name], whole[name][start : start + width])


def test_another_parameter_changes_no_other_levels(plan, compiled):
    names = [prior.name for prior in plan.priors]
    before = correlated_levels(plan.sampling, compiled.copula, names, range(64))
    new = ("new", names[5], 0.3), ("new", "algorithms_growth", 0.4)
    wider = gaussian_copula([*names, "new"], [*plan.correlations, *new])
    after = correlated_levels(plan.sampling, wider, [*names, "new"], range(64))
    for name in names:
        np.testing.assert_array_equal(before[name], after[name])
    assert 0.0 < after["new"].min() < after["new"].max() < 1.0


def test_scenarios_share_levels():
    run = ("baseline", ["algorithms_growth=0.4", "spending_growth=0.4"])
    one, other = (
        blocks.compile_plan(load.load_plan()),
        blocks.compile_plan(load.load_plan(*run)),
    )
    names = [prior.name for prior in one.plan.priors]
    before = correlated_levels(one.plan.sampling, one.copula, names, range(256))
    after = correlated_levels(other.plan.sampling, other.copula, names, range(256))
    for name in names:
        np.testing.assert_array_equal(before[name], after[name])


@pytest.mark.parametrize("r", [1.0, -1.0])
def test_a_singular_matrix_ties_completely(r):
    tied = gaussian_copula(["a", "b", "c"], [("a", "b", r), ("b", "c", 0.0)])
    actual = correlated_levels(Sampling(3), tied, ["a", "b"], range(1000))
    expected = actual["a"] if r > 0 else 1.0 - actual["a"]
    np.testing.assert_allclose(actual["b"], expected, rtol=0, atol=1e-15)


def test_a_singular_matrix_of_three_is_mixed():
    tied = gaussian_copula(["a", "b", "c"], [("a", "b", 1.0), ("a", "c", 0.5), ("b", "c", 0.5)])
    actual = correlated_levels(Sampling(3), tied, ["a", "b", "c"], range(20_000))
    assert stats.spearmanr(actual["a"], actual["c"]).statistic == pytest.approx(0.5, abs=0.03)
    np.testing.assert_allclose(actual["a"], actual["b"], rtol=0, atol=1e-15)


def test_correlations_that_cannot_hold_together_are_named():
    pairs = [("b", "c", 0.9), ("c", "d", 0.9), ("b", "d", -0.9), ("a", "e", 0.5)]
    with pytest.raises(NotPositiveSemidefinite) as caught:
        gaussian_copula("abcde", pairs)
    assert {"b", "c", "d"} <= set(caught.value.names)
    with pytest.raises(NotPositiveSemidefinite):
        gaussian_copula("abc", [("a", "b", 1.0), ("a", "c", 1.0), ("b", "c", 0.5)])


def test_a_held_parameter_stands_at_its_level_and_its_partners_keep_theirs(plan, compiled):
    names = [prior.name for prior in plan.priors]
    free = correlated_levels(plan.sampling, compiled.copula, names, range(64))
    held = correlated_levels(
        Sampling(SEED, {"algorithms_growth": 0.5}), compiled.copula, names, range(64)
    )
    assert (held["algorithms_growth"] == 0.5).all()
    for name in set(names) - {"algorithms_growth"}:
        np.testing.assert_array_equal(free[name], held[name])
