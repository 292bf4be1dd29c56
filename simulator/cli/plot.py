"""`plot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.completion import results_and_kinds, series_names
from simulator.cli.options import app, examples, split_commas
from simulator.output.figures.kinds import Kind


@app.command(
    epilog=examples(
        "plot baseline arrivals -o arrivals.svg",
        "plot baseline peak-data compare -o scenarios.pdf",
    )
)
def plot(
    results: Annotated[
        list[str],
        typer.Argument(
            metavar="RESULT",
            help="A result or a sweep; several to compare.",
            autocompletion=results_and_kinds,
        ),
    ],
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(Kind)}.")],
    output: Annotated[
        Path, typer.Option("-o", metavar="FILE", help="The picture: .svg, .pdf or .png.")
    ],
    series: Annotated[
        list[str] | None,
        typer.Option(
            "--series",
            metavar="NAME,...",
            help="What bands, or prior-posterior, show: names, with commas between.",
            autocompletion=series_names,
        ),
    ] = None,
) -> None:
    """Draw a picture of results.

    For example `oomcast plot baseline arrivals -o arrivals.svg`, or
    `oomcast plot baseline peak-data compare -o scenarios.pdf`. The points of a sweep over one parameter are drawn
    against it: `oomcast plot mine sweep -o sweep.svg`.
    """
    from simulator.output.figures.kinds import check_request, draw_figure, figure_kind
    from simulator.store.results import load_result, with_sweeps_as_points

    chosen, names = figure_kind(kind), split_commas(series)
    results = with_sweeps_as_points(results)
    check_request(len(results), chosen, output, names)
    opened = [load_result(name) for name in results]
    draw_figure(chosen, opened, [Path(name).name for name in results], output, names)
