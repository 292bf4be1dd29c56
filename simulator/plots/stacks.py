"""Indices over the years, stacked as shares of their sum."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from simulator import style
from simulator.plots.canvas import drawing, spread
from simulator.plots.lines import caption

TINTS = (
    "#003F66", "#0072B2", "#56B4E9", "#B8DCF3", "#009E73", "#8FD3BD",
    "#F0E442", "#E69F00", "#D55E00", "#F2B48A", "#CC79A7", "#EBCBDD",
)  # fmt: skip
REST = "#D9D9D9"
LEAST = 11.0  # points between two names


def stacked_shares(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    years: np.ndarray,
    shares: Mapping[str, np.ndarray],
    note: str,
) -> None:
    """Stack shares over the years, each named at the right with its share in the last.

    Parameters
    ----------
    shares : name -> (year) [fraction], from the bottom; "others" is grey
    """
    with drawing(path, (7.5, 4.6)) as figure:
        caption(figure, title, subtitle, note)
        axes = figure.add_axes((0.07, 0.15, 0.68, 0.67))
        edges = np.cumsum([np.zeros(len(years)), *shares.values()], axis=0)
        colours = [REST if name == "others" else TINTS[k % 12] for k, name in enumerate(shares)]
        for low, high, colour in zip(edges[:-1], edges[1:], colours, strict=True):
            axes.fill_between(years, low, high, color=colour, lw=0)
            axes.plot(years, high, color=style.PAPER, lw=0.7)
        axes.set_xlim(years[0], years[-1])
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
        axes.set_xlabel("year", labelpad=2)
        middles = (edges[:-1, -1] + edges[1:, -1]) / 2
        points = 4.6 * 0.67 * 72
        places = spread([m * points for m in middles], [LEAST] * len(middles))
        shift = max(0.0, max(places) - points) if places else 0.0
        for name, colour, middle, place in zip(shares, colours, middles, places, strict=True):
            at, share = (place - shift) / points, float(np.asarray(shares[name])[-1])
            _label(axes, middle, at, f"{name.replace('_', ' ')}, {100 * share:.0f} %", colour)


def _label(axes: Axes, middle: float, at: float, text: str, colour: str) -> None:
    """Lead from a layer's end to a swatch and its name."""
    across: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
    axes.plot([1.0, 1.03], [middle, at], color=style.MUTED, lw=0.6, **across)
    axes.add_patch(Rectangle((1.032, at - 0.014), 0.02, 0.028, color=colour, lw=0, **across))
    axes.text(1.062, at, text, va="center", transform=axes.transAxes)
