"""Densities of priors as small multiples; a run's replacements over what they replace."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from simulator import style
from simulator.beliefs import Density
from simulator.plots.canvas import drawing, lettering
from simulator.plots.records import Believed

COLUMNS, WIDTH, HEIGHT = 4, 1.85, 1.02
HEAD, FOOT, SIDE = 0.72, 0.12, 0.2
"""Sizes in inches."""
FILED, OWN = (style.MEDIAN, style.FAN[1]), style.THRESHOLDS[0]
"""Line and tint of a prior file's prior, and of a run's own."""


def densities(
    path: str | PathLike[str], *, title: str, subtitle: str, panels: Sequence[Believed]
) -> None:
    """Draw a panel a prior.

    Parameters
    ----------
    path : file to write; its ending is one of `ENDINGS`
    panels : each with its prior, and with the one it replaces if there is one
    """
    columns = min(COLUMNS, max(len(panels), 2))
    rows = -(-len(panels) // columns)
    width, height = columns * WIDTH + SIDE, HEAD + rows * HEIGHT + FOOT
    with drawing(path, (width, height)) as figure:
        figure.text(
            SIDE / width, 1 - 0.13 / height, title, size=style.LARGE, weight="bold", va="top"
        )
        figure.text(SIDE / width, 1 - 0.36 / height, subtitle, color=style.MUTED, va="top")
        for i, panel in enumerate(panels):
            row, column = divmod(i, columns)
            left, foot = SIDE + column * WIDTH, height - HEAD - (row + 1) * HEIGHT
            box = (left / width, (foot + 0.27) / height, (WIDTH - 0.2) / width, 0.46 / height)
            _panel(figure.add_axes(box), panel)


def _panel(axes: Axes, panel: Believed) -> None:
    shown = [panel.prior] if panel.replaced is None else [panel.replaced, panel.prior]
    for density in shown:
        own = density is panel.prior and panel.replaced is not None
        line, tint = OWN if own else FILED
        dashes = "--" if density is panel.replaced else "-"
        (_atoms if density.atoms else _curve)(axes, density, line, tint, dashes)
    _limits(axes, shown)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2, steps=[1, 2, 2.5, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)
    axes.tick_params(axis="x", labelsize=style.SMALL, pad=1.5)
    lettering(
        axes,
        panel.name.replace("_", " "),
        (0, 1),
        (0, 10),
        "axes fraction",
        weight="bold",
        size=6.6,
    )
    lettering(axes, panel.unit, (0, 1), (0, 2.5), "axes fraction", color=style.MUTED, size=6.0)


def _curve(axes: Axes, density: Density, line: str, tint: str, dashes: str) -> None:
    heights = density.heights / np.max(density.heights)
    inside = (density.values >= density.low) & (density.values <= density.high)
    axes.fill_between(density.values, heights, where=inside.tolist(), color=tint, lw=0, alpha=0.8)
    axes.plot(density.values, heights, color=line, lw=0.9, ls=dashes)
    middle = np.interp(density.middle, density.values, heights)
    axes.vlines(density.middle, 0, middle, color=line, lw=1.2, ls=dashes)


def _atoms(axes: Axes, density: Density, line: str, tint: str, dashes: str) -> None:
    axes.vlines(density.values, 0, density.heights, color=line, lw=1.6, ls=dashes)
    axes.plot(density.values, density.heights, "o", color=line, ms=3.0, clip_on=False)


def _limits(axes: Axes, shown: Sequence[Density]) -> None:
    """The body of every prior shown, with room about atoms."""
    low = min(float(np.min(each.values)) for each in shown)
    high = max(float(np.max(each.values)) for each in shown)
    room = 0.04 * (high - low) or min(max(abs(low) / 2, 0.5), 2.0)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(0, 1.05)
