"""Bands in the long format of the Integrated Assessment Modeling Consortium, as pyam reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.output.exports.provenance import provenance
from simulator.summaries import bands
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.records import csv_text
from simulator.summaries.result import Result


def iamc_records(result: Result) -> list[dict[str, Any]]:
    """One record a variable and whole year.

    Percentiles are named as in the IPCC's AR6 scenario database: `Training Flop|50.0th Percentile`. The value of a
    milestone's variable in a year is the probability that it has arrived before that year begins.
    """
    plan = result.plan
    head = {"model": f"oomcast {result.version}", "scenario": plan.name, "region": "World"}
    rows = [i for i, year in enumerate(result.shape.years) if float(year).is_integer()]
    records = []
    for series in bands.select_series(result, ()):
        band = bands.series_band(result, series, REPORTED_LEVELS, rows)
        variables = {
            f"{_title(series.name)}|{100 * REPORTED_LEVELS[key]:.1f}th Percentile": values
            for key, values in band.quantiles.items()
        }
        variables |= {
            f"{_title(series.name)}|Share of Draws|{_title(value)}": shares
            for value, shares in band.shares.items()
        }
        unit = "1" if band.shares else series.unit
        records += [
            head | {"variable": name, "unit": unit, "year": int(year), "value": float(value)}
            for name, values in variables.items()
            for year, value in zip(band.years, values, strict=True)
        ]
    records += [
        head
        | {"variable": f"Probability of Arrival|{_title(row['name'])}", "unit": "1"}
        | {"year": int(year), "value": share}
        for row in result.milestone_estimates
        for year, share in row["by_year"].items()
    ]
    return records


def _title(name: str) -> str:
    return name.replace("_", " ").title()


def write_iamc(result: Result, path: Path) -> None:
    """A csv file, and its provenance beside it."""
    path.write_text(csv_text(iamc_records(result)), encoding="utf-8")
    write_provenance_beside(result, path)


def write_provenance_beside(result: Result, path: Path) -> None:
    """The provenance of a csv file, which has no room for it: FILE.provenance.json."""
    import json

    text = json.dumps(provenance(result), indent=1, ensure_ascii=False) + "\n"
    path.with_name(path.name + ".provenance.json").write_text(text, encoding="utf-8")
