"""`condition`, and how far its weights are to be trusted."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.app import Output, TableFormat, app

if TYPE_CHECKING:
    from simulator.store import Result


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
    from simulator import plan, store
    from simulator.cli.tables import milestone_answer
    from simulator.export import give
    from simulator.store import running

    before = store.read_result(result)
    names = [each.strip() for each in (observations or "").split(",") if each.strip()]
    names = names or [seen.name for seen in before.plan.observations]
    made = plan.conditioned(before.plan, names, sampler.value)
    folder = running.run(made, out or str(store.locate(result)) + "-conditioned", workers)
    after = store.read_result(str(folder))
    labels = [before.plan.name, made.name]
    give(milestone_answer([before, after], labels), format.value if format else None, output)
    tell_trust(after)
    print(f"The result is in {folder}.", file=sys.stderr)


def tell_trust(result: Result) -> None:
    """Say on stderr how far weights are to be trusted, and what to do where they are not."""
    from simulator import conditioning
    from simulator.pictures import judgements

    if result.weights:
        name, weights = result.plan.name, result.weights
        print(f"oomcast: {name} is {judgements.trust(result)}", file=sys.stderr)
        for said in conditioning.warnings(weights.effective, weights.pareto_k):
            print(f"oomcast: warning: {name}: {said}", file=sys.stderr)
