"""Tidy tables of a result: csv with a data package, Parquet, and a workbook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulator.output.exports.provenance import provenance
from simulator.output.tables.bands import bands_records
from simulator.summaries import bands
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.records import flat, plain_text
from simulator.summaries.result import Result

if TYPE_CHECKING:
    import pandas as pd

WORKBOOK_DRAWS = (
    10_000  # a workbook of more is slow to open; csv and Parquet hold all that are kept
)


class TidyTable(NamedTuple):
    """One table: what it holds, and the description of each column."""

    name: str
    title: str
    frame: pd.DataFrame
    columns: dict[str, str]


def tidy_tables(result: Result) -> Iterator[TidyTable]:
    """Milestones, probabilities by year, bands, shares of codes, draws and priors, one table each.

    A missing arrival year means that the milestone does not arrive before the horizon.
    """
    yield _milestones(result)
    yield _probabilities(result)
    yield from _bands(result)
    yield _draws(result)
    yield _priors(result)


def _milestones(result: Result) -> TidyTable:
    import pandas as pd

    meanings = {milestone.name: milestone.meaning for milestone in result.plan.milestones}
    rows = [
        {"milestone": row["name"], "meaning": meanings[row["name"]]}
        | {key: value for key, value in flat(row).items() if key != "name"}
        for row in result.milestone_estimates
    ]
    horizon = f"{result.plan.horizon:g}"
    columns = {"milestone": "name", "meaning": "what it stands for"}
    for key, level in REPORTED_LEVELS.items():
        columns[key] = (
            f"{100 * level:g} % quantile of the arrival year; missing: not before {horizon}"
        )
        columns[f"mcse_{key}"] = f"Monte Carlo standard error of {key} [years]"
    columns["reached"] = f"probability of arrival before {horizon}"
    columns["mcse_reached"] = "Monte Carlo standard error of reached"
    title = "Arrival years of milestones"
    return TidyTable(
        "milestones", title, _finite(pd.DataFrame(rows, columns=list(columns))), columns
    )


def _probabilities(result: Result) -> TidyTable:
    import pandas as pd

    columns = {
        "milestone": "name",
        "before": "year; the probability is of arrival before its first day",
        "probability": "probability of arrival",
        "mcse": "Monte Carlo standard error of the probability",
    }
    rows = [
        (row["name"], int(year), share, row["mcse_by_year"][year])
        for row in result.milestone_estimates
        for year, share in row["by_year"].items()
    ]
    title = "Probability of arrival by year"
    return TidyTable("probabilities", title, pd.DataFrame(rows, columns=list(columns)), columns)


def _bands(result: Result) -> Iterator[TidyTable]:
    import pandas as pd

    every = range(len(result.shape.years))
    chosen = [
        bands.series_band(result, series, REPORTED_LEVELS, every)
        for series in bands.select_series(result, ())
    ]
    numbers = [band for band in chosen if not band.shares]
    columns = {"series": "name", "unit": "of the quantiles", "year": "start of the year"}
    for key, level in REPORTED_LEVELS.items():
        columns[key] = f"{100 * level:g} % quantile [unit]"
        columns[f"mcse_{key}"] = f"Monte Carlo standard error of {key} [unit]"
    frame = pd.DataFrame(bands_records(result, numbers), columns=list(columns))
    yield TidyTable("bands", "Uncertainty bands of series by year", frame, columns)
    codes = {
        "series": "name",
        "value": "what the series says in a draw",
        "year": "start of the year",
        "share": "share of draws",
        "mcse": "Monte Carlo standard error of the share",
    }
    rows = [
        (band.series.name, value, float(year), float(share), float(error))
        for band in chosen
        for value, shares in band.shares.items()
        for year, share, error in zip(band.years, shares, band.errors[value], strict=True)
    ]
    yield TidyTable("shares", "Shares of draws", pd.DataFrame(rows, columns=list(codes)), codes)


def _draws(result: Result) -> TidyTable:
    import pandas as pd

    plan, kept = result.plan, len(result.parameters)
    weights = np.ones(kept, np.int64) if result.weights is None else result.weights.whole[:kept]
    columns = {"draw": "number, which `oomcast replay` takes", "weight": "importance weight"}
    columns |= {each.name: f"parameter [{each.unit}]" for each in plan.parameters}
    columns |= {
        f"arrival_{milestone.name}": f"arrival year; missing: not before {plan.horizon:g}"
        for milestone in plan.milestones
    }
    values = np.column_stack([*result.parameter_values.values(), result.arrivals])
    frame = pd.DataFrame(values, columns=list(columns)[2:])
    frame.insert(0, "draw", np.arange(kept))
    frame.insert(1, "weight", weights)
    return TidyTable("draws", f"The first {kept:,} draws", _finite(frame), columns)


def _priors(result: Result) -> TidyTable:
    import pandas as pd

    plan = result.plan
    levels = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
    columns = {"parameter": "name", "unit": "of the quantiles", "family": "of distributions"}
    columns |= {key: f"{100 * level:g} % quantile [unit]" for key, level in levels.items()}
    columns |= {"source": "authors, year and title", "note": "what the source says"}
    columns |= {"vintage": "date after which nothing went into the prior"}
    rows = []
    for prior in plan.priors:
        quantiles = prior.distribution.inverse_cdf(np.array(list(levels.values())))
        source = plan.sources[prior.source]
        cited = f"{source.authors} ({source.year}), {source.title}"
        words = prior.name, prior.unit, prior.family
        rows.append(
            (
                *words,
                *map(float, quantiles),
                plain_text(cited),
                plain_text(prior.note),
                prior.vintage,
            )
        )
    return TidyTable("priors", "Priors", pd.DataFrame(rows, columns=list(columns)), columns)


def _finite(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.replace([np.inf, -np.inf], np.nan)


def write_csv(result: Result, folder: Path) -> None:
    """A folder of csv files with a `datapackage.json` (Frictionless Data Package 1.0) that describes each column."""
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for table in tidy_tables(result):
        file = f"{table.name}.csv"
        table.frame.to_csv(folder / file, index=False, lineterminator="\n")
        resources.append(_resource(table, file))
    package = {
        "profile": "tabular-data-package",
        "name": result.plan.name.lower(),
        "title": result.plan.title,
        "version": result.version,
        "resources": resources,
        "provenance": provenance(result),
    }
    (folder / "datapackage.json").write_text(
        json.dumps(package, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _resource(table: TidyTable, file: str) -> dict[str, Any]:
    fields = [
        {"name": name, "type": _field_type(table.frame, name), "description": text}
        for name, text in table.columns.items()
    ]
    schema = {"fields": fields, "missingValues": [""]}
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": file,
        "encoding": "utf-8",
        "schema": schema,
    }


def _field_type(frame: pd.DataFrame, column: str) -> str:
    kinds = {"i": "integer", "u": "integer", "f": "number"}
    return kinds.get(np.dtype(frame[column].to_numpy().dtype).kind, "string")


def write_parquet(result: Result, folder: Path) -> None:
    """A folder of Parquet files; provenance and the columns' descriptions are in each file's metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    folder.mkdir(parents=True, exist_ok=True)
    origin = json.dumps(provenance(result))
    for table in tidy_tables(result):
        arrow = pa.Table.from_pandas(table.frame, preserve_index=False)
        metadata = {"oomcast": origin, "columns": json.dumps(table.columns), "title": table.title}
        arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **metadata})
        parquet.write_table(arrow, folder / f"{table.name}.parquet")


def write_workbook(result: Result, path: Path) -> None:
    """A workbook with a sheet a table, and a first sheet with the provenance and the columns' descriptions."""
    import pandas as pd

    tables = list(tidy_tables(result))
    about: list[tuple[str, str, str]] = [
        ("provenance", key, plain_text(str(value))) for key, value in provenance(result).items()
    ]
    about.append(
        ("draws", "", f"the first {WORKBOOK_DRAWS:,}; csv and Parquet hold all that are kept")
    )
    about += [(table.name, name, text) for table in tables for name, text in table.columns.items()]
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        pd.DataFrame(about, columns=["sheet", "column", "meaning"]).to_excel(
            book, sheet_name="about", index=False
        )
        for table in tables:
            frame = table.frame.head(WORKBOOK_DRAWS) if table.name == "draws" else table.frame
            frame.to_excel(book, sheet_name=table.name, index=False, freeze_panes=(1, 1))
