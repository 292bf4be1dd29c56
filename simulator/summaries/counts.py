"""Whole-number counts of draws, the bins that they are counted in, and their merging.

Counts are whole numbers, so they merge to the same bits in any order. A *grid* lays bins over the values of one
series, year by year; it is fitted to draws 0 to 4095 of the plan, always those, and so depends on the plan alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.arrays import Array, Whole, kish

BINS = 2048

FITTED_TO = 4096

DAYS = (
    364  # arrivals are counted by 1/364 of a year, 1/91 of a quarter, so that whole years are edges
)

REPORTED_LEVELS = {
    "p05": 0.05,
    "p10": 0.10,
    "p25": 0.25,
    "p50": 0.50,
    "p75": 0.75,
    "p90": 0.90,
    "p95": 0.95,
}

ATOM_SPACING = 32  # a value shared by more of the first 4,096 draws has a bin of its own

FINEST_BINS = 32  # between two neighbouring levels; with fewer, evenly spaced bins are too coarse

KNOTS = np.array([
    0.01, 0.03, 0.05, 0.075, 0.10, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5,
    0.6, 0.7, 0.75, 0.8, 0.85, 0.90, 0.925, 0.95, 0.97, 0.99,
])  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Bins of one series, year by year: evenly spaced between knots.

    Two equal knots are an atom, a value that many draws share: it has a bin of its own and is answered exactly. Bin 0
    holds what is below the first knot, bin BINS + 1 what is above the last. Bin k, from 1 to BINS, holds the values in
    (edge k-1, edge k].

    Attributes
    ----------
    knots : (year, knot) [the series' unit], not falling along a row
    """

    knots: Array

    @cached_property
    def positions(self) -> Whole:
        """Number of bins up to each knot: one for an atom, equally many between other neighbouring knots.

        Returns
        -------
        (year, knot)
        """
        distinct = np.diff(self.knots, axis=1) > 0.0
        gaps = distinct.sum(axis=1, keepdims=True)
        bins_a_gap = (BINS - distinct.shape[1] + gaps) // np.maximum(gaps, 1)
        bins = np.where(distinct, bins_a_gap, 1)
        return np.pad(np.cumsum(bins, axis=1), ((0, 0), (1, 0)))

    @cached_property
    def _scale(self) -> Array:
        """Bins per unit, (year, 1), of rows of two knots; very many where both are one atom."""
        width = self.knots[:, 1:] - self.knots[:, :1]
        return np.where(width > 0.0, BINS / np.maximum(width, 1e-300), 1e200)

    def bin_numbers(self, values: Array) -> Whole:
        """The bin of each value.

            bin = clip(ceil(position), 0, BINS + 1)

        where the position is 0 at the first knot, BINS at the last, and linear between neighbouring knots.

        Parameters
        ----------
        values : (year, draw) [the series' unit]

        Returns
        -------
        (year, draw), from 0 to BINS + 1
        """
        if self.knots.shape[1] == 2:
            position = (values - self.knots[:, :1]) * self._scale
            position[self.knots[:, 0] == self.knots[:, 1]] += 1.0
        else:
            position = np.empty(values.shape)
            rows = zip(values, self.knots, self.positions, strict=True)
            for row, (x, knots, bins) in enumerate(rows):
                position[row] = np.interp(x, knots, bins, left=0.0, right=BINS + 1.0)
        np.ceil(position, out=position)
        return np.clip(position, 0.0, BINS + 1.0, out=position).astype(np.int64)

    def edges(self, row: int) -> Array:
        """Edges of one year's inner bins.

            edge_k = position k interpolated linearly between the knots

        Parameters
        ----------
        row : index of the year

        Returns
        -------
        (BINS + 1) [the series' unit], not falling
        """
        return np.interp(np.arange(BINS + 1.0), self.positions[row], self.knots[row])


def fit_grid(values: Array) -> Grid:
    """Lay bins over the values of the first draws, year by year.

    Bins span p0.1 to p99.9, widened by a quarter of that range on each side unless an atom sits there:

        low = p0.1 - (p99.9 - p0.1) / 4,   high = p99.9 + (p99.9 - p0.1) / 4

    Where evenly spaced bins would leave fewer than 32 between two neighbouring levels that are reported, knots at the
    quantiles `KNOTS` space them more finely. Every value that about one draw in a hundred shares is an atom.

    Parameters
    ----------
    values : (year, draw) [the series' unit], of draws 0 to 4095

    Returns
    -------
    one row of knots a year

    References
    ----------
    docs/method.md, Counting, and the Monte Carlo error.
    """
    ordered = np.sort(values, axis=1)
    last = ordered.shape[1] - 1
    tail = (ordered.shape[1] + 999) // 1000 - 1
    low, high = ordered[:, tail], ordered[:, last - tail]
    quarter = 0.25 * (high - low)
    low = np.where(low == ordered[:, 0], low, low - quarter)
    high = np.where(high == ordered[:, last], high, high + quarter)
    reported = ordered[:, np.round(np.array(list(REPORTED_LEVELS.values())) * last).astype(int)]
    gaps = np.diff(reported, axis=1)
    coarse = (gaps > 0) & (gaps * BINS < FINEST_BINS * (high - low)[:, np.newaxis])
    inner = ordered[:, np.round(KNOTS * last).astype(int)] if coarse.any() else ordered[:, :0]
    atoms = _shared_values(ordered, high)
    return Grid(np.sort(np.column_stack([low, inner, atoms, atoms, high]), axis=1))


def _shared_values(ordered: Array, high: Array) -> Array:
    """Values that more than about one draw in a hundred share, (year, atom); rows are filled up with `high`.

    A row whose values are all alike has none: its ends are an atom already.
    """
    spaced = ordered[:, ::ATOM_SPACING]
    repeated = [np.unique(row[1:][row[1:] == row[:-1]]) for row in spaced]
    atoms = [
        values if row[0] < row[-1] else row[:0]
        for values, row in zip(repeated, spaced, strict=True)
    ]
    most = max(map(len, atoms))
    filled = [
        np.pad(values, (0, most - len(values)), constant_values=end)
        for values, end in zip(atoms, high, strict=True)
    ]
    return np.array(filled)


@dataclass(frozen=True)
class CountLayout:
    """What is counted, and over which bins; a function of the plan alone.

    Attributes
    ----------
    years : (year) [year] of the bands: whole years, and the anchor
    grids : series -> its bins
    codes : series that is a code -> how many values it has
    milestones : names, in the plan's order
    start, horizon : [year]
    """

    years: Array
    grids: Mapping[str, Grid]
    codes: Mapping[str, int]
    milestones: tuple[str, ...]
    start: float
    horizon: float

    @property
    def days(self) -> int:
        """Bins of arrivals between start and horizon, each 1/364 of a year."""
        return round((self.horizon - self.start) * DAYS)


@dataclass(frozen=True)
class Counts:
    """Whole-number counts of some draws.

    Attributes
    ----------
    draws : number of draws; their total weight, when they are weighed
    bins : (series, year, BINS + 2) draws in each bin, in the order of the layout's grids
    least, most : (series, year) [each in its series' unit], the exact extremes
    codes : series -> (year, value) draws at each value of a code
    arrivals : (milestone, days + 2) draws that arrive at the start, in each day, never
    first, final : (milestone) [year], the exact earliest and latest arrival by the horizon
    squares : sum of the squared weights, for the effective number
    """

    draws: int
    bins: Whole
    least: Array
    most: Array
    codes: Mapping[str, Whole]
    arrivals: Whole
    first: Array
    final: Array
    squares: int

    @property
    def effective(self) -> float:
        """Kish's effective number of draws, `(sum of w)^2 / sum of w^2`.

        Returns
        -------
        [1]; the number of draws when all weigh the same
        """
        return kish(self.draws, self.squares)


def empty_counts(shape: CountLayout) -> Counts:
    """Counts of no draws.

    Parameters
    ----------
    shape : what is counted, and over which bins

    Returns
    -------
    counts of 0, with extremes of plus and minus infinity
    """
    series, years, milestones = len(shape.grids), len(shape.years), len(shape.milestones)
    return Counts(
        0,
        np.zeros((series, years, BINS + 2), np.int64),
        np.full((series, years), np.inf),
        np.full((series, years), -np.inf),
        {name: np.zeros((years, values), np.int64) for name, values in shape.codes.items()},
        np.zeros((milestones, shape.days + 2), np.int64),
        np.full(milestones, np.inf),
        np.full(milestones, -np.inf),
        0,
    )


def add_block(
    counts: Counts,
    shape: CountLayout,
    series: Mapping[str, Array],
    arrivals: Array,
    weights: Whole | None = None,
) -> Counts:
    """Count a block of draws into `counts`, whose arrays are changed in place.

        bins[series, year, b] += sum of w over the draws whose value lies in bin b
        day of an arrival a    = min(1 + floor((a - start) * 364), days);   0 at the start, days + 1 for never

    Parameters
    ----------
    counts : of the draws so far; of no use afterwards
    shape : what is counted, and over which bins
    series : name -> (year, draw) [the series' unit], at the layout's years
    arrivals : (milestone, draw) [year]; inf is never
    weights : (draw), whole numbers from 0 to 2^24; 1 when left out, and a draw of weight 0 does not count at all

    Returns
    -------
    counts of both, in the same arrays
    """
    if weights is not None and not weights.all():
        counted = weights > 0
        series = {name: values[:, counted] for name, values in series.items()}
        arrivals, weights = arrivals[:, counted], weights[counted]
    for row, (name, grid) in enumerate(shape.grids.items()):
        values = series[name]
        _tally(counts.bins[row], grid.bin_numbers(values), weights)
        np.minimum(counts.least[row], values.min(axis=1, initial=np.inf), out=counts.least[row])
        np.maximum(counts.most[row], values.max(axis=1, initial=-np.inf), out=counts.most[row])
    for name in shape.codes:
        _tally(counts.codes[name], series[name].astype(np.int64), weights)
    since = np.where(np.isfinite(arrivals), arrivals - shape.start, 0.0)
    days = np.minimum(1 + np.floor(since * DAYS).astype(np.int64), shape.days)
    days = np.where(since == 0.0, 0, days)
    _tally(counts.arrivals, np.where(np.isinf(arrivals), shape.days + 1, days), weights)
    reached = np.where(np.isfinite(arrivals), arrivals, -np.inf)
    draws = arrivals.shape[1] if weights is None else int(weights.sum())
    squares = draws if weights is None else sum(weights.astype(object) ** 2)
    return Counts(
        counts.draws + draws,
        counts.bins,
        counts.least,
        counts.most,
        counts.codes,
        counts.arrivals,
        np.minimum(counts.first, arrivals.min(axis=1, initial=np.inf)),
        np.maximum(counts.final, reached.max(axis=1, initial=-np.inf)),
        counts.squares + squares,
    )


def _tally(totals: Whole, bins: Whole, weights: Whole | None) -> None:
    """Add the weight of each draw to its bin: (row, bin) totals, (row, draw) bins; exact up to 2^53."""
    rows, width = totals.shape
    flat = (bins + width * np.arange(rows)[:, np.newaxis]).ravel()
    each = None if weights is None else np.broadcast_to(weights, bins.shape).ravel()
    totals += np.bincount(flat, each, minlength=rows * width).astype(np.int64).reshape(rows, width)


def merge_counts(a: Counts, b: Counts) -> Counts:
    """Counts of two sets of draws together.

        count = count_a + count_b,   least = min(least_a, least_b),   most = max(most_a, most_b)

    Whole numbers, so that the order in which sets are merged changes no bit.

    Parameters
    ----------
    a, b : counts with the same layout

    Returns
    -------
    counts of both
    """
    return Counts(
        a.draws + b.draws,
        a.bins + b.bins,
        np.minimum(a.least, b.least),
        np.maximum(a.most, b.most),
        {name: a.codes[name] + b.codes[name] for name in a.codes},
        a.arrivals + b.arrivals,
        np.minimum(a.first, b.first),
        np.maximum(a.final, b.final),
        a.squares + b.squares,
    )
