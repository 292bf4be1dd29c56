"""`milestones`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.completion import result_names
from simulator.cli.options import Output, TableFormat, app, examples, open_source


@app.command(
    epilog=examples(
        "milestones baseline",
        "milestones baseline peak-data -o years.csv",
        "milestones --list",
    )
)
def milestones(
    results: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RESULT", help="Folders or names of results.", autocompletion=result_names
        ),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List names, meanings and thresholds of a run or result.")
    ] = False,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print when milestones arrive: intervals and probabilities."""
    from simulator.errors import Fault, InputFault
    from simulator.output.messages import warn_of_past, warn_of_weights
    from simulator.output.rendering import emit
    from simulator.output.tables.milestones import milestones_answer
    from simulator.store.results import load_result

    if listed:
        _print_list(results or ["baseline"], format, output)
        return
    if not results:
        fix = "name a result, or list what the milestones mean with --list"
        raise InputFault([Fault("milestones", "", "no RESULT", "folders or names of results", fix)])
    opened = [load_result(name) for name in results]
    emit(milestones_answer(opened, [Path(name).name for name in results]), format, output)
    for result in opened:
        warn_of_past(result)
        warn_of_weights(result)


def _print_list(names: list[str], format: TableFormat, output: Output) -> None:
    from simulator.errors import Fault, InputFault
    from simulator.inputs.plan import Plan
    from simulator.output.rendering import emit
    from simulator.output.tables.milestone_list import milestone_list_answer

    if len(names) > 1:
        raise InputFault([Fault("--list", "", ", ".join(names), "one run or result at a time")])
    source = open_source(names[0])
    emit(milestone_list_answer(source if isinstance(source, Plan) else source.plan), format, output)
