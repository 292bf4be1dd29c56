"""Pareto smoothing, against a closed form and against arviz-stats bit for bit."""

import numpy as np
import pytest
from arviz_stats.base import array_stats

from simulator.evidence import pareto


@pytest.mark.parametrize("k", [0.2, 0.5, 0.9])
def test_shape_and_scale_of_a_generalised_pareto_distribution(k):
    n = 100_000
    levels = (np.arange(n) + 0.5) / n
    shape, scale = pareto.generalised_pareto(2.0 * np.expm1(-k * np.log1p(-levels)) / k)
    assert (shape, scale) == pytest.approx((k, 2.0), abs=0.01)


@pytest.mark.parametrize("draws", [32, 225, 226, 1000, 20_000])
@pytest.mark.parametrize("spread", [0.01, 0.5, 3.0, 40.0])
def test_bits_are_those_of_arviz(draws, spread):
    for seed in range(3):
        ratios = spread * np.random.default_rng(seed).standard_normal(draws)
        logs, k = pareto.smoothed_tail(ratios)
        theirs, their_k = array_stats.psislw(-ratios)
        assert (logs.tobytes(), k) == (theirs.tobytes(), float(their_k))


def test_weights_add_up_to_one_in_the_order_of_the_ratios():
    ratios = 2.0 * np.random.default_rng(7).standard_normal(4000)
    logs, _ = pareto.smoothed_tail(ratios)
    assert np.exp(logs).sum() == pytest.approx(1.0)
    assert (np.diff(logs[np.argsort(ratios)]) >= 0.0).all()
