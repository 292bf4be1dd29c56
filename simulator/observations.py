"""Observations: what was measured in the world, and how well."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.dates import decimal_year
from simulator.entries import ObservationEntry, check, read_toml, shown
from simulator.faults import Fault, InputFault
from simulator.shipped import folder


@dataclass(frozen=True)
class Observation:
    """A series' value at a date.

    Attributes
    ----------
    year : [decimal year]
    value, sd : [the series' unit]
    """

    name: str
    label: str
    series: str
    year: float
    value: float
    sd: float
    unit: str
    source: str
    note: str


def shipped() -> tuple[Observation, ...]:
    """Read the shipped observations, in the order of their dates."""
    faults: list[Fault] = []
    path = folder("evidence") / "observations.toml"
    raw = read_toml(path, faults)
    checked = {
        name: check(ObservationEntry, table, shown(path), name, faults)
        for name, table in raw.items()
    }
    if faults:
        raise InputFault(faults)
    found = [
        Observation(name=name, year=decimal_year(entry.date), **entry.model_dump(exclude={"date"}))
        for name, entry in checked.items()
        if entry
    ]
    return tuple(sorted(found, key=lambda observation: observation.year))
