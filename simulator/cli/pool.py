"""`pool`."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.options import Output, ResultNames, TableFormat, app, examples

Weights = Annotated[
    str | None,
    typer.Option("--weights", help="One a result, separated by commas; equal when left out."),
]


@app.command(
    epilog=examples(
        "pool baseline peak-data --weights 0.7,0.3",
    )
)
def pool(
    results: ResultNames,
    weights: Weights = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Mix scenarios by weights.

    The pool's credible intervals are printed beside each scenario's.
    """
    from simulator.output.messages import warn_of_weights
    from simulator.output.rendering import choose_format, emit
    from simulator.output.tables.pool import pool_answer
    from simulator.store.results import load_result
    from simulator.summaries.pool import check_pool, weights_of_text

    choose_format(format, output)
    shares = weights_of_text(weights, len(results))
    opened = [load_result(name) for name in results]
    check_pool(opened)
    emit(pool_answer(opened, shares, results), format, output)
    for result in opened:
        warn_of_weights(result)
