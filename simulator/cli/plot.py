"""`plot`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.options import app, split_commas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.summaries.result import Result


class Kind(StrEnum):
    """Kinds of picture."""

    fan = "fan"
    arrivals = "arrivals"
    drivers = "drivers"
    binding = "binding"
    bands = "bands"
    compare = "compare"
    prior_posterior = "prior-posterior"
    calibration = "calibration"
    claims = "claims"


@app.command()
def plot(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULT", help="A result; several to compare.")
    ],
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(Kind)}.")],
    output: Annotated[
        Path, typer.Option("-o", metavar="FILE", help="The picture: .svg, .pdf or .png.")
    ],
    series: Annotated[
        list[str] | None,
        typer.Option(
            "--series", help="What bands, or prior-posterior, show: names, with commas between."
        ),
    ] = None,
) -> None:
    """Draw a picture of a result.

    For example `oomcast plot baseline arrivals -o arrivals.svg`, or
    `oomcast plot baseline peak-data compare -o worlds.pdf`.
    """
    from simulator.store.results import load_result

    chosen, names = _kind(kind), split_commas(series)
    _check_request(results, chosen, output, names)
    opened = [load_result(name) for name in results]
    _draw(chosen, opened, [Path(name).name for name in results], output, names)


def _kind(word: str) -> Kind:
    from simulator.errors import Fault, InputFault, did_you_mean

    if word not in list(Kind):
        allowed, fix = f"one of {', '.join(Kind)}, as the last word", did_you_mean(word, Kind)
        raise InputFault([Fault("KIND", "", "", f'"{word}"', allowed, fix)])
    return Kind(word)


def _check_request(names: Sequence[str], kind: Kind, output: Path, series: Sequence[str]) -> None:
    """Refuse what cannot be drawn before any result is read."""
    from simulator.errors import Fault, InputFault
    from simulator.output.figures.style import CYCLE
    from simulator.output.rendering import FIGURE_ENDINGS

    faults = []
    most = len(CYCLE) if kind in (Kind.compare, Kind.claims) else 1
    if not 1 <= len(names) <= most:
        allowed = f"1 to {most}" if most > 1 else "one; compare takes several, and so do claims"
        faults.append(Fault(kind, "", "", f"{len(names)} results", allowed))
    if output.suffix.lower() not in FIGURE_ENDINGS:
        allowed = ", ".join(FIGURE_ENDINGS)
        faults.append(Fault(str(output), "", "", f"the ending {output.suffix!r}", allowed))
    elif not output.parent.is_dir():
        faults.append(Fault(str(output), "", "", "no such folder", "a folder that is there"))
    if series and kind not in (Kind.bands, Kind.prior_posterior):
        faults.append(Fault("--series", "", "", f"{kind} beside it", "bands, or prior-posterior"))
    if faults:
        raise InputFault(faults)


def _draw(
    kind: Kind, opened: Sequence[Result], names: Sequence[str], output: Path, series: Sequence[str]
) -> None:
    from simulator.output.figures import (
        arrivals,
        bands,
        binding,
        calibration,
        claims,
        compare,
        densities,
        drivers,
        fan,
    )

    if kind is Kind.compare:
        compare.compare(opened, output, names)
    elif kind is Kind.claims:
        claims.claims(opened, output)
    elif kind is Kind.bands:
        bands.bands(opened[0], output, series)
    elif kind is Kind.prior_posterior:
        densities.prior_posterior(opened[0], output, series)
    else:
        draw = {
            Kind.fan: fan.fan,
            Kind.arrivals: arrivals.arrivals,
            Kind.drivers: drivers.drivers,
            Kind.binding: binding.binding,
            Kind.calibration: calibration.calibration,
        }[kind]
        draw(opened[0], output)
