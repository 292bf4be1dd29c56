"""Commands about inputs: `check`, `new`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.app import Output, Priors, Sets, TableFormat, app, settings

if TYPE_CHECKING:
    from simulator.export import Answer
    from simulator.faults import Fault
    from simulator.plan import Gathered


@app.command()
def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]", help="Runs, prior files, evidence, results; all inputs if none."
        ),
    ] = None,
    sets: Sets = None,
    priors: Priors = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Say where values come from: of runs, or of names in one."),
    ] = False,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Check priors, run files, evidence and results; every fault at once."""
    from simulator import inspection
    from simulator.export import give
    from simulator.faults import InputFault

    if explain:
        runs, names = inspection.runs_and_names(paths or [])
        gathered, faults = inspection.gathered(runs, settings(sets), priors)
        answer = origin_answer(gathered, names)
        _raise(faults)
        give(answer, format.value if format else None, output)
        return
    found = inspection.inspect(paths or [], settings(sets), priors)
    for oddity in found.oddities:
        print(f"oomcast: warning: {oddity}", file=sys.stderr)
    if found.faults:
        raise InputFault(found.faults)
    print("\n".join(found.sound))


def _raise(faults: list[Fault]) -> None:
    from simulator.faults import InputFault

    if faults:
        raise InputFault(faults)


def origin_answer(worlds: list[Gathered], names: list[str]) -> Answer:
    """Where each value of runs came from, or each that is about one of these names."""
    from simulator.export import Answer, Table
    from simulator.inspection import explained

    records = [
        {"run": world.scene.run.name, **origin._asdict(), "replaces": list(origin.replaces)}
        for world in worlds
        for origin in explained(world, names)
    ]
    header = ["name", "what", "value", "from", "in place of"]
    rows = [
        [str(r["name"]), str(r["kind"]), str(r["value"]), str(r["place"]), ", ".join(r["replaces"])]
        for r in records
    ]
    title = "Where values come from: " + ", ".join(world.scene.run.name for world in worlds)
    return Answer(Table(title, header, rows, names=5), records, records)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new run's name.")],
) -> None:
    """Write a commented run file, runs/NAME.toml, that runs as it is."""
    from simulator.faults import Fault, InputFault
    from simulator.runfiles import template

    path = Path("runs") / f"{name}.toml"
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise InputFault([Fault("NAME", found=f'"{name}"', allowed="letters, digits, - and _")])
    if path.exists():
        fix = "take another name, or take that file away"
        raise InputFault(
            [Fault(str(path), found="a file of that name", allowed="none yet", fix=fix)]
        )
    path.parent.mkdir(exist_ok=True)
    path.write_text(template(name), encoding="utf-8")
    print(f"{path} is written; run it with: oomcast run {name}")
