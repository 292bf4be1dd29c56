"""Observations: what was measured in the world, and how well; one draw's log-likelihood and not-yet events."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simulator.dates import decimal_year
from simulator.driver import Series
from simulator.entries import ObservationEntry, check, read_toml, shown
from simulator.faults import Fault, InputFault, did_you_mean, listed
from simulator.growth import Array
from simulator.milestones import Milestone, first_passage, threshold
from simulator.shipped import folder

FILE = "observations.toml"


@dataclass(frozen=True)
class Observation:
    """A series' value at a date, or a milestone that had or had not been met by then.

    Attributes
    ----------
    year : [decimal year]
    value : [the series' unit]
    sd : of the measurement [the series' unit]
    discrepancy : how far a smooth draw may pass by the jumpy world [the series' unit]
    missed : probability that the record would say so though it were otherwise; 0 makes it certain
    condition : the milestone's own, once it is known
    """

    name: str
    label: str
    year: float
    source: str
    note: str
    series: str
    unit: str
    value: float
    sd: float
    discrepancy: float
    milestone: str
    met: bool
    missed: float
    condition: Milestone | None = None

    @property
    def spread(self) -> float:
        """Standard deviation of the value about a draw's: measurement and discrepancy together."""
        return math.hypot(self.sd, self.discrepancy)


def folders(name: str) -> list[Path]:
    """Folders of shipped files of this kind, later over earlier: shipped, then `./NAME` if it is another."""
    shipped, local = folder(name), Path(name)
    here = local.is_dir() and local.resolve() != shipped.resolve()
    return [shipped, local] if here else [shipped]


def read(faults: list[Fault]) -> dict[str, Observation]:
    """Read every observation, by its name; a file in `./evidence` goes over the shipped one entry by entry."""
    found: dict[str, Observation | None] = {}
    for place in folders("evidence"):
        path = place / FILE
        for name, table in (read_toml(path, faults) if path.is_file() else {}).items():
            found[name] = _observation(name, table, shown(path), faults)
    return {name: seen for name, seen in found.items() if seen}


def known() -> tuple[Observation, ...]:
    """Every observation, in the order of their dates."""
    faults: list[Fault] = []
    found = read(faults)
    if faults:
        raise InputFault(faults)
    return tuple(sorted(found.values(), key=lambda seen: (seen.year, seen.name)))


def _observation(name: str, table: object, file: str, faults: list[Fault]) -> Observation | None:
    if not isinstance(table, dict):
        faults.append(Fault(file, "", name, f"{name} = {table!r}", "a table", f"write [{name}]"))
        return None
    entry = check(ObservationEntry, table, file, name, faults)
    if entry is None:
        return None
    measured = [entry.series, entry.value, entry.sd, entry.unit]
    event = [entry.milestone, entry.met]
    if not (
        (None not in measured and event == [None, None])
        or (None not in event and measured == [None] * 4)
    ):
        allowed = "series, value, sd and unit; or milestone and met"
        faults.append(Fault(file, name, "", listed(table, 20), allowed, "describe it one way"))
        return None
    return Observation(
        name=name,
        label=entry.label,
        year=decimal_year(entry.date),
        source=entry.source,
        note=entry.note,
        series=entry.series or "",
        unit=entry.unit or "",
        value=entry.value or 0.0,
        sd=entry.sd or 0.0,
        discrepancy=entry.discrepancy,
        milestone=entry.milestone or "",
        met=bool(entry.met),
        missed=entry.missed,
    )


def resolve(
    seen: Observation,
    series: Mapping[str, Series],
    milestones: Mapping[str, Milestone],
    span: tuple[float, float],
    faults: list[Fault],
) -> Observation | None:
    """Hold an observation against a world, and give a milestone's observation its condition."""

    def wrong(key: str, found: str, allowed: str, mend: str = "") -> None:
        faults.append(Fault(f"evidence/{FILE}", seen.name, key, found, allowed, mend))

    before = len(faults)
    if not span[0] <= seen.year <= span[1]:
        allowed = f"a date on the run's grid, {span[0]:g} to {span[1]:g}"
        mend = "a later horizon, or without evidence: --set 'condition.observations=[]'"
        wrong("date", f"{seen.year:.2f}", allowed, mend)
    if seen.milestone:
        if seen.milestone not in milestones:
            mend = did_you_mean(seen.milestone, milestones)
            wrong("milestone", f'"{seen.milestone}"', listed(milestones, 40), mend)
            return None
        condition = milestones[seen.milestone]
        return replace(seen, condition=condition) if len(faults) == before else None
    if seen.series not in series:
        mend = did_you_mean(seen.series, series)
        wrong("series", f'"{seen.series}"', listed(series, 60), mend)
    elif series[seen.series].codes:
        wrong("series", f"{seen.series}, which is a code", "a series of numbers")
    elif series[seen.series].unit != seen.unit:
        wrong("unit", f'"{seen.unit}"', f'"{series[seen.series].unit}"', "restate the value")
    return seen if len(faults) == before else None


def contradictions(evidence: Iterable[Observation], faults: list[Fault]) -> None:
    """Find what no draw can do: meet a milestone, or a harder one of its series, before one that was not met."""
    events = [seen for seen in evidence if seen.condition and not seen.missed]
    for met in (seen for seen in events if seen.met):
        for yet in (seen for seen in events if not seen.met and seen.year >= met.year):
            if met.condition and yet.condition and _implies(met.condition, yet.condition):
                found = f"{met.milestone} met by {met.year:.2f}"
                allowed = f"that it was not, for {yet.milestone} was not met by {yet.year:.2f} ({yet.name})"
                faults.append(
                    Fault(f"evidence/{FILE}", met.name, "met", found, allowed, "leave one out")
                )


def _implies(hard: Milestone, easy: Milestone) -> bool:
    """Say whether meeting one milestone means having met the other."""
    if (hard.series, hard.direction) != (easy.series, easy.direction):
        return False
    a, b = hard.threshold, easy.threshold
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return a >= b if hard.direction == ">=" else a <= b


def at_date(values: Array, years: Array, year: float) -> Array:
    """A series at a date, linear between grid points: (year, draw) -> (draw)."""
    place = float(np.interp(year, years, np.arange(len(years))))
    k = min(int(place), len(years) - 2)
    return values[k] + (place - k) * (values[k + 1] - values[k])


def deviation(seen: Observation, series: Mapping[str, Array], years: Array) -> Array:
    """How many standard deviations a draw's value lies above the observed one, (draw) [1]."""
    return (at_date(series[seen.series], years, seen.year) - seen.value) / seen.spread


def agrees(
    seen: Observation,
    series: Mapping[str, Array],
    parameters: Mapping[str, Array],
    years: Array,
) -> Array:
    """Whether a draw had met the milestone by the date, or not, as it was seen: (draw)."""
    assert seen.condition is not None
    mark = seen.condition
    arrival = first_passage(series[mark.series], mark.direction, threshold(mark, parameters), years)
    return (arrival <= seen.year) == seen.met


def log_likelihood(
    seen: Observation,
    series: Mapping[str, Array],
    parameters: Mapping[str, Array],
    years: Array,
) -> Array:
    """Log-likelihood of one observation in each draw, (draw) [1].

    Of a value: `-z^2 / 2 - log(spread * sqrt(2 pi))`. Of a milestone: 0 where the draw agrees, `log(missed)` elsewhere,
    which is minus infinity for what is certain.
    """
    if seen.condition is None:
        z = deviation(seen, series, years)
        return -0.5 * z * z - math.log(seen.spread * math.sqrt(2.0 * math.pi))
    otherwise = math.log(seen.missed) if seen.missed else -math.inf
    return np.where(agrees(seen, series, parameters, years), 0.0, otherwise)
