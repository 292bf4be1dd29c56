"""`report`: results as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.options import app


@app.command()
def report(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULT...", help="Folders or names of results.")
    ],
    output: Annotated[
        Path, typer.Option("-o", metavar="FILE", help="The page, one file that ends in .html.")
    ] = Path("report.html"),
) -> None:
    """Write results as one page that needs no server, and in which priors move."""
    from simulator.output.messages import announce_page, warn_of_page
    from simulator.page.report import check_output, write_report
    from simulator.store.results import load_result

    check_output(output)
    warnings = write_report([load_result(name) for name in results], output)
    warn_of_page(warnings)
    announce_page(output)
