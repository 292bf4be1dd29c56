"""`condition`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Output, TableFormat, app

if TYPE_CHECKING:
    pass


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
        Sampler, typer.Option("--sampler", help="Weigh the draws, or walk there in stages.")
    ] = Sampler.weights,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="The new result's folder.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Threads.")] = os.cpu_count()
    or 1,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Weigh a finished run on observations; leave a new result, and print both side by side."""
    from simulator.inputs import load
    from simulator.output.messages import warn_of_weights
    from simulator.output.rendering import emit
    from simulator.output.tables.milestones import milestones_answer
    from simulator.store import results, running

    before = results.read_result(result)
    names = [each.strip() for each in (observations or "").split(",") if each.strip()]
    names = names or [seen.name for seen in before.plan.observations]
    made = load.conditioned_plan(before.plan, names, sampler.value)
    folder = running.run(made, out or str(results.locate_result(result)) + "-conditioned", workers)
    after = results.read_result(str(folder))
    labels = [before.plan.name, made.name]
    emit(milestones_answer([before, after], labels), format, output)
    warn_of_weights(after)
    print(f"The result is in {folder}.", file=sys.stderr)
