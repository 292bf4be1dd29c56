"""Priors: one distribution a parameter, with unit and source, from folders of TOML files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from simulator import model
from simulator.distributions.distribution import FAMILIES, Distribution
from simulator.distributions.family import QUANTILES, CannotFit, Family, Natural
from simulator.errors import Fault, did_you_mean, listed
from simulator.inputs.files import read_toml, shown_path
from simulator.inputs.schema import MilestoneEntry, PriorEntry, SourceEntry, valid_part, validated
from simulator.sampling import LOWEST_LEVEL

MILESTONES, SOURCES = "milestones.toml", "sources.toml"


class StatedTable(NamedTuple):
    """A table as written, and where: file and table, for faults."""

    raw: Mapping[str, Any]
    file: str
    table: str


class PriorFiles(NamedTuple):
    """What folders of prior files hold, entry by entry; a later folder's entry replaces an earlier one's.

    `layers` keeps every prior's table as its own folder has it, for a replaced prior keeps its correlations.
    """

    priors: dict[str, StatedTable]
    milestones: dict[str, StatedTable]
    sources: dict[str, StatedTable]
    layers: list[dict[str, StatedTable]]


def read_prior_folders(folders: list[Path], faults: list[Fault]) -> PriorFiles:
    """Read and overlay folders of prior files, milestones and sources."""
    book = PriorFiles({}, {}, {}, [])
    shelves = {MILESTONES: book.milestones, SOURCES: book.sources}
    for folder in folders:
        book.layers.append({})
        seen: dict[tuple[int, str], str] = {}
        for path in sorted(folder.glob("*.toml")):
            shelf, file = shelves.get(path.name, book.priors), shown_path(path)
            for name, raw in read_toml(path, faults).items():
                other = seen.setdefault((id(shelf), name), file)
                if other != file:
                    mend = "keep one of the two"
                    faults.append(Fault(file, name, "", f"also in {other}", "one entry", mend))
                elif not isinstance(raw, dict):
                    found = f"{name} = {raw!r}"
                    faults.append(Fault(file, "", name, found, "a table", f"write [{name}]"))
                else:
                    shelf[name] = StatedTable(raw, file, name)
                    if shelf is book.priors:
                        book.layers[-1][name] = shelf[name]
    return book


def resolve_sources(book: PriorFiles, faults: list[Fault]) -> dict[str, SourceEntry]:
    """Every source, by its key."""
    checked = {
        name: validated(SourceEntry, *placed, faults) for name, placed in book.sources.items()
    }
    return {name: source for name, source in checked.items() if source is not None}


def resolve_milestones(book: PriorFiles, faults: list[Fault]) -> dict[str, MilestoneEntry]:
    """Every milestone, by its name."""
    checked = {
        n: validated(MilestoneEntry, *placed, faults) for n, placed in book.milestones.items()
    }
    return {name: milestone for name, milestone in checked.items() if milestone is not None}


class Prior(BaseModel):
    """One resolved prior: a distribution with a unit and a source.

    Attributes
    ----------
    natural : the family's natural parameters
    stated : the quantiles as they were written, if that is how it was described
    misfit : largest distance of a fitted quantile from a stated one, as a share of the stated range [1]
    """

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str
    family: str
    natural: dict[str, Natural]
    stated: dict[str, float]
    misfit: float = 0.0
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


EXACT_FIT = 1e-9  # a misfit that is only rounding

TAIL_LEVELS = np.concatenate([[LOWEST_LEVEL], 10.0 ** np.arange(-15.0, -1.0)])

CHECKED_LEVELS = np.concatenate([TAIL_LEVELS, np.linspace(0.1, 0.9, 9), 1.0 - TAIL_LEVELS[::-1]])


def resolve_prior(
    name: str, placed: StatedTable, faults: list[Fault]
) -> tuple[Prior, PriorEntry] | None:
    """Turn an entry into a prior, fitting its family to the stated quantiles."""
    raw, file, table = placed
    entry = validated(PriorEntry, raw, file, table, faults) or _valid_entry(name, raw)
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
    stated = _stated_quantiles(entry)
    prior = Prior(
        name=name,
        natural=natural,
        stated=stated,
        misfit=_misfit(FAMILIES[entry.family], stated, natural),
        **entry.model_dump(include={"unit", "family", "shift", "lower", "upper", "source", "note"}),
    )
    _check_truncation(prior, placed, faults)
    if len(faults) == found:
        _check_reach(prior, placed, faults)
    return (prior, entry) if len(faults) == found else None


def _valid_entry(name: str, raw: Mapping[str, Any]) -> PriorEntry | None:
    """An entry at fault without its faults, for the sake of what else is wrong with it."""
    declared = model.declaration(name)
    unit = declared.unit if declared else "1"
    left = {"unit": unit, "source": "judgement", **valid_part(PriorEntry, raw)}
    try:
        return PriorEntry.model_validate(left)
    except ValidationError:
        return None


def _stated_quantiles(entry: PriorEntry) -> dict[str, float]:
    return {key: value for key in QUANTILES if (value := getattr(entry, key)) is not None}


def _stated_parameters(entry: PriorEntry) -> dict[str, Natural]:
    """Natural parameters of whatever family, as they were written."""
    every = {name for family in FAMILIES.values() for name in family.written}
    written = {name: v for name in sorted(every) if (v := getattr(entry, name)) is not None}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in written.items()}


def _limits(entry: PriorEntry, family: Family) -> dict[str, Natural]:
    """The ends of a family that lies between `lower` and `upper`."""
    if not family.bounded:
        return {}
    return {
        "low": 0.0 if entry.lower is None else entry.lower,
        "high": 1.0 if entry.upper is None else entry.upper,
    }


def _natural(entry: PriorEntry, placed: StatedTable, faults: list[Fault]) -> dict[str, Natural]:
    """The natural parameters, given or fitted; {} and a fault when they cannot be had."""
    family, stated, given = (
        FAMILIES[entry.family],
        _stated_quantiles(entry),
        _stated_parameters(entry),
    )
    limits = _limits(entry, family)
    try:
        _one_way(entry, family, stated, given)
        if stated:
            return _fitted(family, stated, {**given, **limits})
        if amiss := family.wrong(**given, **limits):
            raise Misstated(next(iter(given)), _listed_numbers(given), amiss)
        return {**given, **limits}
    except Misstated as error:
        faults.append(Fault(placed.file, placed.table, *error.args))
    except CannotFit as error:
        faults.append(
            Fault(
                placed.file, placed.table, next(iter(stated)), _listed_numbers(stated), str(error)
            )
        )
    return {}


class Misstated(ValueError):
    """A prior whose keys do not describe its family: key, found, allowed and mend."""


def _one_way(
    entry: PriorEntry, family: Family, stated: Mapping[str, float], given: Mapping[str, Natural]
) -> None:
    """A prior is described by its family's natural parameters or by quantiles, not by both or others."""
    ways = ", ".join(family.written)
    if family.fit:
        beside = f" beside {' and '.join(family.beside)}" if family.beside else ""
        ways += f"; or two or more of p01 ... p99{beside}"
    if foreign := next((name for name in given if name not in family.written), None):
        mend = "take it out, or change the family"
        raise Misstated(foreign, f"{foreign} in a {family.name}", ways, mend)
    doubled = [name for name in given if stated and name not in family.beside]
    if doubled or (stated and not family.fit):
        found = f"quantiles {', '.join(stated)} of a {family.name}"
        found += f" beside {', '.join(doubled)}" if doubled else ""
        raise Misstated(next(iter(stated)), found, ways, "describe it one way")
    if not stated and set(given) != set(family.written):
        found = f"{family.name} described by {listed(given) or 'nothing'}"
        raise Misstated("family", found, ways)
    if entry.shift and family.bounded:
        allowed = f"no shift of a {family.name}, for it lies where lower and upper say"
        raise Misstated("shift", f"{entry.shift:g}", allowed)


def _listed_numbers(numbers: Mapping[str, Natural]) -> str:
    parts = [f"{k} = {v:g}" if isinstance(v, float) else f"{k} = {v}" for k, v in numbers.items()]
    return ", ".join(parts)


def _fitted(
    family: Family, stated: dict[str, float], beside: dict[str, Natural]
) -> dict[str, Natural]:
    """Fit a family to quantiles; as many as it has parameters are met."""
    assert family.fit is not None
    levels, values = np.array([QUANTILES[key] for key in stated]), np.array(list(stated.values()))
    if len(stated) < 2:
        natural = " and ".join(family.written)
        raise CannotFit(f"two or more quantiles, or the natural parameters {natural}")
    if not (values[1:] > values[:-1]).all():
        raise CannotFit("values that rise with the level, p01 to p99")
    if family.scale is np.log and values[0] <= 0:
        raise CannotFit(f"values above 0 in a {family.name}")
    lacking = [name for name in family.beside if name == "df" and name not in beside]
    if lacking:
        raise CannotFit("df beside the quantiles")
    fitted: dict[str, Natural] = {}
    try:
        with np.errstate(all="ignore"):
            fitted = family.fit(levels, values, **beside)
    except CannotFit:
        raise
    except (ArithmeticError, ValueError):  # a search that leaves the numbers there are
        raise CannotFit("quantiles that a computer's numbers can span") from None
    numbers = np.hstack([np.ravel(value) for value in fitted.values()])
    if not np.isfinite(numbers).all():
        raise CannotFit("quantiles that a computer's numbers can span")
    if amiss := family.wrong(**fitted):
        raise CannotFit(f"quantiles of a {family.name}, whose {amiss}")
    free = len(family.natural) - len(beside)
    if len(stated) <= free and not _misfit(family, stated, fitted) < EXACT_FIT:
        raise CannotFit(f"quantiles that a {family.name} can have; none meets these")
    return fitted


def _misfit(family: Family, stated: dict[str, float], natural: dict[str, Natural]) -> float:
    if not stated:
        return 0.0
    levels = np.array([QUANTILES[key] for key in stated])
    miss = family.misfit(levels, np.array(list(stated.values())), natural)
    return 0.0 if miss < EXACT_FIT else miss


def _check_truncation(prior: Prior, placed: StatedTable, faults: list[Fault]) -> None:
    lower, upper = prior.distribution.lower, prior.distribution.upper
    if not lower < upper:
        found = f"lower = {lower:g}, upper = {upper:g}"
        faults.append(Fault(placed.file, placed.table, "lower", found, "lower below upper"))
    elif not prior.distribution.kept > 1e-6:
        found = f"lower = {lower:g}, upper = {upper:g} keep nothing of the {prior.family}"
        faults.append(
            Fault(placed.file, placed.table, "lower", found, "limits that keep some of it")
        )


def _check_reach(prior: Prior, placed: StatedTable, faults: list[Fault]) -> None:
    """Every level that a draw can have gives a number, and higher levels no lower ones."""
    with np.errstate(all="ignore"):
        values = prior.distribution.inverse_cdf(CHECKED_LEVELS)
    found = ""
    if not np.isfinite(values).all():
        found = f"a {prior.family} whose far tail is infinite"
    elif (np.diff(values) < -8.0 * np.spacing(np.abs(values).max())).any():
        found = f"a {prior.family} too extreme for a computer's numbers"
    if found:
        allowed = "finite values in every draw"
        faults.append(Fault(placed.file, placed.table, "family", found, allowed))
