"""What evidence did to parameters: prior and posterior, a panel each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from simulator import style
from simulator.plots.canvas import drawing, lettering

COLUMNS, WIDTH, HEIGHT = 3, 2.5, 1.45
HEAD, FOOT, SIDE = 0.6, 0.06, 0.2
"""Sizes in inches."""
PRIOR, POSTERIOR = (style.MUTED, style.HAIRLINE), (style.MEDIAN, style.FAN[1])
"""Line and tint."""


@dataclass(frozen=True)
class Updated:
    """A parameter before and after: shares over the same bins, and p10, p50, p90 as text.

    edges : (bin + 1) [unit]; prior, posterior : (bin) [fraction]
    """

    name: str
    unit: str
    edges: np.ndarray
    prior: np.ndarray
    posterior: np.ndarray
    told_prior: str
    told_posterior: str


def prior_posterior(
    path: str | PathLike[str], *, title: str, subtitle: str, panels: Sequence[Updated]
) -> None:
    """Draw a panel a parameter, its prior in grey and its posterior over it."""
    columns = min(COLUMNS, max(len(panels), 2))
    rows = -(-len(panels) // columns)
    width, height = columns * WIDTH + SIDE, HEAD + rows * HEIGHT + FOOT
    with drawing(path, (width, height)) as figure:
        at = SIDE / width
        figure.text(at, 1 - 0.12 / height, title, size=style.LARGE, weight="bold", va="top")
        figure.text(at, 1 - 0.36 / height, subtitle, color=style.MUTED, va="top")
        for i, panel in enumerate(panels):
            row, column = divmod(i, columns)
            left, foot = SIDE + column * WIDTH, height - HEAD - (row + 1) * HEIGHT
            box = (left / width, (foot + 0.27) / height, (WIDTH - 0.25) / width, 0.6 / height)
            _panel(figure.add_axes(box), panel)


def _panel(axes: Axes, panel: Updated) -> None:
    for shares, (line, tint) in ((panel.prior, PRIOR), (panel.posterior, POSTERIOR)):
        axes.stairs(shares, panel.edges, color=tint, fill=True, alpha=0.75, lw=0)
        axes.stairs(shares, panel.edges, color=line, lw=1.0)
    axes.set_ylim(0, 1.08 * max(float(panel.prior.max()), float(panel.posterior.max())))
    axes.set_xlim(float(panel.edges[0]), float(panel.edges[-1]))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2, steps=[1, 2, 2.5, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)
    axes.tick_params(axis="x", labelsize=style.SMALL, pad=1.5)
    name = f"{panel.name.replace('_', ' ')} [{panel.unit}]"
    lettering(axes, name, (0, 1), (0, 23), "axes fraction", weight="bold")
    lettering(axes, panel.told_prior, (0, 1), (0, 13), "axes fraction", color=style.MUTED)
    lettering(axes, panel.told_posterior, (0, 1), (0, 3), "axes fraction", color=style.MEDIAN)
