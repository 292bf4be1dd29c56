"""A waterfall: from one world's answer to another's, driver by driver."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from matplotlib.axes import Axes

from simulator import style
from simulator.plots.canvas import drawing
from simulator.plots.lines import head, sheet
from simulator.plots.ranking import Bar, Row

LATER, EARLIER = style.OKABE_ITO["vermilion"], style.OKABE_ITO["blue"]


def waterfall(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    start: tuple[str, float, str],
    end: tuple[str, float, str],
    steps: Sequence[Row],
    note: str,
) -> None:
    """Draw the steps from the start down to the end, each with the interval of its own size.

    Parameters
    ----------
    start, end : name, value and value in words of the two worlds
    steps : rows of one bar, the part
    """
    with drawing(path, sheet(len(steps) + 2, 0.29)) as figure:
        axes = head(figure, title, subtitle, note)
        last = len(steps) + 1
        at = start[1]
        marks = [at]
        _world(axes, 0, start)
        for y, step in enumerate(steps, 1):
            _step(axes, y, at, step.bars[0])
            at += step.bars[0].value
            marks.append(at)
        _world(axes, last, end)
        names = [start[0], *(step.name.replace("_", " ") for step in steps), end[0]]
        axes.set_yticks(range(last + 1), names)
        for place in (0, last):
            axes.get_yticklabels()[place].set_fontweight("bold")
        axes.set_ylim(last + 0.6, -0.6)
        tips = [
            at + tip
            for at, step in zip(marks, steps, strict=False)
            for tip in (step.bars[0].low, step.bars[0].high)
        ]
        low, high = min(*marks, *tips, end[1]), max(*marks, *tips, end[1])
        margin = 0.12 * (high - low) or 1.0
        axes.set_xlim(low - margin, high + margin)
        axes.ticklabel_format(axis="x", useOffset=False)
        axes.grid(axis="x", color=style.HAIRLINE, lw=0.4, alpha=0.6)
        axes.set_axisbelow(True)


def _world(axes: Axes, y: int, world: tuple[str, float, str]) -> None:
    _, value, text = world
    axes.plot([value] * 2, [y - 0.42, y + 0.42], color=style.INK, lw=2.4)
    axes.annotate(text, (value, y), (6, 0), textcoords="offset points", va="center", weight="bold")


def _step(axes: Axes, y: int, at: float, bar: Bar) -> None:
    colour = LATER if bar.value > 0 else EARLIER
    axes.barh(y, bar.value, 0.6, left=at, color=colour, lw=0)
    axes.plot([at + bar.low, at + bar.high], [y, y], color=style.INK, lw=0.9)
    axes.plot([at, at], [y - 1, y + 0.3], color=style.MUTED, lw=0.5)
    text = f"{bar.value:+.2f}".replace("-", "−")
    ends = (at, at + bar.value, at + bar.low, at + bar.high)
    place, shift, side = (max(ends), 4, "left") if bar.value > 0 else (min(ends), -4, "right")
    axes.annotate(
        text,
        (place, y),
        (shift, 0),
        textcoords="offset points",
        va="center",
        ha=side,
        size=style.SMALL,
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6},
    )
