"""The milestone table, of one scenario or of several side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from simulator.errors import Fault, InputFault, did_you_mean
from simulator.errors import listed as listed_names
from simulator.evidence.settled import FAR, Settled, settled
from simulator.inputs.files import date_of
from simulator.inputs.observations import Observation
from simulator.inputs.plan import Plan
from simulator.output.digits import draws_and_seed, percent, year
from simulator.output.rendering import Answer, Table
from simulator.sampling import SCRAMBLES
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.records import flat
from simulator.summaries.result import Result

SHOWN_LEVELS = ("p05", "p10", "p25", "p50", "p75", "p90", "p95")

HEADLINE_LEVELS = ("p10", "p50", "p90")  # with two probabilities, what a narrow terminal shows

HEADLINE_MILESTONES = (  # of a run with many, what a narrow terminal shows
    "automated_researcher",
    "remote_work",
    "gpt4_in_a_minute",
    "data_exhausted",
    "run_1e28",
    "cluster_100b",
    "power_share_20",
)

SETTLED_ERROR = 0.005  # of a quantile that is shown [fraction]

MET = ("met_by", "met_quantile")

MOST_ROWS = 8  # milestones that a narrow terminal shows without being asked to

HINT = "`oomcast milestones RESULT` shows every milestone with --all, and more with --columns all."

MOST_TITLES = 4

SHOWN_YEARS = ("2028", "2031", "2036")


class MilestoneRows(Protocol):
    """As much of a result as the table needs."""

    @property
    def plan(self) -> Plan: ...

    @property
    def milestone_estimates(self) -> list[dict[str, Any]]: ...

    @property
    def settled(self) -> Mapping[str, Settled]: ...


@dataclass(frozen=True)
class MilestoneView:
    """What of the milestones is shown.

    Attributes
    ----------
    milestones : names; all when there is none
    columns : names of columns; the usual ones when there is none
    every : whether a narrow terminal shows more than the milestones that people ask for first
    """

    milestones: Sequence[str] = ()
    columns: Sequence[str] = ()
    every: bool = False


USUAL = MilestoneView()


def milestones_answer(
    results: Iterable[Result | MilestoneRows],
    labels: Sequence[str] = (),
    listed: bool = False,
    view: MilestoneView = USUAL,
    recorded: Sequence[Observation] = (),
) -> Answer:
    """The milestone table of one result, or of several, grouped by milestone.

    Parameters
    ----------
    results : whole results, or records of what is shown of them
    labels : used in place of the scenarios' names where two of these are the same
    listed : whether the document of a single result is a list too
    view : milestones and columns that are shown
    recorded : observations beside those of the scenarios, which say what had been met by the as-of date of a result

    Raises
    ------
    InputFault
        with every milestone and column that there is not
    """
    results = list(results)
    plans = [result.plan for result in results]
    check_view(view, plans)
    documents = [_document(result, view, recorded) for result in results]
    if len({plan.name for plan in plans}) < len(plans):
        documents = [{**d, "run": label} for d, label in zip(documents, labels, strict=True)]
    met = any(row["met_by"] for each in documents for row in each["milestones"])
    columns = _columns(view, plans, met)
    several = len(plans) > 1
    header = ["milestone", *(["run"] if several else []), *(_head(c, plans) for c in columns)]
    names = dict.fromkeys(row["name"] for each in documents for row in each["milestones"])
    lines, records, rows = [], [], []
    for name in names:
        group = [(d, row) for d in documents for row in d["milestones"] if row["name"] == name]
        for index, (document, row) in enumerate(group):
            label = [name if index == 0 else "", *([document["run"]] if several else [])]
            lines.append([*label, *(_cell(c, row, document["horizon"]) for c in columns)])
            records.append(_record(document["run"], row, view))
            rows.append(row)
    titles = list(dict.fromkeys(plan.title for plan in plans))
    title = " · ".join(titles) if len(titles) <= MOST_TITLES else f"{len(titles)} scenarios"
    caption = _caption(plans) + _settled_in_words(rows)
    table = Table(title, header, lines, caption, 2 if several else 1, hint=HINT)
    table = replace(table, **_headline(view, plans, rows))
    return Answer(table, records, documents if several or listed else documents[0])


def check_view(view: MilestoneView, plans: Sequence[Plan]) -> None:
    """Check that there are milestones and columns of these names, before anything is printed."""
    known = list(dict.fromkeys(m.name for plan in plans for m in plan.milestones))
    faults = [
        Fault(
            "--milestones", "", "", f'"{name}"', listed_names(known, 40), did_you_mean(name, known)
        )
        for name in view.milestones
        if name not in known
    ]
    columns = _known_columns(plans)
    others = ("mcse_p50 and so on", "before_2031 and so on", "not_reached", *MET, "all")
    allowed = ", ".join((*REPORTED_LEVELS, *others))
    faults += [
        Fault("--columns", "", "", f'"{name}"', allowed, did_you_mean(name, columns))
        for name in view.columns
        if name not in columns
    ]
    if faults:
        raise InputFault(faults)


def _known_columns(plans: Sequence[Plan]) -> list[str]:
    first, last = min(p.start for p in plans), max(p.horizon for p in plans)
    years = [f"before_{year}" for year in range(math.floor(first) + 1, math.floor(last) + 1)]
    errors = [f"mcse_{level}" for level in REPORTED_LEVELS]
    return [*REPORTED_LEVELS, *errors, *years, "not_reached", *MET, "all"]


def _columns(view: MilestoneView, plans: Sequence[Plan], met: bool) -> list[str]:
    """Names of the columns shown."""
    if view.columns and "all" not in view.columns:
        return list(dict.fromkeys(view.columns))
    years = [f"before_{year}" for year in shown_years(plans)]
    return [*SHOWN_LEVELS, "mcse_p50", *years, "not_reached", *(MET if met else [])]


def _headline(
    view: MilestoneView, plans: Sequence[Plan], rows: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Columns and rows of the table that a narrow terminal shows."""
    shown: Sequence[int] = range(len(rows))
    if not (view.every or view.milestones or len({row["name"] for row in rows}) <= MOST_ROWS):
        first = [i for i, row in enumerate(rows) if row["name"] in HEADLINE_MILESTONES]
        shown = first or shown
    columns = [*HEADLINE_LEVELS, *(f"before_{year}" for year in shown_years(plans)[:2])]
    columns += ["met_by"] if any(rows[i]["met_by"] for i in shown) else []
    headline = [] if view.columns else [_head(column, plans) for column in columns]
    return {"headline": headline, "headline_rows": list(shown)}


def _head(column: str, plans: Sequence[Plan]) -> str:
    """The words over a column."""
    if column.startswith("before_"):
        return f"by end {int(column.removeprefix('before_')) - 1}"
    if column == "not_reached":
        horizons = {plan.horizon for plan in plans}
        return f"not by {plans[0].horizon:g}" if len(horizons) == 1 else "not by its horizon"
    return column.replace("_", " ")


def shown_years(plans: Sequence[Plan]) -> list[str]:
    """Years of the probabilities shown, as far as the plans reach."""
    return [y for y in SHOWN_YEARS if any(p.start < int(y) <= p.horizon for p in plans)]


def _document(
    result: Result | MilestoneRows, view: MilestoneView, recorded: Sequence[Observation]
) -> dict[str, Any]:
    """The JSON of one result; `before` and `by_year`, its older name, hold P(arrival before the year begins)."""
    plan = result.plan
    head = {"run": plan.name, "draws": plan.draws, "seed": plan.seed, "horizon": plan.horizon}
    met = settled(result, recorded) if isinstance(result, Result) else result.settled
    rows = [
        {**row, "before": row["by_year"], "mcse_before": row["mcse_by_year"]}
        | _settled_record(met.get(row["name"]))
        for row in result.milestone_estimates
        if not view.milestones or row["name"] in view.milestones
    ]
    return {**head, "milestones": rows}


def _settled_record(met: Settled | None) -> dict[str, Any]:
    """When a milestone was met, and the probability that it would have been by then; None where it was not."""
    if met is None:
        return {"met_by": None, "met_quantile": None}
    quantile = met.quantile if math.isfinite(met.quantile) else None
    return {"met_by": date_of(met.year).isoformat(), "met_quantile": quantile}


def _cell(column: str, row: dict[str, Any], horizon: float) -> str:
    if column.startswith("mcse_"):
        return f"{row[column]:.2g} y" if math.isfinite(row[column]) else "-"
    if column.startswith("before_"):
        end = column.removeprefix("before_")
        return percent(row["before"][end], row["mcse_before"][end]) if end in row["before"] else "-"
    if column == "not_reached":
        return percent(1.0 - row["reached"], row["mcse_reached"])
    if column == "met_by":
        return row["met_by"] or ""
    if column == "met_quantile":
        return "" if row[column] is None else percent(row[column], SETTLED_ERROR)
    return year(row[column], row[f"mcse_{column}"], horizon)


def _record(run: str, row: dict[str, Any], view: MilestoneView) -> dict[str, Any]:
    """One row of csv: every number, or the columns that were asked for."""
    before = {f"before_{y}": p for y, p in row["before"].items()}
    whole = {"run": run, **flat(row), **before}
    if not view.columns or "all" in view.columns:
        return whole
    chosen = {**whole, "not_reached": 1.0 - row["reached"]}
    return {key: chosen.get(key) for key in dict.fromkeys(("run", "name", *view.columns))}


def _caption(plans: Sequence[Plan]) -> str:
    sizes = dict.fromkeys(draws_and_seed(plan.draws, plan.seed) for plan in plans)
    if len(sizes) > 1:
        sizes = dict.fromkeys(f"{p.title}: {draws_and_seed(p.draws, p.seed)}" for p in plans)
    each = " each" if len(plans) > len(sizes) else ""
    sobol = [plan.name for plan in plans if plan.design == "sobol"]
    design = (
        f" Errors over {SCRAMBLES} scrambles of Sobol' points: {', '.join(sobol)}." if sobol else ""
    )
    return (
        "Years; equal-tailed quantiles of the arrival year, to the digits that the Monte Carlo "
        f"error allows. {'; '.join(sizes)}{each}.{design}{_conditioned_in_words(plans)}"
    )


def _settled_in_words(rows: Iterable[dict[str, Any]]) -> str:
    """What the quantile of a milestone that was met means, and which lie outside the 95 % interval of a scenario."""
    met = [row for row in rows if row["met_quantile"] is not None]
    far = [row for row in met if not FAR <= row["met_quantile"] <= 1.0 - FAR]
    if not met:
        return ""
    outside = "; ".join(
        f"{row['name']} was met {'later' if row['met_quantile'] > 0.5 else 'earlier'} than it says"
        for row in far
    )
    return (
        " Met quantile: the probability that a record would have passed by the date when one did"
        f"{f'; outside 95 %: {outside}' if far else ''}."
    )


def _conditioned_in_words(plans: Sequence[Plan]) -> str:
    """Which scenarios are conditioned, where some are and some are not."""
    conditioned = [plan.name for plan in plans if plan.observations]
    if not 0 < len(conditioned) < len(plans):
        return ""
    return f" Conditioned on observations: {', '.join(conditioned)}; the others are not."
