"""`priors`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.completion import prior_names, scenario_names
from simulator.cli.options import (
    Output,
    Priors,
    Sets,
    TableFormat,
    announce_overlay,
    app,
    examples,
    settings,
)

if TYPE_CHECKING:
    from simulator.inputs.plan import Plan
    from simulator.inputs.priors import Prior


RunOption = Annotated[
    str,
    typer.Option(
        "--run", metavar="RUN", help="The run whose priors to show.", autocompletion=scenario_names
    ),
]


@app.command(
    epilog=examples(
        "priors",
        "priors 'power_*' --run peak-data",
        "priors algorithms_growth --plot growth.svg",
    )
)
def priors(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Priors, or patterns such as 'stock_*'; all when left out.",
            autocompletion=prior_names,
        ),
    ] = None,
    run: RunOption = "baseline",
    sets: Sets = None,
    priors: Priors = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw densities (.svg, .png, .pdf)."),
    ] = None,
    families: Annotated[
        bool, typer.Option("--families", help="List the families of distributions.")
    ] = False,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Print priors with quantiles, units and sources.

    The quantiles are those after fits, shifts and limits.
    """
    from simulator.inputs import load
    from simulator.output.rendering import emit
    from simulator.output.tables.priors import families_answer, priors_answer, select_priors

    if families:
        emit(families_answer(), format, output)
        return
    announce_overlay()
    plan = load.load_plan(run, settings(sets), priors)
    shown = select_priors(plan.parameters, names or ())
    if plot:
        drawn = [
            prior for prior in shown if prior in plan.priors
        ]  # what is computed has no density
        _draw_densities(plan, drawn, load.priors_of_files(priors), plot)
    emit(priors_answer(plan, shown, bool(names)), format, output)


def _draw_densities(plan: Plan, shown: list[Prior], filed: dict[str, Prior], path: Path) -> None:
    from simulator.errors import Fault, InputFault
    from simulator.output.figures.densities import densities
    from simulator.output.rendering import FIGURE_ENDINGS

    if path.suffix.lower() not in FIGURE_ENDINGS:
        allowed = "a file that ends in " + ", ".join(FIGURE_ENDINGS)
        raise InputFault([Fault("--plot", found=str(path), allowed=allowed)])
    densities(plan, shown, filed, path)
