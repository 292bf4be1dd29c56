"""Holds all evidence, used or not, against the baseline."""

from __future__ import annotations

from simulator import checks, claims, observations
from simulator.faults import Fault, InputFault
from simulator.milestones import Milestone
from simulator.plan import gather


def faults() -> list[Fault]:
    """Every fault of every observation and every claim; none where the baseline itself cannot be read."""
    found: list[Fault] = []
    try:
        world = gather("baseline")
        seen, ledger = observations.known(), claims.ledger()
    except InputFault as error:
        return list(error.faults)
    entry, scene = world.entry, world.scene
    series = checks.series_of(scene.priors)
    marks = {name: Milestone(name=name, **m.model_dump()) for name, m in scene.milestones.items()}
    for each in seen:
        span = (
            min(entry.start, each.year),
            entry.horizon,
        )  # rivals go by what lies before the grid
        observations.resolve(each, series, marks, span, found)
        if each.source not in scene.sources:
            place = ("evidence/observations.toml", each.name, "source", f'"{each.source}"')
            found.append(Fault(*place, "a key of sources.toml"))
    units = {name: prior.unit for name, prior in scene.priors.items()}
    claims.everything(ledger, list(marks), series, units, list(scene.sources), found)
    return found
