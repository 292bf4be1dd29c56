"""`sensitivity`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.options import (
    CORES,
    PROGRESS_PARTS,
    IntervalShare,
    Output,
    Priors,
    Replicates,
    Sets,
    Source,
    TableFormat,
    Target,
    Walks,
    Workers,
    app,
    is_picture,
    open_source,
    progress_bar,
)

if TYPE_CHECKING:
    pass

Weights = Annotated[
    Path | None,
    typer.Option("--weights", help="A weight for each kept draw of a result, one a line."),
]

METHODS = "sobol, correlated, shapley, given-draws, tornado, discovery or information."


@app.command()
def sensitivity(
    source: Source = "baseline",
    target: Target = "automated_researcher",
    by: Annotated[str, typer.Option("--by", help="parameter or driver.")] = "",
    method: Annotated[str, typer.Option("--method", help=METHODS)] = "",
    draws: Walks = 0,
    replicates: Replicates = 200,
    interval: IntervalShare = 0.95,
    weights: Weights = None,
    workers: Workers = CORES,
    sets: Sets = None,
    priors: Priors = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Say what drives a milestone or a series: tables, or a picture with -o FILE.svg."""
    from simulator.output.figures.sensitivity import sensitivity
    from simulator.output.messages import warn_of_prior
    from simulator.output.rendering import choose_format, emit
    from simulator.output.tables.sensitivity import sensitivity_answer
    from simulator.sensitivity.analysis import analyse

    drawn = is_picture(format, output)
    if not drawn:
        choose_format(format, output)
    asked = open_source(source, sets, priors)
    with progress_bar() as bar:
        found = analyse(
            asked,
            target,
            by=by,
            method=method,
            draws=draws,
            replicates=replicates,
            interval=interval,
            weights=_read_weights(weights),
            workers=workers,
            progress=lambda share: bar.update(round(PROGRESS_PARTS * share)),
        )
    warn_of_prior([found.plan], found.asked.weights is not None)
    if drawn and output:
        sensitivity(found, output)
    else:
        emit(sensitivity_answer(found), format, output)


def _read_weights(path: Path | None) -> Any:
    """Weights of the kept draws, one a line."""
    if path is None:
        return None
    import numpy as np

    from simulator.errors import Fault, InputFault

    try:
        return np.loadtxt(path, ndmin=1)
    except (OSError, ValueError) as error:
        raise InputFault(
            [Fault(str(path), found=str(error), allowed="one number a line")]
        ) from None
