"""The table of published forecasts, a result's own numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.inputs.published import QUANTILE_KEYS, PublishedForecast
from simulator.output.digits import draws_and_seed, number, percent, year
from simulator.output.rendering import Answer, Table
from simulator.summaries.estimates import Estimate
from simulator.summaries.result import Result

KEYS = (*QUANTILE_KEYS, "probability")

WHOSE = ("theirs", "ours")

THEIRS = ("low", *KEYS, "high")

HOW = (
    "Milestones in years, series in their units, probabilities before the date after @. A range in brackets was given "
    "without levels. Their subjects are not always ours: the notes, in csv and json, say how they differ and what was "
    "not verified."
)


def published_answer(
    result: Result, forecasts: Sequence[tuple[PublishedForecast, Mapping[str, Estimate]]]
) -> Answer:
    """Forecasts of others beside a result's own estimates of the same subjects.

    Parameters
    ----------
    forecasts : each with the result's estimates by key; none where the result cannot say
    """
    plan = result.plan
    rows = [_row(forecast, own, plan.horizon) for forecast, own in forecasts]
    entries = [_entry(forecast, own) for forecast, own in forecasts]
    header = ["forecast", "date", "compared with", *(f"{w} {k}" for k in KEYS for w in WHOSE)]
    headline = (*header[:3], "theirs p50", "ours p50")
    caption = f"{HOW} Ours: {draws_and_seed(plan.draws, plan.seed)}."
    table = Table(f"{plan.title}, beside forecasts of others", header, rows, caption, 3, headline)
    document = {"run": plan.name, "draws": plan.draws, "seed": plan.seed, "forecasts": entries}
    return Answer(table, [{"run": plan.name, **_flat(each)} for each in entries], document)


def _row(forecast: PublishedForecast, own: Mapping[str, Estimate], horizon: float) -> list[str]:
    head = f"{forecast.forecaster}: {forecast.name}"
    cells = [head, forecast.date.isoformat(), forecast.subject]
    for key in KEYS:
        cells += [_their_cell(forecast, key), _own_cell(forecast, own.get(key), key, horizon)]
    return cells


def _their_cell(forecast: PublishedForecast, key: str) -> str:
    value = getattr(forecast, key)
    end = {"p10": forecast.low, "p90": forecast.high}.get(key)
    if value is None:
        return "-" if end is None else f"[{end:g}]"
    return f"{100 * value:g} %" if key == "probability" else f"{value:g}"


def _own_cell(
    forecast: PublishedForecast, estimate: Estimate | None, key: str, horizon: float
) -> str:
    if estimate is None:
        return "-"
    if key == "probability":
        return percent(estimate.value, estimate.mcse)
    if forecast.milestone:
        return year(estimate.value, estimate.mcse, horizon)
    return number(estimate.value, estimate.mcse)


def _entry(forecast: PublishedForecast, own: Mapping[str, Estimate]) -> dict[str, Any]:
    about = {
        "id": forecast.id,
        "name": forecast.name,
        "forecaster": forecast.forecaster,
        "date": forecast.date.isoformat(),
        "subject": forecast.subject,
        "unit": forecast.unit or "year",
        "source": forecast.source,
        "note": forecast.note,
    }
    theirs = {key: getattr(forecast, key) for key in THEIRS}
    ours = {key: own[key].value if key in own else None for key in KEYS}
    errors = {f"mcse_{key}": own[key].mcse if key in own else None for key in KEYS}
    return {**about, "theirs": theirs, "ours": ours | errors}


def _flat(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as one flat record, with keys such as theirs_p50 and ours_p50."""
    flat: dict[str, Any] = {}
    for key, value in entry.items():
        inner = value if key in WHOSE else None
        flat |= {f"{key}_{k}": v for k, v in inner.items()} if inner else {key: value}
    return flat
