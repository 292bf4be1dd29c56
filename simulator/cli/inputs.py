"""Commands about inputs: `check`."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.app import Priors, Sets, app, settings


@app.command()
def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH...]", help="Run files, names of runs, results."),
    ] = None,
    sets: Sets = None,
    priors: Priors = None,
) -> None:
    """Check priors, run files and results; every fault at once."""
    from simulator import batch, store
    from simulator.faults import Fault, InputFault

    faults: list[Fault] = []
    for path in paths or ["baseline"]:
        try:
            if store.is_result(path):
                store.verify(path)
                print(f"{path}: a whole result")
            else:
                plans = batch.plans(path, settings(sets), priors)
                swept = f", {len(plans)} points of a sweep" if len(plans) > 1 else ""
                size = f"{len(plans[0].priors)} priors, {len(plans[0].milestones)} milestones"
                print(f"{path}: {size}{swept}, no fault")
        except InputFault as error:
            faults += error.faults
    if faults:
        raise InputFault(faults)
