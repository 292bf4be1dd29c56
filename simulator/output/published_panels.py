"""Forecasts of others beside a result's own, as rows under headings: what the picture and the page show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.evidence.published import own_estimates
from simulator.inputs.published import QUANTILE_KEYS, PublishedForecast, load_published
from simulator.output import units
from simulator.output.digits import percent, year
from simulator.summaries.bands import known_series
from simulator.summaries.estimates import Estimate
from simulator.summaries.result import Result

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
    """Forecasts of one subject: whose, our subject, theirs, ours where the result has it, and how they differ."""

    name: str
    whose: str
    subject: str
    theirs: Interval
    ours: Interval | None
    note: str = ""

    @property
    def about(self) -> str:
        return f"{self.whose}; ours: {self.subject}"


@dataclass(frozen=True)
class PublishedPanel:
    """Rows that share an axis: its heading and its unit, `year` or that of a series."""

    heading: str
    unit: str
    rows: Sequence[PublishedRow]


def published_panels(result: Result) -> list[PublishedPanel]:
    """Every forecast of others with the result's own estimates, by heading and unit: years, probabilities, series."""
    known = known_series(result)
    forecasts = [(each, own_estimates(each, result)) for each in load_published()]
    rows: dict[tuple[str, str], list[PublishedRow]] = {}
    for forecast, own in forecasts:
        if forecast.milestone and forecast.quantiles:
            rows.setdefault((YEARS, "year"), []).append(_arrival_row(forecast, own, result))
        if forecast.probability is not None:
            rows.setdefault((CHANCE, "fraction"), []).append(_chance_row(forecast, own))
        if forecast.series:
            series = known.get(forecast.series)
            name = series.long_name if series else forecast.series.replace("_", " ")
            key = name, forecast.unit
            rows.setdefault(key, []).append(_series_row(forecast, own))
    order = {YEARS: 0, CHANCE: 1}
    keys = sorted(rows, key=lambda key: order.get(key[0], 2))
    return [PublishedPanel(*key, rows[key]) for key in keys]


def _whose(forecast: PublishedForecast) -> str:
    return f"{forecast.forecaster}, {forecast.date:%b %Y}"


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
    return PublishedRow(forecast.name, _whose(forecast), subject, theirs, ours, forecast.note)


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
    return PublishedRow(forecast.name, _whose(forecast), subject, theirs, ours, forecast.note)


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
    return PublishedRow(
        forecast.name, _whose(forecast), f"in {forecast.year:g}", theirs, ours, forecast.note
    )


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _in_words(texts: Sequence[str]) -> str:
    """Low, middle and high as `middle (low to high)`, without what is empty."""
    low, middle, high = texts
    span = (
        f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}" * bool(high)
    )
    return f"{middle} ({span})" if middle and span else middle or span


def panel_limits(panel: PublishedPanel, horizon: float) -> tuple[float, float]:
    """Both ends of a panel's axis, with every finite number in it [the panel's unit]."""
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
