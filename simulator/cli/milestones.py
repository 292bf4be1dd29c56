"""`milestones`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Output, TableFormat, app

if TYPE_CHECKING:
    pass


@app.command()
def milestones(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULT", help="Folders or names of results.")
    ],
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print credible intervals of arrival years, and probabilities by year and of not arriving."""
    from simulator.output.messages import warn_of_past, warn_of_weights
    from simulator.output.rendering import emit
    from simulator.output.tables.milestones import milestones_answer
    from simulator.store.results import read_result

    opened = [read_result(name) for name in results]
    labels = [Path(name).name for name in results]
    emit(milestones_answer(opened, labels), format, output)
    for result in opened:
        warn_of_past(result)
        warn_of_weights(result)
