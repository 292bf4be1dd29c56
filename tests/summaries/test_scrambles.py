"""Errors over scrambles: those of random draws where draws are random, and the smaller true ones of Sobol' points."""

import math

import numpy as np
import pytest
from scipy import stats

from simulator.sampling import SCRAMBLES, sobol_levels
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.scrambles import with_scramble_errors

YEARS = {"2030": 0.3, "2090": 1.0}


def record(**errors):
    mcse = {f"mcse_{name}": 9.0 for name in (*REPORTED_LEVELS, "reached")} | errors
    return {"name": "m", "by_year": YEARS, "mcse_by_year": dict.fromkeys(YEARS, 9.0), **mcse}


def errors(arrivals, draws=None, weights=None):
    rows = with_scramble_errors([record()], arrivals[:, None], weights, draws or len(arrivals))
    return rows[0]


def uniform_years(levels):
    """Arrivals spread evenly over 2020 to 2040; levels above 0.9 are never."""
    return np.where(levels > 0.9, np.inf, 2020.0 + 20.0 * levels / 0.9)


def test_errors_of_random_draws_are_those_of_the_closed_form():
    """A uniform quantile of n draws has the variance p (1 - p) / n, a share the same; mean squares over many runs."""
    n, runs = 1600, 60
    generator = np.random.default_rng(0)
    rows = [errors(uniform_years(generator.random(n))) for _ in range(runs)]
    allowed = 4.0 * math.sqrt(2.0 / (15 * runs))  # four standard errors of a variance

    def variance(key):
        return np.mean([row[key] ** 2 for row in rows])

    slope = 20.0 / 0.9
    for key, level in (("p25", 0.25), ("p50", 0.5), ("p75", 0.75)):
        exact = slope**2 * level * (1.0 - level) / n
        assert variance(f"mcse_{key}") == pytest.approx(exact, rel=allowed + 0.05)
    assert variance("mcse_reached") == pytest.approx(0.9 * 0.1 / n, rel=allowed)
    share = [row["mcse_by_year"]["2030"] ** 2 for row in rows]
    assert np.mean(share) == pytest.approx(0.45 * 0.55 / n, rel=allowed)
    assert all(row["mcse_p95"] == 9.0 for row in rows)  # beyond the horizon
    assert {row["mcse_by_year"]["2090"] for row in rows} <= {row["mcse_reached"] for row in rows}


def test_errors_of_sobol_points_are_true_and_smaller():
    """The mean of two levels: its median is 1/2 exactly, so that the error that is stated can be checked."""
    n, seeds = 4096, range(40)
    stated, medians = [], []
    for seed in seeds:
        mean = sum(sobol_levels(seed, ["a", "b"], range(n)).values()) / 2.0
        stated.append(errors(2020.0 + mean)["mcse_p50"])
        medians.append(np.quantile(2020.0 + mean, 0.5, method="inverted_cdf"))
    true = math.sqrt(np.mean((np.array(medians) - 2020.5) ** 2))
    random = 0.25 / math.sqrt(n)  # density 2 at the median: sqrt(1/4 / n) / 2
    assert true < random / 3.0
    assert math.sqrt(np.mean(np.square(stated))) == pytest.approx(true, rel=0.5)


def test_draws_that_are_not_kept_lower_the_error_as_random_draws_do():
    arrivals = uniform_years(np.random.default_rng(1).random(800))
    all_kept, half = errors(arrivals), errors(arrivals, draws=1600)
    assert half["mcse_p50"] == pytest.approx(all_kept["mcse_p50"] / math.sqrt(2.0), rel=1e-12)


def test_a_weight_is_so_many_draws():
    generator = np.random.default_rng(2)
    arrivals, weights = uniform_years(generator.random(640)), generator.integers(0, 4, 640)
    by_scramble = [
        np.repeat(arrivals[r::SCRAMBLES], weights[r::SCRAMBLES]) for r in range(SCRAMBLES)
    ]
    medians = [np.quantile(each, 0.5, method="inverted_cdf") for each in by_scramble]
    expected = stats.sem(medians)
    assert errors(arrivals, weights=weights)["mcse_p50"] == pytest.approx(expected, rel=1e-12)


def test_few_draws_and_scrambles_that_agree_keep_the_errors_of_random_draws():
    assert errors(uniform_years(np.random.default_rng(3).random(127))) == record()
    certain = errors(np.full(320, 2025.0))
    assert certain["mcse_p50"] == 9.0
    assert certain["mcse_by_year"]["2030"] == 9.0
