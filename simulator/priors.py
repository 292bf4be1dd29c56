"""Priors: what is believed of each parameter, with its source; read from folders of TOML files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from simulator.entries import MilestoneEntry, PriorEntry, SourceEntry, check, read_toml, shown
from simulator.families import FAMILIES, QUANTILES, Distribution
from simulator.faults import Fault, did_you_mean, listed

MILESTONES, SOURCES = "milestones.toml", "sources.toml"


class Prior(BaseModel):
    """One resolved prior: a distribution with a unit and a source.

    Attributes
    ----------
    natural : the family's natural parameters
    stated : the quantiles as they were written, if that is how it was described
    """

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str
    family: str
    natural: dict[str, float]
    stated: dict[str, float]
    shift: float
    lower: float | None
    upper: float | None
    source: str
    note: str

    @property
    def distribution(self) -> Distribution:
        lower = -math.inf if self.lower is None else self.lower
        upper = math.inf if self.upper is None else self.upper
        return Distribution(self.family, self.natural, self.shift, lower, upper)


class Placed(NamedTuple):
    """A table as written, and where: file and table, for faults."""

    raw: Mapping[str, Any]
    file: str
    table: str


class Book(NamedTuple):
    """What folders of prior files hold, entry by entry; a later folder's entry replaces an earlier one's.

    `layers` keeps every prior's table as its own folder has it, for a replaced prior keeps its correlations.
    """

    priors: dict[str, Placed]
    milestones: dict[str, Placed]
    sources: dict[str, Placed]
    layers: list[dict[str, Placed]]


def read_folders(folders: list[Path], faults: list[Fault]) -> Book:
    """Read and overlay folders of prior files, milestones and sources."""
    book = Book({}, {}, {}, [])
    shelves = {MILESTONES: book.milestones, SOURCES: book.sources}
    for folder in folders:
        book.layers.append({})
        seen: dict[tuple[int, str], str] = {}
        for path in sorted(folder.glob("*.toml")):
            shelf, file = shelves.get(path.name, book.priors), shown(path)
            for name, raw in read_toml(path, faults).items():
                other = seen.setdefault((id(shelf), name), file)
                if other != file:
                    mend = "keep one of the two"
                    faults.append(Fault(file, name, "", f"also in {other}", "one entry", mend))
                elif not isinstance(raw, dict):
                    found = f"{name} = {raw!r}"
                    faults.append(Fault(file, "", name, found, "a table", f"write [{name}]"))
                else:
                    shelf[name] = Placed(raw, file, name)
                    if shelf is book.priors:
                        book.layers[-1][name] = shelf[name]
    return book


def resolve(name: str, placed: Placed, faults: list[Fault]) -> tuple[Prior, PriorEntry] | None:
    """Turn an entry into a prior, fitting its family to the stated quantiles."""
    raw, file, table = placed
    entry = check(PriorEntry, raw, file, table, faults)
    if entry is None:
        return None
    if entry.family not in FAMILIES:
        mend = did_you_mean(entry.family, FAMILIES)
        faults.append(Fault(file, table, "family", f'"{entry.family}"', listed(FAMILIES), mend))
        return None
    found = len(faults)
    natural = _natural(entry, placed, faults)
    if len(faults) > found:
        return None
    prior = Prior(
        name=name,
        natural=natural,
        stated=_stated(entry),
        **entry.model_dump(include={"unit", "family", "shift", "lower", "upper", "source", "note"}),
    )
    _check_truncation(prior, placed, faults)
    return (prior, entry) if len(faults) == found else None


def _stated(entry: PriorEntry) -> dict[str, float]:
    return {key: value for key in QUANTILES if (value := getattr(entry, key)) is not None}


def _natural(entry: PriorEntry, placed: Placed, faults: list[Fault]) -> dict[str, float]:
    """The natural parameters, given or fitted; {} and a fault when they cannot be had."""
    family, (_, file, table) = FAMILIES[entry.family], placed
    stated = _stated(entry)
    every = {name for other in FAMILIES.values() for name in other.natural}
    given = {name: v for name in sorted(every) if (v := getattr(entry, name)) is not None}
    ways = f"{', '.join(family.natural)}" + (
        ", or two or more of p01 ... p99" if family.fit else ""
    )
    foreign = [name for name in given if name not in family.natural]
    if foreign:
        found, mend = f"{foreign[0]} in a {family.name}", "take it out, or change the family"
        faults.append(Fault(file, table, foreign[0], found, ways, mend))
    elif stated and (given or not family.fit):
        found = f"quantiles {', '.join(stated)} of a {family.name}" + (
            f" beside {', '.join(given)}" if given else ""
        )
        faults.append(Fault(file, table, next(iter(stated)), found, ways, "describe it one way"))
    elif stated:
        return _fitted(entry, stated, placed, faults)
    elif set(given) != set(family.natural):
        found = listed(given) or "nothing"
        faults.append(Fault(file, table, "family", f"{family.name} described by {found}", ways))
    elif wrong := family.wrong(**given):
        faults.append(Fault(file, table, next(iter(given)), str(given), wrong))
    else:
        return given
    return {}


def _fitted(
    entry: PriorEntry, stated: dict[str, float], placed: Placed, faults: list[Fault]
) -> dict[str, float]:
    family, (_, file, table) = FAMILIES[entry.family], placed
    assert family.fit is not None
    values = np.array(list(stated.values()))
    allowed = ""
    if len(stated) < 2:
        allowed = "two or more quantiles, or the natural parameters " + ", ".join(family.natural)
    elif not (np.diff(values) > 0).all():
        allowed = "values that rise with the level, p01 to p99"
    elif family.name.startswith("log") and values[0] <= 0:
        allowed = f"values above 0 in a {family.name}"
    if allowed:
        found = ", ".join(f"{key} = {value:g}" for key, value in stated.items())
        faults.append(Fault(file, table, next(iter(stated)), found, allowed))
        return {}
    natural = family.fit(np.array([QUANTILES[key] for key in stated]), values)
    if wrong := family.wrong(**natural):
        faults.append(Fault(file, table, "family", f"a fit of {natural}", wrong))
    return natural


def _check_truncation(prior: Prior, placed: Placed, faults: list[Fault]) -> None:
    lower, upper = prior.distribution.lower, prior.distribution.upper
    if not lower < upper:
        found = f"lower = {lower:g}, upper = {upper:g}"
        faults.append(Fault(placed.file, placed.table, "lower", found, "lower below upper"))
    elif not prior.distribution.kept > 1e-6:
        found = f"lower = {lower:g}, upper = {upper:g} keep nothing of the {prior.family}"
        faults.append(
            Fault(placed.file, placed.table, "lower", found, "limits that keep some of it")
        )


def resolve_sources(book: Book, faults: list[Fault]) -> dict[str, SourceEntry]:
    """Every source, by its key."""
    checked = {name: check(SourceEntry, *placed, faults) for name, placed in book.sources.items()}
    return {name: source for name, source in checked.items() if source is not None}


def resolve_milestones(book: Book, faults: list[Fault]) -> dict[str, MilestoneEntry]:
    """Every milestone, by its name."""
    checked = {n: check(MilestoneEntry, *placed, faults) for n, placed in book.milestones.items()}
    return {name: milestone for name, milestone in checked.items() if milestone is not None}
