"""The table of a pool of scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.output.digits import percent, year
from simulator.output.rendering import Answer, Table
from simulator.output.tables.milestones import shown_years
from simulator.summaries.pool import pooled_arrivals, pooled_records
from simulator.summaries.records import flat
from simulator.summaries.result import Result

LEVELS = ("p10", "p50", "p90")

POOL = "pool"


def pool_answer(
    results: Sequence[Result], weights: Sequence[float], labels: Sequence[str] = ()
) -> Answer:
    """Milestones of several scenarios and of their pool, grouped by milestone.

    Parameters
    ----------
    results : finished runs with one horizon
    weights : (result) [fraction], with sum 1
    labels : used in place of the scenarios' names where two of these are the same
    """
    plans = [result.plan for result in results]
    names = [plan.name for plan in plans]
    if len(set(names)) < len(names):
        names = list(labels)
    horizon = plans[0].horizon
    shown = shown_years(plans)
    first = int(min(plan.start for plan in plans)) + 1
    pooled = pooled_records(pooled_arrivals(results, weights), range(first, int(horizon) + 1))
    estimates = [{row["name"]: row for row in result.milestone_estimates} for result in results]
    lines, records = [], []
    for row in pooled:
        milestone = row["name"]
        own_rows = [each[milestone] for each in estimates]
        for index, (run, weight, own) in enumerate(zip(names, weights, own_rows, strict=True)):
            label = [milestone if index == 0 else "", run, f"{100 * weight:.4g} %"]
            lines.append([*label, *_cells(own, horizon, shown), ""])
            records.append(_record(run, weight, own))
        between = row["between_share"]
        between_text = "-" if between is None else f"{100 * between:.0f} %"
        lines.append(["", POOL, "100 %", *_cells(row, horizon, shown), between_text])
        records.append(_record(POOL, 1.0, row))
    header = ["milestone", "run", "weight", *LEVELS, *(f"by end {int(y) - 1}" for y in shown)]
    header += [f"not by {horizon:g}", "between"]
    headline = ("weight", *LEVELS, "between")
    title = "Pool of " + " and ".join(plan.title for plan in plans)
    table = Table(title, header, lines, _caption(plans, horizon), 2, headline)
    document = {
        "runs": [
            {"run": run, "weight": weight} for run, weight in zip(names, weights, strict=True)
        ],
        "horizon": horizon,
        "milestones": pooled,
    }
    return Answer(table, records, document)


def _cells(row: dict[str, Any], horizon: float, years: Sequence[str]) -> list[str]:
    return [
        *(year(row[p], row[f"mcse_{p}"], horizon) for p in LEVELS),
        *(
            percent(row["by_year"][y], row["mcse_by_year"][y]) if y in row["by_year"] else "-"
            for y in years
        ),
        percent(1.0 - row["reached"], row["mcse_reached"]),
    ]


def _record(run: str, weight: float, row: dict[str, Any]) -> dict[str, Any]:
    by_year = {f"before_{y}": share for y, share in row["by_year"].items()}
    return {"run": run, "weight": weight, **flat(row), **by_year}


def _caption(plans: Sequence[Any], horizon: float) -> str:
    draws = "; ".join(f"{plan.title}: {plan.draws:,} draws, seed {plan.seed}" for plan in plans)
    return (
        "Years; equal-tailed quantiles of the arrival year. The pool draws each scenario with its weight. "
        "`between` is the share of the pool's variance that the choice of scenario explains, of the arrival cut at "
        f"{horizon:g}. {draws}."
    )
