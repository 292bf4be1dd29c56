"""`condition`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.options import CORES, Output, TableFormat, Workers, app, split_commas


class Sampler(StrEnum):
    """Ways to condition."""

    weights = "weights"
    sequential = "sequential"


@app.command()
def condition(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="A finished run.")],
    observations: Annotated[
        str | None,
        typer.Option(
            "--observations",
            metavar="NAME,...",
            help="What to condition on, in place of what the run does; the run's own when left out.",
        ),
    ] = None,
    sampler: Annotated[
        Sampler,
        typer.Option("--sampler", help="Weigh the draws, or temper the likelihood in stages."),
    ] = Sampler.weights,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="The new result's folder.")
    ] = None,
    workers: Workers = CORES,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Weigh a finished run on observations; leave a new result, and print both side by side."""
    from simulator.inputs import load
    from simulator.output.messages import announce_result, warn_of_weights
    from simulator.output.rendering import emit
    from simulator.output.tables.milestones import milestones_answer
    from simulator.store import results, running

    before = results.load_result(result)
    names = split_commas([observations] if observations else None)
    names = names or [observation.name for observation in before.plan.observations]
    plan = load.conditioned_plan(before.plan, names, sampler.value)
    folder = Path(out or f"{before.folder}-conditioned")
    after = running.run(plan, folder, workers)
    emit(milestones_answer([before, after], [before.plan.name, plan.name]), format, output)
    warn_of_weights(after)
    announce_result(folder)
