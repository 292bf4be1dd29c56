"""Correlations: what was asked comes out, components keep to themselves, what cannot hold is named and mended."""

import re
import tomllib

import numpy as np
import pytest
from scipy.stats import spearmanr

from simulator.errors import InputFault
from simulator.inputs import correlations
from simulator.inputs.load import load_plan
from simulator.sampling import (
    LOWEST_LEVEL,
    Sampling,
    connected_components,
    correlated_levels,
    correlation_matrix,
    gaussian_copula,
    independent_levels,
    is_positive_semidefinite,
    pearson,
)
from simulator.simulate import blocks

NAMES = ("a", "b", "c", "d", "e", "f")
PAIRS = (("a", "b", 0.6), ("b", "c", -0.3), ("e", "f", 0.9))
N = 100_000


def impossible(seed, size, stated=1.0):
    """Correlations of which a matrix that is no correlation matrix is made."""
    rng = np.random.default_rng(seed)
    names = tuple(f"x{i}" for i in range(size))
    while True:
        pairs = tuple(
            (names[i], names[j], round(rng.uniform(-0.95, 0.95), 2))
            for i in range(size)
            for j in range(i)
            if rng.random() < stated
        )
        if any(
            not is_positive_semidefinite(correlation_matrix(part, pairs))
            for part in connected_components(names, pairs)
        ):
            return names, pairs


def test_ranks_correlate_as_asked_and_else_not_at_all():
    levels = correlated_levels(Sampling(7), gaussian_copula(NAMES, PAIRS), NAMES, range(N))
    actual = spearmanr(np.array([levels[name] for name in NAMES]).T).statistic
    asked = np.eye(len(NAMES))
    for a, b, r in PAIRS:
        i, j = NAMES.index(a), NAMES.index(b)
        asked[i, j] = asked[j, i] = r
    np.testing.assert_allclose(actual, asked, atol=5 / np.sqrt(N))


def test_margins_stay_exact():
    levels = correlated_levels(Sampling(7), gaussian_copula(NAMES, PAIRS), NAMES, range(N))
    for name in NAMES:
        steps = np.abs(np.sort(levels[name]) - (np.arange(N) + 0.5) / N)
        assert steps.max() < 2.0 / np.sqrt(N)  # Kolmogorov, far beyond 99.9 %
        assert levels[name].min() >= LOWEST_LEVEL


def test_the_shipped_scenario_correlates_as_its_files_say():
    plan = load_plan()
    compiled = blocks.compile_plan(plan)
    names = [p.name for p in plan.priors if p.family not in ("fixed", "bernoulli")]
    levels = correlated_levels(plan.sampling, compiled.copula, names, range(20_000))
    values = [p.distribution.inverse_cdf(levels[p.name]) for p in plan.priors if p.name in names]
    actual = spearmanr(np.array(values).T).statistic
    asked = {frozenset(pair[:2]): pair[2] for pair in plan.correlations}
    for i, a in enumerate(names):
        for j, b in enumerate(names[:i]):
            assert actual[i, j] == pytest.approx(asked.get(frozenset((a, b)), 0.0), abs=0.035), (
                a,
                b,
            )


def test_names_that_hang_together_are_found_in_their_order():
    assert connected_components(NAMES, PAIRS) == [("a", "b", "c"), ("e", "f")]
    assert connected_components(reversed(NAMES), PAIRS) == [("f", "e"), ("c", "b", "a")]


def test_bits_of_one_component_know_nothing_of_another():
    rng = np.random.default_rng(3)
    size = 40
    own, others = ([f"{letter}{i}" for i in range(size)] for letter in "io")
    pairs = [
        (group[i], group[j], round(rng.uniform(0.0, 0.15), 3))
        for group in (own, others)
        for i in range(size)
        for j in range(i)
    ]
    inner = pairs[: len(pairs) // 2]
    mingled = [name for both in zip(others, own, strict=True) for name in both]
    alone, beside = gaussian_copula(own, inner), gaussian_copula(mingled, pairs)
    rows = dict(zip(beside.names, beside.rows, strict=True))
    assert [rows[name] for name in own] == list(alone.rows)


def test_names_without_partners_keep_their_own_levels():
    levels = correlated_levels(Sampling(7), gaussian_copula(NAMES, PAIRS), NAMES, range(10))
    assert (levels["d"] == independent_levels(Sampling(7), "d", range(10))).all()


def test_perfect_correlation_is_the_same_levels():
    levels = correlated_levels(
        Sampling(7), gaussian_copula("ab", [("a", "b", 1.0)]), "ab", range(100)
    )
    np.testing.assert_allclose(levels["a"], levels["b"], rtol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_fewest_at_fault_are_found_among_all(seed):
    names, pairs = impossible(seed, 6, stated=0.6)
    part = next(
        p
        for p in connected_components(names, pairs)
        if not is_positive_semidefinite(correlation_matrix(p, pairs))
    )
    few = correlations.smallest_impossible(part, pairs)
    assert not is_positive_semidefinite(correlation_matrix(few, pairs))
    smaller = [
        rest for size in range(2, len(few)) for rest in correlations.combinations(part, size)
    ]
    assert all(np.linalg.eigvalsh(correlation_matrix(rest, pairs))[0] > -1e-9 for rest in smaller)


def test_where_there_are_too_many_to_try_none_of_those_named_can_be_spared():
    names, pairs = impossible(1, 60, stated=0.2)
    part = next(
        p
        for p in connected_components(names, pairs)
        if not is_positive_semidefinite(correlation_matrix(p, pairs))
    )
    few = correlations.smallest_impossible(part, pairs)
    assert not is_positive_semidefinite(correlation_matrix(few, pairs))
    for name in few:
        assert is_positive_semidefinite(correlation_matrix([n for n in few if n != name], pairs))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_offered_can_hold_and_is_near(seed):
    names, pairs = impossible(seed, 6)
    offered = list(correlations.nearest_possible(names, pairs))
    near = correlation_matrix(names, offered)
    assert is_positive_semidefinite(near)
    wrong = correlation_matrix(names, pairs)
    values, vectors = np.linalg.eigh(wrong)
    clipped = (vectors * np.maximum(values, 0)) @ vectors.T
    scale = np.sqrt(np.diag(clipped))
    clipped /= np.outer(scale, scale)
    assert np.linalg.norm(near - wrong) <= np.linalg.norm(clipped - wrong) + 0.01


def test_what_can_hold_is_offered_as_it_is():
    offered = {frozenset(p[:2]): p[2] for p in correlations.nearest_possible(NAMES, PAIRS)}
    for a, b, r in PAIRS:
        assert offered[frozenset((a, b))] == pytest.approx(r, abs=0.002)
    assert pearson(1.0) == pytest.approx(1.0)


def write(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(text)
    return str(folder)


def prior(name, **correlation):
    tied = ", ".join(f"{other} = {r}" for other, r in correlation.items())
    return (
        f'[{name}]\nunit = "OOM"\nfamily = "lognormal"\np05 = 5.0\np95 = 9.0\nsource = "judgement"\n'
        f"correlation = {{ {tied} }}\n"
    )


def test_a_matrix_that_cannot_hold_offers_text_that_can_be_pasted(tmp_path):
    low, middle, high = "algorithms_limit", "inference_limit", "price_performance_limit"
    stated = prior(low, **{middle: 0.9, high: -0.9}) + prior(middle, **{high: 0.9})
    folder = write(tmp_path / "own", stated + prior(high))
    with pytest.raises(InputFault) as refused:
        load_plan(priors=folder)
    (fault,) = refused.value.faults
    assert fault.file.endswith("own.toml")
    assert fault.line == 7
    assert fault.key == "correlation"
    assert fault.found.count(" with ") == 3
    for name in (low, middle, high):
        assert name in fault.found
    pasted = tomllib.loads(fault.fix.partition("\n")[2])
    text = stated + prior(high)
    for name, table in pasted.items():
        line = ", ".join(f"{other} = {r}" for other, r in table["correlation"].items())
        text = re.sub(
            rf"(\[{name}\][^\[]*?correlation = {{)[^}}]*",
            lambda m, line=line: f"{m[1]} {line} ",
            text,
        )
    plan = load_plan(priors=write(tmp_path / "own", text))
    asked = {frozenset(p[:2]): p[2] for p in plan.correlations}
    assert abs(asked[frozenset((low, middle))]) < 0.9


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        (prior("algorithms_limit", algorithms_limit=0.5), "0.5"),
        (prior("algorithms_limit", stock_grwth=0.5), "unknown"),
        (prior("algorithms_limit", inference_limit=1.5), "1.5"),
        (
            prior("algorithms_limit", inference_limit=0.5)
            + prior("inference_limit", algorithms_limit=0.4),
            "on the other side",
        ),
    ],
)
def test_a_correlation_that_cannot_be_is_a_fault(tmp_path, text, actual):
    with pytest.raises(InputFault) as refused:
        load_plan(priors=write(tmp_path / "own", text))
    assert any("correlation" in f.key and actual in f.found for f in refused.value.faults)


def test_a_replaced_prior_keeps_its_pairs_unless_restated(tmp_path):
    kept = load_plan(priors=write(tmp_path / "a", prior("remote_work_threshold")))
    restated = load_plan(
        priors=write(tmp_path / "b", prior("remote_work_threshold", researcher_threshold=0.2))
    )
    pair = frozenset(("remote_work_threshold", "researcher_threshold"))
    assert [r for a, b, r in kept.correlations if {a, b} == pair] == [0.8]
    assert [r for a, b, r in restated.correlations if {a, b} == pair] == [0.2]


def test_fixing_a_parameter_changes_no_partners_levels():
    free, fixed = (
        blocks.compile_plan(load_plan(sets=sets)) for sets in ([], ["spending_growth=0.4"])
    )
    names = [p.name for p in free.plan.priors if p.name != "spending_growth"]
    for name, own in correlated_levels(free.plan.sampling, free.copula, names, range(50)).items():
        assert (
            own == correlated_levels(fixed.plan.sampling, fixed.copula, names, range(50))[name]
        ).all()
