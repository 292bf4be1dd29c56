"""Which constraint binds, in what share of draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from simulator import style
from simulator.plots.canvas import heading, spread


@dataclass(frozen=True)
class Area:
    """One constraint's part of the stack [fraction]."""

    name: str
    years: np.ndarray
    low: np.ndarray
    high: np.ndarray


def binding_areas(
    axes: Axes, shares: Mapping[str, np.ndarray], years: np.ndarray, dates: Sequence[float]
) -> None:
    """Stack the shares; name each inside if there is room, else at the right edge."""
    heading(axes, "what binds training compute [% of draws]", -0.085)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50", "100"])
    edges = np.cumsum([np.zeros(len(years)), *shares.values()], axis=0)
    areas = [
        Area(name, years, low, high)
        for name, low, high in zip(shares, edges[:-1], edges[1:], strict=True)
    ]
    spare = iter(style.CYCLE * len(areas))
    for area in areas:
        colour = style.CONSTRAINTS.get(area.name) or next(spare)
        axes.fill_between(years, area.low, area.high, color=colour, lw=0)
        axes.plot(years, area.high, color=style.PAPER, lw=0.7)
    _name_outside(axes, [area for area in areas if not _name_inside(axes, area, dates)])


def _name_inside(axes: Axes, area: Area, dates: Sequence[float]) -> bool:
    """Name an area where it is thick and no date is marked; say whether there was room."""
    text = axes.text(0, 0, area.name, ha="center", va="center")
    box = text.get_window_extent()
    wide, tall = axes.transData.transform((1, 1)) - axes.transData.transform((0, 0))
    half = 0.6 * box.width / wide
    left, right = axes.get_xlim()
    places = []
    for year in area.years[(area.years > left + half) & (area.years < right - half)]:
        if all(abs(year - date) > half for date in dates):
            span = np.abs(area.years - year) <= half
            low, high = float(area.low[span].max()), float(area.high[span].min())
            places.append((high - low, float(year), (low + high) / 2))
    thickest = max((place[0] for place in places), default=0.0)
    if thickest * tall < 1.3 * box.height:
        text.remove()
        return False
    thick = [place[1:] for place in places if place[0] >= 0.95 * thickest]
    text.set_position(thick[len(thick) // 2])
    return True


def _name_outside(axes: Axes, areas: Sequence[Area]) -> None:
    right = axes.get_xlim()[1]
    lows = [float(np.interp(right, area.years, area.low)) for area in areas]
    highs = [float(np.interp(right, area.years, area.high)) for area in areas]
    middles = [(low + high) / 2 for low, high in zip(lows, highs, strict=True)]
    wanted = [axes.transData.transform((0, middle))[1] for middle in middles]
    places = spread(wanted, [14.0] * len(areas))
    for area, low, high, middle, place in zip(areas, lows, highs, middles, places, strict=True):
        axes.annotate(
            f"{area.name}, {100 * (high - low):.0f} % in {right:.0f}",
            (right, middle),
            (1.03, axes.transData.inverted().transform((0, place))[1]),
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
