"""`bands`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.app import Output, ResultName, SeriesNames, TableFormat, app, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.bands import SeriesBand
    from simulator.export import Answer
    from simulator.store import Result


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
    from simulator import bands as room
    from simulator.export import give
    from simulator.store import read_result

    opened = read_result(result)
    levels, rows = room.levels(listed(quantiles)), room.years_named(opened, listed(years))
    wanted = room.series_named(opened, listed(series))
    found = [room.band(opened, each, levels, rows) for each in wanted]
    give(_answer(opened, found, list(levels)), format.value if format else None, output)


def _answer(result: Result, found: Sequence[SeriesBand], levels: Sequence[str]) -> Answer:
    from simulator import bands as room
    from simulator.export import Answer, Table, number, percent

    numbers = list(levels) if any(each.quantiles for each in found) else []
    shown_error = "p50" if "p50" in numbers else next(iter(numbers), "")
    codes = list(dict.fromkeys(name for each in found for name in each.shares))
    header = ["series [unit]", "year", *numbers, *([f"mcse {shown_error}"] if numbers else [])]
    lines = []
    for each in found:
        name = f"{each.series.name} [{'share of draws' if each.shares else each.series.unit}]"
        for i, year in enumerate(each.years):
            cells = [
                number(each.quantiles[key][i], each.errors[key][i]) if each.quantiles else ""
                for key in numbers
            ]
            if numbers:
                cells.append(f"{each.errors[shown_error][i]:.2g}" if each.quantiles else "")
            cells += [
                percent(each.shares[key][i], each.errors[key][i]) if key in each.shares else ""
                for key in codes
            ]
            lines.append([name, f"{year:g}", *cells])
    plan = result.plan
    caption = (
        f"Equal-tailed quantiles over {plan.draws:,} draws, seed {plan.seed}, "
        "to the digits that the Monte Carlo error allows."
    )
    table = Table(plan.title, [*header, *codes], lines, caption)
    return Answer(table, room.records(result, found), room.document(result, found))
