"""The capability ladder at the right of the fan."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from simulator import style
from simulator.plots.canvas import heading, lettering, spread
from simulator.plots.records import Rung

BANDS, NAMES = 0.27, 0.38
"""Where, across the panel, bands end and names begin."""


def ladder_rungs(axes: Axes, ladder: Sequence[Rung], thresholds: Sequence[Rung]) -> None:
    """Draw plain rungs as lines and thresholds as bands side by side, all named in one column."""
    axes.set_xlim(0, 1)
    axes.axis("off")
    if ladder or thresholds:
        heading(axes, "capability ladder [OOM]")
    if thresholds:
        note = "band: 80 % interval; line: p50"
        lettering(axes, note, (0, 1), (0, -3), "axes fraction", color=style.MUTED, va="top")
    for rung in ladder:
        axes.plot([0.0, BANDS], [rung.middle] * 2, color=style.INK, lw=1.1)
    edges = [BANDS] * len(ladder)
    for place, rung in enumerate(thresholds):
        line, tint = style.THRESHOLDS[place % len(style.THRESHOLDS)]
        left = BANDS * place / len(thresholds)
        width = BANDS / len(thresholds) - 0.03
        axes.add_patch(Rectangle((left, rung.low), width, rung.high - rung.low, color=tint, lw=0))
        axes.plot([left, left + width], [rung.middle] * 2, color=line, lw=2.0)
        edges.append(left + width)
    _names(axes, [*ladder, *thresholds], edges)


def _names(axes: Axes, rungs: Sequence[Rung], edges: Sequence[float]) -> None:
    """Name each rung at its height, or as near as its neighbours allow, with a line to it."""
    texts = []
    for rung in rungs:
        label = textwrap.fill(rung.label, 18, break_on_hyphens=False)
        if rung.high > rung.low:
            label += f"\n{rung.middle:+.1f} ({rung.low:.1f} to {rung.high:.1f})"
        texts.append(axes.text(NAMES, rung.middle, label, va="center", linespacing=1.2))
    heights = [text.get_window_extent().height + 6 for text in texts]
    places = spread([axes.transData.transform((0, rung.middle))[1] for rung in rungs], heights)
    for rung, edge, text, place in zip(rungs, edges, texts, places, strict=True):
        at = axes.transData.inverted().transform((0, place))[1]
        text.set_y(at)
        line = [edge, BANDS, NAMES - 0.02], [rung.middle, rung.middle, at]
        axes.plot(*line, color=style.MUTED, lw=0.6)
