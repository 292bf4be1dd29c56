"""Sobol' levels depend on the seed, the names and the draw's number alone, and each scramble spreads them evenly."""

import numpy as np
import pytest
from scipy import stats

from simulator import sampling
from simulator.inputs import load
from simulator.sampling import SCRAMBLES, SOBOL_CHUNK, sobol_levels
from simulator.simulate import blocks

NAMES = [f"parameter_{i:02d}" for i in range(40)]


def levels(draws, seed=7, names=NAMES):
    return np.array([*sobol_levels(seed, names, draws).values()])


def test_a_range_has_the_levels_of_the_whole():
    whole = levels(range(2 * SOBOL_CHUNK + 100))
    for start, stop in [(0, 1), (5, 1029), (SOBOL_CHUNK - 3, SOBOL_CHUNK + 4), (20_001, 32_868)]:
        np.testing.assert_array_equal(levels(range(start, stop)), whole[:, start:stop])


def test_the_order_of_the_names_and_other_threads_change_no_level():
    backwards = sobol_levels(7, reversed(NAMES), range(100))
    forwards = sobol_levels(7, NAMES, range(100))
    assert all((backwards[name] == forwards[name]).all() for name in NAMES)
    assert not (levels(range(100), seed=8) == levels(range(100))).any()


@pytest.mark.parametrize("points", [16, 512])
def test_every_scramble_has_one_point_in_each_interval_of_each_parameter(points):
    """A (0, m, 1)-net in every coordinate: of 2^m points one lies in each of the 2^m intervals of length 2^-m."""
    draws = levels(range(SCRAMBLES * points))
    for scramble in range(SCRAMBLES):
        strata = np.sort(np.floor(draws[:, scramble::SCRAMBLES] * points), axis=1)
        assert (strata == np.arange(points)).all()


def test_scrambles_are_different_and_levels_are_never_0_or_1():
    draws = levels(range(SCRAMBLES * 256))
    assert draws.min() >= 2.0**-33
    assert draws.max() <= 1.0 - 2.0**-33
    assert len(np.unique(draws[0])) == SCRAMBLES * 256


def test_the_points_are_those_of_scipy():
    """Another way to the same points: all of a scramble at once."""
    import hashlib

    digest = hashlib.sha256(b"7:sobol:3").digest()
    generator = np.random.default_rng(int.from_bytes(digest[:16], "little"))
    points = stats.qmc.Sobol(len(NAMES), bits=32, rng=generator).random(2048)
    draws = levels(range(SCRAMBLES * 2048))[:, 3::SCRAMBLES]
    np.testing.assert_array_equal(draws, points.T + 2.0**-33)


def test_a_plan_of_this_design_has_these_levels_after_the_copula():
    plan = load.load_plan("baseline", ['design="sobol"', "hold.stock_growth=0.3"])
    compiled = blocks.compile_plan(plan)
    names = [prior.name for prior in plan.priors]
    block = blocks.simulate_block(compiled, range(900, 2100))
    independent = sobol_levels(plan.seed, names, range(900, 2100))
    mixed = sampling.correlate(plan.sampling, compiled.copula, names, independent)
    expected = blocks.parameter_values(compiled, mixed)
    assert all((block.parameters[name] == expected[name]).all() for name in names)
    assert (mixed["stock_growth"] == 0.3).all()
