"""`report`: results as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.completion import result_names
from simulator.cli.options import app, examples
from simulator.cli.progress import working


@app.command(
    epilog=examples(
        "report baseline peak-data -o report.html",
        "report baseline --no-presets -o small.html",
    )
)
def report(
    results: Annotated[
        list[str],
        typer.Argument(
            metavar="RESULT", help="Folders or names of results.", autocompletion=result_names
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", metavar="FILE", help="The page, one file that ends in .html.")
    ] = Path("report.html"),
    presets: Annotated[
        bool,
        typer.Option(
            "--presets/--no-presets",
            help="Let a reader start from any shipped scenario; without, the page is a third as large.",
        ),
    ] = True,
) -> None:
    """Write results as one page, in which priors move.

    The page is one file that needs no server.
    """
    from simulator.output.messages import announce_page, warn_of_page
    from simulator.page.report import check_output, write_report
    from simulator.store.results import load_result

    check_output(output)
    with working("the page"):
        warnings = write_report([load_result(name) for name in results], output, presets)
    warn_of_page(warnings)
    announce_page(output)
