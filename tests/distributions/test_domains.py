"""Domains: what they say of single values is what they say of supports."""

import numpy as np
import pytest

from simulator.distributions.domain import (
    BELOW_ONE,
    NOT_NEGATIVE,
    POSITIVE,
    REAL,
    UP_TO_ONE,
    ZERO_TO_ONE,
    Domain,
)

DOMAINS = [REAL, NOT_NEGATIVE, POSITIVE, ZERO_TO_ONE, UP_TO_ONE, BELOW_ONE]


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_contains_the_values_of_the_supports_that_it_holds(domain):
    values = np.array([-1e300, -1.0, 0.0, 5e-324, 0.5, 1.0, np.nextafter(1.0, 2.0), 1e300])
    assert domain.contains(values).tolist() == [domain.holds(Domain(x, x)) for x in values]
    assert not domain.contains(np.array([np.nan, np.inf, -np.inf])).any()
