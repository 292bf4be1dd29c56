"""`condition`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import CORES, Output, ResultName, TableFormat, Workers, app, split_commas

if TYPE_CHECKING:
    from simulator.output.rendering import Answer
    from simulator.summaries.result import Result


class Sampler(StrEnum):
    """Ways to condition."""

    weights = "weights"
    sequential = "sequential"


Observations = Annotated[
    str | None,
    typer.Option(
        "--observations",
        metavar="NAME,...",
        help="What to condition on, in place of what the run does; the run's own when left out.",
    ),
]

SamplerOption = Annotated[
    Sampler, typer.Option("--sampler", help="Weigh the draws, or temper the likelihood in stages.")
]

AskedMilestones = Annotated[
    list[str] | None,
    typer.Option(
        "--milestones",
        metavar="NAME,...",
        help="Of which to say what each observation did; the run's own up to 3, else the headline.",
    ),
]

NewFolder = Annotated[
    str | None, typer.Option("--out", metavar="DIR", help="The new result's folder.")
]

Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace another result in that folder.")
]


@app.command()
def condition(
    result: ResultName,
    observations: Observations = None,
    sampler: SamplerOption = Sampler.weights,
    milestones: AskedMilestones = None,
    out: NewFolder = None,
    overwrite: Overwrite = False,
    workers: Workers = CORES,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Weigh a finished run on observations; leave a new result, and say what each observation did.

    Example: oomcast condition baseline --observations grok4,no_researcher --out runs/two
    """
    from simulator.evidence.influence import asked_milestones
    from simulator.inputs import load
    from simulator.output.messages import announce_result, warn_of_weights
    from simulator.output.rendering import choose_format, emit
    from simulator.store import results, running

    choose_format(format, output)
    before = results.load_result(result)
    names = split_commas([observations] if observations else None)
    names = names or [observation.name for observation in before.plan.observations]
    plan = load.conditioned_plan(before.plan, names, sampler.value)
    folder = Path(out or f"{before.folder}-conditioned")
    asked = asked_milestones(plan, split_commas(milestones))
    after = running.run(plan, folder, workers, overwrite=overwrite)
    emit(_answer(before, after, asked, workers), format, output)
    warn_of_weights(after)
    announce_result(folder)


def _answer(before: Result, after: Result, asked: list[str], workers: int) -> Answer:
    """The milestones of both results, and what each observation did to those that were asked for."""
    from simulator.evidence.influence import influences
    from simulator.output.tables.evidence import with_evidence
    from simulator.output.tables.milestones import milestones_answer, shown_years

    answer = milestones_answer([before, after], [before.plan.name, after.plan.name])
    if not after.plan.observations:
        return answer
    evidence = influences(after, asked, shown_years([after.plan])[:2], workers)
    return with_evidence(answer, after, evidence)
