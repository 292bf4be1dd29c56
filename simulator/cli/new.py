"""`new`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import app

if TYPE_CHECKING:
    pass


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new run's name.")],
) -> None:
    """Write a commented run file, runs/NAME.toml, that runs as it is."""
    from simulator.errors import Fault, InputFault
    from simulator.inputs.scenarios import run_template

    path = Path("runs") / f"{name}.toml"
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise InputFault([Fault("NAME", found=f'"{name}"', allowed="letters, digits, - and _")])
    if path.exists():
        fix = "take another name, or take that file away"
        raise InputFault(
            [Fault(str(path), found="a file of that name", allowed="none yet", fix=fix)]
        )
    path.parent.mkdir(exist_ok=True)
    path.write_text(run_template(name), encoding="utf-8")
    print(f"{path} is written; run it with: oomcast run {name}")
