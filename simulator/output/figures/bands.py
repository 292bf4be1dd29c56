"""Uncertainty bands of any series, one panel each."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from simulator.output.figures import style
from simulator.output.figures.alternatives import band_in_words, items, shares_in_words
from simulator.output.figures.binding import binding_areas
from simulator.output.figures.canvas import (
    LINE,
    PLATE,
    date_line,
    drawing,
    fan_bands,
    heading,
    lettering,
    spread,
    value_axis,
    with_unit,
    year_axis,
)
from simulator.output.figures.records import (
    Band,
    BandPanel,
    Rung,
    run_subtitle,
    threshold_rung,
)
from simulator.summaries.bands import select_series, series_band
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.result import Result

HEAD, ROW, FOOT = 0.72, 2.4, 0.1

WIDEST = 2


def draw_bands(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    panels: Sequence[BandPanel],
    as_of: float,
) -> None:
    """Draw each series by year: its quantiles, or of a code the share of draws at each value.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    panels : the series, in reading order
    as_of : [year]
    """
    columns = min(len(panels), WIDEST)
    rows = -(-len(panels) // columns)
    tall = HEAD + ROW * rows + FOOT
    words = items((panel.label, _panel_in_words(panel, as_of)) for panel in panels)
    with drawing(path, (7.5, tall), title, subtitle, words) as figure:
        _key(figure, tall)
        for index, panel in enumerate(panels):
            row, column = divmod(index, columns)
            left = 0.09 + 0.49 * column
            wide = 0.385 if columns > 1 else 0.75
            if panel.band is None:  # leave room for the names of thin areas, at the right
                wide *= 0.7 if columns > 1 else 1.0
            foot = (FOOT + 0.3 + ROW * (rows - 1 - row)) / tall
            axes = figure.add_axes((left, foot, wide, (ROW - 0.85) / tall))
            _band_panel(axes, panel, as_of, narrow=columns > 1)


def _panel_in_words(panel: BandPanel, as_of: float) -> str:
    if panel.band is None:
        return f"share of draws, {shares_in_words(panel.shares, panel.years, as_of)}"
    return band_in_words(panel.band, panel.unit, as_of)


NARROW_LINE = 48  # letters in a heading's line


def _band_panel(axes: Axes, panel: BandPanel, as_of: float, narrow: bool) -> None:
    axes.set_xlim(float(panel.years[0]), float(panel.years[-1]))
    year_axis(axes, "")
    if panel.band is None:
        binding_areas(
            axes, panel.shares, panel.years, [as_of], panel.label, NARROW_LINE if narrow else LINE
        )
    else:
        label = with_unit(panel.label, panel.unit)
        heading(axes, label, -0.17 if narrow else -0.085, NARROW_LINE if narrow else LINE)
        axes.set_ylim(_panel_limits(panel.band, panel.marks))
        value_axis(axes.yaxis, panel.unit)
        axes.tick_params(axis="y", labelsize=style.SMALL if narrow else style.NORMAL)
        fan_bands(axes, panel.band)
        _threshold_marks(axes, panel.marks)
    date_line(axes, as_of, zorder=2.6)


def _panel_limits(band: Band, marks: Sequence[Rung]) -> tuple[float, float]:
    low = float(np.min(band.quantiles["p05"]))
    high = float(np.max(band.quantiles["p95"]))
    near = [m.middle for m in marks if low <= m.middle <= high]
    low, high = min([low, *near]), max([high, *near])
    margin = 0.06 * (high - low) or 1.0
    return low - margin, high + margin


def _threshold_marks(axes: Axes, marks: Sequence[Rung]) -> None:
    """Mark the milestones' thresholds that lie in the panel: a line, or a strip where one is uncertain."""
    bottom, top = axes.get_ylim()
    left, right = axes.get_xlim()
    visible = [mark for mark in marks if bottom < mark.middle < top]
    colours = {}
    for index, mark in enumerate(visible):
        line, tint = style.THRESHOLDS[index % 2 if mark.high > mark.low else 0]
        colours[mark.label] = line
        if mark.high > mark.low:
            strip: dict[str, Any] = {"color": tint, "alpha": 0.4, "lw": 0, "zorder": 0.5}
            axes.fill_between([left, right], mark.low, mark.high, **strip)
        else:
            axes.axhline(mark.middle, color=line, lw=0.7, ls=(0, (2, 2)), zorder=2.4)
    pixel, transform = axes.figure.dpi / 72, axes.transData.transform
    wanted = [float(transform((left, mark.middle))[1]) for mark in visible]
    heights = spread([want + 4.5 * pixel for want in wanted], [8.5 * pixel] * len(visible))
    for mark, want, height in zip(visible, wanted, heights, strict=True):
        move = (3, (height - want) / pixel)
        look = {"color": colours[mark.label], "size": 6.0, "va": "center", "zorder": 6}
        if abs(height - want - 4.5 * pixel) > pixel:  # it may cross the line of another
            look["bbox"] = PLATE | {"pad": 0.2}
        lettering(axes, mark.label, (left, mark.middle), move, **look)


def _key(figure: Figure, tall: float) -> None:
    """Draw the key to the tints, beneath the titles."""
    axes = figure.add_axes((0.02, 1 - 0.66 / tall, 0.96, 0.14 / tall))
    axes.axis("off")
    axes.set(xlim=(0, 100), ylim=(0, 1))
    names = ("p05 to p95", "p10 to p90", "p25 to p75")
    for index, (tint, name) in enumerate(zip(style.FAN, names, strict=True)):
        axes.add_patch(Rectangle((index * 15, 0), 3, 1, color=tint, lw=0))
        lettering(axes, name, (index * 15 + 3, 0.5), (4, 0), va="center")
    axes.plot([45, 48], [0.5] * 2, color=style.MEDIAN, lw=1.5)
    lettering(axes, "median", (48, 0.5), (4, 0), va="center")
    axes.plot([58, 61], [0.5] * 2, color=style.THRESHOLDS[0][0], lw=0.7, ls=(0, (2, 2)))
    note = "threshold of a milestone; strip: uncertain, 80 %"
    lettering(axes, note, (61, 0.5), (4, 0), va="center")


SHOWN_SERIES = (
    "effective_compute",
    "training_flop",
    "cluster_cost",
    "cluster_power",
    "human_data_headroom",
    "time_horizon",
)


def bands(result: Result, path: Path, series: Sequence[str]) -> None:
    """Draw the bands of these series, or of a few important ones when none is named."""
    names = list(series) or [name for name in SHOWN_SERIES if name in result.plan.series]
    panels, rows = [], range(len(result.shape.years))
    for each in select_series(result, names):
        numbers = series_band(result, each, REPORTED_LEVELS, rows)
        band = None if each.codes else Band(numbers.years, numbers.quantiles)
        label = f"{each.long_name} [%\u00a0of\u00a0draws]" if each.codes else each.long_name
        panels.append(
            BandPanel(
                label,
                each.unit,
                band,
                numbers.shares,
                numbers.years,
                _series_thresholds(result, each.name),
            )
        )
    draw_bands(
        path,
        title="Uncertainty bands",
        subtitle=run_subtitle(result),
        panels=panels,
        as_of=result.plan.as_of_year,
    )


def _series_thresholds(result: Result, series: str) -> list[Rung]:
    return [threshold_rung(result, m) for m in result.plan.milestones if m.series == series]
