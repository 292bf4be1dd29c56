"""`export`: a result in a format that other programs read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.options import ResultName, app, examples


class ExportName(StrEnum):
    """Formats of `export`."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"
    netcdf = "netcdf"
    hubverse = "hubverse"
    metaculus = "metaculus"
    iamc = "iamc"


@app.command(
    epilog=examples(
        "export baseline --as csv -o baseline-csv",
        "export baseline --as netcdf -o baseline.nc",
    )
)
def export(
    result: ResultName,
    name: Annotated[ExportName, typer.Option("--as", help="The format.")],
    output: Annotated[
        Path,
        typer.Option(
            "-o", metavar="PATH", help="The file; for csv, parquet and hubverse, the folder."
        ),
    ],
) -> None:
    """Write a result for other programs, as csv, netCDF and more.

    csv (with a datapackage.json), parquet and xlsx hold tidy tables; netcdf everything, with units; hubverse and
    metaculus forecasts of arrival years; iamc bands in the long format of scenario databases.
    """
    from simulator.output.exports import formats
    from simulator.output.messages import announce_export
    from simulator.store.results import load_result

    formats.check_export(name.value, output)
    formats.export(load_result(result), name.value, output)
    announce_export(output)
