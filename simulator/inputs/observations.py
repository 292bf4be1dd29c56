"""Observations: what was measured or happened, and how sure it is; each is checked against a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from simulator import model
from simulator.drivers.driver import Series
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs.files import decimal_year, overlay_folders, read_toml, shown_path
from simulator.inputs.priors import LARGEST_VALUE, Prior
from simulator.inputs.schema import Entry, Finite, SourceEntry, Text, missing_key, quoted, validated
from simulator.model import Milestone

MOST_WEIGHED = 10_000_000  # draws of a run that conditions, for each has a weight

MOST_SEQUENTIAL = 100_000  # draws whose scores are held together


class ObservedRun(NamedTuple):
    """The run that observations are checked against; `file` is where it states what it conditions on."""

    priors: Mapping[str, Prior]
    milestones: Mapping[str, Milestone]
    start: float
    horizon: float
    draws: int
    sampler: str
    file: str


def resolve_observations(
    names: Iterable[str],
    known: Mapping[str, Observation],
    run: ObservedRun,
    sources: Mapping[str, SourceEntry],
    faults: list[Fault],
) -> tuple[Observation, ...]:
    """The observations of these names, each checked against the run, in the order of their names."""
    names = sorted(set(names))
    if not names:
        return ()
    check_weighable(run.draws, run.sampler, run.file, faults)
    series = model.series_of_names(run.priors)
    kept: list[Observation] = []
    for name in names:
        if name not in known:
            fix = did_you_mean(name, known)
            where = (run.file, "condition", "observations", f'"{name}"', listed(known, 60))
            faults.append(Fault(*where, fix))
            continue
        span = (run.start, run.horizon)
        observation = resolve_observation(known[name], series, run.milestones, span, faults)
        kept += [observation] if observation else []
        if known[name].source not in sources:
            file, source = "evidence/observations.toml", f'"{known[name].source}"'
            faults.append(Fault(file, name, "source", source, "a key of sources.toml"))
    check_contradictions(kept, faults)
    return tuple(kept)


def check_weighable(draws: int, sampler: str, file: str, faults: list[Fault]) -> None:
    """Check that a run that conditions has no more draws than it can weigh."""
    most = MOST_SEQUENTIAL if sampler == "sequential" else MOST_WEIGHED
    if draws > most:
        drawn, allowed = f"{draws:,}", f"at most {most:,} in a run that conditions this way"
        faults.append(Fault(file, "", "draws", drawn, allowed, "every draw has a weight"))


OBSERVATIONS_FILE = "observations.toml"

SHIPPED_FILE = f"evidence/{OBSERVATIONS_FILE}"


LEAST_SD, LEAST_EXACT = 1e-30, 1e-6  # of a measurement: as it is, and as a part of its discrepancy

Value = Annotated[float, Field(ge=-LARGEST_VALUE, le=LARGEST_VALUE, allow_inf_nan=False)]

Positive = Annotated[float, Field(gt=0.0, le=LARGEST_VALUE, allow_inf_nan=False)]

NonNegative = Annotated[float, Field(ge=0.0, le=LARGEST_VALUE, allow_inf_nan=False)]


class Observation(Entry):
    """A series' value at a date, or a milestone that had or had not been met by then.

    Attributes
    ----------
    year : [decimal year]
    value : [the series' unit]
    sd : of the measurement [the series' unit]
    discrepancy : how far the world may lie from a smooth series beyond the measurement's error [the series' unit]
    censored : `right` where the value is known to be at least `value`, `left` where it is known to be at most that
    missed : probability that the record of a milestone, or of a censored value, would say so though it were otherwise;
        0 makes it certain
    condition : the milestone itself, once it is known
    """

    name: str
    label: str = ""
    year: Finite
    source: Text
    note: str = ""
    series: Text = ""
    unit: Text = ""
    value: Value = 0.0
    sd: Positive = 0.0
    discrepancy: NonNegative = 0.0
    censored: Literal["", "right", "left"] = ""
    milestone: Text = ""
    met: bool = False
    missed: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    condition: Milestone | None = None

    @property
    def spread(self) -> float:
        """Standard deviation of the value about a draw's: measurement and discrepancy together."""
        return math.hypot(self.sd, self.discrepancy)

    @property
    def is_too_exact(self) -> bool:
        """Whether the measurement's error is lost to rounding."""
        return bool(self.series) and self.sd < self.least_sd

    @property
    def least_sd(self) -> float:
        """The least error that calculations can use, beside the discrepancy [the series' unit]."""
        return max(LEAST_SD, LEAST_EXACT * self.discrepancy)

    @property
    def is_measured(self) -> bool:
        """Whether a value was measured, rather than bounded or a milestone met or not."""
        return bool(self.series) and not self.censored


OBSERVATION_KEYS = (
    *("label", "date", "series", "value", "sd", "discrepancy", "censored", "unit"),
    *("milestone", "met", "missed", "source", "note"),
)

MEASURED, MET = {"series", "value", "sd", "unit"}, {"milestone", "met"}


def restored_observation(raw: Mapping[str, Any]) -> Observation:
    """An observation from the JSON of a plan, where a field that was not stated has its default."""
    fields = Observation.model_fields
    stated = {key: v for key, v in raw.items() if key not in fields or v != fields[key].default}
    return Observation(**stated)


def read_observations(faults: list[Fault]) -> dict[str, Observation]:
    """Every observation without a fault, by its name; `./evidence` goes over the shipped file entry by entry."""
    observations: dict[str, Observation] = {}
    for folder in overlay_folders("evidence"):
        path = folder / OBSERVATIONS_FILE
        if path.is_file():
            state = path.stat()
            change = (state.st_mtime_ns, state.st_size, shown_path(path))
            stated, faults_of_file = _unchanged_file(path.resolve(), change)
            observations |= stated
            faults += faults_of_file
    return observations


@lru_cache(maxsize=16)
def _unchanged_file(
    path: Path, change: tuple[int, int, str]
) -> tuple[dict[str, Observation], list[Fault]]:
    """Observations and faults of a file, read once until it changes."""
    faults: list[Fault] = []
    return observations_of_file(path, faults), faults


def observations_of_file(path: Path, faults: list[Fault]) -> dict[str, Observation]:
    """The observations of one file without a fault, by name."""
    stated = {
        name: _observation(name, table, shown_path(path), faults)
        for name, table in read_toml(path, faults).items()
    }
    return {name: observation for name, observation in stated.items() if observation}


def known_observations() -> tuple[Observation, ...]:
    """Every observation, in the order of their dates.

    Raises
    ------
    InputFault
        with every fault of the observations
    """
    faults: list[Fault] = []
    observations = read_observations(faults)
    if faults:
        raise InputFault(faults)
    return by_date(observations.values())


def recorded_observations() -> tuple[Observation, ...]:
    """Every observation without a fault, in the order of their dates."""
    return by_date(read_observations([]).values())


def by_date(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Observations in the order of their dates."""
    return tuple(sorted(observations, key=lambda each: (each.year, each.name)))


def _observation(name: str, table: object, file: str, faults: list[Fault]) -> Observation | None:
    if not isinstance(table, dict):
        faults.append(Fault(file, "", name, f"{name} = {table!r}", "a table", f"write [{name}]"))
        return None
    before = len(faults)
    year = _year_of_date(table, file, name, faults)
    undated = {key: value for key, value in table.items() if key != "date"}
    observation = validated(
        Observation, undated, file, name, faults, OBSERVATION_KEYS, name=name, year=year
    )
    if len(faults) > before:
        return None
    stated = table.keys() & (MEASURED | MET)
    if stated not in (MEASURED, MET):
        allowed = "series, value, sd and unit; or milestone and met"
        faults.append(Fault(file, name, "", listed(table, 20), allowed, "describe it one way"))
        return None
    for key in ("discrepancy", "censored") if observation and observation.milestone else ():
        if key in table:
            allowed, fix = "the series of a measured value", "leave it out of a milestone"
            faults.append(Fault(file, name, key, quoted(table[key]), allowed, fix))
    if observation and observation.is_too_exact:
        allowed = f"at least {observation.least_sd:g}"
        allowed += f", {LEAST_EXACT:g} of its discrepancy" if observation.discrepancy else ""
        faults.append(Fault(file, name, "sd", f"{observation.sd:g}", allowed))
    if observation and observation.is_measured and "missed" in table:
        allowed = 'a milestone, or a value with censored = "right" or "left"'
        faults.append(Fault(file, name, "missed", quoted(table["missed"]), allowed))
    return observation if len(faults) == before else None


def _year_of_date(table: Mapping[str, Any], file: str, name: str, faults: list[Fault]) -> float:
    """The date of a table as a decimal year, or 0 and a fault."""
    day = table.get("date")
    if type(day) is date:
        return decimal_year(day)
    if "date" in table:
        faults.append(Fault(file, name, "date", quoted(day), "a valid date"))
    else:
        faults.append(missing_key(file, name, "date"))
    return 0.0


def resolve_observation(
    observation: Observation,
    series: Mapping[str, Series],
    milestones: Mapping[str, Milestone],
    span: tuple[float, float],
    faults: list[Fault],
    file: str = SHIPPED_FILE,
) -> Observation | None:
    """An observation, with the condition of its milestone, or None where it does not fit the run."""

    def wrong(key: str, stated: str, allowed: str, fix: str = "") -> None:
        faults.append(Fault(file, observation.name, key, stated, allowed, fix))

    before = len(faults)
    if not span[0] <= observation.year <= span[1]:
        allowed = f"a date on the run's grid, {span[0]:g} to {span[1]:g}"
        fix = "a later horizon, or without evidence: --set 'condition.observations=[]'"
        wrong("date", f"{observation.year:.2f}", allowed, fix)
    if observation.milestone:
        if observation.milestone not in milestones:
            fix = did_you_mean(observation.milestone, milestones)
            wrong("milestone", f'"{observation.milestone}"', listed(milestones, 40), fix)
            return None
        condition = milestones[observation.milestone]
        return (
            observation.model_copy(update={"condition": condition})
            if len(faults) == before
            else None
        )
    if observation.series not in series:
        fix = did_you_mean(observation.series, series)
        wrong("series", f'"{observation.series}"', listed(series, 60), fix)
    elif series[observation.series].codes:
        wrong("series", f"{observation.series}, which is a code", "a series of numbers")
    elif series[observation.series].unit != observation.unit:
        wrong(
            "unit",
            f'"{observation.unit}"',
            f'"{series[observation.series].unit}"',
            "restate the value",
        )
    return observation if len(faults) == before else None


def check_contradictions(evidence: Iterable[Observation], faults: list[Fault]) -> None:
    """Find observations that no draw can meet together: a milestone met, and that or an easier one not met later."""
    events = [
        observation for observation in evidence if observation.condition and not observation.missed
    ]
    for met in (observation for observation in events if observation.met):
        for yet in (
            observation
            for observation in events
            if not observation.met and observation.year >= met.year
        ):
            if met.condition and yet.condition and _implies(met.condition, yet.condition):
                earlier = f"{met.milestone} met by {met.year:.2f}"
                allowed = f"that it was not, for {yet.milestone} was not met by {yet.year:.2f} ({yet.name})"
                faults.append(
                    Fault(
                        f"evidence/{OBSERVATIONS_FILE}",
                        met.name,
                        "met",
                        earlier,
                        allowed,
                        "leave one out",
                    )
                )


def _implies(hard: Milestone, easy: Milestone) -> bool:
    """Whether meeting one milestone means having met the other."""
    if (hard.series, hard.direction) != (easy.series, easy.direction):
        return False
    if hard.lag != easy.lag:
        return False
    a, b = hard.threshold, easy.threshold
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return a >= b if hard.direction == ">=" else a <= b
