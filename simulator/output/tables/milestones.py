"""The milestone table, of one scenario or of several side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from simulator.inputs.plan import Plan
from simulator.output.digits import percent, year
from simulator.output.rendering import Answer, Table
from simulator.summaries.records import flat

SHOWN_LEVELS = ("p05", "p10", "p25", "p50", "p75", "p90", "p95")

HEADLINE_LEVELS = ("p10", "p50", "p90")  # with two probabilities, what a narrow terminal shows

MOST_TITLES = 4

SHOWN_YEARS = ("2028", "2031", "2036")


class MilestoneRows(Protocol):
    """A result, or as much of it as the table needs."""

    @property
    def plan(self) -> Plan: ...

    @property
    def milestone_estimates(self) -> list[dict[str, Any]]: ...


def milestones_answer(
    results: Iterable[MilestoneRows], labels: Sequence[str] = (), listed: bool = False
) -> Answer:
    """The milestone table of one result, or of several, grouped by milestone.

    Parameters
    ----------
    results : whole results, or records with the same plan and estimates
    labels : used in place of the scenarios' names where two of these are the same
    listed : whether the document of a single result is a list too
    """
    results = list(results)
    plans = [result.plan for result in results]
    documents = [_document(result) for result in results]
    if len({plan.name for plan in plans}) < len(plans):
        documents = [{**d, "run": label} for d, label in zip(documents, labels, strict=True)]
    years = shown_years(plans)
    horizons = {plan.horizon for plan in plans}
    never = f"not by {plans[0].horizon:g}" if len(horizons) == 1 else "not by its horizon"
    several = len(plans) > 1
    header = ["milestone", *(["run"] if several else []), *SHOWN_LEVELS, "mcse p50"]
    header += [*(f"by end {int(y) - 1}" for y in years), never]
    names = dict.fromkeys(row["name"] for each in documents for row in each["milestones"])
    lines, records = [], []
    for name in names:
        group = [(d, row) for d in documents for row in d["milestones"] if row["name"] == name]
        for index, (document, row) in enumerate(group):
            label = [name if index == 0 else "", *([document["run"]] if several else [])]
            lines.append([*label, *_cells(row, document["horizon"], years)])
            records.append(_record(document["run"], row))
    titles = list(dict.fromkeys(plan.title for plan in plans))
    title = " · ".join(titles) if len(titles) <= MOST_TITLES else f"{len(titles)} scenarios"
    headline = (*HEADLINE_LEVELS, *(f"by end {int(y) - 1}" for y in years[:2]))
    table = Table(title, header, lines, _caption(plans), 2 if several else 1, headline)
    return Answer(table, records, documents if several or listed else documents[0])


def shown_years(plans: Sequence[Plan]) -> list[str]:
    """Years of the probabilities shown, as far as the plans reach."""
    return [y for y in SHOWN_YEARS if any(p.start < int(y) <= p.horizon for p in plans)]


def _document(result: MilestoneRows) -> dict[str, Any]:
    """The JSON of one result; `before` and `by_year`, its older name, hold P(arrival before the year begins)."""
    plan = result.plan
    head = {"run": plan.name, "draws": plan.draws, "seed": plan.seed, "horizon": plan.horizon}
    rows = [
        {**row, "before": row["by_year"], "mcse_before": row["mcse_by_year"]}
        for row in result.milestone_estimates
    ]
    return {**head, "milestones": rows}


def _cells(row: dict[str, Any], horizon: float, years: Sequence[str]) -> list[str]:
    error = row["mcse_p50"]
    return [
        *(year(row[p], row[f"mcse_{p}"], horizon) for p in SHOWN_LEVELS),
        f"{error:.2g} y" if math.isfinite(error) else "-",
        *(
            percent(row["by_year"][y], row["mcse_by_year"][y]) if y in row["by_year"] else "-"
            for y in years
        ),
        percent(1.0 - row["reached"], row["mcse_reached"]),
    ]


def _record(run: str, row: dict[str, Any]) -> dict[str, Any]:
    return {"run": run, **flat(row), **{f"before_{y}": p for y, p in row["before"].items()}}


def _caption(plans: Sequence[Plan]) -> str:
    sizes = dict.fromkeys(f"{plan.draws:,} draws, seed {plan.seed}" for plan in plans)
    if len(sizes) > 1:
        sizes = dict.fromkeys(f"{p.title}: {p.draws:,} draws, seed {p.seed}" for p in plans)
    each = " each" if len(plans) > len(sizes) else ""
    return (
        "Years; equal-tailed quantiles of the arrival year, to the digits that the Monte Carlo "
        f"error allows. {'; '.join(sizes)}{each}.{_conditioned_in_words(plans)}"
    )


def _conditioned_in_words(plans: Sequence[Plan]) -> str:
    """Which scenarios are conditioned, where some are and some are not."""
    conditioned = [plan.name for plan in plans if plan.observations]
    if not 0 < len(conditioned) < len(plans):
        return ""
    return f" Conditioned on observations: {', '.join(conditioned)}; the others are not."
