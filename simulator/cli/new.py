"""`new`."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.options import app, examples


@app.command(
    epilog=examples(
        "new slow-power",
    )
)
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new run's name.")],
) -> None:
    """Write a commented run file to start from.

    The file is runs/NAME.toml, and runs as it is.
    """
    from simulator.inputs.scenarios import write_run_template
    from simulator.output.messages import print_new_run

    print_new_run(name, write_run_template(name))
