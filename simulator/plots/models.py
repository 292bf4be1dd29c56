"""Observed frontier models, their names hung beneath the fan."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from simulator import style
from simulator.plots.canvas import PLATE, lettering, spread
from simulator.plots.records import Band, Point


def model_points(axes: Axes, points: Sequence[Point], band: Band) -> None:
    """Draw each model with its bar and name; the later a model, the higher its name.

    Bars nearer than 4 points are moved apart, about a month of the axis each.
    """
    pixel = axes.figure.dpi / 72
    transform, back = axes.transData.transform, axes.transData.inverted().transform
    points = sorted(points, key=lambda point: (point.year, point.value, point.label))
    wanted = [transform((point.year, 0))[0] for point in points]
    xs = spread(wanted, [4 * pixel] * len(points))
    obstacles = [tuple(at) for at in transform(np.c_[band.years, band.quantiles["p05"]])]
    obstacles += [(x, transform((0, point.low))[1]) for x, point in zip(xs, points, strict=True)]
    hung: list[tuple[float, float, float]] = []
    for x, point in zip(reversed(xs), reversed(points), strict=True):
        year = back((x, 0))[0]
        bar(axes, year, point.low, point.value, point.high)
        name = axes.text(0, 0, point.label, size=style.SMALL, va="top", zorder=6, bbox=PLATE)
        extent = name.get_window_extent()
        end = x + extent.width + 6 * pixel
        above = [y for at, y in obstacles if x - pixel <= at <= end]
        above += [y for left, right, y in hung if left <= end and x <= right]
        top = min(above) - 4 * pixel
        foot = top - extent.height
        hung.append((x, end, foot))
        name.set_position(tuple(back((x + 2.5 * pixel, top))))
        axes.vlines(year, back((x, foot))[1], point.low, color=style.HAIRLINE, lw=0.6, zorder=2.7)


def points_key(axes: Axes, note: str) -> None:
    """Explain the points in the empty corner beneath the fan."""
    text = lettering(
        axes,
        textwrap.fill(note, 42),
        (1, 0),
        (-6, 8),
        "axes fraction",
        ha="right",
        va="bottom",
        multialignment="left",
        linespacing=1.25,
        bbox=PLATE | {"pad": 3},
    )
    box, back = text.get_window_extent(), axes.transData.inverted().transform
    year = back((box.x0 - 9, box.y1))[0]
    low, middle, high = (back((0, box.y1 - drop))[1] for drop in (18, 9, 0))
    bar(axes, year, low, middle, high)


def bar(axes: Axes, year: float, low: float, middle: float, high: float) -> None:
    """Draw one value with its 80 % interval."""
    axes.plot([year] * 2, [low, high], color=style.INK, lw=1.1, zorder=4)
    axes.plot([year], [middle], "o", ms=3.6, color=style.INK, mec=style.PAPER, mew=0.5, zorder=5)
