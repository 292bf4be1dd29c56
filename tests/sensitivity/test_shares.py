"""Indices of a series as shares of their sum, year by year."""

from types import SimpleNamespace

import numpy as np
import pytest

from simulator.sensitivity.analysis import yearly_shares

YEARS = (2023.25, 2024.0, 2025.0)
INDICES = {"small": (9.0, 0.1, 0.0), "large": (0.0, 0.6, 0.9), "negative": (0.0, -0.2, 0.3)}


@pytest.fixture
def findings():
    records = [
        {"name": name, "year": year, "total_order": value}
        for name, values in INDICES.items()
        for year, value in zip(YEARS, values, strict=True)
    ]
    return SimpleNamespace(plan=SimpleNamespace(anchor_year=2023.25), records=records)


def test_shares_are_after_the_anchor_and_the_largest_comes_first(findings):
    years, shares = yearly_shares(findings, "total_order", 9, 0.0)
    assert list(years) == [2024.0, 2025.0]
    assert list(shares) == ["large", "negative", "small"]
    assert shares["large"] == pytest.approx([0.6 / 0.7, 0.9 / 1.2])
    assert shares["negative"] == pytest.approx([0.0, 0.3 / 1.2])
    assert sum(shares.values()) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(("most", "least"), [(1, 0.0), (9, 0.2)])
def test_the_rest_is_added_up(findings, most, least):
    _, shares = yearly_shares(findings, "total_order", most, least)
    assert list(shares) == ["large", "others"]
    assert shares["others"] == pytest.approx([0.1 / 0.7, 0.3 / 1.2])


def test_a_year_in_which_nothing_varies_has_no_shares(findings):
    for record in findings.records:
        record["total_order"] *= record["year"] != 2024.0
    _, shares = yearly_shares(findings, "total_order", 9, 0.0)
    assert np.isnan([values[0] for values in shares.values()]).all()
    assert sum(values[1] for values in shares.values()) == pytest.approx(1.0)
