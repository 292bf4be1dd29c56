"""Ranked bars with intervals: what drives an answer, the strongest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from simulator import style
from simulator.plots.canvas import drawing
from simulator.plots.lines import head, sheet

COLOURS = ((style.OKABE_ITO["blue"], style.INK), ("#A9CBE6", style.MUTED))
"""Fill and whisker of the first and the second measure: dark and light, also in grey print."""


@dataclass(frozen=True)
class Bar:
    """One measure of one row with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """A parameter or driver with its measures, in the measures' order."""

    name: str
    bars: Sequence[Bar]


def ranked_bars(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    measures: Sequence[str],
    rows: Sequence[Row],
    note: str,
) -> None:
    """Draw rows from the top, each with a bar a measure, a whisker over each, and its value at the end."""
    with drawing(path, sheet(len(rows), 0.17 + 0.13 * len(measures))) as figure:
        axes = head(figure, title, subtitle, note)
        height = 0.78 / len(measures)
        for place, row in enumerate(rows):
            for k, bar in enumerate(row.bars):
                y = place + (k - (len(row.bars) - 1) / 2) * height
                _bar(axes, y, bar, 0.88 * height, COLOURS[k])
        axes.set_yticks(range(len(rows)), [row.name.replace("_", " ") for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        lowest = min((bar.low for row in rows for bar in row.bars), default=0.0)
        highest = max((bar.high for row in rows for bar in row.bars), default=1.0)
        axes.set_xlim(min(lowest - 0.02 * highest, 0.0), 1.12 * highest)
        axes.axvline(0.0, color=style.MUTED, lw=0.6)
        _key(axes, measures)


def _bar(axes: Axes, y: float, bar: Bar, height: float, colours: tuple[str, str]) -> None:
    fill, line = colours
    axes.barh(y, bar.value, height, color=fill, lw=0)
    axes.plot([bar.low, bar.high], [y, y], color=line, lw=0.9, solid_capstyle="butt")
    text = f"{bar.value:.2f}".replace("-", "−")
    axes.annotate(
        text.replace("−0.00", "0.00"),
        (max(bar.high, bar.value, 0.0), y),
        (4, 0),
        textcoords="offset points",
        va="center",
        size=style.SMALL,
    )


def _key(axes: Axes, measures: Sequence[str]) -> None:
    """Name the measures by patches in the corner that ranked bars leave free."""
    patches = [
        Patch(color=fill, label=name, lw=0)
        for name, (fill, _) in zip(measures, COLOURS, strict=False)
    ]
    axes.legend(handles=patches, loc="lower right", frameon=False, handlelength=1.2)
