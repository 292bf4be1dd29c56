"""`sensitivity`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.options import (
    CORES,
    IntervalShare,
    MethodDraws,
    OfPrior,
    Output,
    Priors,
    Replicates,
    Sets,
    Source,
    TableFormat,
    Target,
    Workers,
    app,
    examples,
    open_source,
)
from simulator.cli.progress import share_bar

if TYPE_CHECKING:
    from simulator.sensitivity.analysis import Analysis

Weights = Annotated[
    Path | None,
    typer.Option("--weights", help="A weight for each kept draw of a result, one a line."),
]

METHODS = "sobol, correlated, shapley, given-draws, tornado, discovery or information."


@app.command(
    epilog=examples(
        "sensitivity baseline",
        "sensitivity baseline --prior --method correlated --by driver",
        "sensitivity baseline --target cluster_100b@2031 -o drivers.svg",
    )
)
def sensitivity(
    source: Source = "baseline",
    target: Target = "automated_researcher",
    by: Annotated[str, typer.Option("--by", help="parameter or driver.")] = "",
    method: Annotated[str, typer.Option("--method", help=METHODS)] = "",
    draws: MethodDraws = 0,
    replicates: Replicates = 200,
    interval: IntervalShare = 0.95,
    weights: Weights = None,
    prior: OfPrior = False,
    workers: Workers = CORES,
    sets: Sets = None,
    priors: Priors = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Say what drives a milestone or a series.

    The answer is a table, or a picture with -o FILE.svg.

    A conditioned scenario is asked about its posterior, from weighted draws, in which observations tie the parameters
    to one another: sobol, correlated and shapley take --prior.
    """
    from simulator.output.messages import warn_of_effective
    from simulator.output.rendering import choose_format, is_figure
    from simulator.sensitivity.analysis import analyse

    drawn = is_figure(format, output)
    if not drawn:
        choose_format(format, output)
    subject = open_source(source, sets, priors)
    with share_bar() as progress:
        analysis = analyse(
            subject,
            target,
            by=by,
            method=method,
            draws=draws,
            replicates=replicates,
            interval=interval,
            weights=_read_weights(weights),
            prior=prior,
            workers=workers,
            progress=progress,
        )
    warn_of_effective(analysis.plan.name, analysis.now.get("effective_draws"))
    _show(analysis, format, output if drawn else None, output)


def _show(analysis: Analysis, format: str | None, figure: Path | None, output: Path | None) -> None:
    """Draw an analysis into a figure's file, else print it or write its table."""
    if figure:
        from simulator.output.figures import sensitivity as figures

        figures.sensitivity(analysis, figure)
        return
    from simulator.output.rendering import emit
    from simulator.output.tables.sensitivity import sensitivity_answer

    emit(sensitivity_answer(analysis), format, output)


def _read_weights(path: Path | None) -> Any:
    """Read the weights of the kept draws, one a line: (draw)."""
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
