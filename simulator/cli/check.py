"""`check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.options import Format, Output, Priors, Sets, TableFormat, app, settings


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
    """Check run files, priors, milestones, sources, observations, claims and results; every fault at once.

    Examples: oomcast check slow-power my_observations.toml runs/baseline

    oomcast check slow-power --explain power_ceiling -o origins.csv
    """
    from simulator.errors import InputFault
    from simulator.inputs import inspection
    from simulator.output.messages import print_checked_result, warn_of_inputs
    from simulator.output.rendering import emit
    from simulator.output.tables.provenance import provenance_answer
    from simulator.store.results import is_result, verify_result

    if explain:
        runs, names = inspection.runs_and_names(paths or [])
        inputs_of_runs, faults = inspection.load_runs(runs, settings(sets), priors)
        answer = provenance_answer(inputs_of_runs, names)
        if faults:
            raise InputFault(faults)
        emit(answer, format, output)
        return
    _refuse_table_options(format, output)
    folders = [path for path in paths or [] if is_result(path)]
    for folder in folders:
        verify_result(folder)
        print_checked_result(folder)
    inputs = [path for path in paths or [] if path not in folders]
    if inputs or not paths:
        inspected = inspection.inspect_inputs(inputs, settings(sets), priors)
        warn_of_inputs(inspected.warnings)
        if inspected.faults:
            raise InputFault(inspected.faults)
        print("\n".join(inspected.sound))


def _refuse_table_options(format: Format | None, output: Path | None) -> None:
    from simulator.errors import Fault, InputFault

    if format or output:
        option = "--format" if format else "-o"
        fix = "leave it out, or add --explain"
        raise InputFault(
            [Fault(option, found="no table to print", allowed="with --explain", fix=fix)]
        )
