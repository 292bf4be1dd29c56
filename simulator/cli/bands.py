"""`bands`."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.options import (
    Output,
    ResultName,
    SeriesNames,
    TableFormat,
    app,
    examples,
    split_commas,
)


@app.command(
    epilog=examples(
        "bands baseline",
        "bands baseline --series cluster_power,inference --years 2027-2035",
    )
)
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
    from simulator.store.results import load_result
    from simulator.summaries.bands import quantile_levels, select_series, select_years, series_band

    opened = load_result(result)
    levels = quantile_levels(split_commas(quantiles))
    rows = select_years(opened, split_commas(years))
    selected = select_series(opened, split_commas(series))
    series_bands = [series_band(opened, each, levels, rows) for each in selected]
    emit(bands_answer(opened, series_bands, list(levels)), format, output)
