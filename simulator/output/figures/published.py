"""Forecasts of others beside a result's own: a panel for each kind of subject, theirs above ours in each row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

from matplotlib.axes import Axes

from simulator.evidence.published import own_estimates
from simulator.inputs.files import decimal_year
from simulator.inputs.published import QUANTILE_KEYS, PublishedForecast, load_published
from simulator.output import units
from simulator.output.digits import percent, year
from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import (
    drawing,
    heading,
    lettering,
    message,
    month,
    value_axis,
    with_unit,
    wrapped,
    year_axis,
)
from simulator.output.figures.records import run_subtitle
from simulator.summaries.bands import known_series
from simulator.summaries.estimates import Estimate
from simulator.summaries.result import Result

WIDE, HEAD, PANEL_HEAD, PANEL_FOOT, LINE, GAP = 7.5, 0.62, 0.3, 0.36, 0.13, 0.12
"""Sizes in inches: of the sheet, above all panels, above and below each, of a line of text, and between rows."""

LEFT, RIGHT = 0.395, 0.735  # of the panels [fraction of the sheet]

LABEL = 50  # letters in a line beside a panel

THEIRS, OURS = style.CYCLE[1], style.CYCLE[0]

YEARS, CHANCE = "year of arrival", "probability"


@dataclass(frozen=True)
class Interval:
    """A forecast's ends and middle, None where it states none, and all of it in words."""

    low: float | None
    middle: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class PublishedRow:
    """Forecasts of one subject: whose and of what, theirs, and ours where the result has it."""

    name: str
    about: str
    theirs: Interval
    ours: Interval | None

    @property
    def lines(self) -> list[str]:
        return [*wrapped(self.name, LABEL), *wrapped(self.about, LABEL)]


@dataclass(frozen=True)
class PublishedPanel:
    """Rows that share an axis: its heading and its unit, `year` or that of a series."""

    heading: str
    unit: str
    rows: Sequence[PublishedRow]

    @property
    def sizes(self) -> list[float]:
        """Heights of the rows [inch]."""
        return [LINE * max(len(row.lines), 2) + GAP for row in self.rows]


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
    sizes = [PANEL_HEAD + sum(panel.sizes) + PANEL_FOOT for panel in panels]
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
    axes.set_ylim(sum(panel.sizes), 0)
    axes.set_xlim(*_limits(panel, horizon))
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    if panel.unit == "year":
        year_axis(axes, "")
    else:
        value_axis(axes.xaxis, panel.unit, 5)
    heading(axes, panel.heading)
    for tick in axes.get_xticks():
        axes.axvline(tick, color=style.HAIRLINE, lw=0.3, zorder=0)
    top = 0.0
    for row, size in zip(panel.rows, panel.sizes, strict=True):
        _draw_row(axes, row, top + size / 2)
        top += size


def _limits(panel: PublishedPanel, horizon: float) -> tuple[float, float]:
    """Both ends of a panel's axis, with every finite number in it."""
    stated = [each for row in panel.rows for each in (row.theirs, row.ours) if each]
    values = [v for each in stated for v in (each.low, each.middle, each.high) if v is not None]
    finite = [value for value in values if math.isfinite(value)]
    if panel.unit == "year":
        past = [] if len(finite) == len(values) else [horizon]
        return math.floor(min(finite)) - 1.0, math.ceil(max([*finite, *past])) + 1.0
    if panel.unit == "fraction":
        return 0.0, min(1.0, 1.25 * max(finite, default=1.0))
    room = 0.1 * max(max(finite) - min(finite), 1.0)
    return min(finite) - room, max(finite) + room


def _draw_row(axes: Axes, row: PublishedRow, middle: float) -> None:
    at = axes.get_yaxis_transform()
    for line, text in enumerate(row.lines):
        named = line < len(wrapped(row.name, LABEL))
        down = LINE * (line - (len(row.lines) - 1) / 2)
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
    own = [(each, own_estimates(each, result)) for each in load_published()]
    draw_published(
        path,
        title="Published forecasts beside ours",
        subtitle=f"{run_subtitle(result)}; medians and 80 % intervals where stated. Subjects are not always the same",
        panels=published_panels(result, own),
        horizon=result.plan.horizon,
    )


def published_panels(
    result: Result, forecasts: Sequence[tuple[PublishedForecast, Mapping[str, Estimate]]]
) -> list[PublishedPanel]:
    """Rows of forecasts, each with the result's own estimates, by heading and unit: years, probabilities, series."""
    known = known_series(result)
    rows: dict[tuple[str, str], list[PublishedRow]] = {}
    for forecast, own in forecasts:
        if forecast.milestone and forecast.quantiles:
            rows.setdefault((YEARS, "year"), []).append(_arrival_row(forecast, own, result))
        if forecast.probability is not None:
            rows.setdefault((CHANCE, "fraction"), []).append(_chance_row(forecast, own))
        if forecast.series:
            series = known.get(forecast.series)
            name = series.long_name if series else forecast.series.replace("_", " ")
            key = with_unit(name, forecast.unit), forecast.unit
            rows.setdefault(key, []).append(_series_row(forecast, own))
    order = {YEARS: 0, CHANCE: 1}
    keys = sorted(rows, key=lambda key: order.get(key[0], 2))
    return [PublishedPanel(*key, rows[key]) for key in keys]


def _about(forecast: PublishedForecast, subject: str) -> str:
    return f"{forecast.forecaster}, {month(decimal_year(forecast.date))}; ours: {subject}"


def _arrival_row(
    forecast: PublishedForecast, own: Mapping[str, Estimate], result: Result
) -> PublishedRow:
    stated = forecast.p10, forecast.p50, forecast.p90
    theirs = Interval(*stated, _in_words([_plain(value) for value in stated]))
    ours = None
    if own:
        low, middle, high = estimates = [own[key] for key in QUANTILE_KEYS]
        texts = [year(e.value, max(e.mcse, 0.1), result.plan.horizon) for e in estimates]
        ours = Interval(low.value, middle.value, high.value, _in_words(texts))
    subject = forecast.milestone.replace("_", " ")
    return PublishedRow(forecast.name, _about(forecast, subject), theirs, ours)


def _chance_row(forecast: PublishedForecast, own: Mapping[str, Estimate]) -> PublishedRow:
    assert forecast.probability is not None
    estimate = own.get("probability")
    theirs = Interval(None, forecast.probability, None, f"{100 * forecast.probability:g} %")
    ours = (
        Interval(None, estimate.value, None, percent(estimate.value, estimate.mcse))
        if estimate
        else None
    )
    subject = f"{forecast.milestone.replace('_', ' ')} before {forecast.before:g}"
    return PublishedRow(forecast.name, _about(forecast, subject), theirs, ours)


def _series_row(forecast: PublishedForecast, own: Mapping[str, Estimate]) -> PublishedRow:
    unit = forecast.unit
    ends = forecast.low, forecast.high
    if forecast.low is None:
        ends = forecast.p10, forecast.p90
    stated = ends[0], forecast.p50, ends[1]
    texts = ["" if value is None else units.quantity(value, unit) for value in stated]
    theirs = Interval(*stated, _in_words(texts))
    ours = None
    if own:
        low, middle, high = (own[key].value for key in QUANTILE_KEYS)
        ours = Interval(low, middle, high, units.interval(low, middle, high, unit))
    return PublishedRow(forecast.name, _about(forecast, f"in {forecast.year:g}"), theirs, ours)


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _in_words(texts: Sequence[str]) -> str:
    """Low, middle and high as `middle (low to high)`, without what is empty."""
    low, middle, high = texts
    span = (
        f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}" * bool(high)
    )
    return f"{middle} ({span})" if middle and span else middle or span
