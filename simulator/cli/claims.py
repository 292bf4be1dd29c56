"""`claims`."""

from __future__ import annotations

from simulator.cli.options import Output, ResultNames, TableFormat, app, examples


@app.command(
    epilog=examples(
        "claims baseline",
        "claims hindcast-2023",
        "claims baseline peak-data -o claims.md",
    )
)
def claims(results: ResultNames, format: TableFormat = None, output: Output = None) -> None:
    """Print claims of others: their probability, and what happened."""
    from simulator.evidence.claims import claim_probability
    from simulator.inputs.claims import load_claims
    from simulator.output.rendering import emit
    from simulator.output.tables.claims import claims_answer
    from simulator.store.results import load_result, with_sweeps_as_points

    results = with_sweeps_as_points(results)
    opened = [load_result(name) for name in results]
    ledger = load_claims()
    plans = [result.plan for result in opened]
    probabilities = [[claim_probability(claim, result) for claim in ledger] for result in opened]
    emit(claims_answer(ledger, plans, probabilities), format, output)
