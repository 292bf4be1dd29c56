"""`pool`."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.options import Output, ResultNames, TableFormat, app, examples

Weights = Annotated[
    str | None,
    typer.Option("--weights", help="One a result, separated by commas; equal when left out."),
]


By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="PARAMETER", help="Split one result by a parameter of few values instead."
    ),
]


@app.command(
    epilog=examples(
        "pool baseline peak-data --weights 0.7,0.3",
        "pool routes --by researcher_route",
    )
)
def pool(
    results: ResultNames,
    weights: Weights = None,
    by: By = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Mix scenarios by weights, or take one apart.

    The pool's credible intervals are printed beside each scenario's. With --by, one result's are printed for each value
    of a parameter, such as the route by which the researcher's threshold is found.
    """
    from simulator.errors import Fault, InputFault
    from simulator.output.messages import warn_of_weights
    from simulator.output.rendering import choose_format, emit
    from simulator.output.tables.pool import pool_answer, split_answer
    from simulator.store.results import load_result, with_sweeps_as_points
    from simulator.summaries.pool import check_pool, weights_of_text

    choose_format(format, output)
    if by is not None:
        if weights is not None or len(results) > 1:
            beside = "--weights" if weights is not None else f"{len(results)} results"
            raise InputFault([Fault("--by", "", "", f"{beside} beside it", "one result alone")])
        (result,) = (load_result(name) for name in results)
        emit(split_answer(result, by), format, output)
        warn_of_weights(result)
        return
    results = with_sweeps_as_points(results)
    shares = weights_of_text(weights, len(results))
    opened = [load_result(name) for name in results]
    check_pool(opened)
    emit(pool_answer(opened, shares, results), format, output)
    for result in opened:
        warn_of_weights(result)
