"""The share of draws in which each constraint binds training compute, by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.transforms import blended_transform_factory

from simulator.output.figures import style
from simulator.output.figures.alternatives import shares_in_words
from simulator.output.figures.canvas import (
    LINE,
    date_line,
    date_note,
    drawing,
    heading,
    spread,
    year_axis,
)
from simulator.output.figures.records import run_subtitle
from simulator.summaries.bands import select_series, series_band
from simulator.summaries.result import Result


@dataclass(frozen=True)
class Area:
    """One constraint's area in the stack, between two heights [fraction]."""

    name: str
    years: np.ndarray
    low: np.ndarray
    high: np.ndarray
    colour: str


def draw_binding(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    shares: Mapping[str, np.ndarray],
    years: np.ndarray,
    as_of: float,
) -> None:
    """Draw the stack of shares, year by year.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    shares : name -> (year), the share of draws in which it binds, the lowest first [fraction]
    years : (year) [year]
    as_of : [year]
    """
    words = f"Share of draws, {shares_in_words(shares, years, as_of)}."
    with drawing(path, (7.5, 4.0), title, subtitle, words) as figure:
        axes = figure.add_axes((0.075, 0.13, 0.7, 0.66))
        axes.set_xlim(float(years[0]), float(years[-1]))
        year_axis(axes)
        binding_areas(axes, shares, years, [as_of], "% of draws")
        date_line(axes, as_of)
        date_note(axes, as_of, 1.0)


def binding_areas(
    axes: Axes,
    shares: Mapping[str, np.ndarray],
    years: np.ndarray,
    dates: Sequence[float],
    text: str = "what binds training compute [% of draws]",
    width: int = LINE,
) -> None:
    """Stack the shares; name each area inside if there is room, else at the right edge; leave out what never binds."""
    heading(axes, text, -0.085, width)
    shares = {name: share for name, share in shares.items() if np.any(share)}
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50", "100"])
    edges = np.cumsum([np.zeros(len(years)), *shares.values()], axis=0)
    other_colours = iter(style.CYCLE * len(shares))
    areas = [
        Area(name, years, low, high, style.CONSTRAINTS.get(name) or next(other_colours))
        for name, low, high in zip(shares, edges[:-1], edges[1:], strict=True)
    ]
    for area in areas:
        axes.fill_between(years, area.low, area.high, color=area.colour, lw=0)
        axes.plot(years, area.high, color=style.PAPER, lw=0.7)
    outside = [area for area in areas if not _name_inside(axes, area, dates)]
    _name_outside(axes, outside, short=width < LINE)


def _name_inside(axes: Axes, area: Area, dates: Sequence[float]) -> bool:
    """Name an area where it is thick and no date is marked; return whether there was room."""
    colour = style.PAPER if _dark(area.colour) else style.INK
    text = axes.text(0, 0, area.name, ha="center", va="center", color=colour)
    box = text.get_window_extent()
    wide, tall = axes.transData.transform((1, 1)) - axes.transData.transform((0, 0))
    half = 0.6 * box.width / wide
    left, right = axes.get_xlim()
    spots = []
    for year in area.years[(area.years > left + half) & (area.years < right - half)]:
        if all(abs(year - date) > half for date in dates):
            span = np.abs(area.years - year) <= half
            low, high = float(area.low[span].max()), float(area.high[span].min())
            spots.append((high - low, float(year), (low + high) / 2))
    thickest = max((spot[0] for spot in spots), default=0.0)
    if thickest * tall < 1.3 * box.height:
        text.remove()
        return False
    thick = [spot[1:] for spot in spots if spot[0] >= 0.95 * thickest]
    text.set_position(thick[len(thick) // 2])
    return True


def _dark(colour: str) -> bool:
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.45


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.005 else f"{100 * share:.0f} %"


def _name_outside(axes: Axes, areas: Sequence[Area], short: bool) -> None:
    """Name areas at the right edge with their shares in the last year, which is named where there is room."""
    right = axes.get_xlim()[1]
    lows = [float(np.interp(right, area.years, area.low)) for area in areas]
    highs = [float(np.interp(right, area.years, area.high)) for area in areas]
    middles = [(low + high) / 2 for low, high in zip(lows, highs, strict=True)]
    wanted = [axes.transData.transform((0, middle))[1] for middle in middles]
    heights = spread(wanted, [14.0] * len(areas))
    for area, low, high, middle, height in zip(areas, lows, highs, middles, heights, strict=True):
        axes.annotate(
            f"{area.name}, {_percent(high - low)}" + ("" if short else f" in {right:.0f}"),
            (right, middle),
            (1.03, axes.transData.inverted().transform((0, height))[1]),
            textcoords=blended_transform_factory(axes.transAxes, axes.transData),
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": style.MUTED,
                "lw": 0.6,
                "shrinkA": 0,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
        )


def binding(result: Result, path: Path) -> None:
    """Draw which constraint binds training compute, by year."""
    (series,) = select_series(result, ["binding_constraint"])
    band = series_band(result, series, {}, range(len(result.shape.years)))
    error = max(float(values.max()) for values in band.errors.values())
    draw_binding(
        path,
        title="What binds training compute",
        subtitle=f"{run_subtitle(result)}; Monte Carlo error at most {100 * error:.2g} % of draws",
        shares=band.shares,
        years=band.years,
        as_of=result.plan.as_of_year,
    )
