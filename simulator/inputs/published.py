"""Dated forecasts of others: who said what when, and with which milestone or series of ours it is compared."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.drivers.driver import Series
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs.files import overlay_folders, read_toml, shown_path
from simulator.inputs.schema import Entry, Finite, Level, Text, validated

PUBLISHED_FILE = "published.toml"

QUANTILE_KEYS = ("p10", "p50", "p90")


class PublishedForecast(Entry):
    """A forecast of others, of a milestone's arrival or of a series in a year.

    Attributes
    ----------
    date : when it was published
    p10, p50, p90 : quantiles of the arrival [decimal year], or of the series [its unit]
    low, high : ends of a range that its authors gave no levels of [the series' unit]
    probability : that the milestone arrives before `before` [fraction]
    year : of the series [decimal year]
    note : how its subject differs from ours, and what was not verified
    """

    id: str
    name: Text
    forecaster: Text
    date: datetime.date
    source: Text
    note: Text
    milestone: Text = ""
    series: Text = ""
    year: Finite | None = None
    unit: Text = ""
    p10: Finite | None = None
    p50: Finite | None = None
    p90: Finite | None = None
    low: Finite | None = None
    high: Finite | None = None
    probability: Level | None = None
    before: Finite | None = None

    @property
    def quantiles(self) -> dict[str, float]:
        """The quantiles that it states, by key."""
        return {key: v for key in QUANTILE_KEYS if (v := getattr(self, key)) is not None}

    @property
    def subject(self) -> str:
        """What of ours it is compared with: a milestone, milestone@date or series@year."""
        at = self.before if self.milestone else self.year
        return (self.milestone or self.series) + ("" if at is None else f"@{at:g}")


PUBLISHED_KEYS = tuple(key for key in PublishedForecast.model_fields if key != "id")


def load_published() -> tuple[PublishedForecast, ...]:
    """Every forecast of others, in the order of the file.

    Raises
    ------
    InputFault
        with every fault of the file
    """
    faults: list[Fault] = []
    forecasts: dict[str, PublishedForecast] = {}
    for folder in overlay_folders("evidence"):
        path = folder / PUBLISHED_FILE
        forecasts |= published_of_file(path, faults) if path.is_file() else {}
    if faults:
        raise InputFault(faults)
    return tuple(forecasts.values())


def published_of_file(path: Path, faults: list[Fault]) -> dict[str, PublishedForecast]:
    """The forecasts of one file that are sound, by the names of their tables."""
    stated = {
        name: _forecast(name, table, shown_path(path), faults)
        for name, table in read_toml(path, faults).items()
    }
    return {name: forecast for name, forecast in stated.items() if forecast}


def _forecast(name: str, table: Any, file: str, faults: list[Fault]) -> PublishedForecast | None:
    if not isinstance(table, dict):
        faults.append(Fault(file, "", name, f"{name} = {table!r}", "a table"))
        return None
    forecast = validated(PublishedForecast, table, file, name, faults, PUBLISHED_KEYS, id=name)
    if forecast is None:
        return None
    mistakes = list(_mistakes(forecast))
    faults += [Fault(file, name, key, problem, allowed) for key, problem, allowed in mistakes]
    return None if mistakes else forecast


def _mistakes(forecast: PublishedForecast) -> list[tuple[str, str, str]]:
    """Key, what was found and what is allowed, of everything that does not go together."""
    stated = forecast.model_fields_set
    if bool(forecast.milestone) == bool(forecast.series):
        problem = "both" if forecast.milestone else "neither"
        return [("milestone", problem, "a milestone or a series, one of the two")]
    wrong = []
    only = {"probability", "before"} if forecast.series else {"year", "unit", "low", "high"}
    kind = "series" if forecast.series else "milestone"
    wrong += [(key, f"{key} beside a {kind}", f"no {key}") for key in sorted(only & stated)]
    pairs = [("low", "high"), ("probability", "before")]
    pairs += [("year", "unit")] if forecast.series else []
    for pair in pairs:
        if len(stated & set(pair)) == 1:
            wrong.append((pair[0], f"one of {listed(pair)}", "both or neither"))
    if forecast.series and not {"year", "unit"} & stated:
        wrong.append(("year", "nothing", "the year of the series, and its unit"))
    if not stated & {*QUANTILE_KEYS, "low", "probability"}:
        wrong.append(("p50", "no number", "p10, p50 or p90; low and high; probability and before"))
    values = list(forecast.quantiles.values())
    if values != sorted(values):
        wrong.append(("p50", f"quantiles {values}", "p10 to p90, rising"))
    if forecast.low is not None and forecast.high is not None and forecast.low > forecast.high:
        wrong.append(("low", f"{forecast.low:g}, above high = {forecast.high:g}", "low below high"))
    return wrong


def check_published(
    forecasts: Sequence[PublishedForecast],
    milestones: Sequence[str],
    series: Mapping[str, Series],
    sources: Sequence[str],
    faults: list[Fault],
    file: str = f"evidence/{PUBLISHED_FILE}",
) -> None:
    """Check forecasts of others against the milestones, series, units and sources of the baseline."""

    def check(forecast: PublishedForecast, key: str, known: Sequence[str]) -> None:
        stated = getattr(forecast, key)
        if stated and stated not in known:
            fix = did_you_mean(stated, known)
            faults.append(Fault(file, forecast.id, key, f'"{stated}"', listed(known, 40), fix))

    for forecast in forecasts:
        check(forecast, "milestone", milestones)
        check(forecast, "series", list(series))
        check(forecast, "source", sources)
        if forecast.series in series:
            check(forecast, "unit", [series[forecast.series].unit])
