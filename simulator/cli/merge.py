"""`merge`: the parts of a run to its result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.interrupts import interrupted_messages
from simulator.cli.options import Output, TableFormat, app, examples


@app.command(
    epilog=examples(
        "merge parts/1 parts/2 --out runs/big",
    )
)
@interrupted_messages()
def merge(
    parts: Annotated[
        list[Path], typer.Argument(metavar="PART...", help="Folders of all parts, in any order.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The result's folder.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the result that is there.")
    ] = False,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Merge the parts of a run to its result.

    The parts are those that `run --part` made; the result is that of the whole run, byte for byte.

    Draws of a scenario with observations are weighed first: merge, run every part again, and merge again.
    """
    from simulator.cli.run import PICTURE, draw_picture, finished_run, print_results
    from simulator.output.messages import announce_result, announce_weights, warn_of_run
    from simulator.output.rendering import choose_format
    from simulator.store.parts import merge_parts, weigh_parts

    form = choose_format(format, output)
    if weights := weigh_parts(parts):
        announce_weights(len(weights.whole), weights.effective)
        return
    result = merge_parts(parts, out, draw_picture, overwrite, warn_of_run)
    print_results([finished_run(result)], form, output)
    announce_result(out, out / PICTURE)
