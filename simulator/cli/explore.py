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
from simulator.cli.progress import run_bars, working

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
    result = _result(plan, workers)
    with working("the page"):
        warnings = write_report([result], page)
    warn_of_page(warnings)
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
        if result.plan == plan:
            return result
    except InputFault:
        pass
    with run_bars(plan.draws, plan.is_tempered) as bars:
        return run_in_memory(plan, workers, bars.counted, bars.weighed)
