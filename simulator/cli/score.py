"""`score`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Output, TableFormat, app

if TYPE_CHECKING:
    pass


@app.command()
def score(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="A finished run.")],
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Score a run against what came after its as-of date, beside two simple rivals."""
    from simulator.evidence import hindcast
    from simulator.output.rendering import emit
    from simulator.output.tables.score import score_answer
    from simulator.store import results

    opened = results.read_result(result)
    answer = score_answer(opened.plan, hindcast.hindcast_scores(opened))
    emit(answer, format, output)
