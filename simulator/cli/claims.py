"""`claims`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import Output, TableFormat, app

if TYPE_CHECKING:
    pass


@app.command()
def claims(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULT...", help="Folders or names of results.")
    ],
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print the ledger of claims: each one's probability in each world, and what happened."""
    from simulator.evidence.claims import claim_inputs, claim_probability
    from simulator.inputs import claims as room
    from simulator.output.rendering import emit
    from simulator.output.tables.claims import claims_answer
    from simulator.store.results import read_result

    opened = [read_result(name) for name in results]
    ledger = room.load_claims()
    chances = [
        (result.plan.name, [claim_probability(claim, claim_inputs(result)) for claim in ledger])
        for result in opened
    ]
    emit(claims_answer(ledger, chances), format, output)
