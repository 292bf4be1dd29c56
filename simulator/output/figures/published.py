"""Forecasts of others beside a result's own: a panel for each kind of subject, theirs above ours in each row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike

from matplotlib.axes import Axes

from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import (
    drawing,
    heading,
    lettering,
    message,
    value_axis,
    with_unit,
    wrapped,
    year_axis,
)
from simulator.output.figures.records import run_subtitle
from simulator.output.published_panels import (
    Interval,
    PublishedPanel,
    PublishedRow,
    panel_limits,
    published_panels,
)
from simulator.summaries.result import Result

WIDE, HEAD, PANEL_HEAD, PANEL_FOOT, LINE, GAP = 7.5, 0.62, 0.3, 0.36, 0.13, 0.12
"""Sizes in inches: of the sheet, above all panels, above and below each, of a line of text, and between rows."""

LEFT, RIGHT = 0.395, 0.735  # of the panels [fraction of the sheet]

LABEL = 50  # letters in a line beside a panel

THEIRS, OURS = style.CYCLE[1], style.CYCLE[0]


def row_lines(row: PublishedRow) -> list[str]:
    """The lines of text beside a row."""
    return [*wrapped(row.name, LABEL), *wrapped(row.about, LABEL)]


def row_sizes(panel: PublishedPanel) -> list[float]:
    """Heights of a panel's rows [inch]."""
    return [LINE * max(len(row_lines(row)), 2) + GAP for row in panel.rows]


def draw_published(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    panels: Sequence[PublishedPanel],
    horizon: float,
) -> None:
    """Draw each panel's rows in the order given; an interval without an end by the horizon goes on to the edge.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    horizon : of the result [year]
    """
    sizes = [PANEL_HEAD + sum(row_sizes(panel)) + PANEL_FOOT for panel in panels]
    tall = HEAD + (sum(sizes) or 1.0)
    words = items((row.name, _row_in_words(row)) for panel in panels for row in panel.rows)
    with drawing(path, (WIDE, tall), title, subtitle, f"Theirs and ours, {words}") as figure:
        if not panels:
            message(figure, "Nothing to draw: there is no forecast of others.")
            return
        top = HEAD
        for panel, size in zip(panels, sizes, strict=True):
            foot, height = tall - top - size + PANEL_FOOT, size - PANEL_HEAD - PANEL_FOOT
            box = (LEFT, foot / tall, RIGHT - LEFT, height / tall)
            _draw_panel(figure.add_axes(box), panel, horizon)
            top += size


def _row_in_words(row: PublishedRow) -> str:
    ours = row.ours.words if row.ours else "not in this result"
    return f"{row.about}, theirs {row.theirs.words}, ours {ours}"


def _draw_panel(axes: Axes, panel: PublishedPanel, horizon: float) -> None:
    axes.set_ylim(sum(row_sizes(panel)), 0)
    axes.set_xlim(*panel_limits(panel, horizon))
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    if panel.unit == "year":
        year_axis(axes, "")
    else:
        value_axis(axes.xaxis, panel.unit, 5)
    heading(axes, with_unit(panel.heading, panel.unit))
    for tick in axes.get_xticks():
        axes.axvline(tick, color=style.HAIRLINE, lw=0.3, zorder=0)
    top = 0.0
    for row, size in zip(panel.rows, row_sizes(panel), strict=True):
        _draw_row(axes, row, top + size / 2)
        top += size


def _draw_row(axes: Axes, row: PublishedRow, middle: float) -> None:
    at, lines = axes.get_yaxis_transform(), row_lines(row)
    for line, text in enumerate(lines):
        named = line < len(wrapped(row.name, LABEL))
        down = LINE * (line - (len(lines) - 1) / 2)
        colour = style.INK if named else style.MUTED
        lettering(
            axes, text, (0, middle + down), (-8, 0), at, ha="right", va="center", color=colour
        )
    for interval, colour, mark, side in (
        (row.theirs, THEIRS, "s", -0.5),
        (row.ours, OURS, "o", 0.5),
    ):
        height = middle + side * LINE
        whose = "theirs" if side < 0 else "ours"
        words = f"{whose} {interval.words if interval else '–'}"
        lettering(axes, words, (1, height), (8, 0), at, va="center", color=colour)
        if interval:
            _draw_interval(axes, interval, height, colour, mark)


def _draw_interval(axes: Axes, interval: Interval, height: float, colour: str, mark: str) -> None:
    right = axes.get_xlim()[1]
    if interval.low is not None and interval.high is not None:
        ends = [min(each, right) for each in (interval.low, interval.high)]
        axes.plot(ends, [height] * 2, color=colour, lw=2.0, alpha=0.6, solid_capstyle="butt")
    if interval.middle is not None and math.isfinite(interval.middle):
        axes.plot([interval.middle], [height], mark, ms=4.0, color=colour, mec=style.PAPER, mew=0.5)


def published(result: Result, path: str | PathLike[str]) -> None:
    """Draw every forecast of others beside this result's own estimates of the same subjects."""
    draw_published(
        path,
        title="Published forecasts beside ours",
        subtitle=f"{run_subtitle(result)}; medians and 80 % intervals where stated. Subjects are not always the same",
        panels=published_panels(result),
        horizon=result.plan.horizon,
    )
