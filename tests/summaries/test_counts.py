"""Counts: any order and any cut gives the same bits, and quantiles are those of the draws."""

import numpy as np
import pytest

from simulator.inputs import load
from simulator.simulate import blocks
from simulator.summaries import counts, estimates, summarise
from simulator.summaries.counts import DAYS, REPORTED_LEVELS, bin_block, fit_grid
from simulator.summaries.estimates import quantiles

SERIES = (
    "effective_compute", "research_speedup", "data_penalty", "score_mmlu", "ai_power_share",
    "inference", "unhobbling", "binding_constraint", "human_data_headroom",
)  # fmt: skip
MARKS = ("automated_researcher", "data_exhausted", "pretraining_ends", "run_1e26", "cluster_1t")
SETS = (f"series={list(SERIES)}", f"milestones={list(MARKS)}")
DRAWS = 24_000


@pytest.fixture(scope="module")
def small():
    """A compiled of the baseline that keeps a few series, and the shape of its counts."""
    compiled = blocks.compile_plan(load.load_plan("baseline", SETS))
    return compiled, summarise.count_layout(compiled)


@pytest.fixture(scope="module")
def counted(small):
    """Many draws twice: as counts, and as the values themselves, (year, draw)."""
    compiled, shape = small
    rows = summarise.band_rows(compiled.plan)
    parts = [
        ({name: block.series[name][rows] for name in SERIES}, block.arrivals)
        for block in blocks.simulate_blocks(compiled, range(DRAWS))
    ]
    whole = counts.count_blocks(shape, [bin_block(shape, *part) for part in parts])
    values = {name: np.concatenate([b[0][name] for b in parts], axis=1) for name in SERIES}
    return shape, whole, values, np.concatenate([b[1] for b in parts], axis=1)


def same(a, b):
    for name in ("draws", "bins", "least", "most", "arrivals", "first", "final"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    for name in a.codes:
        np.testing.assert_array_equal(a.codes[name], b.codes[name], err_msg=name)


def count(shape, series, arrivals, weights=None):
    return counts.count_blocks(shape, [bin_block(shape, series, arrivals, weights)])


def part(counted, columns):
    _, _, values, arrivals = counted
    return {name: v[:, columns] for name, v in values.items()}, arrivals[:, columns]


def test_counts_merge_in_any_order_to_the_same_bits(counted):
    shape, whole, *_ = counted
    cuts = np.array_split(np.random.default_rng(0).permutation(DRAWS), 7)
    parts = [count(shape, *part(counted, columns)) for columns in cuts]
    for order in ([0, 1, 2, 3, 4, 5, 6], [6, 2, 4, 0, 5, 1, 3]):
        merged = counts.empty_counts(shape)
        for i in order:
            merged = counts.merge_counts(merged, parts[i])
        same(merged, whole)
    same(counts.merge_counts(parts[0], parts[1]), counts.merge_counts(parts[1], parts[0]))
    expected, kept = counts.merge_counts(parts[0], parts[1]), parts[0].bins.copy()
    same(counts.merge_counts(parts[0], parts[1], into_b=True), expected)
    np.testing.assert_array_equal(parts[0].bins, kept)


def test_a_weight_is_so_many_draws_in_any_order(counted):
    shape = counted[0]
    generator = np.random.default_rng(1)
    weights = generator.integers(0, 4, 3000)
    weighed = count(shape, *part(counted, np.arange(3000)), weights)
    repeated = generator.permutation(np.repeat(np.arange(3000), weights))
    same(weighed, count(shape, *part(counted, repeated)))
    assert weighed.draws == weights.sum()


def test_the_largest_weight_is_counted_exactly(counted):
    shape = counted[0]
    weights = np.full(3000, 2**24)
    weighed = count(shape, *part(counted, np.arange(3000)), weights)
    once = count(shape, *part(counted, np.arange(3000)))
    np.testing.assert_array_equal(weighed.bins, once.bins * 2**24)
    assert weighed.draws == 3000 * 2**24


@pytest.mark.parametrize("name", [name for name in SERIES if name != "binding_constraint"])
def test_bands_are_the_quantiles_of_the_draws(counted, name):
    shape, counts, values, _ = counted
    band = estimates.band_estimates(counts, shape, name)
    for key, level in REPORTED_LEVELS.items():
        # Neighbouring ranks: the draws themselves do not say more.
        near = [level - 1.5 / DRAWS, level + 1.5 / DRAWS]
        below, above = np.quantile(values[name], near, axis=1, method="inverted_cdf")
        allowed = np.maximum(band[f"mcse_{key}"] / 5, 1e-4 * (band["p95"] - band["p05"])) + 1e-12
        assert (band[key] >= below - allowed).all(), key
        assert (band[key] <= above + allowed).all(), key


def test_atoms_are_answered_exactly(counted):
    shape, counts, values, _ = counted
    penalty, band = values["data_penalty"], estimates.band_estimates(counts, shape, "data_penalty")
    none = (penalty == 0).mean(axis=1)
    assert none.min() < 0.9 < none.max()
    for key, level in REPORTED_LEVELS.items():
        assert (band[key][none > level] == 0).all()
        assert (band[key][none < level] > 0).all()


UNIFORM = np.random.default_rng(7).random(8192)
ATOMS = {
    "at the low end": np.maximum(UNIFORM, 0.3),
    "at the high end": np.minimum(UNIFORM, 0.7),
    "inside": np.where(np.abs(UNIFORM - 0.5) < 0.2, 0.5, UNIFORM),
    "alone, with strays that come later": np.where(np.arange(8192) % 4097 < 4090, 0.5, UNIFORM),
    "the only value, but for strays": np.where(np.arange(8192) > 8180, -5.0, 0.5),
    "at the low end, with strays": np.where(np.arange(8192) > 8180, -5.0, np.maximum(UNIFORM, 0.3)),
    "at the high end, with strays": np.where(np.arange(8192) > 8180, 5.0, np.minimum(UNIFORM, 0.7)),
    "two": np.clip(UNIFORM, 0.3, 0.7),
}


@pytest.mark.parametrize("case", ATOMS)
def test_an_atom_is_answered_exactly_wherever_it_stands(case):
    values = ATOMS[case][np.newaxis]
    grid = fit_grid(values[:, :4096])
    shape = counts.CountLayout(np.array([2030.0]), {"x": grid}, {}, (), 2019.0, 2050.0)
    band = estimates.band_estimates(count(shape, {"x": values}, np.zeros((0, 8192))), shape, "x")
    exact = np.quantile(values[0], list(REPORTED_LEVELS.values()), method="inverted_cdf")
    for key, expected in zip(REPORTED_LEVELS, exact, strict=True):
        if (values == expected).sum() > 1:
            assert band[key][0] == expected, key
        else:
            assert band[key][0] == pytest.approx(expected, abs=1e-3), key


def test_shares_of_a_code_are_exact(counted):
    _, counts, values, _ = counted
    actual = estimates.code_shares(counts, "binding_constraint")
    for code in range(4):
        expected = (values["binding_constraint"] == code).mean(axis=1)
        np.testing.assert_array_equal(actual[:, code], expected)


def test_arrivals_are_the_quantiles_of_the_cards_never_included(counted):
    shape, counts, _, arrivals = counted
    for i, name in enumerate(shape.milestones):
        exact = np.quantile(arrivals[i], list(REPORTED_LEVELS.values()), method="inverted_cdf")
        for actual, expected in zip(
            estimates.arrival_quantiles(counts, shape, i, REPORTED_LEVELS.values()),
            exact,
            strict=True,
        ):
            if np.isinf(expected):
                assert actual.value == np.inf, name
            else:
                assert abs(actual.value - expected) <= max(actual.mcse / 5, 1.5 / DAYS), name


def test_probabilities_by_year_are_shares_of_the_cards(counted):
    shape, counts, _, arrivals = counted
    for row, mark in zip(estimates.milestone_estimates(counts, shape), arrivals, strict=True):
        assert row["reached"] == np.isfinite(mark).mean()
        assert len(row["by_year"]) == 31
        for year, share in row["by_year"].items():
            if year != "2050":  # the horizon's own quarter is the last: nothing is counted past it
                assert share == (mark < float(year)).mean(), (row["name"], year)


def test_an_arrival_at_the_start_and_one_at_the_horizon_are_counted(small):
    _, shape = small
    values = {name: np.zeros((len(shape.years), 4)) for name in SERIES}
    arrivals = np.tile([2019.0, 2024.0, 2050.0, np.inf], (len(MARKS), 1))
    counts = count(shape, values, arrivals)
    row = estimates.milestone_estimates(counts, shape)[0]
    assert row["reached"] == 0.75
    assert [row["by_year"][year] for year in ("2020", "2024", "2025")] == [0.25, 0.25, 0.5]
    assert row["p05"] == 2019.0
    assert row["p90"] == np.inf


def test_quantile_errors_are_the_spread_over_many_seeds():
    level, draws, seeds = [0.05, 0.5, 0.9], 2000, 400
    generator = np.random.default_rng(20240613)
    grid = fit_grid(generator.standard_normal((1, 4096)))
    actual = []
    for _ in range(seeds):
        places = grid.bin_numbers(x := generator.standard_normal((1, draws)))
        bins = np.bincount(places[0], minlength=counts.BINS + 2)
        actual.append(quantiles(bins, grid.edges(0), x.min(), x.max(), level))
    values = np.array([[estimate.value for estimate in each] for each in actual])
    errors = np.array([[estimate.mcse for estimate in each] for each in actual])
    # The spread of 400 seeds is itself known to 1 in 28; three of those, and the bias of a finite rank.
    np.testing.assert_allclose(errors.mean(axis=0), values.std(axis=0), rtol=0.12)


def test_probability_errors_are_binomial_and_never_0():
    actual = estimates.probability(300, 1000)
    assert actual.value == 0.3
    assert actual.mcse == pytest.approx((0.3 * 0.7 / 1000) ** 0.5, rel=0.01)
    assert 0 < estimates.probability(0, 1000).mcse < 0.0015
    assert estimates.probability(300, 1000, effective=100.0).mcse == pytest.approx(0.0458, rel=0.02)


def test_a_single_draw_says_nothing_of_its_own_error():
    one, two = np.array([0, 1, 0]), np.array([0, 2, 0])
    edges = np.array([0.0, 1.0])
    assert quantiles(one, edges, 0.5, 0.5, [0.5]) == [estimates.Estimate(0.5, np.inf)]
    (alone,) = quantiles(two, edges, 0.2, 0.7, [0.5], effective=1.0)
    assert alone.mcse == np.inf
    assert 0.0 < quantiles(two, edges, 0.2, 0.7, [0.5])[0].mcse < np.inf


def test_grids_are_fitted_to_the_first_4096_draws_whatever_the_run(small):
    compiled, shape = small
    more = blocks.compile_plan(compiled.plan.model_copy(update={"draws": 77}))
    for name, grid in summarise.count_layout(more).grids.items():
        np.testing.assert_array_equal(grid.knots, shape.grids[name].knots)
        assert (np.diff(grid.knots, axis=1) >= 0).all()


@pytest.mark.parametrize("knots", [3, 23, 300])
def test_bins_are_those_of_lines_between_knots_however_far_a_value_lies(knots):
    generator = np.random.default_rng(knots)
    rows = np.sort(generator.standard_normal((2, knots)), axis=1)
    rows[1, 1] = rows[1, 0]  # an atom at the foot
    rows[1, -1] = rows[1, -2]  # and one at the top
    grid = counts.Grid(rows)
    beyond = [-1e100, -1e9, 1e9, 1e100]
    between = generator.uniform(-4.0, 4.0, (2, 500))
    values = np.concatenate([between, rows, np.tile(beyond, (2, 1))], axis=1)
    ends = {"left": 0.0, "right": counts.BINS + 1.0}
    expected = [
        np.ceil(np.interp(x, row, bins, **ends))
        for x, row, bins in zip(values, rows, grid.positions, strict=True)
    ]
    np.testing.assert_array_equal(grid.bin_numbers(values), expected)
