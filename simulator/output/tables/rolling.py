"""The table of rolling-origin scores: every series and forecaster, over all targets and by lead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from simulator.evidence.rolling import (
    COVERAGES,
    FIRST_ORIGIN,
    LAST_ORIGIN,
    LEADS,
    RecordPath,
    RollingSummary,
    TargetScore,
    last_target,
    rolling_summaries,
)
from simulator.output.rendering import Answer, Table

WHOLE_LEADS = tuple(lead for lead in LEADS if lead == round(lead))

HEADER = (
    "series",
    "forecaster",
    "targets",
    "CRPS",
    "record process less it",
    "log score",
    *(f"in {key} %" for key in COVERAGES),
    "mean PIT",
    *(f"{lead:g} y" for lead in WHOLE_LEADS),
)

HEADLINE = ("targets", "CRPS", "record process less it", "in 80 %")

HOW = (
    "Running records at every half-year, 1 to 5 years after each half-yearly origin, forecast from the records until "
    "the origin. CRPS in orders of magnitude (of odds, for benchmark scores), the lower the better; in brackets the 95 "
    "% interval of the difference, by a block bootstrap over origins, where there are 12 or more. Log score of bins of "
    "0.1, the higher the better. In 50, 80, 95 %: targets inside those intervals. Last columns: CRPS at that lead."
)


def rolling_answer(paths: Sequence[RecordPath], scores: Sequence[Sequence[TargetScore]]) -> Answer:
    """Scores of every series as a table, a forecaster a row; csv has a row a lead too, json every forecast.

    Parameters
    ----------
    paths : (series)
    scores : (series) of scores of its targets
    """
    rows: list[list[str]] = []
    records: list[dict[str, Any]] = []
    documents = []
    for path, of_series in zip(paths, scores, strict=True):
        summaries = rolling_summaries(of_series)
        rows += _rows(summaries)
        entries = [_entry(summary) for summary in summaries]
        records += [_flat(entry) for entry in entries]
        documents.append(
            {
                "name": path.series,
                "unit": path.unit,
                "records": len(path.years),
                "last_target": last_target(path),
                "scores": entries,
                "forecasts": [_forecast(score) for score in of_series],
            }
        )
    title = f"Records forecast from every half-year of {FIRST_ORIGIN:.0f} to {int(LAST_ORIGIN)}"
    short = [path.series for path, of_series in zip(paths, scores, strict=True) if not of_series]
    none = f" No origin has three records over two years: {', '.join(short)}." if short else ""
    table = Table(title, HEADER, rows, HOW + none, 2, HEADLINE)
    return Answer(table, records, {"series": documents})


def _rows(summaries: Sequence[RollingSummary]) -> list[list[str]]:
    by_lead = {(each.forecaster, each.lead): each for each in summaries}
    return [
        [
            overall.series,
            overall.forecaster,
            str(overall.targets),
            f"{overall.crps:.2f}",
            _difference(overall),
            f"{overall.log_score:.2f}",
            *(f"{100 * overall.coverage[key]:.0f} %" for key in COVERAGES),
            f"{overall.pit_mean:.2f}",
            *(
                f"{each.crps:.2f}" if (each := by_lead.get((overall.forecaster, lead))) else "-"
                for lead in WHOLE_LEADS
            ),
        ]
        for overall in summaries
        if overall.lead is None
    ]


def _difference(summary: RollingSummary) -> str:
    difference = summary.difference
    if difference is None:
        return "-"
    if math.isnan(difference.low):
        return f"{difference.mean:+.2f}"
    return f"{difference.mean:+.2f} [{difference.low:+.2f}, {difference.high:+.2f}]"


def _entry(summary: RollingSummary) -> dict[str, Any]:
    entry = asdict(summary)
    coverage = {f"coverage_{key}": share for key, share in entry.pop("coverage").items()}
    return entry | coverage


def _flat(entry: dict[str, Any]) -> dict[str, Any]:
    difference = entry["difference"] or {"mean": None, "low": None, "high": None}
    flat = {key: value for key, value in entry.items() if key != "difference"}
    return flat | {f"difference_{key}": value for key, value in difference.items()}


def _forecast(score: TargetScore) -> dict[str, Any]:
    forecast = asdict(score) | {"pit": score.pit}
    return {key: value for key, value in forecast.items() if key != "series"}
