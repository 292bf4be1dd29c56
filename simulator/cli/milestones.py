"""`milestones`."""

from __future__ import annotations

from pathlib import Path

from simulator.cli.options import Output, ResultNames, TableFormat, app


@app.command()
def milestones(results: ResultNames, format: TableFormat = None, output: Output = None) -> None:
    """Print credible intervals of arrival years, and probabilities by year and of not arriving."""
    from simulator.output.messages import warn_of_past, warn_of_weights
    from simulator.output.rendering import emit
    from simulator.output.tables.milestones import milestones_answer
    from simulator.store.results import load_result

    opened = [load_result(name) for name in results]
    emit(milestones_answer(opened, [Path(name).name for name in results]), format, output)
    for result in opened:
        warn_of_past(result)
        warn_of_weights(result)
