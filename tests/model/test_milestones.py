"""First passage, in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.model import Milestone, first_passage, value_in_draws

YEARS = np.arange(2019.0, 2050.1, 0.25)


def arrival(path, direction=">=", at=0.0, years=YEARS):
    values = np.asarray(path, dtype=float)[:, np.newaxis]
    return float(first_passage(values, direction, np.array([at]), years)[0])


@given(st.floats(0.01, 3.0), st.floats(2019.0, 2050.0))
def test_a_line_arrives_where_it_crosses(slope, when):
    assert arrival(slope * (YEARS - when)) == pytest.approx(when, abs=1e-9)
    assert arrival(slope * (when - YEARS), "<=") == pytest.approx(when, abs=1e-9)


@given(st.lists(st.floats(-5.0, 5.0), min_size=9, max_size=9), st.floats(-5.0, 5.0))
def test_the_two_directions_mirror_each_other(path, at):
    years = YEARS[:9]
    assert arrival(path, ">=", at, years) == arrival(-np.array(path), "<=", -at, years)


def test_met_at_the_first_point_it_is_that_year():
    assert arrival(np.full(len(YEARS), 3.0), at=2.0) == 2019.0
    assert arrival(YEARS, at=2019.0) == 2019.0
    assert arrival(-YEARS, "<=", at=-2019.0) == 2019.0


def test_met_at_the_first_point_and_lost_again_it_is_still_that_year():
    assert arrival([5.0, 1.0, 0.0, 3.0], at=2.0, years=YEARS[:4]) == 2019.0


def test_never_is_inf():
    assert arrival(np.zeros(len(YEARS)), at=1e-12) == np.inf
    assert arrival(YEARS, "<=", at=2018.9) == np.inf


def test_touching_is_meeting():
    assert arrival([0.0, 1.0, 2.0, 1.0], at=2.0, years=YEARS[:4]) == 2019.5
    assert arrival([0.0, -1.0, -2.0, -1.0], "<=", at=-2.0, years=YEARS[:4]) == 2019.5


@pytest.mark.parametrize("k", [1, 17, 123, 124])
def test_exactly_at_a_grid_point_it_is_that_year(k):
    assert arrival(YEARS, at=YEARS[k]) == YEARS[k]
    jump = np.where(np.arange(len(YEARS)) >= k, 1.0, 0.0)
    assert arrival(jump, at=1.0) == YEARS[k]


def test_at_the_horizon_is_in_and_past_it_is_never():
    assert arrival(YEARS, at=2050.0) == 2050.0
    assert arrival(YEARS, at=2050.0 + 1e-9) == np.inf


def test_a_series_that_comes_and_goes_arrives_the_first_time():
    path = [0.0, 1.0, 3.0, 0.0, 4.0, 9.0]
    assert arrival(path, at=2.0, years=YEARS[:6]) == 2019.375
    assert arrival([3.0, 2.0, -1.0, 2.0, -9.0], "<=", years=YEARS[:5]) == pytest.approx(
        2019.25 + 1 / 6
    )


def test_each_draw_has_its_own_threshold_and_its_own_year():
    values = np.outer(YEARS - 2019.0, [1.0, 1.0, 2.0, 0.0])
    actual = first_passage(values, ">=", np.array([1.0, 5.1, 5.1, 1.0]), YEARS)
    np.testing.assert_allclose(actual, [2020.0, 2024.1, 2021.55, np.inf], rtol=1e-12)


def test_arrival_lies_in_the_step_in_which_the_condition_is_first_met(plan, block):
    for mark, arrivals in zip(plan.milestones, block.arrivals, strict=True):
        sign = 1.0 if mark.direction == ">=" else -1.0
        met = (
            sign * (block.series[mark.series] - value_in_draws(mark.threshold, block.parameters))
            >= 0
        )
        ever, first = met.any(axis=0), met.argmax(axis=0)
        np.testing.assert_array_equal(np.isfinite(arrivals), ever)
        assert (arrivals[ever] <= plan.grid.years[first[ever]]).all()
        assert (arrivals[ever] >= plan.grid.years[np.maximum(first[ever] - 1, 0)]).all()


def milestone(threshold):
    return Milestone(
        name="m",
        series="effective_compute",
        direction=">=",
        threshold=threshold,
        meaning="A test.",
        source="judgement",
    )


def test_a_threshold_is_a_number_or_a_parameter():
    made = milestone("bar")
    assert value_in_draws(made.threshold, {"bar": np.array([1.0, 2.0])}).tolist() == [1.0, 2.0]
    assert float(value_in_draws(milestone(5.12).threshold, {})) == 5.12
