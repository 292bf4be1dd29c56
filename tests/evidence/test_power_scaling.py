"""Power scaling: closed forms, ArviZ's implementation, and components that have no effect."""

import math

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy import stats

from simulator.distributions.density import log_density
from simulator.distributions.distribution import Distribution
from simulator.evidence import power_scaling
from simulator.evidence.power_scaling import PowerScaling, Sensitivity

NORMAL = np.random.default_rng(3).standard_normal((3, 4000))


def test_distance_of_cdfs_that_never_meet_is_1_and_of_the_same_0():
    values, one, other = np.array([0.0, 1.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert power_scaling.cumulative_jensen_shannon(values, one, other) == 1.0
    assert power_scaling.cumulative_jensen_shannon(values, one, one) == 0.0
    assert power_scaling.cumulative_jensen_shannon(np.zeros(2), one, other) == 0.0


def test_distance_does_not_depend_on_units_or_on_the_order_of_draws():
    values, weights = NORMAL[0], np.exp(0.3 * NORMAL[1])
    flat = np.ones(len(values))
    distance = power_scaling.cumulative_jensen_shannon(values, flat, weights)
    assert 0.0 < distance < 1.0
    turned = power_scaling.cumulative_jensen_shannon(-365.0 * values[::-1], flat, weights[::-1])
    assert turned == pytest.approx(distance, rel=1e-9)


def test_gradient_is_that_of_arviz():
    values, component = NORMAL[0], -0.5 * (NORMAL[0] - 1.0) ** 2
    lower, upper = (np.exp((a - 1.0) * component) for a in (0.99, 1.01))
    theirs = array_stats.power_scale_sense(
        values[None], lower[None] / lower.sum(), upper[None] / upper.sum(), 0.99, 1.01
    )
    ours = power_scaling.power_sensitivity(values, np.ones(len(values)), component)
    assert ours == pytest.approx(float(theirs), rel=0.02)  # theirs is not Pareto smoothed here


def test_weights_stand_for_repeated_draws():
    values, component = NORMAL[0], -0.5 * NORMAL[1] ** 2 + 0.2 * NORMAL[0]
    twice = np.repeat(np.arange(len(values)), np.where(NORMAL[2] > 0.0, 2, 1))
    weighed = power_scaling.power_sensitivity(values, np.where(NORMAL[2] > 0.0, 2, 1), component)
    repeated = power_scaling.power_sensitivity(values[twice], np.ones(len(twice)), component[twice])
    assert weighed == pytest.approx(repeated, rel=0.02)


def test_what_has_no_effect_is_told_from_what_has():
    values, base = NORMAL[0], np.ones(len(NORMAL[0]))
    rows = np.array([-0.5 * NORMAL[0] ** 2, -0.5 * NORMAL[1] ** 2])
    scaling = power_scaling.power_scaling(
        values, base, 0.5 * NORMAL[0], (["its own", "another"], rows), seed=1
    )
    assert scaling.likelihood.value > 5.0 * scaling.likelihood.noise
    by_name = {each.name: each for each in scaling.priors}
    assert by_name["its own"].value > 3.0 * by_name["its own"].noise
    assert by_name["another"].value < 2.0 * by_name["another"].noise
    assert power_scaling.power_sensitivity(values, base, np.full(len(values), -1.0)) == 0.0


@pytest.mark.parametrize(
    ("prior", "likelihood", "noise", "words"),
    [
        (0.1, 0.1, 0.01, "potential prior-data conflict"),
        (0.1, 0.01, 0.01, "potential strong prior or weak likelihood"),
        (0.01, 0.1, 0.01, "no conflict"),
        (0.1, 0.1, 0.2, "no conflict"),
    ],
)
def test_diagnoses_are_those_of_priorsense_above_the_noise(prior, likelihood, noise, words):
    made = PowerScaling(Sensitivity("", likelihood, noise), Sensitivity("", prior, noise), ())
    assert made.diagnosis == words


def test_log_densities_are_those_of_scipy():
    x = np.array([-1.5, 0.0, 2.0])
    normal = Distribution("normal", {"mean": 0.3, "sd": 0.7})
    assert log_density(normal, x) == pytest.approx(stats.norm(0.3, 0.7).logpdf(x), abs=1e-6)
    cut = Distribution("normal", {"mean": 0.3, "sd": 0.7}, lower=-2.0, upper=2.5)
    kept = stats.norm(0.3, 0.7).cdf(2.5) - stats.norm(0.3, 0.7).cdf(-2.0)
    expected = stats.norm(0.3, 0.7).logpdf(x) - math.log(kept)
    assert log_density(cut, x) == pytest.approx(expected, abs=1e-6)
    ends = Distribution("uniform", {"low": 0.0, "high": 2.0})
    assert log_density(ends, np.array([0.0, 1.0, 2.0])) == pytest.approx([-math.log(2.0)] * 3)
    coin = Distribution("bernoulli", {"p": 0.2})
    masses = log_density(coin, np.array([0.0, 1.0, 1.0]))
    assert masses == pytest.approx(np.log([0.8, 0.2, 0.2]))
