"""The table of uncertainty bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.output import units
from simulator.output.digits import draws_and_seed, percent
from simulator.output.rendering import Answer, Table
from simulator.summaries.bands import SeriesBand
from simulator.summaries.result import Result


def bands_document(result: Result, bands: Sequence[SeriesBand]) -> dict[str, Any]:
    """The JSON document of bands, whose shape other programs rely on."""
    series = []
    for each in bands:
        head = {"name": each.series.name, "unit": each.series.unit, "year": each.years.tolist()}
        errors = {key: values.tolist() for key, values in each.errors.items()}
        if each.shares:
            shares = {name: values.tolist() for name, values in each.shares.items()}
            series.append(head | {"shares": shares, "mcse_shares": errors})
        else:
            quantiles = {key: values.tolist() for key, values in each.quantiles.items()}
            series.append(head | quantiles | {f"mcse_{key}": v for key, v in errors.items()})
    plan = result.plan
    return {"run": plan.name, "draws": plan.draws, "seed": plan.seed, "series": series}


def bands_records(result: Result, bands: Sequence[SeriesBand]) -> list[dict[str, Any]]:
    """One record a series and year; a code's shares stand in columns of their own."""
    records = []
    for each in bands:
        columns = {f"share_{name}": values for name, values in each.shares.items()}
        columns |= dict(each.quantiles)
        errors = {("share_" if each.shares else "") + key: v for key, v in each.errors.items()}
        columns |= {f"mcse_{key}": values for key, values in errors.items()}
        head = {"run": result.plan.name, "series": each.series.name, "unit": each.series.unit}
        records += [
            head | {"year": float(year)} | {key: float(v[i]) for key, v in columns.items()}
            for i, year in enumerate(each.years)
        ]
    return records


def bands_answer(result: Result, bands: Sequence[SeriesBand], levels: Sequence[str]) -> Answer:
    """The table of bands, its records and its document."""
    numbers = list(levels) if any(each.quantiles for each in bands) else []
    shown_error = "p50" if "p50" in numbers else next(iter(numbers), "")
    codes = list(dict.fromkeys(name for each in bands for name in each.shares))
    header = ["series [unit]", "year", *numbers, *([f"mcse {shown_error}"] if numbers else [])]
    lines = []
    for each in bands:
        unit = each.series.unit
        name = f"{each.series.name} [{'share of draws' if each.shares else _heading(unit)}]"
        for i, year in enumerate(each.years):
            cells = [
                units.cell(each.quantiles[key][i], unit, each.errors[key][i])
                if each.quantiles
                else ""
                for key in numbers
            ]
            if numbers:
                cells.append(
                    units.error(each.errors[shown_error][i], unit) if each.quantiles else ""
                )
            cells += [
                percent(each.shares[key][i], each.errors[key][i]) if key in each.shares else ""
                for key in codes
            ]
            lines.append([name, f"{year:g}", *cells])
    plan = result.plan
    caption = (
        f"Equal-tailed quantiles over {draws_and_seed(plan.draws, plan.seed)}, "
        "to the digits that the Monte Carlo error allows."
    )
    if any(each.series.unit in units.SCALES for each in bands):
        caption += " csv and json have logarithms."
    table = Table(plan.title, [*header, *codes], lines, caption)
    return Answer(table, bands_records(result, bands), bands_document(result, bands))


def _heading(unit: str) -> str:
    """The unit of a table's cells; a fraction is a number in them."""
    return units.plain_unit(unit) if unit in units.SCALES else unit
