"""`sensitivity`, and what the commands about drives share."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.app import Format, Output, Priors, Sets, TableFormat, app, settings

if TYPE_CHECKING:
    from simulator.plan import Plan
    from simulator.store import Result

Source = Annotated[str, typer.Argument(metavar="RUN|RESULT", help="A finished result, else a run.")]
Walks = Annotated[int, typer.Option("--draws", min=0, help="Draws; the method's own when 0.")]
Replicates = Annotated[int, typer.Option("--replicates", min=0, help="Bootstrap replicates.")]
Share = Annotated[float, typer.Option("--interval", help="Share inside the intervals.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Threads.")]
Target = Annotated[
    str, typer.Option("--target", help="milestone, milestone@2031, series@2030 or series.")
]
Weights = Annotated[
    Path | None,
    typer.Option("--weights", help="A weight for each kept draw of a result, one a line."),
]
METHODS = "sobol, correlated, shapley, given-draws, tornado, discovery or information."
CORES = os.cpu_count() or 1
PARTS = 1000  # of a progress bar


@app.command()
def sensitivity(
    source: Source = "baseline",
    target: Target = "automated_researcher",
    by: Annotated[str, typer.Option("--by", help="parameter or driver.")] = "",
    method: Annotated[str, typer.Option("--method", help=METHODS)] = "",
    draws: Walks = 0,
    replicates: Replicates = 200,
    interval: Share = 0.95,
    weights: Weights = None,
    workers: Workers = CORES,
    sets: Sets = None,
    priors: Priors = None,
    format: TableFormat = None,
    output: Output = None,
) -> None:
    """Say what drives a milestone or a series: tables, or a picture with -o FILE.svg."""
    from simulator.cli.findings import answer
    from simulator.drives.findings import findings
    from simulator.export import chosen, give
    from simulator.pictures import driving

    drawn = is_picture(format, output)
    if not drawn:
        chosen(format.value if format else None, output)
    asked = opened(source, sets, priors)
    with walks_bar() as bar:
        found = findings(
            asked,
            target,
            by=by,
            method=method,
            draws=draws,
            replicates=replicates,
            interval=interval,
            weights=_weights(weights),
            workers=workers,
            progress=lambda share: bar.update(round(PARTS * share)),
        )
    warn_of_prior([found.plan], found.asked.weights is not None)
    if drawn and output:
        driving.draw(found, output)
    else:
        give(answer(found), format.value if format else None, output)


def is_picture(format: Format | None, output: Path | None) -> bool:
    """Say whether the output is a picture."""
    from simulator.plots.canvas import ENDINGS

    return format is None and output is not None and output.suffix.lower() in ENDINGS


def opened(source: str, sets: list[str] | None = None, priors: str | None = None) -> Plan | Result:
    """A result of this name, else a run; settings are for a run."""
    from simulator import plan, store
    from simulator.faults import InputFault

    if sets or priors:
        return plan.read(source, settings(sets), priors)
    try:
        found = store.read_result(source)
    except InputFault as fault:
        try:
            return plan.read(source)
        except InputFault as other:
            raise (fault if Path(source).is_dir() else other) from None
    print(f"oomcast: {source} is the finished run of that name", file=sys.stderr)
    return found


def walks_bar() -> Any:
    """A progress bar on stderr, hidden off a terminal."""
    hidden = not sys.stderr.isatty()
    return typer.progressbar(length=PARTS, label="walks", file=sys.stderr, hidden=hidden)


def _weights(path: Path | None) -> Any:
    """Weights of the kept draws, one a line."""
    if path is None:
        return None
    import numpy as np

    from simulator.faults import Fault, InputFault

    try:
        return np.loadtxt(path, ndmin=1)
    except (OSError, ValueError) as error:
        raise InputFault(
            [Fault(str(path), found=str(error), allowed="one number a line")]
        ) from None


def warn_of_prior(plans: list[Plan], weighed: bool) -> None:
    """Say so when a conditioned world is told of by draws that have no weights."""
    conditioned = [plan.name for plan in plans if plan.observations]
    if conditioned and not weighed:
        print(
            f"oomcast: {' and '.join(conditioned)}: conditioned on observations, but this describes the "
            "prior, before they are weighed",
            file=sys.stderr,
        )
