"""What evidence did to parameters, against closed forms of a tilted prior."""

import math

import numpy as np
import pytest

from simulator.summaries.posterior import (
    HISTOGRAM_BINS,
    most_moved_parameters,
    parameter_update,
)
from simulator.summaries.result import ImportanceWeights, Result

DRAWS = 20_000
SHIFT = 0.8  # standard deviations by which the weights below move a normal


def result_of(plan, tilted):
    """A result in which one parameter's scores carry weights exp(shift * z), the others none."""
    scores = np.random.default_rng(7).standard_normal((len(plan.priors), DRAWS))
    levels = np.array([[0.5 * math.erfc(-z / math.sqrt(2)) for z in row] for row in scores])
    parameters = np.array(
        [p.distribution.inverse_cdf(u) for p, u in zip(plan.priors, levels, strict=True)]
    ).T
    column = [prior.name for prior in plan.priors].index(tilted)
    tilt = np.exp(SHIFT * scores[column])
    whole = np.rint(tilt / tilt.max() * 2**24).astype(np.int64)
    weights = ImportanceWeights(whole, 0.0, 0.0)
    nothing = np.empty((0, 0, 0))
    return Result(plan, None, None, (), {}, "", parameters, nothing, nothing, weights)


@pytest.fixture(scope="module")
def normal_prior(plan):
    return next(prior for prior in plan.priors if prior.family == "normal")


@pytest.fixture(scope="module")
def tilted(plan, normal_prior):
    return result_of(plan, normal_prior.name)


def test_a_tilted_normal_is_the_normal_moved(tilted, normal_prior):
    """Weights exp(s z) take a standard normal to a normal of mean s."""
    update = parameter_update(tilted, normal_prior.name)
    low, middle, high = normal_prior.distribution.inverse_cdf(np.array([0.1, 0.5, 0.9]))
    sd = (high - low) / 2.5631031310892007
    assert update.prior is normal_prior
    assert update.prior_quantiles == pytest.approx((low, middle, high), abs=2e-3 * sd)
    moved = np.array([low, middle, high]) + SHIFT * sd
    assert update.posterior_quantiles == pytest.approx(moved, abs=0.06 * sd)


def test_shares_are_those_between_the_edges(tilted, normal_prior):
    update = parameter_update(tilted, normal_prior.name)
    assert len(update.prior_shares) == len(update.posterior_shares) == HISTOGRAM_BINS
    assert update.prior_shares.sum() == pytest.approx(1.0)
    assert update.posterior_shares.sum() == pytest.approx(1.0)
    cdf = normal_prior.distribution.cdf(update.edges)
    expected = np.diff(cdf) / (cdf[-1] - cdf[0])
    assert update.prior_shares == pytest.approx(expected, abs=3 / 4096)
    column = [prior.name for prior in tilted.plan.priors].index(normal_prior.name)
    values, weights = tilted.parameters[:, column], tilted.weights.whole
    inside = (values >= update.edges[3]) & (values < update.edges[4])
    between = (values >= update.edges[0]) & (values <= update.edges[-1])
    share = weights[inside].sum() / weights[between].sum()
    assert update.posterior_shares[3] == pytest.approx(share)


def test_what_the_weights_tilt_moved_most(tilted, normal_prior):
    assert most_moved_parameters(tilted, 1) == [normal_prior.name]
    ranked = most_moved_parameters(tilted, 1000)
    families = {prior.name: prior.family for prior in tilted.plan.priors}
    assert not {families[name] for name in ranked} & {"fixed", "bernoulli"}
    assert not set(ranked) & set(tilted.plan.hold)
    assert set(ranked[:9]) == set(most_moved_parameters(tilted, 9))
