"""Sheets of rows: a heading, one named row beneath another, and a note at the foot."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator import style

WIDTH = 7.5
HEAD, FOOT = 0.72, 0.68  # inch
LEFT = 2.0


def sheet(rows: int, row: float) -> tuple[float, float]:
    """Size of a sheet with so many rows of this height [inch]."""
    return WIDTH, HEAD + FOOT + max(rows, 3) * row


def head(figure: Figure, title: str, subtitle: str, note: str, left: float = LEFT) -> Axes:
    """Head and foot the sheet; give the axes between."""
    caption(figure, title, subtitle, note)
    height = figure.get_figheight()
    box = (left / WIDTH, FOOT / height, (WIDTH - left - 0.25) / WIDTH, 1 - (HEAD + FOOT) / height)
    axes = figure.add_axes(box)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return axes


def caption(figure: Figure, title: str, subtitle: str, note: str) -> None:
    """Write the title, what it is about, and the note at the foot."""
    height = figure.get_figheight()
    figure.text(0.02, 1 - 0.12 / height, title, size=style.LARGE, weight="bold", va="top")
    figure.text(0.02, 1 - 0.36 / height, subtitle, color=style.MUTED, va="top")
    text = textwrap.fill(note, 138)
    figure.text(0.02, 0.09 / height, text, color=style.MUTED, size=style.SMALL, va="bottom")
