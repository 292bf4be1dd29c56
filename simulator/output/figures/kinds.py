"""The kinds of figure by name: what each takes, and which function draws it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import Fault, InputFault, did_you_mean

if TYPE_CHECKING:
    from simulator.summaries.result import Result


class Kind(StrEnum):
    """Kinds of figure."""

    fan = "fan"
    arrivals = "arrivals"
    drivers = "drivers"
    binding = "binding"
    bands = "bands"
    compare = "compare"
    prior_posterior = "prior-posterior"
    calibration = "calibration"
    claims = "claims"
    published = "published"
    sweep = "sweep"


def figure_kind(word: str) -> Kind:
    """The kind of this name.

    Raises
    ------
    InputFault
        when there is none
    """
    if word not in list(Kind):
        allowed, fix = f"one of {', '.join(Kind)}, as the last word", did_you_mean(word, Kind)
        raise InputFault([Fault("KIND", "", "", f'"{word}"', allowed, fix)])
    return Kind(word)


def check_request(results: int, kind: Kind, path: Path, series: Sequence[str]) -> None:
    """Refuse what cannot be drawn, before a result is loaded or simulated.

    Parameters
    ----------
    results : how many are to be drawn
    path : the picture's file
    series : names that the figure is to show

    Raises
    ------
    InputFault
        with every fault
    """
    from simulator.inputs.sweeps import MOST_POINTS
    from simulator.output.figures.style import CYCLE
    from simulator.output.rendering import FIGURE_ENDINGS

    faults = []
    most = {Kind.compare: len(CYCLE), Kind.claims: len(CYCLE), Kind.sweep: MOST_POINTS}.get(kind, 1)
    least = 2 if kind is Kind.sweep else 1
    if not least <= results <= most:
        allowed = (
            f"{least} to {most}"
            if most > 1
            else "one; compare takes several, and so do claims and sweep"
        )
        fix = "the name of a sweep that was run stands for its points" if least > 1 else ""
        faults.append(
            Fault(kind, "", "", f"{results} result{'' if results == 1 else 's'}", allowed, fix)
        )
    if path.suffix.lower() not in FIGURE_ENDINGS:
        allowed = ", ".join(FIGURE_ENDINGS)
        faults.append(Fault(str(path), "", "", f"the ending {path.suffix!r}", allowed))
    elif not path.parent.is_dir():
        faults.append(Fault(str(path), "", "", "no such folder", "a folder that is there"))
    if series and kind not in (Kind.bands, Kind.prior_posterior):
        faults.append(Fault("--series", "", "", f"{kind} beside it", "bands, or prior-posterior"))
    if faults:
        raise InputFault(faults)


def draw_figure(
    kind: Kind, results: Sequence[Result], labels: Sequence[str], path: Path, series: Sequence[str]
) -> None:
    """Draw one kind of figure into a file, after `check_request`; `labels` name results of one title."""
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
        published,
        sweep,
    )

    if kind is Kind.compare:
        compare.compare(results, path, labels)
    elif kind is Kind.claims:
        claims.claims(results, path, labels)
    elif kind is Kind.sweep:
        sweep.sweep(results, path)
    elif kind is Kind.bands:
        bands.bands(results[0], path, series)
    elif kind is Kind.prior_posterior:
        densities.prior_posterior(results[0], path, series)
    else:
        draw = {
            Kind.fan: fan.fan,
            Kind.arrivals: arrivals.arrivals,
            Kind.drivers: drivers.drivers,
            Kind.binding: binding.binding,
            Kind.calibration: calibration.calibration,
            Kind.published: published.published,
        }[kind]
        draw(results[0], path)
