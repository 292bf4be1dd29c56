"""Numbers as text: no more digits than the Monte Carlo error allows."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.output.digits import number, percent, year


@pytest.mark.parametrize(
    ("value", "mcse", "text"),
    [
        (2029.7312, 0.2, "2030"),
        (2029.7312, 0.09, "2029.7"),
        (2029.7312, 0.009, "2029.73"),
        (2029.7312, 0.0004, "2029.73"),  # two digits at most
        (2029.7312, 1.4, "2030"),
        (2029.7312, 0.0, "2029.73"),
        (2029.7312, math.inf, "~2030"),
        (2029.7312, math.nan, "~2030"),
        (math.inf, math.inf, "> 2050"),
    ],
)
def test_years(value, mcse, text):
    assert year(value, mcse, 2050.0) == text


@pytest.mark.parametrize(
    ("share", "mcse", "text"),
    [
        (0.6412, 0.0009, "64.1 %"),
        (0.6412, 0.0048, "64 %"),
        (1.0, 0.0001, "100.00 %"),
        (0.0, 0.0001, "0.00 %"),
        (0.1, math.inf, "~10 %"),
    ],
)
def test_percentages(share, mcse, text):
    assert percent(share, mcse) == text


@given(
    value=st.floats(-1e6, 1e6),
    mcse=st.floats(1e-12, 1e6),
    most=st.integers(0, 6),
)
def test_the_last_digit_is_worth_at_most_ten_errors_and_at_least_one(value, mcse, most):
    text = number(value, mcse, most)
    digits = len(text.partition(".")[2])
    assert digits <= most
    assert abs(float(text) - value) <= 0.5 * 10.0**-digits * (1 + 1e-9) + 1e-9
    if digits > 0:
        assert 10.0**-digits >= mcse * (1 - 1e-9)
    if digits < most:
        assert 10.0 ** -(digits + 1) < mcse * (1 + 1e-9)
