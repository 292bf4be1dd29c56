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
    """Check priors, run files, results and, when none is named, evidence; every fault at once."""
    from simulator import judgements, plan, store
    from simulator.faults import Fault, InputFault

    faults: list[Fault] = []
    for path in paths or ["baseline"]:
        try:
            if store.is_result(path):
                store.verify(path)
                print(f"{path}: a whole result")
            else:
                made = plan.read(path, settings(sets), priors)
                print(
                    f"{path}: {len(made.priors)} priors, {len(made.milestones)} milestones, no fault"
                )
                if not paths:
                    seen, said = judgements.checked(made)
                    print(f"evidence: {seen} observations, {said} claims, no fault")
        except InputFault as error:
            faults += error.faults
    if faults:
        raise InputFault(faults)
