"""The probability that each milestone has been reached, by year: one row a milestone."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.model import Milestone
from simulator.output import units
from simulator.output.digits import percent, year
from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import (
    date_line,
    date_note,
    drawing,
    lettering,
    message,
    year_axis,
)
from simulator.output.figures.records import (
    ArrivalRow,
    Rung,
    run_subtitle,
    threshold_rung,
)
from simulator.summaries import estimates
from simulator.summaries.bands import known_series
from simulator.summaries.result import Result

ROW, TALL = 0.3, 0.8
"""Height of a row [inch], and how much of it a curve may fill."""

HEAD, FOOT = 0.85, 0.62

LEFT, RIGHT = 0.325, 0.735


def draw_arrivals(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    rows: Sequence[ArrivalRow],
    horizon: float,
    as_of: float,
) -> None:
    """Draw one curve a milestone, from 0 to 100 %; a bar at the right is the share of draws not there by the horizon.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    rows : the milestones, the topmost first
    horizon, as_of : [year]
    """
    tall = HEAD + FOOT + ROW * max(len(rows), 4)
    words = items((row.label, _row_in_words(row, horizon)) for row in rows)
    with drawing(path, (7.5, tall), title, subtitle, f"Years of arrival, {words}") as figure:
        if not rows:
            message(figure, "Nothing to draw: this scenario has no milestone.")
            return
        body = 1 - (HEAD + FOOT) / tall
        axes = figure.add_axes((LEFT, FOOT / tall, RIGHT - LEFT, body))
        axes.set_ylim(len(rows), 0)
        axes.set_xlim(_first_year(rows, as_of), horizon)
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        year_axis(axes)
        _arrival_frame(axes, as_of, len(rows))
        for index, row in enumerate(rows):
            _arrival_row(axes, row, index + (1 + TALL) / 2)
        _columns(figure, axes, horizon, tall)


def _row_in_words(row: ArrivalRow, horizon: float) -> str:
    return f"p50 (p10 to p90) {row.interval}, not by {horizon:g} {row.never}"


def _first_year(rows: Sequence[ArrivalRow], as_of: float) -> float:
    """A whole year before the as-of date and before any milestone is reached in half a percent of draws."""
    reached = [row.years[row.reached > 0.005] for row in rows]
    return float(np.floor(min([as_of, *(years[0] for years in reached if len(years))]) - 1))


def _arrival_frame(axes: Axes, as_of: float, rows: int) -> None:
    for tick in axes.get_xticks():
        axes.axvline(tick, color=style.HAIRLINE, lw=0.3, zorder=0)
    date_line(axes, as_of, zorder=4)
    date_note(axes, as_of, 0.0)


def _arrival_row(axes: Axes, row: ArrivalRow, foot: float) -> None:
    top = foot - TALL
    curve = foot - TALL * row.reached
    left, right = axes.get_xlim()
    end = float(np.interp(right, row.years, curve))
    line, tint = style.THRESHOLDS[0] if row.uncertain else (style.MEDIAN, style.FAN[1])
    axes.plot([left, right], [foot, foot], color=style.HAIRLINE, lw=0.5, zorder=1)
    axes.fill_between(row.years, foot, curve, color=tint, lw=0, zorder=2)
    axes.plot(row.years, curve, color=line, lw=1.0, zorder=3)
    if np.isfinite(row.median) and row.median > left:
        axes.plot([row.median], [foot - TALL / 2], "o", ms=3.0, color=line, zorder=5)
    axes.plot([right] * 2, [end, top], color=style.GAP, lw=2.6, clip_on=False, zorder=3)
    at = "axes fraction"
    height = 1 - (foot + top) / 2 / axes.get_ylim()[0]
    text = {"ha": "right", "va": "center"}
    lettering(axes, row.label, (0, height), (-6, 4.2), at, **text, size=style.NORMAL)
    colour = line if row.uncertain else style.MUTED
    lettering(axes, row.condition, (0, height), (-6, -4.8), at, **text, size=5.8, color=colour)
    lettering(axes, row.interval, (1, height), (9, 0), at, va="center")
    lettering(axes, row.never, (1, height), (138, 0), at, **text)


def _columns(figure: Figure, axes: Axes, horizon: float, tall: float) -> None:
    words = {"va": "bottom", "color": style.MUTED}
    lettering(axes, "p50 (p10 to p90)", (1, 1), (9, 3), "axes fraction", **words)
    lettering(axes, f"not by\n{horizon:g}", (1, 1), (138, 3), "axes fraction", **words, ha="right")
    lettering(axes, "milestone", (0, 1), (-6, 3), "axes fraction", **words, ha="right")
    note = (
        f"Each curve rises from 0 to 100 % of draws; dot: median; black bar at the right: not by {horizon:g}. "
        "Orange: the threshold is uncertain (p50, p10 to p90)."
    )
    figure.text(0.02, 0.08 / tall, note, size=style.SMALL, color=style.MUTED, va="bottom")


SHOWN_LEVELS = ("p50", "p10", "p90")


def arrivals(result: Result, path: Path) -> None:
    """Draw the probability that each milestone has been reached, by year, the earliest first."""
    plan, shape = result.plan, result.shape
    rows = []
    for index, (milestone, estimate) in enumerate(
        zip(plan.milestones, result.milestone_estimates, strict=True)
    ):
        threshold, years = threshold_rung(result, milestone), plan.grid.years
        ends = [
            year(estimate[p], max(estimate[f"mcse_{p}"], 0.1), plan.horizon) for p in SHOWN_LEVELS
        ]
        rows.append(
            ArrivalRow(
                label=threshold.label,
                condition=_condition_in_words(result, milestone, threshold),
                uncertain=threshold.high > threshold.low,
                years=years,
                reached=estimates.probabilities_by_quarter(result.counts, shape, index, years),
                median=estimate["p50"],
                interval=f"{ends[0]} ({ends[1]} to {ends[2]})" if len(set(ends)) > 1 else ends[0],
                never=percent(1.0 - estimate["reached"], estimate["mcse_reached"]),
            )
        )
    rows.sort(key=lambda row: (row.median, -row.reached[-1], row.label))
    most = estimates.largest_probability_error(result.counts)
    error = f"Monte Carlo error of a probability at most {100 * most:.2g} %"
    draw_arrivals(
        path,
        title="Probability that each milestone has been reached",
        subtitle=f"{run_subtitle(result)}; {error}",
        rows=rows,
        horizon=plan.horizon,
        as_of=plan.as_of_year,
    )


def lower_first(text: str) -> str:
    """A text that begins with a small letter, unless with a name such as AI."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


LONGEST_CONDITION = 54  # letters


def _condition_in_words(result: Result, milestone: Milestone, threshold: Rung) -> str:
    """The condition on the milestone's series, by its meaning, or by its name where that would be too long."""
    series = known_series(result)[milestone.series]
    bound = units.interval(threshold.low, threshold.middle, threshold.high, series.unit)
    condition = (
        f"{'≥' if milestone.direction == '>=' else '≤'} {bound}{units.lag_in_words(milestone.lag)}"
    )
    meaning = f"{lower_first(series.long_name)} {condition}"
    if len(meaning) <= LONGEST_CONDITION:
        return meaning
    return f"{milestone.series.replace('_', ' ')} {condition}"
