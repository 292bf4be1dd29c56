"""`bands`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Output, ResultName, SeriesNames, TableFormat, app, listed

if TYPE_CHECKING:
    pass


@app.command()
def bands(
    result: ResultName,
    series: SeriesNames = None,
    years: Annotated[
        list[str] | None,
        typer.Option("--years", help="Years or spans: 2028,2030-2035; all when left out."),
    ] = None,
    quantiles: Annotated[
        list[str] | None,
        typer.Option("--quantiles", help="Such as p05,p50,p975, or percentages: 5,50,97.5."),
    ] = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print quantiles of series by year.

    Of a code, such as binding_constraint, shares of draws.
    """
    from simulator.output.rendering import emit
    from simulator.output.tables.bands import bands_answer
    from simulator.store.results import read_result
    from simulator.summaries import bands as room

    opened = read_result(result)
    levels, rows = room.quantile_levels(listed(quantiles)), room.select_years(opened, listed(years))
    wanted = room.select_series(opened, listed(series))
    found = [room.series_band(opened, each, levels, rows) for each in wanted]
    emit(bands_answer(opened, found, list(levels)), format, output)
