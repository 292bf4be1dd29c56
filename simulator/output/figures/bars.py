"""Figures of named rows with bars, for sensitivity analyses.

Ranked bars show indices, the largest first; a tornado the change of an answer when one parameter or driver is held; a
waterfall the difference of two scenarios, driver by driver; boxes the limits that scenario discovery has found; a stack
indices over the years, as shares of their sum.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import drawing, message, spread, value_axis, year_axis


@dataclass(frozen=True)
class Side:
    """One parameter's limits: the shares of draws below them [fraction], and the limits in words."""

    name: str
    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Box:
    """A box of scenario discovery: its heading and the limits of its sides."""

    heading: str
    sides: Sequence[Side]


def draw_boxes(
    path: str | PathLike[str], *, title: str, subtitle: str, boxes: Sequence[Box], note: str
) -> None:
    """Draw each box as rows, one a parameter: the part of its range that the box keeps."""
    row, top = 0.27, 0.42
    heights = [top + row * max(len(box.sides), 1) for box in boxes]
    size = (WIDTH, HEAD - 0.15 + FOOT + (sum(heights) or 0.5))
    words = " ".join(
        f"{box.heading}: {items((side.name, side.text) for side in box.sides)}" for box in boxes
    )
    with drawing(path, size, title, subtitle, f"{words} {note}") as figure:
        if not boxes:
            message(figure, note)
            return
        caption(figure, note)
        down = HEAD - 0.15
        for k, (box, height) in enumerate(zip(boxes, heights, strict=True)):
            tall = height - top
            bottom = size[1] - down - top - tall
            axes = figure.add_axes((2.0 / WIDTH, bottom / size[1], 3.3 / WIDTH, tall / size[1]))
            colour = style.CYCLE[k % len(style.CYCLE)]
            _box_rows(axes, box, colour, last=k == len(boxes) - 1)
            down += height


def _box_rows(axes: Axes, box: Box, colour: str, last: bool) -> None:
    axes.set_title(box.heading, size=style.NORMAL, weight="bold", loc="left", x=-0.55, pad=6)
    for y, side in enumerate(box.sides):
        axes.add_patch(Rectangle((0, y - 0.17), 1, 0.34, color="#ECECEC", lw=0))
        axes.add_patch(
            Rectangle((side.low, y - 0.28), side.high - side.low, 0.56, color=colour, lw=0)
        )
        axes.annotate(side.text, (1.0, y), (8, 0), textcoords="offset points", va="center")
    axes.set_xlim(0, 1)
    axes.set_ylim(len(box.sides) - 0.5, -0.5)
    axes.set_yticks(range(len(box.sides)), [s.name.replace("_", " ") for s in box.sides])
    axes.tick_params(axis="y", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xticks([0, 0.5, 1], ["lowest", "median", "highest"] if last else [""] * 3)
    axes.tick_params(axis="x", length=2.5 if last else 0)


WIDTH = 7.5

HEAD, FOOT = 0.72, 0.68  # inch

LEFT = 2.0


def sheet(rows: int, row: float) -> tuple[float, float]:
    """Width and height of a sheet with this number of rows of this height [inch]."""
    return WIDTH, HEAD + FOOT + max(rows, 3) * row


def head(figure: Figure, note: str, left: float = LEFT) -> Axes:
    """Write the note; give the axes between it and the titles."""
    caption(figure, note)
    height = figure.get_figheight()
    box = (left / WIDTH, FOOT / height, (WIDTH - left - 0.25) / WIDTH, 1 - (HEAD + FOOT) / height)
    axes = figure.add_axes(box)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return axes


def caption(figure: Figure, note: str) -> None:
    """Write the note at the bottom."""
    text = textwrap.fill(note, 138)
    figure.text(
        0.02, 0.09 / figure.get_figheight(), text, color=style.MUTED, size=style.SMALL, va="bottom"
    )


COLOURS = ((style.OKABE_ITO["blue"], style.INK), ("#A9CBE6", style.MUTED))
"""Fill and whisker of the first and the second measure: dark and light, so that grey print keeps them apart."""


@dataclass(frozen=True)
class Bar:
    """The value of one measure of one row, with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class BarRow:
    """A parameter or driver, with one bar a measure."""

    name: str
    bars: Sequence[Bar]


def draw_ranked_bars(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    measures: Sequence[str],
    rows: Sequence[BarRow],
    note: str,
) -> None:
    """Draw rows from the top, each with one bar a measure; each bar has a whisker and ends with its value."""
    words = items((row.name, _bars_in_words(row, measures)) for row in rows)
    size = sheet(len(rows), 0.17 + 0.13 * len(measures))
    with drawing(path, size, title, subtitle, f"{words} {note}") as figure:
        if not rows:
            message(figure, "Nothing to draw: no share is as large as 0.005.")
            caption(figure, note)
            return
        axes = head(figure, note)
        height = 0.78 / len(measures)
        for index, row in enumerate(rows):
            for k, bar in enumerate(row.bars):
                y = index + (k - (len(row.bars) - 1) / 2) * height
                _ranked_bar(axes, y, bar, 0.88 * height, COLOURS[k])
        axes.set_yticks(range(len(rows)), [row.name.replace("_", " ") for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        lowest = min((bar.low for row in rows for bar in row.bars), default=0.0)
        highest = max((bar.high for row in rows for bar in row.bars), default=1.0)
        axes.set_xlim(min(lowest - 0.02 * highest, 0.0), 1.12 * highest)
        axes.axvline(0.0, color=style.MUTED, lw=0.6)
        _ranked_key(axes, measures)


def _bars_in_words(row: BarRow, measures: Sequence[str]) -> str:
    pairs = zip(measures, row.bars, strict=True)
    return ", ".join(f"{name.partition(':')[0]} {_interval(bar)}" for name, bar in pairs)


def _interval(bar: Bar) -> str:
    """A bar's value with its interval."""
    value, low, high = (f"{x:.2f}" for x in (bar.value, bar.low, bar.high))
    return f"{value} ({low} to {high})"


def _ranked_bar(axes: Axes, y: float, bar: Bar, height: float, colours: tuple[str, str]) -> None:
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


def _ranked_key(axes: Axes, measures: Sequence[str]) -> None:
    """Name the measures above the bars, where none can lie behind."""
    patches = [
        Patch(color=fill, label=name, lw=0)
        for name, (fill, _) in zip(measures, COLOURS, strict=False)
    ]
    axes.legend(
        handles=patches,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
        ncols=len(patches),
        frameon=False,
        handlelength=1.2,
        fontsize=style.SMALL,
    )


STACK_TINTS = (
    "#003F66", "#0072B2", "#56B4E9", "#B8DCF3", "#009E73", "#8FD3BD",
    "#F0E442", "#E69F00", "#D55E00", "#F2B48A", "#CC79A7", "#EBCBDD",
)  # fmt: skip

REST_TINT = "#D9D9D9"

LEAST_GAP = 11.0  # points between two names


def draw_stack(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    years: np.ndarray,
    shares: Mapping[str, np.ndarray],
    note: str,
) -> None:
    """Stack shares over the years; each is named at the right with its share in the last year.

    Parameters
    ----------
    shares : name -> (year) [fraction], from the bottom; "others" is grey
    """
    ends = {name: float(np.asarray(share)[-1]) for name, share in shares.items()}
    words = items((name, f"{100 * share:.0f} %") for name, share in ends.items())
    words = f"Shares in {years[-1]:g}, {words} {note}"
    with drawing(path, (7.5, 4.6), title, subtitle, words) as figure:
        caption(figure, note)
        axes = figure.add_axes((0.07, 0.15, 0.68, 0.67))
        if not shares:
            axes.set_axis_off()
            message(figure, "Nothing to draw: the series does not vary.")
            return
        edges = np.cumsum([np.zeros(len(years)), *shares.values()], axis=0)
        colours = [
            REST_TINT if name == "others" else STACK_TINTS[k % 12] for k, name in enumerate(shares)
        ]
        for low, high, colour in zip(edges[:-1], edges[1:], colours, strict=True):
            axes.fill_between(years, low, high, color=colour, lw=0)
            axes.plot(years, high, color=style.PAPER, lw=0.7)
        axes.set_xlim(float(years[0]), max(float(years[-1]), float(years[0]) + 1.0))
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
        year_axis(axes)
        middles = (edges[:-1, -1] + edges[1:, -1]) / 2
        points = 4.6 * 0.67 * 72
        heights = spread([m * points for m in middles], [LEAST_GAP] * len(middles))
        shift = max(0.0, max(heights) - points) if heights else 0.0
        for name, colour, middle, height in zip(shares, colours, middles, heights, strict=True):
            at, share = (height - shift) / points, float(np.asarray(shares[name])[-1])
            _stack_label(axes, middle, at, f"{name.replace('_', ' ')}, {100 * share:.0f} %", colour)


def _stack_label(axes: Axes, middle: float, at: float, text: str, colour: str) -> None:
    """Draw a line from a layer's right end to its colour and name."""
    across: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
    axes.plot([1.0, 1.03], [middle, at], color=style.MUTED, lw=0.6, **across)
    axes.add_patch(Rectangle((1.032, at - 0.014), 0.02, 0.028, color=colour, lw=0, **across))
    axes.text(1.062, at, text, va="center", transform=axes.transAxes)


SWING_ENDS = (("held at p10", "#7FB0D8"), ("held at p90", style.OKABE_ITO["vermilion"]))


@dataclass(frozen=True)
class Swing:
    """A parameter or driver, with the changes when it is held at p10 and at p90, one pair a panel."""

    name: str
    panels: Sequence[tuple[Bar, Bar]]


def draw_tornado(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    panels: Sequence[str],
    swings: Sequence[Swing],
    note: str,
) -> None:
    """Draw the panels side by side, with the swings in the order given, the first on top."""
    words = items((swing.name, _swing_in_words(swing, panels)) for swing in swings)
    with drawing(path, sheet(len(swings), 0.3), title, subtitle, f"{words} {note}") as figure:
        caption(figure, note)
        if not swings:
            message(figure, "Nothing to draw: no parameter or driver moves the answer.")
            return
        patches = [Patch(color=colour, label=text, lw=0) for text, colour in SWING_ENDS]
        figure.legend(
            handles=patches,
            loc="upper right",
            bbox_to_anchor=(0.98 * WIDTH, figure.get_figheight() - 0.24),
            bbox_transform=figure.dpi_scale_trans,
            ncols=2,
            frameon=False,
            handlelength=1.2,
        )
        height, left, gap = figure.get_figheight(), 1.75 / WIDTH, 0.05
        wide = (0.97 - left - gap * (len(panels) - 1)) / len(panels)
        for k, name in enumerate(panels):
            at = (left + k * (wide + gap), FOOT / height, wide, 1 - (HEAD + FOOT + 0.1) / height)
            axes = figure.add_axes(at)
            _swing_panel(axes, name, [(swing.name, *swing.panels[k]) for swing in swings])
            if k:
                axes.set_yticklabels([])


def _swing_in_words(swing: Swing, panels: Sequence[str]) -> str:
    return ", ".join(
        f"{panel}, at p10 {_interval(low)}, at p90 {_interval(high)}"
        for panel, (low, high) in zip(panels, swing.panels, strict=True)
    )


def _swing_panel(axes: Axes, name: str, rows: Sequence[tuple[str, Bar, Bar]]) -> None:
    axes.set_title(name, size=style.NORMAL, weight="bold", loc="left", pad=5)
    for y, (_, *bars) in enumerate(rows):
        same_side = bars[0].value * bars[1].value > 0
        for k, (bar, (_, colour)) in enumerate(zip(bars, SWING_ENDS, strict=True)):
            shift, tall = ((k - 0.5) * 0.36, 0.34) if same_side else (0.0, 0.62)
            axes.barh(y + shift, bar.value, tall, color=colour, lw=0)
            axes.plot([bar.low, bar.high], [y + shift] * 2, color=style.INK, lw=0.8)
    axes.axvline(0.0, color=style.INK, lw=0.7)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="x", color=style.HAIRLINE, lw=0.4, alpha=0.6)
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(rows)), [row[0].replace("_", " ") for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


LATER, EARLIER = style.OKABE_ITO["vermilion"], style.OKABE_ITO["blue"]


def draw_waterfall(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    start: tuple[str, float, str],
    end: tuple[str, float, str],
    steps: Sequence[BarRow],
    note: str,
    unit: str = "1",
) -> None:
    """Draw the steps from the start at the top to the end at the bottom, each with the interval of its part.

    Parameters
    ----------
    start, end : title, answer and answer in words of the two scenarios
    steps : rows of one bar, the part
    unit : of the answers; parts of a logarithm are in OOM
    """
    parts = items((step.name, _interval(step.bars[0])) for step in steps)
    words = f"{start[0]} {start[2]}, {end[0]} {end[2]}; parts, {parts} {note}"
    with drawing(path, sheet(len(steps) + 2, 0.29), title, subtitle, words) as figure:
        axes = head(figure, note)
        last = len(steps) + 1
        at = start[1]
        marks = [at]
        _waterfall_end(axes, 0, start)
        for y, step in enumerate(steps, 1):
            _waterfall_step(axes, y, at, step.bars[0])
            at += step.bars[0].value
            marks.append(at)
        _waterfall_end(axes, last, end)
        names = [start[0], *(step.name.replace("_", " ") for step in steps), end[0]]
        axes.set_yticks(range(last + 1), names)
        for index in (0, last):
            axes.get_yticklabels()[index].set_fontweight("bold")
        axes.set_ylim(last + 0.6, -0.6)
        tips = [
            at + tip
            for at, step in zip(marks, steps, strict=False)
            for tip in (step.bars[0].low, step.bars[0].high)
        ]
        low, high = min(*marks, *tips, end[1]), max(*marks, *tips, end[1])
        margin = 0.12 * (high - low) or 1.0
        axes.set_xlim(low - margin, high + margin)
        value_axis(axes.xaxis, unit)
        axes.grid(axis="x", color=style.HAIRLINE, lw=0.4, alpha=0.6)
        axes.set_axisbelow(True)


def _waterfall_end(axes: Axes, y: int, end: tuple[str, float, str]) -> None:
    _, value, text = end
    axes.plot([value] * 2, [y - 0.42, y + 0.42], color=style.INK, lw=2.4)
    axes.annotate(text, (value, y), (6, 0), textcoords="offset points", va="center", weight="bold")


def _waterfall_step(axes: Axes, y: int, at: float, bar: Bar) -> None:
    colour = LATER if bar.value > 0 else EARLIER
    axes.barh(y, bar.value, 0.6, left=at, color=colour, lw=0)
    axes.plot([at + bar.low, at + bar.high], [y, y], color=style.INK, lw=0.9)
    axes.plot([at, at], [y - 1, y + 0.3], color=style.MUTED, lw=0.5)
    text = f"{bar.value:+.2f}".replace("-", "−")
    ends = (at, at + bar.value, at + bar.low, at + bar.high)
    x, shift, side = (max(ends), 4, "left") if bar.value > 0 else (min(ends), -4, "right")
    axes.annotate(
        text,
        (x, y),
        (shift, 0),
        textcoords="offset points",
        va="center",
        ha=side,
        size=style.SMALL,
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6},
    )
