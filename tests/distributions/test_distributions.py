"""Families: the quantiles asked for, scipy's distributions, shift and truncation."""

import math

import numpy as np
import pytest
from scipy import stats

from simulator.distributions.distribution import FAMILIES, Distribution
from simulator.distributions.family import QUANTILES

LEVELS = np.array([1e-12, 1e-6, 0.001, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999, 1 - 1e-6, 1 - 1e-12])
OTHERS = {
    "uniform": ({"low": -1.0, "high": 3.0}, stats.uniform(-1.0, 4.0)),
    "loguniform": ({"low": 0.2, "high": 30.0}, stats.loguniform(0.2, 30.0)),
    "normal": ({"mean": 6.0, "sd": 0.7}, stats.norm(6.0, 0.7)),
    "lognormal": ({"median": 0.4, "sigma": 0.6}, stats.lognorm(0.6, scale=0.4)),
}
# The scales in which a family is a straight line: of its levels, and of its values.
STRAIGHT = {
    "uniform": (lambda level: level, lambda x: x),
    "loguniform": (lambda level: level, np.log),
    "normal": (stats.norm.ppf, lambda x: x),
    "lognormal": (stats.norm.ppf, np.log),
}
PAIRS = [("p05", "p95"), ("p10", "p90"), ("p01", "p50"), ("p50", "p99"), ("p25", "p80")]
TRUNCATIONS = [
    (0.0, -math.inf, math.inf),
    (1.5, -math.inf, math.inf),
    (0.0, 0.5, math.inf),
    (2.0, 2.9, 8.5),
]

per_family = pytest.mark.parametrize("name", OTHERS)


def fitted(name, **quantiles):
    levels = np.array([QUANTILES[key] for key in quantiles])
    return FAMILIES[name].fit(levels, np.array(list(quantiles.values())))


@per_family
@pytest.mark.parametrize("keys", PAIRS)
@pytest.mark.parametrize("values", [(0.22, 0.81), (25.05, 25.6), (1e-6, 1e3)])
def test_two_quantiles_are_met(name, keys, values):
    natural = fitted(name, **dict(zip(keys, values, strict=True)))
    actual = Distribution(name, natural).inverse_cdf(np.array([QUANTILES[key] for key in keys]))
    np.testing.assert_allclose(actual, values, rtol=1e-9, atol=1e-9 * (values[1] - values[0]))


@per_family
def test_more_quantiles_are_fitted_by_least_squares_in_the_family_s_own_scale(name):
    stated = {"p05": 0.2, "p25": 0.4, "p50": 0.55, "p90": 1.3}
    score, scale = STRAIGHT[name]
    levels = np.array([QUANTILES[key] for key in stated])
    slope, start = np.polyfit(score(levels), scale(np.array(list(stated.values()))), 1)
    actual = Distribution(name, fitted(name, **stated)).inverse_cdf(LEVELS[2:-2])
    np.testing.assert_allclose(
        scale(actual), start + slope * score(LEVELS[2:-2]), rtol=1e-9, atol=1e-9
    )


@per_family
def test_inverse_cdfs_agree_with_scipy(name):
    natural, other = OTHERS[name]
    np.testing.assert_allclose(
        Distribution(name, natural).inverse_cdf(LEVELS), other.ppf(LEVELS), rtol=1e-9
    )
    values = other.ppf(LEVELS)
    np.testing.assert_allclose(FAMILIES[name].cdf(values, **natural), other.cdf(values), rtol=1e-9)


@per_family
@pytest.mark.parametrize(("shift", "lower", "upper"), TRUNCATIONS)
def test_shift_comes_first_then_truncation_in_final_units(name, shift, lower, upper):
    natural, other = OTHERS[name]
    lower, upper = max(lower, 5.0 + lower) if name == "normal" else lower, upper
    made = Distribution(name, natural, shift, lower, upper)
    below, above = other.cdf(lower - shift), other.cdf(upper - shift)
    assert made.kept == pytest.approx(above - below, rel=1e-9)
    expected = other.ppf(below + LEVELS * (above - below)) + shift
    if below > 0.5:  # counted from above, where SciPy keeps its digits too
        left, right = other.sf(lower - shift), other.sf(upper - shift)
        expected = other.isf(left - LEVELS * (left - right)) + shift
    np.testing.assert_allclose(made.inverse_cdf(LEVELS), expected, rtol=1e-7)
    values = made.inverse_cdf(np.linspace(2.0**-53, 1 - 2.0**-53, 1001))
    low, high = other.support()
    assert (made.support.low, made.support.high) == (
        max(low + shift, lower),
        min(high + shift, upper),
    )
    assert made.support.low <= values.min() <= values.max() <= made.support.high
    assert (np.diff(values) > 0).all()


def test_fixed_is_one_number_at_every_level():
    made = Distribution("fixed", {"value": 2024.7})
    assert set(made.inverse_cdf(LEVELS)) == {2024.7}
    assert (made.support.low, made.support.high, made.kept) == (2024.7, 2024.7, 1.0)


@pytest.mark.parametrize("p", [0.0, 0.05, 0.5, 0.95, 1.0])
def test_bernoulli_occurs_in_its_share_of_levels(p):
    made = Distribution("bernoulli", {"p": p})
    levels = (np.arange(100_000) + 0.5) / 100_000
    values = made.inverse_cdf(levels)
    assert set(values) <= {0.0, 1.0}
    assert values.mean() == pytest.approx(p, abs=1e-5)
    assert (np.diff(values) >= 0).all()
    assert (made.support.low, made.support.high) == (float(p == 1), float(p > 0))


def test_ends_of_a_support_are_open_where_the_family_never_reaches_them():
    lognormal = Distribution("lognormal", {"median": 1.0, "sigma": 1.0})
    assert lognormal.support.low_open
    assert not Distribution("normal", {"mean": 0.0, "sd": 1.0}, lower=0.0).support.low_open
    assert not Distribution("uniform", {"low": 0.0, "high": 1.0}).support.low_open


@pytest.mark.parametrize(
    ("name", "natural", "says"),
    [
        ("uniform", {"low": 1.0, "high": 1.0}, "low must be below high"),
        ("loguniform", {"low": 0.0, "high": 1.0}, "low must be above 0"),
        ("normal", {"mean": 0.0, "sd": 0.0}, "sd must be above 0"),
        ("lognormal", {"median": -1.0, "sigma": 1.0}, "must be above 0"),
        ("bernoulli", {"p": 1.1}, "0 to 1"),
    ],
)
def test_what_is_no_distribution_is_said(name, natural, says):
    assert says in FAMILIES[name].wrong(**natural)


def test_shipped_priors_meet_their_quantiles_before_truncation(plan):
    described = [prior for prior in plan.priors if len(prior.stated) == 2]
    assert len(described) > 40
    for prior in described:
        levels = np.array([QUANTILES[key] for key in prior.stated])
        actual = Distribution(prior.family, prior.natural).inverse_cdf(levels)
        np.testing.assert_allclose(
            actual, list(prior.stated.values()), rtol=1e-9, err_msg=prior.name
        )
