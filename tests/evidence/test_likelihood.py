"""The likelihood of observations that share a discrepancy, and of bounds: SciPy, quadrature and closed forms."""

import math

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from simulator.evidence import hindcast, likelihood
from simulator.evidence.influence import observation_likelihoods
from simulator.inputs import load
from simulator.inputs.observations import Observation, known_observations
from simulator.simulate.blocks import compile_plan
from simulator.store import running

YEARS = np.array([2024.0, 2025.0, 2026.0])
DRAWS = np.random.default_rng(3).normal(26.0, 0.3, (3, 50))
SERIES = {"training_flop": DRAWS, "ai_revenue": DRAWS - 16.0}
PARAMETERS = {"anchor_compute": np.zeros(50)}

STILL = [
    "spending_growth=0.0",
    "economy_growth=0.0",
    "cluster_share=1e6",
    "price_performance_growth=0.0",
    "duration_growth=0.0",
    "power_ceiling=1e6",
    "chips_ceiling=1e6",
    "latency_ceiling=1e6",
    'series=["training_flop"]',
    "horizon=2030.0",
]
"""With these training_flop is anchor_compute in every year."""
MEAN, SD = 25.325, 0.55 / 2 / 1.6448536269514722


def value(name, year, of, *, series="training_flop", sd=0.1, discrepancy=0.3, **more):
    stated = {"name": name, "year": year, "value": of, "source": "judgement"}
    return Observation(**stated, series=series, sd=sd, discrepancy=discrepancy, **more)


FIRST, SECOND, THIRD = (
    value("first", 2024.25, 26.1),
    value("second", 2024.75, 26.6, sd=0.2, discrepancy=0.4),
    value("third", 2025.5, 26.5),
)
ELSEWHERE = value("elsewhere", 2025.0, 10.2, series="ai_revenue")
AT_LEAST = value("at_least", 2025.8, 26.9, censored="right")
AT_MOST = value("at_most", 2025.8, 26.4, censored="left", missed=0.25)


def at(year):
    return np.array([np.interp(year, YEARS, draw) for draw in DRAWS.T])


def together(*observations):
    return likelihood.log_likelihood(observations, SERIES, PARAMETERS, YEARS)


def joint_covariance(observations):
    """Written out entry by entry from the process: `d g(t) + sd e`."""
    n = len(observations)
    matrix = np.empty((n, n))
    for i, a in enumerate(observations):
        for j, b in enumerate(observations):
            matrix[i, j] = a.discrepancy * b.discrepancy * math.exp(-abs(a.year - b.year))
            matrix[i, j] += a.sd**2 if i == j else 0.0
    return matrix


def test_values_of_a_series_are_jointly_normal_about_a_draw():
    observations = [FIRST, SECOND, THIRD]
    means = np.column_stack([at(each.year) for each in observations])
    joint = stats.multivariate_normal(cov=joint_covariance(observations))
    expected = joint.logpdf(np.array([26.1, 26.6, 26.5]) - means)
    np.testing.assert_allclose(together(*observations), expected, rtol=1e-12)
    np.testing.assert_allclose(together(THIRD, FIRST, SECOND), expected, rtol=1e-12)


def test_series_are_independent_and_nothing_is_certain():
    both = together(FIRST, ELSEWHERE)
    np.testing.assert_allclose(both, together(FIRST) + together(ELSEWHERE), rtol=1e-12)
    np.testing.assert_array_equal(together(), np.zeros(50))


def test_records_a_month_apart_say_little_more_than_one_and_far_apart_twice_as_much():
    near = value("near", FIRST.year + 1 / 12, 26.1, sd=0.01)
    first = value("first", FIRST.year, 26.1, sd=0.01)
    far = value("far", FIRST.year + 30.0, 26.1, sd=0.01)
    information = [
        np.ones(2) @ np.linalg.solve(likelihood.covariance([first, each]), np.ones(2))
        for each in (near, far)
    ]
    alone = 1.0 / likelihood.covariance([first])[0, 0]
    assert 1.0 < information[0] / alone < 1.05
    assert information[1] / alone == pytest.approx(2.0, abs=1e-9)


def test_each_given_the_others_is_read_off_the_precision_matrix():
    observations = [FIRST, SECOND, THIRD]
    residuals = np.array([each.value - at(each.year) for each in observations])
    precision = np.linalg.inv(joint_covariance(observations))
    left_out = likelihood.leave_each_out([*observations, ELSEWHERE], SERIES, PARAMETERS, YEARS)
    z = precision @ residuals / np.sqrt(np.diag(precision))[:, np.newaxis]
    largest = 0.5 * np.log(np.diag(precision) / (2.0 * math.pi))
    np.testing.assert_allclose(
        left_out.given_others[:3], largest[:, np.newaxis] - 0.5 * z**2, rtol=1e-9
    )
    for each, top, row in zip(observations, largest, z, strict=True):
        stated = likelihood.largest_log_likelihood(each, [*observations, ELSEWHERE])
        assert stated == pytest.approx(top, rel=1e-12)
        output = likelihood.conditional_deviation(each, observations, SERIES, YEARS)
        np.testing.assert_allclose(output, -row, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(left_out.others[3], together(*observations), rtol=1e-12)
    np.testing.assert_allclose(left_out.given_others[3], together(ELSEWHERE), rtol=1e-12)


def test_a_bound_integrates_the_joint_density_beyond_it():
    joint = stats.multivariate_normal(cov=joint_covariance([FIRST, AT_LEAST]))
    for draw in (0, 7, 31):
        means = np.array([at(FIRST.year)[draw], at(AT_LEAST.year)[draw]])
        beyond, _ = integrate.quad(
            lambda y, m=means: joint.pdf(np.array([FIRST.value, y]) - m), AT_LEAST.value, 30.0
        )
        assert together(AT_LEAST, FIRST)[draw] == pytest.approx(math.log(beyond), abs=1e-7)


def test_a_bound_that_may_be_missed_keeps_some_weight():
    z = (at(AT_MOST.year) - 26.4) / math.hypot(0.1, 0.3)
    expected = np.log(0.25 + 0.75 * stats.norm.cdf(-z))
    np.testing.assert_allclose(together(AT_MOST), expected, rtol=1e-12)
    assert likelihood.largest_log_likelihood(AT_MOST, [AT_MOST]) == 0.0
    far = value("far", 2025.0, 10.0, censored="left")
    np.testing.assert_allclose(
        together(far), stats.norm.logcdf((10.0 - at(2025.0)) / math.hypot(0.1, 0.3)), rtol=1e-12
    )


def test_a_draw_is_as_far_from_a_bound_as_it_falls_short():
    z = (at(2025.8) - np.array([[26.9], [26.4]])) / math.hypot(0.1, 0.3)
    short = [likelihood.distance(each, SERIES, YEARS) for each in (AT_LEAST, AT_MOST)]
    np.testing.assert_allclose(short[0], np.where(z[0] < 0.0, -z[0], 0.0), atol=1e-12)
    np.testing.assert_allclose(short[1], np.where(z[1] > 0.0, z[1], 0.0), atol=1e-12)
    assert 0.0 < np.mean(short[1] > 0.0) < 1.0


def restricted_likelihood(path, degree, log_discrepancy, memory):
    """Of records about a polynomial, up to a constant: Harville (1977), J. Am. Stat. Assoc. 72."""
    years, values, sds = path
    apart = np.abs(years[:, np.newaxis] - years)
    covariance = math.exp(2.0 * log_discrepancy) * np.exp(-apart / memory) + np.diag(sds**2)
    root = np.linalg.cholesky(covariance)
    design = np.linalg.solve(root, np.vander(years - years.mean(), degree + 1))
    scaled = np.linalg.solve(root, values)
    residuals = scaled - design @ np.linalg.lstsq(design, scaled, rcond=None)[0]
    determinants = np.log(np.diag(root)).sum() + 0.5 * np.linalg.slogdet(design.T @ design)[1]
    return -0.5 * residuals @ residuals - determinants


@pytest.mark.parametrize(
    ("series", "degree", "memory"), [("training_flop", 1, 1.1), ("time_horizon", 2, 1.0)]
)
def test_the_memory_of_discrepancies_is_that_of_the_shipped_records(series, degree, memory):
    kept = [each for each in hindcast.records(known_observations()) if each.series == series]
    kept = [each for each in kept if each.name != "gpt2"]
    path = [np.array([getattr(each, key) for each in kept]) for key in ("year", "value", "sd")]
    memories = np.geomspace(0.1, 8.0, 89)
    profile = [
        -optimize.minimize_scalar(
            lambda d, m=m: -restricted_likelihood(path, degree, d, m), bounds=(-4.0, 1.0)
        ).fun
        for m in memories
    ]
    assert memories[np.argmax(profile)] == pytest.approx(memory, abs=0.06)
    assert min(profile) > max(profile) - 2.0  # so that it is known poorly
    assert pytest.approx(memory, abs=0.11) == likelihood.MEMORY


FILE = """
[bound]
series = "training_flop"
date = 2024-06-01
value = 25.6
censored = "right"
sd = 0.12
discrepancy = 0.16
unit = "log10 FLOP"
source = "judgement"
"""


@pytest.mark.parametrize(("side", "sign"), [("right", 1.0), ("left", -1.0)])
def test_the_posterior_of_a_bound_has_its_closed_form(tmp_path, monkeypatch, side, sign):
    """A normal times Phi(+-(x - v) / s): m +- S^2 / r phi(a) / Phi(a), with r^2 = S^2 + s^2 and a = +-(m - v) / r."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "observations.toml").write_text(FILE.replace("right", side))
    plan = load.load_plan("baseline", ['condition.observations=["bound"]', "draws=8000", *STILL])
    result = running.run(plan, str(tmp_path / "result"))
    spread = math.hypot(SD, 0.2)
    a = sign * (MEAN - 25.6) / spread
    hazard = stats.norm.pdf(a) / stats.norm.cdf(a)
    mean = MEAN + sign * SD**2 / spread * hazard
    column = [prior.name for prior in result.plan.priors].index("anchor_compute")
    values, weights = np.asarray(result.parameters[:, column]), result.weights.whole
    error = SD / math.sqrt(result.weights.effective)
    assert np.average(values, weights=weights) == pytest.approx(mean, abs=4.0 * error)
    assert abs(mean - MEAN) > 8.0 * error
    predicted = observation_likelihoods(compile_plan(plan), result.parameters[:4000]).predicted[0]
    assert predicted.mean() == pytest.approx(stats.norm.cdf(a), abs=0.03)
