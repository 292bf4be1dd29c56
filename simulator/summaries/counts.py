"""Counts of draws, their merging, and what is read off them: quantiles, bands, probabilities, each with its error.

Counts are whole numbers, so that they merge to the same bits in any order. A *grid* lays bins over the values of one
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

DAYS = 364  # arrivals are counted by 1/91 of a quarter, so that whole years are edges

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

FINEST_BINS = 32  # bins between two neighbouring levels, or evenly spaced bins are too coarse

KNOTS = np.array([
    0.01, 0.03, 0.05, 0.075, 0.10, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5,
    0.6, 0.7, 0.75, 0.8, 0.85, 0.90, 0.925, 0.95, 0.97, 0.99,
])  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Bins of one series: row by row (year), knots between which bins are evenly spaced.

    Two equal knots are an atom, a value that many draws share: it has a bin of its own and is answered exactly. Bin 0
    holds what is below the first knot, bin BINS + 1 what is above the last.
    """

    knots: Array

    @cached_property
    def positions(self) -> Whole:
        """Bins up to each knot, (year, knot): one for an atom, equally many between other knots."""
        apart = np.diff(self.knots, axis=1) > 0.0
        wide = apart.sum(axis=1, keepdims=True)
        share = (BINS - apart.shape[1] + wide) // np.maximum(wide, 1)
        bins = np.where(apart, share, 1)
        return np.pad(np.cumsum(bins, axis=1), ((0, 0), (1, 0)))

    @cached_property
    def _scale(self) -> Array:
        """Bins to a unit of each row of two knots; beside an atom, the next value is far away."""
        width = self.knots[:, 1:] - self.knots[:, :1]
        return np.where(width > 0.0, BINS / np.maximum(width, 1e-300), 1e200)

    def bin_numbers(self, values: Array) -> Whole:
        """The bin of each value, (year, draw)."""
        if self.knots.shape[1] == 2:
            place = (values - self.knots[:, :1]) * self._scale
            place[self.knots[:, 0] == self.knots[:, 1]] += 1.0
        else:
            place = np.empty(values.shape)
            rows = zip(values, self.knots, self.positions, strict=True)
            for row, (x, knots, bins) in enumerate(rows):
                place[row] = np.interp(x, knots, bins, left=0.0, right=BINS + 1.0)
        np.ceil(place, out=place)
        return np.clip(place, 0.0, BINS + 1.0, out=place).astype(np.int64)

    def edges(self, row: int) -> Array:
        """The BINS + 1 edges of one year's inner bins."""
        return np.interp(np.arange(BINS + 1.0), self.positions[row], self.knots[row])


def fit_grid(values: Array) -> Grid:
    """Lay bins over the values of the first draws, (year, draw), one row a year.

    They span p0.1 to p99.9, widened by a quarter on each side unless an atom sits there. Where evenly spaced bins would
    be coarse between the levels that are reported, knots at quantiles space them more finely.
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
    """Values that more than about one draw in a hundred share, (year, atom); rows are filled up with `high`."""
    spaced = ordered[:, ::ATOM_SPACING]
    found = [np.unique(row[1:][row[1:] == row[:-1]]) for row in spaced]
    found = [
        atoms if row[0] < row[-1] else row[:0] for atoms, row in zip(found, spaced, strict=True)
    ]
    most = max(map(len, found))
    filled = [
        np.pad(atoms, (0, most - len(atoms)), constant_values=end)
        for atoms, end in zip(found, high, strict=True)
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
        return round((self.horizon - self.start) * DAYS)


@dataclass(frozen=True)
class Counts:
    """Whole-number counts of some draws.

    Attributes
    ----------
    draws : number of draws (their total weight, when they are weighed)
    squares : sum of the squared weights, so that counts know their effective number
    bins : (series, year, BINS + 2), in the order of the shape's grids
    least, most : (series, year), exact
    codes : series -> (year, value)
    arrivals : (milestone, days + 2): at the start, by day, never
    first, final : (milestone) [year], the exact earliest and latest arrival before the horizon
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
        """Kish's effective number of draws, `(sum of w)^2 / sum of w^2`; their number when all weigh the same."""
        return kish(self.draws, self.squares)


def empty_counts(shape: CountLayout) -> Counts:
    """Counts of no draws."""
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
    """Count a block of draws into `counts`, whose arrays are taken over.

    Parameters
    ----------
    series : name -> (year, draw), at the shape's years
    arrivals : (milestone, draw) [year]
    weights : (draw), whole numbers; 1 when left out, and a draw of weight 0 is as if it were not there
    """
    if weights is not None and not weights.all():
        here = weights > 0
        series = {name: values[:, here] for name, values in series.items()}
        arrivals, weights = arrivals[:, here], weights[here]
    for row, (name, grid) in enumerate(shape.grids.items()):
        values = series[name]
        _tally(counts.bins[row], grid.bin_numbers(values), weights)
        np.minimum(counts.least[row], values.min(axis=1, initial=np.inf), out=counts.least[row])
        np.maximum(counts.most[row], values.max(axis=1, initial=-np.inf), out=counts.most[row])
    for name in shape.codes:
        _tally(counts.codes[name], series[name].astype(np.int64), weights)
    since = np.where(np.isfinite(arrivals), arrivals - shape.start, 0.0)
    place = np.minimum(1 + np.floor(since * DAYS).astype(np.int64), shape.days)
    place = np.where(since == 0.0, 0, place)
    _tally(counts.arrivals, np.where(np.isinf(arrivals), shape.days + 1, place), weights)
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


def _tally(into: Whole, places: Whole, weights: Whole | None) -> None:
    rows, width = into.shape
    flat = (places + width * np.arange(rows)[:, np.newaxis]).ravel()
    spread = None if weights is None else np.broadcast_to(weights, places.shape).ravel()
    into += np.bincount(flat, spread, minlength=rows * width).astype(np.int64).reshape(rows, width)


def merge_counts(a: Counts, b: Counts) -> Counts:
    """Counts of both lots of draws; the order does not matter to any bit."""
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
