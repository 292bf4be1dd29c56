"""`compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.completion import source_names
from simulator.cli.options import (
    CORES,
    IntervalShare,
    MethodDraws,
    OfPrior,
    Output,
    Replicates,
    TableFormat,
    Target,
    Workers,
    app,
    examples,
    open_source,
)
from simulator.cli.progress import share_bar

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.inputs.plan import Plan
    from simulator.output.rendering import Answer
    from simulator.sensitivity.attribution import Attribution


Other = Annotated[
    str | None,
    typer.Argument(
        metavar="B", help="Another; left out with --published.", autocompletion=source_names
    ),
]

Attribute = Annotated[
    bool, typer.Option("--attribute", help="Split the difference of the target over drivers.")
]

Published = Annotated[
    bool, typer.Option("--published", help="Put dated forecasts of others beside the result A.")
]


@app.command(
    epilog=examples(
        "compare baseline peak-data",
        "compare baseline peak-data --attribute --target run_1e28@2031",
        "compare baseline --published",
    )
)
def compare(
    a: Annotated[
        str, typer.Argument(metavar="A", help="A result, else a run.", autocompletion=source_names)
    ],
    b: Other = None,
    target: Target = "automated_researcher",
    attribute: Attribute = False,
    published: Published = False,
    draws: MethodDraws = 4096,
    replicates: Replicates = 200,
    interval: IntervalShare = 0.95,
    orders: Annotated[
        int, typer.Option("--orders", min=4, help="Orders of drivers, when more than 8 differ.")
    ] = 24,
    prior: OfPrior = False,
    workers: Workers = CORES,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Say how two scenarios differ, in plan and in answer.

    --attribute says which driver the difference comes from.

    Conditioned scenarios are compared after their observations are weighed, and a difference of evidence is a part
    of its own; --prior compares them before.

    With --published, print a result's own numbers beside what others forecast of the same subjects.
    """
    from simulator.output.messages import warn_of_weighing
    from simulator.output.rendering import choose_format, emit, is_figure
    from simulator.output.tables.comparison import attribution_answer
    from simulator.sensitivity import question

    if published or b is None:
        _check_published_request(b, published, attribute, prior)
        _print_published(a, format, output)
        return
    drawn = attribute and is_figure(format, output)
    if not drawn:
        choose_format(format, output)
    one, other = (_plan_of(name) for name in (a, b))
    question.check_numbers("compare", draws, replicates, interval, question.FEWEST)
    if attribute:
        parts = _attributed(one, other, target, draws, replicates, interval, orders, workers, prior)
        warn_of_weighing([one.name, other.name], parts.weights)
        if drawn and output:
            from simulator.output.figures.sensitivity import attribution

            attribution(parts, one, other, output, interval)
            return
        answer = attribution_answer(parts, one, other, interval)
    else:
        answer = _compared(one, other, draws, replicates, workers, prior)
    emit(answer, format, output)


def _compared(
    one: Plan, other: Plan, draws: int, replicates: int, workers: int, prior: bool
) -> Answer:
    from simulator.output.messages import warn_of_weighing
    from simulator.output.tables.comparison import comparison_answer
    from simulator.sensitivity import comparison

    answers = comparison.answer_differences(one, other, draws, replicates, workers, prior)
    warn_of_weighing([one.name, other.name], answers.weights)
    return comparison_answer(one, other, comparison.plan_differences(one, other), answers)


def _check_published_request(b: str | None, published: bool, attribute: bool, prior: bool) -> None:
    """Refuse --published beside what it does not go with, and a comparison with nothing."""
    from simulator.errors import Fault, InputFault

    faults = []
    if not published:
        fix = "name another result or run, or add --published"
        faults.append(Fault("B", found="nothing", allowed="a result or a run", fix=fix))
    for option, given in ((b, b is not None), ("--attribute", attribute), ("--prior", prior)):
        if given and published:
            faults.append(Fault("--published", found=f"{option} beside it", allowed="one result"))
    if faults:
        raise InputFault(faults)


def _print_published(name: str, format: str | None, output: Path | None) -> None:
    from simulator.evidence.published import own_estimates
    from simulator.inputs.published import load_published
    from simulator.output.rendering import choose_format, emit
    from simulator.output.tables.published import published_answer
    from simulator.store.results import load_result

    choose_format(format, output)
    result = load_result(name)
    forecasts = [(each, own_estimates(each, result)) for each in load_published()]
    emit(published_answer(result, forecasts), format, output)


def _plan_of(name: str) -> Plan:
    from simulator.inputs.plan import Plan

    source = open_source(name)
    return source if isinstance(source, Plan) else source.plan


def _attributed(
    a: Plan,
    b: Plan,
    target: str,
    draws: int,
    replicates: int,
    interval: float,
    orders: int,
    workers: int,
    prior: bool,
) -> Attribution:
    from simulator.sensitivity.attribution import attribute

    with share_bar() as progress:
        return attribute(
            a,
            b,
            target,
            draws=draws,
            orders=orders,
            replicate=replicates,
            share=interval,
            workers=workers,
            progress=progress,
            prior=prior,
        )
