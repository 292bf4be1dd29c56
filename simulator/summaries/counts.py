"""Whole-number counts of draws, the bins that they are counted in, and their merging.

Counts are whole numbers, so they merge to the same bits in any order. A *grid* lays bins over the values of one
series, year by year; it is fitted to draws 0 to 4095 of the plan, always those, and so depends on the plan alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.arrays import Array, Whole, kish, unbuffered

BinNumbers = npt.NDArray[np.uint16]

BINS = 2048

STEEP = 1e200  # bins per unit at an atom, whose next greater number lies in another bin

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
        return np.where(width > 0.0, BINS / np.maximum(width, 1e-300), STEEP)

    @cached_property
    def _lines(self) -> Array:
        """The line from each knot on: where it starts, its bins per unit and its first position, (3, year * knot).

        Above the last knot it is as steep as that of an atom, so that anything there is beyond all bins.
        """
        widths = np.diff(self.knots, axis=1, append=self.knots[:, -1:])
        bins = np.diff(self.positions, axis=1, append=self.positions[:, -1:])
        slopes = np.where(widths > 0.0, bins / np.maximum(widths, 1e-300), STEEP)
        return np.array([self.knots, slopes, self.positions]).reshape(3, -1)

    def bin_numbers(self, values: Array) -> BinNumbers:
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
            position = values - self.knots[:, :1]
            position *= self._scale
            position[self.knots[:, 0] == self.knots[:, 1]] += 1.0
        else:
            position = self._between_knots(values)
        np.ceil(position, out=position)
        return np.clip(position, 0.0, BINS + 1.0, out=position).astype(np.uint16)

    def _between_knots(self, values: Array) -> Array:
        """Positions as `interp` gives them, whose search takes three times as long as comparing with every knot."""
        years, knots = self.knots.shape
        passed = values[:, np.newaxis] >= self.knots[:, 1:, np.newaxis]
        line = np.add.reduce(passed.view(np.uint8), axis=1, dtype=np.min_scalar_type(knots))
        line = line + knots * np.arange(years)[:, np.newaxis]
        start, slope, first = self._lines
        position = values - start.take(line)
        position *= slope.take(line)
        position += first.take(line)
        return position

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


class BinnedBlock(NamedTuple):
    """A block of draws, each by its bins.

    Attributes
    ----------
    bins : of each series, (year, draw), in the order of the layout's grids
    codes : of each series that is a code, (year, draw) its value
    days : (milestone, draw) 0 at the start, then the day of the arrival, the last number for never
    least, most : (series, year) [each in its series' unit]
    first, final : (milestone) [year]
    weights : (draw) whole numbers; 1 when None
    """

    bins: Sequence[BinNumbers]
    codes: Mapping[str, BinNumbers]
    days: Whole
    least: Array
    most: Array
    first: Array
    final: Array
    weights: Whole | None


@unbuffered()
def bin_block(
    shape: CountLayout,
    series: Mapping[str, Array],
    arrivals: Array,
    weights: Whole | None = None,
    rows: slice | Whole = slice(None),
) -> BinnedBlock:
    """Find the bins of a block of draws.

        day of an arrival a = min(1 + floor((a - start) * 364), days);   0 at the start, days + 1 for never

    Parameters
    ----------
    shape : what is counted, and over which bins
    series : name -> (year, draw) [the series' unit]
    arrivals : (milestone, draw) [year]; inf is never
    weights : (draw), whole numbers from 0 to 2^24; 1 when left out, and a draw of weight 0 does not count at all
    rows : which of the years are those of the layout

    Returns
    -------
    bins and extremes of the draws
    """
    counted = slice(None) if weights is None or weights.all() else weights > 0
    least, most = np.empty((2, len(shape.grids), len(shape.years)))
    bins = []
    for i, (name, grid) in enumerate(shape.grids.items()):
        values = series[name][rows]
        bins.append(grid.bin_numbers(values))
        weighed = values[:, counted]
        weighed.min(axis=1, initial=np.inf, out=least[i])
        weighed.max(axis=1, initial=-np.inf, out=most[i])
    codes = {name: series[name][rows].astype(np.uint16) for name in shape.codes}
    since = np.where(np.isfinite(arrivals), arrivals - shape.start, 0.0)
    days = np.minimum(1 + np.floor(since * DAYS).astype(np.int64), shape.days)
    days = np.where(since == 0.0, 0, days)
    days = np.where(np.isinf(arrivals), shape.days + 1, days)
    reached = np.where(np.isfinite(arrivals), arrivals, -np.inf)
    first = arrivals[:, counted].min(axis=1, initial=np.inf)
    final = reached[:, counted].max(axis=1, initial=-np.inf)
    return BinnedBlock(bins, codes, days, least, most, first, final, weights)


def count_blocks(shape: CountLayout, blocks: Sequence[BinnedBlock]) -> Counts:
    """Count blocks of draws together: their many bins are gone through once, and not once a block.

        bins[series, year, b] = sum of w over the draws whose value lies in bin b

    Parameters
    ----------
    shape : what is counted, and over which bins
    blocks : of draws, all with weights or none

    Returns
    -------
    counts of them all
    """
    counts = empty_counts(shape)
    weights = _joined_weights(blocks)
    for i, totals in enumerate(counts.bins):
        _tally(totals, [block.bins[i] for block in blocks], weights)
    for name, totals in counts.codes.items():
        _tally(totals, [block.codes[name] for block in blocks], weights)
    _tally(counts.arrivals, [block.days for block in blocks], weights)
    draws = sum(block.days.shape[1] for block in blocks)
    return replace(
        counts,
        draws=draws if weights is None else int(weights.sum()),
        squares=draws if weights is None else sum(weights.astype(object) ** 2),
        least=np.min([counts.least, *(block.least for block in blocks)], axis=0),
        most=np.max([counts.most, *(block.most for block in blocks)], axis=0),
        first=np.min([counts.first, *(block.first for block in blocks)], axis=0),
        final=np.max([counts.final, *(block.final for block in blocks)], axis=0),
    )


def _joined_weights(blocks: Sequence[BinnedBlock]) -> Whole | None:
    weights = [block.weights for block in blocks if block.weights is not None]
    return np.concatenate(weights) if weights else None


def _tally(totals: Whole, parts: Sequence[BinNumbers | Whole], weights: Whole | None) -> None:
    """Write the total weight of each bin, (row, bin), of (row, draw) bins; exact up to 2^53."""
    if parts:
        for row, bins in zip(totals, np.concatenate(parts, axis=1), strict=True):
            row[:] = np.bincount(bins, weights, minlength=len(row))


def merge_counts(a: Counts, b: Counts, into_b: bool = False) -> Counts:
    """Counts of two sets of draws together.

        count = count_a + count_b,   least = min(least_a, least_b),   most = max(most_a, most_b)

    Whole numbers, so that the order in which sets are merged changes no bit.

    Parameters
    ----------
    a, b : counts with the same layout
    into_b : whether the bins, of 20 MB, are added up in the array of `b`, which is of no use afterwards

    Returns
    -------
    counts of both
    """
    room = b.bins if into_b and b.bins.flags.writeable else None  # what a cluster sends may not be
    return Counts(
        a.draws + b.draws,
        np.add(a.bins, b.bins, out=room),
        np.minimum(a.least, b.least),
        np.maximum(a.most, b.most),
        {name: a.codes[name] + b.codes[name] for name in a.codes},
        a.arrivals + b.arrivals,
        np.minimum(a.first, b.first),
        np.maximum(a.final, b.final),
        a.squares + b.squares,
    )
