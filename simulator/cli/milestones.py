"""`milestones`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.completion import milestone_names, result_names
from simulator.cli.options import Output, TableFormat, app, examples, open_source, split_commas

Every = Annotated[bool, typer.Option("--all", help="Every milestone, on a narrow terminal too.")]

Names = Annotated[
    list[str] | None,
    typer.Option(
        "--milestones",
        metavar="NAME,...",
        help="These milestones alone.",
        autocompletion=milestone_names,
    ),
]

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="NAME,...",
        help="These columns alone: p10, mcse_p10, before_2031, not_reached, met_by and so on; or all.",
    ),
]


@app.command(
    epilog=examples(
        "milestones baseline",
        "milestones baseline peak-data -o years.csv",
        "milestones baseline --milestones run_1e28 --columns p10,before_2035",
        "milestones baseline --all",
        "milestones --list",
    )
)
def milestones(
    results: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RESULT",
            help="Folders or names of results, or of sweeps.",
            autocompletion=result_names,
        ),
    ] = None,
    every: Every = False,
    names: Names = None,
    columns: Columns = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List names, meanings and thresholds of a run or result.")
    ] = False,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print when milestones arrive: intervals and probabilities.

    What an observation records as met by the as-of date has the date in the column `met by`.
    """
    from simulator.errors import Fault, InputFault
    from simulator.inputs.observations import recorded_observations
    from simulator.output.messages import warn_of_past, warn_of_weights
    from simulator.output.rendering import choose_format, emit
    from simulator.output.tables.milestones import MilestoneView, milestones_answer
    from simulator.store.results import load_result, with_sweeps_as_points

    if listed:
        _check_alone(every, names, columns)
        _print_list(results or ["baseline"], format, output)
        return
    if not results:
        fix = "name a result, or list what the milestones mean with --list"
        raise InputFault([Fault("milestones", "", "no RESULT", "folders or names of results", fix)])
    if columns and choose_format(format, output) == "json":
        fix = "leave it out: json has every number"
        raise InputFault([Fault("--columns", "", "", "json", "a table, md or csv", fix)])
    view = MilestoneView(split_commas(names), split_commas(columns), every)
    results = with_sweeps_as_points(results)
    opened = [load_result(name) for name in results]
    labels = [Path(name).name for name in results]
    emit(milestones_answer(opened, labels, False, view, recorded_observations()), format, output)
    for result in opened:
        warn_of_past(result)
        warn_of_weights(result)


def _check_alone(every: bool, names: list[str] | None, columns: list[str] | None) -> None:
    """Refuse what --list has no use for."""
    from simulator.errors import Fault, InputFault

    options = {"--all": every, "--milestones": names, "--columns": columns}
    faults = [
        Fault(option, "", "", "--list beside it", "one of them")
        for option, given in options.items()
        if given
    ]
    if faults:
        raise InputFault(faults)


def _print_list(names: list[str], format: TableFormat, output: Output) -> None:
    from simulator.errors import Fault, InputFault
    from simulator.inputs.plan import Plan
    from simulator.output.rendering import emit
    from simulator.output.tables.milestone_list import milestone_list_answer

    if len(names) > 1:
        raise InputFault([Fault("--list", "", ", ".join(names), "one run or result at a time")])
    source = open_source(names[0])
    emit(milestone_list_answer(source if isinstance(source, Plan) else source.plan), format, output)
