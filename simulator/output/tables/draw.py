"""The table of one draw."""

from __future__ import annotations

from typing import Any

from simulator import model
from simulator.drivers.driver import Series
from simulator.inputs.plan import Plan
from simulator.output import units
from simulator.output.digits import year
from simulator.output.rendering import Answer, Table


def draw_answer(plan: Plan, record: dict[str, Any]) -> Answer:
    """One draw, or the one at the medians: its series every five years, its arrivals, its parameters."""
    draw, years = record["draw"], record["year"]
    shown = [i for i, at in enumerate(years) if at % 5 == 0 or at == record["anchor_year"]]
    header = ["", *(f"{years[i]:g}" for i in shown)]
    blank, rest = [""] * len(header), [""] * (len(shown) - 1)
    series = model.series_of_names(prior.name for prior in plan.priors)
    rows = [
        [_heading(series[name]), *(_of_series(series[name], values[i]) for i in shown)]
        for name, values in record["series"].items()
    ]
    rows += [blank, ["milestone", "arrival", *rest]]
    for name, arrival in record["arrivals"].items():
        rows.append([name, year(arrival, 0.0, plan.horizon), *rest])
    rows += [blank, ["parameter", "value", *rest]]
    unit_of = {parameter.name: parameter.unit for parameter in plan.parameters}
    rows += [
        [name, _of_parameter(value, unit_of[name]), *rest]
        for name, value in record["parameters"].items()
    ]
    evidence = record.get("evidence")
    if evidence:
        rows += [blank, ["observation", "log-likelihood", *rest]]
        rows += [
            [row["name"], f"{row['relative_log_likelihood']:.2f}", *rest]
            for row in evidence["observations"]
        ]
    records = [
        {"series": name, "year": at, "value": value}
        for name, values in record["series"].items()
        for at, value in zip(years, values, strict=True)
    ]
    which = "every parameter at its median" if draw is None else f"draw {draw}"
    caption = evidence_in_words(evidence) if evidence else ""
    return Answer(Table(f"{plan.title}: {which}", header, rows, caption), records, record)


def _heading(series: Series) -> str:
    """The name of a series, with what its values lack of their unit."""
    scale, plain = units.SCALES.get(series.unit), units.plain_unit(series.unit)
    in_values = series.codes or series.unit == "fraction" or (scale and not scale.noun)
    return series.name if in_values or not plain else f"{series.name} [{plain}]"


def _of_series(series: Series, value: float) -> str:
    """A value of a series without what its heading says of the unit, or the name of a code."""
    if series.codes:
        return series.codes[int(value)]
    if series.unit in units.SCALES:
        return units.cell(value, series.unit)
    text = units.quantity(value + 0.0, series.unit)  # -0 is 0
    return (
        text
        if series.unit == "fraction"
        else text.removesuffix(units.plain_unit(series.unit)).rstrip()
    )


def _of_parameter(value: float, unit: str) -> str:
    """A parameter as it is in the files, and as people say it where its unit is logarithmic."""
    plain = f"{value:.6g}"
    return f"{plain} ({units.quantity(value, unit, figures=3)})" if unit in units.SCALES else plain


def evidence_in_words(evidence: dict[str, Any]) -> str:
    """The weight of a draw, and which observation refutes it or agrees with it least."""
    weight, weakest, refuted = (evidence[key] for key in ("weight", "weakest", "refuted_by"))
    words = "Weight not known before the run" if weight is None else f"Weight {weight:.3g} (mean 1)"
    if refuted:
        words += f"; refuted by {refuted}."
    elif weakest:
        words += f"; agrees least with {weakest}."
    else:
        words += "; agrees with every observation."
    return f"{words} Log-likelihoods are relative to those of a draw that agrees entirely."
