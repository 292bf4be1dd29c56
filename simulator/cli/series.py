"""`series`."""

from __future__ import annotations

from simulator.cli.options import Output, Source, TableFormat, app, examples, open_source


@app.command(epilog=examples("series", "series peak-data -o series.csv"))
def series(source: Source = "baseline", format: TableFormat = None, output: Output = None) -> None:
    """List the series of a scenario: names, meanings and units.

    They are what bands, plots, milestones and sensitivities are of.
    """
    from simulator.inputs.plan import Plan
    from simulator.output.rendering import choose_format, emit
    from simulator.output.tables.series_list import series_list_answer

    choose_format(format, output)
    opened = open_source(source)
    emit(series_list_answer(opened if isinstance(opened, Plan) else opened.plan), format, output)
