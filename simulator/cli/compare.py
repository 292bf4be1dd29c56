"""`compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.app import Output, TableFormat, app
from simulator.cli.drives import (
    CORES,
    PARTS,
    Replicates,
    Share,
    Target,
    Walks,
    Workers,
    is_picture,
    opened,
    walks_bar,
    warn_of_prior,
)

if TYPE_CHECKING:
    from simulator.attributing import Attribution
    from simulator.plan import Plan


@app.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A result, else a run.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    target: Target = "automated_researcher",
    attribute: Annotated[
        bool, typer.Option("--attribute", help="Split the difference of the target over drivers.")
    ] = False,
    draws: Walks = 4096,
    replicates: Replicates = 200,
    interval: Share = 0.95,
    orders: Annotated[
        int, typer.Option("--orders", min=4, help="Orders of drivers, when more than 8 differ.")
    ] = 24,
    workers: Workers = CORES,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Say how two worlds differ, in plan and in answer; --attribute says which driver it comes from."""
    from simulator import comparing
    from simulator.cli import comparisons
    from simulator.drives import asking
    from simulator.export import chosen, give
    from simulator.pictures import driving

    drawn = attribute and is_picture(format, output)
    if not drawn:
        chosen(format.value if format else None, output)
    one, other = (_plan(name) for name in (a, b))
    asking.check_numbers("compare", draws, replicates, interval, asking.FEWEST)
    warn_of_prior([one, other], False)
    if attribute:
        found = _attributed(one, other, target, draws, replicates, interval, orders, workers)
        if drawn and output:
            driving.attribution(found, one, other, output, interval)
            return
        answer = comparisons.parts(found, one, other, interval)
    else:
        answers = comparing.answers(one, other, draws, replicates, workers)
        answer = comparisons.beside(one, other, comparing.plans(one, other), answers)
    give(answer, format.value if format else None, output)


def _plan(name: str) -> Plan:
    from simulator.plan import Plan

    source = opened(name)
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
) -> Attribution:
    from simulator.attributing import attributed

    with walks_bar() as bar:
        return attributed(
            a,
            b,
            target,
            draws=draws,
            orders=orders,
            replicate=replicates,
            share=interval,
            workers=workers,
            progress=lambda share: bar.update(round(PARTS * share)),
        )
