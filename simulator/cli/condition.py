"""`condition`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.completion import milestone_names, observation_names
from simulator.cli.options import (
    CORES,
    Output,
    ResultName,
    TableFormat,
    Workers,
    app,
    examples,
    split_commas,
)
from simulator.cli.progress import run_bars, working

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
        help="Condition on these in place of the run's own; as for --add.",
        autocompletion=observation_names,
    ),
]

Added = Annotated[
    list[str] | None,
    typer.Option(
        "--add",
        metavar="NAME,...",
        help="Condition on these too: names of observations, or TOML files of your own.",
        autocompletion=observation_names,
    ),
]

Observed = Annotated[
    list[str] | None,
    typer.Option(
        "--observe",
        metavar="TEXT",
        help="And on this one: 'SERIES DATE VALUE +- SD', the standard deviation of measurement and discrepancy "
        "together; or 'MILESTONE DATE met' or 'not met'.",
    ),
]

SamplerOption = Annotated[
    Sampler | None,
    typer.Option(
        "--sampler",
        help="Weigh the draws, or temper the likelihood in stages; the run's own way when left out.",
    ),
]

AskedMilestones = Annotated[
    list[str] | None,
    typer.Option(
        "--milestones",
        metavar="NAME,...",
        help="Of which to say what each observation did; the run's own up to 3, else the headline.",
        autocompletion=milestone_names,
    ),
]

NewFolder = Annotated[
    str | None, typer.Option("--out", metavar="DIR", help="The new result's folder.")
]

Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace another result in that folder.")
]


@app.command(
    epilog=examples(
        "condition baseline --add no_cluster_100b,my_observations.toml",
        'condition baseline --observe "training_flop 2026-09-01 27.1 +- 0.3"',
    )
)
def condition(
    result: ResultName,
    add: Added = None,
    observe: Observed = None,
    observations: Observations = None,
    sampler: SamplerOption = None,
    milestones: AskedMilestones = None,
    out: NewFolder = None,
    overwrite: Overwrite = False,
    workers: Workers = CORES,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Weigh a finished run on observations; keep a new result.

    A table says what each observation did.
    """
    from simulator.evidence.influence import asked_milestones
    from simulator.inputs.conditioning import EvidenceChange, conditioned_plan
    from simulator.output.messages import announce_evidence, announce_result, warn_of_weights
    from simulator.output.rendering import choose_format, emit
    from simulator.store import results, running

    choose_format(format, output)
    before = results.load_result(result)
    replaced = None if observations is None else split_commas([observations])
    change = EvidenceChange(replaced, split_commas(add), observe or ())
    plan = conditioned_plan(before.plan, change, sampler and sampler.value)
    announce_evidence(before.plan, plan)
    folder = Path(out or f"{before.folder}-conditioned")
    requested = asked_milestones(plan, split_commas(milestones))
    with run_bars(plan.draws, plan.is_tempered) as bars:
        after = running.run(plan, folder, workers, bars.counted, bars.weighed, overwrite=overwrite)
    with working("what each observation did"):
        answer = _answer(before, after, requested, workers)
    emit(answer, format, output)
    warn_of_weights(after)
    announce_result(folder)


def _answer(before: Result, after: Result, requested: list[str], workers: int) -> Answer:
    """The milestones of both results, and what each observation did to those that were asked for."""
    from simulator.evidence.influence import influences
    from simulator.output.tables.evidence import with_evidence
    from simulator.output.tables.milestones import milestones_answer, shown_years

    answer = milestones_answer([before, after], [before.plan.name, after.plan.name])
    if not after.plan.observations:
        return answer
    evidence = influences(after, requested, shown_years([after.plan])[:2], workers)
    return with_evidence(answer, after, evidence)
