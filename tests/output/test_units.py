"""Quantities as people say them: the published example of each unit, the error's digits, and ticks that are true."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import model
from simulator.inputs.load import load_plan
from simulator.output.units import (
    SCALES,
    cell,
    error,
    interval,
    limits_in_words,
    plain_unit,
    quantity,
    tick_marks,
)

LOG = math.log10


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (10.0, "log10 USD", "$10B"),
        (LOG(1.27e12), "log10 USD", "$1.3T"),
        (LOG(999.6e6), "log10 USD", "$1B"),  # rounded up into the next unit
        (LOG(0.25), "log10 USD", "$0.25"),
        (LOG(4e20), "log10 USD", "$4e8T"),
        (11.0, "log10 USD/year", "$100B/year"),
        (LOG(3_200), "log10 MW", "3.2 GW"),
        (LOG(450), "log10 MW", "450 MW"),
        (LOG(0.02), "log10 MW", "20 kW"),
        (6.0, "log10 MW", "1 TW"),
        (26.0, "log10 FLOP", "1e26 FLOP"),
        (LOG(2.53e25), "log10 FLOP", "2.5e25 FLOP"),
        (LOG(15e12), "log10 tokens", "15T tokens"),
        (5.0, "log10 H100e", "100k H100e"),
        (LOG(2.2e6), "log10 H100e/year", "2.2M H100e/year"),
        (LOG(0.5), "log10 minutes", "30 seconds"),
        (LOG(15), "log10 minutes", "15 minutes"),
        (LOG(60), "log10 minutes", "1 hour"),
        (LOG(60 * 39), "log10 minutes", "39 hours"),
        (LOG(60 * 80), "log10 minutes", "2 work-weeks"),
        (4.0, "log10 minutes", "1 work-month"),  # the milestones of METR's ladder
        (5.08, "log10 minutes", "1 work-year"),
        (8.08, "log10 minutes", "1,000 work-years"),
        (20.0, "log10 minutes", "8.3e14 work-years"),
        (400.0, "log10 minutes", "1e400 working time"),
        (-math.inf, "log10 USD", "0 USD"),
        (math.inf, "OOM", "∞ OOM"),
        (math.nan, "OOM", "unknown"),
        (8.123, "OOM", "8.12 OOM"),
        (0.2, "fraction", "20 %"),
        (1.5, "1", "1.5"),
        (2031.25, "log10 minutes/OOM", "2.03e+03 log10 minutes/OOM"),
    ],
)
def test_each_unit_is_said_as_people_say_it(value, unit, text):
    assert quantity(value, unit) == text


@pytest.mark.parametrize(
    ("mcse", "text"),
    [
        (0.001, "$2.5B"),
        (0.01, "$2.5B"),  # 2.3 %: 0.06 of 2.5
        (0.03, "$3B"),  # 7 %: 0.17 of 2.5, so tenths are uncertain
        (0.3, "~$3B"),
        (math.nan, "~$3B"),
        (math.inf, "~$3B"),
    ],
)
def test_the_error_limits_the_figures(mcse, text):
    assert quantity(LOG(2.51e9), "log10 USD", mcse) == text


def test_the_error_limits_what_is_no_logarithm():
    assert quantity(8.123, "OOM", 0.2) == "8 OOM"
    assert quantity(0.2345, "fraction", 0.004) == "23 %"


def test_an_interval_is_said_once_where_it_has_no_width():
    assert interval(9.6, 10.0, 10.4, "log10 USD") == "$10B ($4B to $25B)"
    assert interval(26.0, 26.0, 26.0, "log10 FLOP") == "1e26 FLOP"


def test_an_interval_says_a_common_unit_once():
    assert interval(25.0, 26.0, 27.0, "log10 FLOP") == "1e26 (1e25 to 1e27) FLOP"
    assert interval(6.0, 8.1, 11.0, "OOM") == "8.1 (6.0 to 11.0) OOM"
    assert interval(2.0, 3.0, 4.0, "1") == "3.0 (2.0 to 4.0)"
    assert interval(0.1, 0.2, 0.45, "fraction") == "20 (10 to 45) %"
    assert interval(2029.5, 2031.0, 2045.0, "year") == "2031 (2030 to 2045) year"
    assert interval(9.6, 10.0, 10.4, "log10 USD/year") == "$10B ($4B to $25B) a year"
    assert interval(4.0, 5.0, 6.0, "log10 H100e/year") == "100k (10k to 1M) H100e a year"
    assert interval(2.0, 3.0, 4.0, "log10 MW") == "1 GW (100 MW to 10 GW)"


def test_every_series_of_the_shipped_model_has_a_plain_unit():
    plan = load_plan("baseline", [])
    series = model.join_drivers(prior.name for prior in plan.priors).series.values()
    plain = {each.unit: plain_unit(each.unit) for each in series if not each.codes}
    assert "log10 USD" in plain
    assert not any("log10" in unit for unit in plain.values())


SUFFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


@given(st.floats(-2.0, 30.0), st.integers(1, 4))
def test_what_is_said_is_the_value_to_its_figures(value, figures):
    said = quantity(value, "log10 USD", figures=figures)
    number, suffix = re.fullmatch(r"\$([\d.,e-]+)([kMBT]?)", said).groups()
    said_value = float(number.replace(",", "")) * SUFFIXES[suffix]
    assert said_value == pytest.approx(10.0**value, rel=0.501 * 10.0 ** (1 - figures))


@given(st.sampled_from(sorted(SCALES)), st.floats(-5, 40), st.floats(0.05, 60), st.integers(3, 8))
def test_ticks_lie_on_the_axis_in_order_and_say_their_own_position(unit, low, width, most):
    marks = tick_marks(low, low + width, unit, most)
    positions = [at for at, _ in marks]
    assert positions == sorted(positions)
    assert all(low <= at <= low + width for at in positions)
    assert len({label for _, label in marks}) == len(marks)
    assert len(marks) <= 2 * most + 1
    for at, label in marks:
        assert label + SCALES[unit].noun == quantity(at, unit).replace("work-", "")


@pytest.mark.parametrize("unit", sorted(SCALES))
def test_an_axis_beyond_all_numbers_has_no_marks_of_its_own(unit):
    assert tick_marks(-1e99, 1e99, unit) == []
    assert tick_marks(20.0, 1e6, unit) == []
    assert quantity(1e99, unit).startswith("1e1e+99 ")


@pytest.mark.parametrize(
    ("value", "unit", "mcse", "text", "said_error"),
    [
        (28.4, "log10 FLOP", 0.0, "2.51e28", "0 %"),
        (28.4, "log10 FLOP", 0.01, "2.5e28", "2.3 %"),
        (3.1, "log10 MW", 0.02, "1.3 GW", "4.7 %"),
        (math.log10(2_400.0), "log10 minutes", 0.0, "1 work-week", "0 %"),
        (28.4, "log10 FLOP", math.nan, "~3e28", "-"),
        (5.4321, "OOM", 0.02, "5.4", "0.02"),
        (0.25, "fraction", 0.001, "0.250", "0.001"),
    ],
)
def test_a_cell_leaves_its_noun_to_the_heading_and_an_error_of_a_logarithm_is_a_share(
    value, unit, mcse, text, said_error
):
    assert (cell(value, unit, mcse), error(mcse, unit)) == (text, said_error)


def test_ticks_of_working_time_are_its_units():
    marks = tick_marks(-1.0, 6.5, "log10 minutes", 8)
    assert [label for _, label in marks] == [
        *("1 minute", "1 hour", "1 week", "1 month", "1 year", "10 years"),
    ]


def test_ticks_of_a_narrow_axis_have_steps_between_powers_of_ten():
    assert [label for _, label in tick_marks(9.0, 10.4, "log10 USD")] == [
        *("$1B", "$2B", "$5B", "$10B", "$20B"),
    ]
    assert [label for _, label in tick_marks(22.0, 40.0, "log10 FLOP")] == [
        *("1e24", "1e27", "1e30", "1e33", "1e36", "1e39"),
    ]


@pytest.mark.parametrize(
    ("limits", "unit", "text"),
    [
        ((1.0, 2.5), "OOM", "1 to 2.5 OOM"),
        ((None, 0.5), "fraction", "up to 50 %"),
        ((0.25, 0.5), "fraction", "25 to 50 %"),
        ((9.0, 10.0), "log10 USD", "$1B to $10B"),
        ((9.0, None), "log10 USD/year", "from $1B/year"),
        ((2.0, 4.0), "log10 MW", "100 MW to 10 GW"),
        ((4.0, 5.0), "log10 H100e", "10k to 100k H100e"),
        ((2027.25, 2031.0), "year", "2027.2 to 2031.0"),
        ((0.25, None), "1", "from 0.25"),
        ((None, 2031.0), "year", "until 2031.0"),
        ((2027.25, None), "year", "from 2027.2"),
    ],
)
def test_limits(limits, unit, text):
    assert limits_in_words(limits, unit) == text
