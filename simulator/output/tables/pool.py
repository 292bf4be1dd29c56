"""The table of a pool of scenarios, or of one scenario by the value of a parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from simulator.output.digits import draws_and_seed, percent, year
from simulator.output.rendering import Answer, Table
from simulator.output.tables.milestones import shown_years
from simulator.summaries.pool import pooled_arrivals, pooled_records, split_arrivals
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
    members = {row["name"]: [each[row["name"]] for each in estimates] for row in pooled}
    title = "Pool of " + " and ".join(plan.title for plan in plans)
    table, records = _table(title, "run", names, weights, pooled, members, shown, horizon)
    document = {
        "runs": [
            {"run": run, "weight": weight} for run, weight in zip(names, weights, strict=True)
        ],
        "horizon": horizon,
        "milestones": pooled,
    }
    return Answer(replace(table, caption=_caption(plans, horizon)), records, document)


def split_answer(result: Result, parameter: str, least: float = 0.0) -> Answer:
    """Milestones of one result for each value of a parameter, and of all.

    Parameters
    ----------
    result : a finished run
    parameter : of few values, such as the route to a threshold
    least : share of a milestone's variance; above 0, a milestone of which the choice of value explains less is left
        out, and one of which it explains no more than chance may: four times (values - 1) / effective draws

    Raises
    ------
    InputFault
        as `split_arrivals` raises it
    """
    plan = result.plan
    labels, arrivals = split_arrivals(result, parameter)
    years = range(int(plan.start) + 1, int(plan.horizon) + 1)
    effective = sum(next(iter(arrivals.values())).effective)
    shown_from = max(least, 4.0 * (len(labels) - 1) / effective) if least else 0.0
    pooled = pooled_records(arrivals, years)
    pooled = [row for row in pooled if (row["between_share"] or 0.0) >= shown_from]
    parts = [
        pooled_records({row["name"]: arrivals[row["name"]].member(index) for row in pooled}, years)
        for index in range(len(labels))
    ]
    members = {row["name"]: [part[i] for part in parts] for i, row in enumerate(pooled)}
    weights = next(iter(arrivals.values())).weights.tolist()
    title = f"{plan.title} by {parameter.replace('_', ' ')}"
    table, records = _table(
        title, "value", labels, weights, pooled, members, shown_years([plan]), plan.horizon, "all"
    )
    caption = (
        f"Years; equal-tailed quantiles of the arrival year, in the draws with each value of {parameter}, with their "
        "share, and in all. `between` is the share of the variance that the choice of value explains, of the arrival "
        f"cut at {plan.horizon:g}. From the first {draws_and_seed(len(result.parameters), plan.seed)}"
        + (", by their weights." if result.weights else ".")
    )
    document = {
        "run": plan.name,
        "by": parameter,
        "values": [{"value": v, "weight": w} for v, w in zip(labels, weights, strict=True)],
        "horizon": plan.horizon,
        "milestones": [
            {**row, "values": dict(zip(labels, members[row["name"]], strict=True))}
            for row in pooled
        ],
    }
    return Answer(replace(table, caption=caption), records, document)


def _table(
    title: str,
    kind: str,
    names: Sequence[str],
    weights: Sequence[float],
    pooled: Sequence[dict[str, Any]],
    members: Mapping[str, Sequence[dict[str, Any]]],
    shown: Sequence[str],
    horizon: float,
    whole: str = POOL,
) -> tuple[Table, list[dict[str, Any]]]:
    """Rows of the members and of the whole, milestone by milestone, and the same as records."""
    lines, records = [], []
    for row in pooled:
        milestone = row["name"]
        for index, (name, weight, own) in enumerate(
            zip(names, weights, members[milestone], strict=True)
        ):
            label = [milestone if index == 0 else "", name, f"{100 * weight:.3g} %"]
            lines.append([*label, *_cells(own, horizon, shown), ""])
            records.append(_record(kind, name, weight, own))
        between = row["between_share"]
        between_text = "-" if between is None else f"{100 * between:.0f} %"
        lines.append(["", whole, "100 %", *_cells(row, horizon, shown), between_text])
        records.append(_record(kind, whole, 1.0, row))
    header = ["milestone", kind, "weight", *LEVELS, *(f"by end {int(y) - 1}" for y in shown)]
    header += [f"not by {horizon:g}", "between"]
    headline = ("weight", *LEVELS, "between")
    return Table(title, header, lines, "", 2, headline), records


def _cells(row: dict[str, Any], horizon: float, years: Sequence[str]) -> list[str]:
    return [
        *(year(row[p], row[f"mcse_{p}"], horizon) for p in LEVELS),
        *(
            percent(row["by_year"][y], row["mcse_by_year"][y]) if y in row["by_year"] else "-"
            for y in years
        ),
        percent(1.0 - row["reached"], row["mcse_reached"]),
    ]


def _record(kind: str, name: str, weight: float, row: dict[str, Any]) -> dict[str, Any]:
    by_year = {f"before_{y}": share for y, share in row["by_year"].items()}
    return {kind: name, "weight": weight, **flat(row), **by_year}


def _caption(plans: Sequence[Any], horizon: float) -> str:
    draws = "; ".join(f"{plan.title}: {draws_and_seed(plan.draws, plan.seed)}" for plan in plans)
    return (
        "Years; equal-tailed quantiles of the arrival year. The pool draws each scenario with its weight. "
        "`between` is the share of the pool's variance that the choice of scenario explains, of the arrival cut at "
        f"{horizon:g}. {draws}."
    )
