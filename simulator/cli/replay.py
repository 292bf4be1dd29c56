"""`replay`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Output, TableFormat, app

if TYPE_CHECKING:
    from simulator.arrays import Array
    from simulator.inputs.plan import Plan


@app.command()
def replay(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="A result, or a run.")],
    draw: Annotated[int, typer.Option("--draw", min=0, help="The draw's number.")],
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print one draw: its parameters, every series, its arrivals."""
    from simulator.errors import InputFault
    from simulator.inputs import load, scenarios
    from simulator.output.rendering import emit
    from simulator.output.tables.draw import draw_answer
    from simulator.simulate.replay import replay
    from simulator.store import results

    try:
        plan = results.open_plan(result)
    except InputFault as fault:
        try:
            scenarios.locate_run(result)
        except InputFault:
            raise fault from None
        plan = load.load_plan(result)
    record = replay(plan, draw, _tempered_parameters(result, draw, plan))
    emit(draw_answer(plan, record), format, output)


def _tempered_parameters(result: str, draw: int, plan: Plan) -> Array | None:
    """The kept parameters of a draw of tempered SMC, whose levels do not follow from its number: (parameter)."""
    from simulator.errors import Fault, InputFault
    from simulator.store import results

    if plan.sampler != "sequential" or not plan.observations:
        return None
    parameters = results.load_result(result).parameters
    if draw >= len(parameters):
        raise InputFault([Fault("--draw", "", "", f"{draw}", f"0 to {len(parameters) - 1}")])
    return parameters[draw]
