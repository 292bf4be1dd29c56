"""`replay`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.completion import source_names
from simulator.cli.options import Output, TableFormat, app, examples

if TYPE_CHECKING:
    from simulator.inputs.plan import Plan
    from simulator.summaries.result import Result


@app.command(
    epilog=examples(
        "replay baseline --draw 17",
        "replay baseline --draw 17 -o draw.json",
    )
)
def replay(
    result: Annotated[
        str,
        typer.Argument(metavar="RESULT", help="A result, or a run.", autocompletion=source_names),
    ],
    draw: Annotated[int, typer.Option("--draw", min=0, help="The draw's number.")],
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print one draw: parameters, series, arrivals and weight.

    A conditioned draw has a weight, 1 on average; one of weight 0 is refuted by the observation that is named.
    """
    from simulator.evidence.draw_evidence import replay_with_evidence
    from simulator.inputs.plan import Plan
    from simulator.output.rendering import emit
    from simulator.output.tables.draw import draw_answer
    from simulator.store import results

    source = _opened(result)
    record = replay_with_evidence(source, draw, results.is_unfinished(result))
    plan = source if isinstance(source, Plan) else source.plan
    emit(draw_answer(plan, record), format, output)


def _opened(name: str) -> Plan | Result:
    """The result of this name if its evidence is needed, else its plan, else that of the run."""
    from simulator.errors import InputFault
    from simulator.inputs import load, scenarios
    from simulator.store import results

    try:
        plan = results.open_plan(name)
    except InputFault as fault:
        try:
            scenarios.locate_run(name)
        except InputFault:
            raise fault from None
        return load.load_plan(name)
    if plan.observations and not results.is_unfinished(name):
        return results.load_result(name, plan)
    return plan
