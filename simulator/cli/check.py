"""`check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.completion import source_names
from simulator.cli.options import Format, Output, Priors, Sets, TableFormat, app, examples, settings


@app.command(
    epilog=examples(
        "check",
        "check slow-power my_observations.toml runs/baseline",
        "check slow-power --explain power_ceiling -o origins.csv",
    )
)
def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Runs, prior files, evidence, results; all inputs if none.",
            autocompletion=source_names,
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
    """List every fault of run files, priors, evidence and results.

    Milestones, sources, observations, claims and forecasts of others are checked too, in files of your own or the
    shipped ones.
    """
    from simulator.errors import InputFault
    from simulator.inputs import inspection
    from simulator.output.messages import print_checked_result, warn_of_inputs
    from simulator.store.results import is_result, verify_result

    if explain:
        _explain(paths or [], settings(sets), priors, format, output)
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


def _explain(
    words: list[str],
    sets: list[str],
    priors: str | None,
    format: Format | None,
    output: Path | None,
) -> None:
    """Print where the values of runs come from."""
    from simulator.errors import InputFault
    from simulator.inputs.files import with_lines
    from simulator.inputs.inspection import runs_and_names
    from simulator.inputs.load import load_runs
    from simulator.output.rendering import emit
    from simulator.output.tables.provenance import provenance_answer

    runs, names = runs_and_names(words)
    loaded = load_runs(runs, sets, priors)
    answer = provenance_answer([each.inputs for each in loaded if each.inputs], names)
    if faults := [fault for each in loaded for fault in each.faults]:
        raise InputFault(with_lines(faults))
    emit(answer, format, output)


def _refuse_table_options(format: Format | None, output: Path | None) -> None:
    from simulator.errors import Fault, InputFault

    if format or output:
        option = "--format" if format else "-o"
        fix = "leave it out, or add --explain"
        raise InputFault(
            [Fault(option, found="no table to print", allowed="with --explain", fix=fix)]
        )
