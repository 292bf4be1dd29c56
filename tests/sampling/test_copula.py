"""The Gaussian copula against other implementations: SciPy's normal cdf, and OpenTURNS where it is installed."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from simulator.sampling import Sampling, correlated_levels, correlation_matrix, gaussian_copula

NAMES = ("a", "b", "c")
PAIRS = [("a", "b", 0.6), ("b", "c", -0.3)]
DRAWS = 200_000
POINTS = [(0.5, 0.5, 0.5), (0.1, 0.2, 0.9), (0.9, 0.8, 0.3), (0.3, 0.05, 0.6), (0.7, 0.7, 0.95)]


@pytest.fixture(scope="module")
def shares():
    """Share of the draws in which every level is at most that of each point."""
    levels = correlated_levels(Sampling(5), gaussian_copula(NAMES, PAIRS), NAMES, range(DRAWS))
    drawn = np.column_stack([levels[name] for name in NAMES])
    return [float((drawn <= np.array(point)).all(axis=1).mean()) for point in POINTS]


def assert_shares(shares, cdf):
    for point, share in zip(POINTS, shares, strict=True):
        expected = cdf(point)
        error = math.sqrt(expected * (1.0 - expected) / DRAWS)
        assert abs(share - expected) < 4.0 * error, (point, share, expected)


def test_joint_shares_are_those_of_scipy(shares):
    joint = stats.multivariate_normal(cov=correlation_matrix(NAMES, PAIRS))
    assert_shares(shares, lambda point: float(joint.cdf(ndtri(point))))


def test_correlations_and_joint_shares_are_those_of_openturns(shares):
    openturns = pytest.importorskip("openturns", reason="OpenTURNS is in the extra `peers`: 230 MB")
    ranks = openturns.CorrelationMatrix(len(NAMES))
    for one, other, rank in PAIRS:
        ranks[NAMES.index(one), NAMES.index(other)] = rank
    scores = openturns.NormalCopula.GetCorrelationFromSpearmanCorrelation(ranks)
    np.testing.assert_allclose(np.array(scores), correlation_matrix(NAMES, PAIRS), atol=1e-12)
    assert_shares(shares, openturns.NormalCopula(scores).computeCDF)
