"""The shapes of growth and the sigmoid: closed forms, limits, and nothing that overflows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from simulator.drivers.growth import (
    logistic,
    logistic_total,
    power10,
    saturating,
    share_of_economy,
    sigmoid,
)

YEARS = np.linspace(-4.0, 27.0, 125)[:, np.newaxis]
AFTER = YEARS[YEARS[:, 0] >= 0]
RATES = np.array([0.0, 0.01, 0.4, 1.5])

rates = st.floats(0.0, 2.0)
limits = st.floats(0.05, 50.0)
times = st.floats(0.0, 30.0)


def ones(value):
    return np.array([value])


def slope(shape, t=0.0, step=1e-6):
    """The slope of a shape just after `t`, by a second-order difference."""
    at = [shape(np.array([[t + k * step]]))[0] for k in range(3)]
    return (-3 * at[0] + 4 * at[1] - at[2]) / (2 * step)


def test_saturating_is_its_closed_form():
    limit = np.array([0.5, 3.0, 5.0, 2.0])
    expected = limit * (1.0 - np.exp(-RATES * AFTER / limit))
    np.testing.assert_allclose(saturating(RATES, limit, AFTER), expected, rtol=1e-13, atol=1e-14)


def test_saturating_starts_at_its_rate_and_ends_at_its_limit():
    limit = np.array([0.5, 3.0, 5.0, 2.0])
    assert slope(lambda t: saturating(RATES, limit, t)) == pytest.approx(RATES, rel=1e-6)
    assert (saturating(RATES, limit, np.zeros((1, 1))) == 0).all()
    assert saturating(RATES[1:], limit[1:], np.array([[1e5]]))[0] == pytest.approx(limit[1:])


def test_a_far_limit_falls_short_of_the_line_by_its_second_order_term():
    limit, rate = np.full(4, 1e6), RATES
    short = rate * AFTER - saturating(rate, limit, AFTER)
    np.testing.assert_allclose(short, (rate * AFTER) ** 2 / (2 * limit), rtol=1e-3, atol=2e-14)


def test_nothing_saturates_before_the_anchor():
    before = YEARS[YEARS[:, 0] < 0]
    near = np.full(4, 0.01)
    np.testing.assert_array_equal(saturating(RATES, near, before), RATES * before)
    np.testing.assert_array_equal(
        logistic(9.0 + near, RATES, 9.0 - near, before), 9.0 + near + RATES * before
    )


@given(rates, limits, times, times)
def test_saturating_goes_on_from_where_it_is(rate, limit, first, then):
    def grown(rate, limit, t):
        return float(saturating(np.array([rate]), np.array([limit]), np.array([[t]]))[0, 0])

    here = grown(rate, limit, first)
    slower, left = rate * np.exp(-rate * first / limit), limit * np.exp(-rate * first / limit)
    # limit - here, without its cancellation
    rest = grown(slower, left, then) if left > 1e-300 else 0.0
    assert here + rest == pytest.approx(grown(rate, limit, first + then), rel=1e-12, abs=1e-12)
    assert here <= min(limit, rate * first) * (1 + 1e-12)


def test_logistic_is_its_closed_form():
    start, ceiling = np.array([9.0, 8.9, 3.5, 6.0]), np.array([11.7, 11.0, 4.9, 6.5])
    q = 10.0**start
    grown = q * 10.0 ** (RATES * AFTER)
    expected = np.log10(grown / (1.0 + (grown - q) / 10.0**ceiling))
    np.testing.assert_allclose(logistic(start, RATES, ceiling, AFTER), expected, rtol=1e-13)


@pytest.mark.parametrize("ceiling", [11.0, 9.0, 8.0])
def test_logistic_starts_with_what_its_ceiling_leaves_of_the_rate(ceiling):
    start = np.full(4, 9.0)
    expected = RATES * (1.0 - 10.0 ** (start - ceiling))
    assert slope(lambda t: logistic(start, RATES, ceiling, t)) == pytest.approx(
        expected, rel=1e-5, abs=1e-8
    )


@given(rates, st.floats(-3.0, 3.0), times, times)
def test_logistic_goes_on_from_where_it_is(rate, room, first, then):
    def grown(start, t):
        return float(
            logistic(np.array([start]), np.array([rate]), np.array([11.0]), np.array([[t]]))[0, 0]
        )

    start = 11.0 - room
    assert grown(grown(start, first), then) == pytest.approx(grown(start, first + then), abs=1e-11)


@pytest.mark.parametrize("start", [9.0, 11.0, 13.0])
def test_logistic_ends_at_its_ceiling_from_either_side(start):
    path = logistic(
        np.array([start]),
        np.array([0.5]),
        np.array([11.0]),
        np.linspace(0.0, 590.0, 60)[:, np.newaxis],
    )
    assert path[-1, 0] == pytest.approx(11.0, abs=1e-12)
    assert (np.diff(path[:, 0]) * np.sign(11.0 - start) >= -1e-12).all()


def test_a_far_ceiling_leaves_a_straight_line_to_the_last_digit():
    np.testing.assert_array_equal(
        logistic(np.full(4, 9.0), RATES, np.full(4, 1e6), YEARS), 9.0 + RATES * YEARS
    )


@pytest.mark.parametrize("start", [9.0, 11.0, 40.0, 280.0])
def test_logistic_stays_at_its_ceiling_however_long_it_grows(start):
    far = np.array([[10.0], [100.0], [1000.0], [1e6]])
    path = logistic(np.array([start]), np.array([4.0]), np.array([11.0]), far)
    np.testing.assert_allclose(path, 11.0, atol=1e-11)


@pytest.mark.parametrize("t", [70.0, 74.9, 75.1, 80.0, 1000.0])
def test_a_ceiling_that_is_never_reached_leaves_a_straight_line_past_300_orders(t):
    path = logistic(np.array([9.0]), np.array([4.0]), np.array([1e6]), np.array([[t]]))
    assert path[0, 0] == 9.0 + 4.0 * t


@pytest.mark.parametrize(
    ("start", "ceiling", "rate"), [(299.0, 0.0, 0.0), (0.0, 1e6, 10.0), (0.0, -280.0, 0.6)]
)
def test_logistic_overflows_nowhere_under_an_exponent_of_300(start, ceiling, rate):
    path = logistic(
        np.array([start]),
        np.array([rate]),
        np.array([ceiling]),
        np.linspace(-4.0, 29.9, 99)[:, np.newaxis],
    )
    assert np.isfinite(path).all()


def test_sigmoid_at_its_extremes():
    x = np.array([-1e308, -1e6, -745.0, 0.0, 37.0, 1e6, 1e308])
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(sigmoid(x)[[0, 1, 3, 5, 6]], [0.0, 0.0, 0.5, 1.0, 1.0])
        assert (np.diff(sigmoid(x)) >= 0).all()


@given(st.floats(-700.0, 700.0))
def test_sigmoid_is_its_closed_form_and_symmetric(x):
    actual, mirrored = sigmoid(np.array([x, -x]))
    assert actual == pytest.approx(1.0 / (1.0 + np.exp(-x)), rel=1e-14)
    assert actual + mirrored == pytest.approx(1.0, abs=1e-15)


def test_power10_is_as_exact_as_the_exponents_allow():
    x = np.linspace(-299.0, 299.0, 1001)
    np.testing.assert_allclose(power10(x), 10.0**x, rtol=3e-13)


@pytest.mark.parametrize("ceiling", [5.0, 8.0, 20.0, 1e6])
@pytest.mark.parametrize("rate", [0.0, 1e-9, 0.3, 2.0])
def test_a_total_is_the_integral_of_what_is_made(rate, ceiling):
    start, stock = 6.0, 6.2
    for t in (0.1, 3.0, 26.75):
        made, _ = quad(
            lambda u: 10.0 ** float(logistic(ones(start), ones(rate), ones(ceiling), ones(u))[0]),
            0.0,
            t,
            epsabs=0.0,
            epsrel=1e-11,
            limit=200,
        )
        shape = ones(start), ones(rate), ones(ceiling)
        output = logistic_total(ones(stock), *shape, logistic(*shape, ones(t)), ones(t))
        assert output[0] == pytest.approx(math.log10(10.0**stock + made), rel=1e-11)


def test_before_the_anchor_a_total_is_what_was_there():
    shape = ones(6.0), ones(0.3), ones(8.0)
    for t in (-4.0, 0.0):
        output = logistic_total(ones(6.2), *shape, logistic(*shape, ones(t)), ones(t))
        assert output[0] == pytest.approx(6.2, rel=1e-14)


@pytest.mark.parametrize("stock", [1e6, 1e100, -1e6, -1e100])
def test_a_stock_of_any_size_is_added(stock):
    """A stock far above what is made is all there is, and one far below nothing."""
    shape = ones(6.0), ones(0.5), ones(8.0)
    made = logistic_total(ones(0.0), *shape, logistic(*shape, ones(9.0)), ones(9.0))
    output = logistic_total(ones(stock), *shape, logistic(*shape, ones(9.0)), ones(9.0))
    assert output[0] == pytest.approx(max(stock, made[0]), rel=1e-6)


@pytest.mark.parametrize("t", [400.0, 3000.0])
def test_a_total_goes_on_at_the_ceiling_however_long_it_grows(t):
    """Long after the ceiling is reached: 10^ceiling (t - room / rate) a year, by the closed form."""
    shape = ones(6.0), ones(0.5), ones(8.0)
    output = logistic_total(ones(0.0), *shape, logistic(*shape, ones(t)), ones(t))
    expected = 8.0 + math.log10(t - 2.0 / 0.5)
    assert output[0] == pytest.approx(expected, rel=1e-9)


def test_a_share_of_the_economy_is_logistic():
    t = np.linspace(-4.0, 27.0, 63)[:, np.newaxis]
    output = share_of_economy(ones(9.0), ones(0.4), ones(12.0), ones(0.02), t)
    share = logistic(ones(9.0), ones(0.38), ones(12.0), t)
    np.testing.assert_allclose(output, 0.02 * t + share, rtol=1e-14)
    np.testing.assert_allclose(
        output[t[:, 0] < 0.0], 9.0 + 0.4 * t[t < 0.0][:, np.newaxis], rtol=1e-14
    )
