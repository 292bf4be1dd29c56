"""The tables of sensitivity analyses."""

from __future__ import annotations

from typing import Any

from simulator.output.digits import draws_and_seed, number, percent, year
from simulator.output.messages import NO_BOX, correlation_note, marked_name, of_in_words
from simulator.output.rendering import Answer, Table
from simulator.output.units import limits_in_words
from simulator.sensitivity.analysis import (
    DUMMIES,
    Analysis,
    is_noise,
    ranked_records,
)
from simulator.sensitivity.question import (
    CORRELATED,
    DISCOVERY,
    GIVEN,
    INFORMATION,
    SHAPLEY,
    SOBOL,
    TORNADO,
)
from simulator.sensitivity.targets import SERIES

COLUMNS = {
    SOBOL: ("first_order", "total_order"),
    CORRELATED: ("first_order", "total_order"),
    SHAPLEY: ("shapley",),
    GIVEN: ("rank_correlation", "partial_rank_correlation", "first_order", "pawn"),
    INFORMATION: ("width_left", "median_low", "median_high"),
}

HEADS = {
    "first_order": "first order",
    "total_order": "total order",
    "shapley": "Shapley effect",
    "rank_correlation": "rank corr.",
    "partial_rank_correlation": "partial rank corr.",
    "pawn": "PAWN",
    "width_left": "width left",
    "median_low": "median could move to (p10)",
    "median_high": "(p90)",
}

OWN = (SOBOL, CORRELATED, SHAPLEY, GIVEN)  # methods whose records are indices


def sensitivity_answer(findings: Analysis) -> Answer:
    """The table of what was found, its records and its document."""
    method = findings.query.method
    if method == DISCOVERY:
        table = _boxes(findings)
    elif findings.target.kind == SERIES:
        table = _years(findings)
    elif method == TORNADO:
        table = _swings(findings)
    else:
        table = _indices(findings)
    return Answer(table, _flat(findings), _document(findings))


def _document(findings: Analysis) -> dict[str, Any]:
    plan, query = findings.plan, findings.query
    document = {
        "run": plan.name,
        "target": findings.target.text,
        "of": findings.of,
        "method": query.method,
        "by": query.by,
        "draws": query.draws,
        "seed": plan.seed,
        "interval": query.interval,
        "replicates": query.replicates,
        "weighted": query.weights is not None,
        **findings.now,
        "indices": findings.records if query.method in OWN else [],
    }
    return document if query.method in OWN else document | {query.method: findings.records}


def _flat(findings: Analysis) -> list[dict[str, Any]]:
    """Tidy records; a box has one for each of its sides."""
    if findings.query.method != DISCOVERY:
        return findings.records
    limits = []
    for record in findings.records:
        plain = {k: v for k, v in record.items() if not isinstance(v, dict)}
        for name, (low, high) in record["limits"].items():
            limits.append(plain | {"parameter": name, "low": low, "high": high})
    return limits


def _title(findings: Analysis) -> str:
    return f"{findings.plan.title}: {findings.target.in_words}, by {findings.query.by}"


def _caption(findings: Analysis, text: str) -> str:
    query = findings.query
    given = f"{draws_and_seed(query.draws, findings.plan.seed)}, "
    given += f"{100 * query.interval:g} % intervals of {query.replicates} bootstrap replicates."
    of = of_in_words(findings.of, [each for each in [findings.now.get("effective_draws")] if each])
    return f"{text} {of} Method {query.method}: {given}"


def _cell(record: dict[str, Any], key: str) -> list[str]:
    """A value and its interval; with the interval beside it, a value may show one more digit."""
    mcse = record[f"mcse_{key}"] / 5.0
    low, high = (number(record[f"{key}_{end}"], mcse, 3) for end in ("low", "high"))
    value = number(record[key], mcse, 3)
    return [text.replace("-0.000", "0.000") for text in (value, f"{low} to {high}")]


def _indices(findings: Analysis) -> Table:
    method, by = findings.query.method, findings.query.by
    columns, rows = COLUMNS[method], ranked_records(findings)
    header = [by, *(cell for key in columns for cell in (HEADS[key], "interval"))]
    lines = [[marked_name(r), *(cell for key in columns for cell in _cell(r, key))] for r in rows]
    if method == GIVEN:
        position = header.index(HEADS["pawn"])
        for line, record in zip(lines, rows, strict=True):
            line[position] += "*" if is_noise(record) else ""
    named = {row["name"] for row in rows}
    nothing = [r["name"] for r in findings.records if r["name"] not in named]
    text = f"Exactly 0: {', '.join(nothing)}." if nothing else ""
    if method == INFORMATION:
        width = findings.now["width_80"]
        text = f"Width of the 80 % interval once it is known over its width now, {width:.3g} {_units(findings)}."
        text += f" {_uninformative(len(rows), len(nothing))}" if nothing else ""
    elif method == GIVEN:
        floor = f"{findings.records[0]['pawn_noise_floor']:.3f}"
        text = f"* PAWN no larger than the largest of {DUMMIES} dummy parameters, which move nothing: {floor}."
        text += f" {_chance(len(rows), len(nothing))}" if nothing else ""
    else:
        text = f"Shares of the variance. {text}"
    return Table(
        _title(findings), header, lines, _caption(findings, text.strip() + correlation_note(rows))
    )


def _uninformative(listed: int, count: int) -> str:
    start = f"{count} more" if listed else f"Nothing can be told from chance: all {count}"
    return (
        f"{start} do not reach the target or narrow it no more than chance; csv and json have them."
    )


def _chance(listed: int, count: int) -> str:
    start = f"{count} more cannot" if listed else f"None of all {count} can"
    return f"{start} be told from chance by any measure; csv and json have them."


def _units(findings: Analysis) -> str:
    return "years" if findings.target.milestone else findings.target.unit


def _years(findings: Analysis) -> Table:
    """The chief index in a few years; the files have every year, with intervals."""
    key = COLUMNS[findings.query.method][-1]
    every = list(dict.fromkeys(r["year"] for r in findings.records))
    after = [y for y in every if y > findings.plan.anchor_year]
    shown = [y for y in after if y % 5 == 0] or after
    rows: dict[str, dict[float, str]] = {}
    size: dict[str, float] = {}
    for record in findings.records:
        if record["year"] in shown:
            name, value = record["name"], record[key]
            mark = "*" if key == "pawn" and is_noise(record) else ""
            rows.setdefault(name, {})[record["year"]] = (
                number(value, record[f"mcse_{key}"], 3) + mark
            )
            size[name] = size.get(name, 0.0) + value
    order = sorted(rows, key=lambda name: -size[name])
    lines = [[n, *(rows[n].get(y, "-") for y in shown)] for n in order if size[n] != 0.0]
    header = [findings.query.by, *(f"{y:g}" for y in shown)]
    text = (
        f"{HEADS[key].capitalize()} in a few years; csv and json have every year, with intervals."
    )
    if key == "pawn":
        text += " * No larger than the largest of dummy parameters, which move nothing."
    return Table(_title(findings), header, lines, _caption(findings, text))


def _swings(findings: Analysis) -> Table:
    both = "probability" in findings.now
    header = [findings.query.by, "median at p10", "at p90", "change at p10", "at p90"]
    header += ["P at p10", "at p90"] if both else []
    lines = []
    for r in ranked_records(findings):
        errors = [r[f"mcse_median_change_{end}"] for end in ("p10", "p90")]
        line = [r["name"]]
        for end, error in zip(("p10", "p90"), errors, strict=True):
            line.append(year(r[f"median_{end}"], max(error, 0.005), findings.target.horizon))
        for end, error in zip(("p10", "p90"), errors, strict=True):
            line.append(_change(r[f"median_change_{end}"], error))
        for end in ("p10", "p90") if both else ():
            line.append(
                percent(r[f"probability_{end}"], max(r[f"mcse_probability_change_{end}"], 0.001))
            )
        lines.append(line)
    now = findings.now["median"][0]
    text = f"Median now {year(now, 0.05, findings.target.horizon)}"
    text += f", P now {100 * findings.now['probability']:.0f} %." if both else "."
    held = (
        "each parameter held at its p10 and p90"
        if findings.query.by == "parameter"
        else ("each driver held as in the draws in which its own effect stands at its p10 and p90")
    )
    return Table(
        _title(findings), header, lines, _caption(findings, f"{text} {held.capitalize()}.")
    )


def _change(value: float, error: float) -> str:
    return "0" if value == 0.0 else f"+{number(value, max(error, 0.001), 2)}".replace("+-", "-")


def _boxes(findings: Analysis) -> Table:
    units = {prior.name: prior.unit for prior in findings.plan.priors}
    lines = []
    for r in findings.records:
        first = [f"{r['box']}"]
        first += [percent(r[key], r[f"mcse_{key}"]) for key in ("coverage", "density")]
        first += [f"{100 * r['mass']:.0f} %"]
        for name, ends in r["limits"].items():
            lines.append([*first, name, limits_in_words(ends, units[name])])
            first = [""] * 4
    header = ["box", "coverage", "density", "of all draws", "parameter", "limits"]
    share = 100 * findings.now["share_of_cases"]
    nothing = "" if lines else f"{NO_BOX} "
    text = (
        f"{nothing}{share:.1f} % of the draws are cases. Coverage: share of the cases inside; "
        "density: share of cases among the draws inside; boxes are found in half of the draws and "
        "judged on the other half, outside the boxes before them. A parameter is named only if "
        "those draws tell its side from chance."
    )
    return Table(_title(findings), header, lines, _caption(findings, text))
