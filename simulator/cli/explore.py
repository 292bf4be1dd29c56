"""`explore`: the page of a scenario, opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import (
    CORES,
    Priors,
    RunName,
    Sets,
    Workers,
    announce_overlay,
    app,
    examples,
    settings,
)

if TYPE_CHECKING:
    from simulator.inputs.plan import Plan
    from simulator.summaries.result import Result


@app.command(
    epilog=examples(
        "explore baseline -o page.html --no-open",
    )
)
def explore(
    run: RunName = "baseline",
    sets: Sets = None,
    priors: Priors = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", metavar="FILE", help="The page; NAME.html when left out."),
    ] = None,
    opened: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
    workers: Workers = CORES,
) -> None:
    """Open the page of a scenario, in which priors move.

    A scenario that has no result yet is simulated first.
    """
    import webbrowser

    from simulator.inputs.load import load_plan
    from simulator.output.messages import announce_page, warn_of_page
    from simulator.page.report import check_output, write_report

    announce_overlay()
    plan = load_plan(run, settings(sets), priors)
    page = output or Path(f"{plan.name}.html")
    check_output(page)
    warn_of_page(write_report([_result(plan, workers)], page))
    announce_page(page)
    if opened:
        webbrowser.open(page.resolve().as_uri())


def _result(plan: Plan, workers: int) -> Result:
    """The finished run of this very plan, else a new one in memory."""
    from simulator.errors import InputFault
    from simulator.store.in_memory import run_in_memory
    from simulator.store.results import load_result, result_folder

    try:
        result = load_result(str(result_folder(plan, None)))
    except InputFault:
        return run_in_memory(plan, workers)
    return result if result.plan == plan else run_in_memory(plan, workers)
