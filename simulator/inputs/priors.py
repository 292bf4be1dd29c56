"""Priors: one distribution a parameter, with unit and source, from folders of TOML files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from simulator import model
from simulator.arrays import Array
from simulator.distributions.distribution import FAMILIES, Distribution
from simulator.distributions.family import QUANTILES, CannotFit, Component, Family, Natural
from simulator.errors import Fault, did_you_mean, listed
from simulator.inputs.files import read_toml, shown_path
from simulator.inputs.schema import (
    NUMBERS,
    PRIOR_KEYS,
    PriorEntry,
    SourceEntry,
    prior_shape,
    valid_part,
    validated,
)
from simulator.model import Milestone
from simulator.sampling import LOWEST_LEVEL

MILESTONES, SOURCES = "milestones.toml", "sources.toml"


class StatedTable(NamedTuple):
    """A table as written, with its file and its header for faults."""

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
    files = PriorFiles({}, {}, {}, [])
    kinds = {MILESTONES: files.milestones, SOURCES: files.sources}
    for folder in folders:
        files.layers.append({})
        file_of: dict[tuple[int, str], str] = {}
        for path in sorted(folder.glob("*.toml")):
            entries, file = kinds.get(path.name, files.priors), shown_path(path)
            for name, raw in read_toml(path, faults).items():
                other = file_of.setdefault((id(entries), name), file)
                if other != file:
                    fix = "keep one of the two"
                    faults.append(Fault(file, name, "", f"also in {other}", "one entry", fix))
                elif not isinstance(raw, dict):
                    text = f"{name} = {raw!r}"
                    faults.append(Fault(file, "", name, text, "a table", f"write [{name}]"))
                else:
                    entries[name] = StatedTable(raw, file, name)
                    if entries is files.priors:
                        files.layers[-1][name] = entries[name]
    return files


def resolve_sources(files: PriorFiles, faults: list[Fault]) -> dict[str, SourceEntry]:
    """Every source without a fault, by its key."""
    checked = {n: validated(SourceEntry, *table, faults) for n, table in files.sources.items()}
    return {name: source for name, source in checked.items() if source is not None}


MILESTONE_KEYS = ("series", "direction", "threshold", "lag", "meaning", "source")


def resolve_milestones(files: PriorFiles, faults: list[Fault]) -> dict[str, Milestone]:
    """Every milestone without a fault, by its name."""
    checked = {
        name: validated(Milestone, *table, faults, MILESTONE_KEYS, name=name)
        for name, table in files.milestones.items()
    }
    return {name: milestone for name, milestone in checked.items() if milestone is not None}


class Prior(BaseModel):
    """One resolved prior: a distribution with a unit and a source.

    Attributes
    ----------
    natural : the family's natural parameters
    stated : the quantiles as they were written, if that is how it was described
    misfit : largest distance of a fitted quantile from a stated one, as a share of the stated range [1]
    vintage : ISO date after which nothing went into the numbers; empty where it is not stated
    rests_on : names of observations that went into the numbers, so that nothing may condition on them
    labels : what each value of a discrete prior stands for; none where that is not stated
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
    vintage: str = ""
    rests_on: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def distribution(self) -> Distribution:
        lower = -math.inf if self.lower is None else self.lower
        upper = math.inf if self.upper is None else self.upper
        return Distribution(self.family, self.natural, self.shift, lower, upper)


EXACT_FIT = 1e-9  # a misfit that is only rounding

LARGEST_VALUE = 1e100  # of a parameter; products of a few such values are still numbers

TAIL_LEVELS = np.concatenate([[LOWEST_LEVEL], 10.0 ** np.arange(-15.0, -1.0)])

CHECKED_LEVELS = np.concatenate([TAIL_LEVELS, np.linspace(0.1, 0.9, 9), 1.0 - TAIL_LEVELS[::-1]])


class Misstated(ValueError):
    """A prior's numbers describe no member of its family: key, what it states, what is allowed, and a fix."""


def resolve_prior(name: str, table: StatedTable, faults: list[Fault]) -> Prior | None:
    """The prior of an entry, its family fitted to the stated quantiles; None where that fails.

    Keys at fault are left out, so that the rest of the entry is checked in the same go. Entries of the same content are
    fitted once in a process.
    """
    raw, file, header = table
    family = FAMILIES.get(str(raw.get("family")))
    shape = prior_shape(family.name if family else "")
    misplaced = {key: v for key, v in raw.items() if family and _is_misplaced(key, family)}
    own = {key: value for key, value in raw.items() if key not in misplaced}
    entry = validated(shape, own, file, header, faults, PRIOR_KEYS) or _valid_entry(
        name, shape, own
    )
    if entry is None:
        return None
    if family is None:
        fix = did_you_mean(entry.family, FAMILIES)
        faults.append(Fault(file, header, "family", f'"{entry.family}"', listed(FAMILIES), fix))
        return None
    if misplaced:
        faults.append(Fault(file, header, *_misplacement(family, entry, misplaced)))
        return None
    content = entry.model_dump_json(exclude={"correlation"}, exclude_none=True)
    prior = _fitted_prior(name, family.name, content)
    if isinstance(prior, Prior):
        return prior
    faults.append(Fault(file, header, *prior.args))
    return None


def _is_misplaced(key: str, family: Family) -> bool:
    """Whether a key is a number of other families only."""
    return (key in NUMBERS and key not in family.written) or (key in QUANTILES and not family.fit)


def _misplacement(
    family: Family, entry: PriorEntry, misplaced: Mapping[str, Any]
) -> tuple[str, str, str, str]:
    """Key, what it states, what is allowed, and a fix, for keys that are numbers of other families only."""
    ways = _ways(family)
    if foreign := sorted(key for key in misplaced if key in NUMBERS):
        return foreign[0], f"{foreign[0]} in a {family.name}", ways, TAKE_OUT
    quantiles = [key for key in QUANTILES if key in misplaced]
    return quantiles[0], _doubled(family, quantiles, entry.parameters), ways, ONE_WAY


TAKE_OUT, ONE_WAY = "take it out, or change the family", "describe it one way"


def _doubled(family: Family, quantiles: Iterable[str], parameters: Iterable[str]) -> str:
    beside = ", ".join(parameters)
    return f"quantiles {', '.join(quantiles)} of a {family.name}" + f" beside {beside}" * bool(
        beside
    )


def _valid_entry(name: str, shape: type[PriorEntry], raw: Mapping[str, Any]) -> PriorEntry | None:
    """An entry without its keys at fault, and with a unit and a source where it lacks them."""
    declared = model.declaration(name)
    unit = declared.unit if declared else "1"
    rest = {"unit": unit, "source": "judgement", **valid_part(shape, raw)}
    try:
        return shape.model_validate(rest)
    except ValidationError:
        return None


@lru_cache(maxsize=4096)
def _fitted_prior(name: str, family: str, content: str) -> Prior | Misstated:
    """The prior of a valid entry, which is given as its JSON, or why there is none."""
    entry = prior_shape(family).model_validate_json(content)
    try:
        prior = Prior(
            name=name,
            natural=(natural := _natural(FAMILIES[family], entry)),
            stated=entry.quantiles,
            misfit=_misfit(FAMILIES[family], entry.quantiles, natural),
            vintage=entry.vintage.isoformat() if entry.vintage else "",
            rests_on=tuple(dict.fromkeys(entry.rests_on)),
            labels=tuple(entry.labels),
            **entry.model_dump(
                include={"unit", "family", "shift", "lower", "upper", "source", "note"}
            ),
        )
        check_numbers(prior)
    except Misstated as error:
        return Misstated(
            *error.args
        )  # a copy without the traceback, which would be kept in the cache
    return prior


def _limits(entry: PriorEntry, family: Family) -> dict[str, Natural]:
    """The ends of a family that lies between `lower` and `upper`."""
    if not family.bounded:
        return {}
    return {
        "low": 0.0 if entry.lower is None else entry.lower,
        "high": 1.0 if entry.upper is None else entry.upper,
    }


def _natural(family: Family, entry: PriorEntry) -> dict[str, Natural]:
    """The natural parameters, as stated or fitted."""
    quantiles, parameters, limits = entry.quantiles, entry.parameters, _limits(entry, family)
    _check_one_way(entry, family)
    if quantiles:
        try:
            return _fitted(family, quantiles, {**parameters, **limits})
        except CannotFit as error:
            raise Misstated(next(iter(quantiles)), _numbers(quantiles), str(error)) from None
    if "components" in parameters:
        parameters["components"] = _components(parameters["components"])
    if wrong := family.wrong(**parameters, **limits):
        raise Misstated(next(iter(parameters)), _numbers(parameters), wrong)
    return {**parameters, **limits}


COMPONENT_KEYS = ("family", *QUANTILES, *NUMBERS, "shift", "lower", "upper")


def _components(tables: Iterable[Mapping[str, Any]]) -> tuple[Component, ...]:
    """The components of a mixture, each fitted to what its table states."""
    components = []
    for number, table in enumerate(tables, 1):
        header = f"components {number}"
        if unknown := sorted(set(table) - set(COMPONENT_KEYS)):
            key, fix = unknown[0], did_you_mean(unknown[0], COMPONENT_KEYS)
            allowed = "family, its numbers or quantiles, shift, lower, upper"
            raise Misstated("components", f"{key} in {header}", allowed, fix)
        faults: list[Fault] = []
        raw = {"unit": "1", "source": "judgement", **table}
        prior = resolve_prior(header, StatedTable(raw, "", ""), faults)
        if prior is None:
            first = faults[0]
            stated = f"{first.key} of {header}: {first.found}"
            raise Misstated("components", stated, first.allowed, first.fix)
        components.append(
            Component(
                prior.family,
                prior.natural,  # type: ignore[arg-type]  # `wrong` refuses a mixture of mixtures
                prior.shift,
                prior.lower,
                prior.upper,
            )
        )
    return tuple(components)


def _ways(family: Family) -> str:
    """How a family's priors can be described."""
    ways = ", ".join(family.written)
    if family.fit:
        beside = f" beside {' and '.join(family.beside)}" if family.beside else ""
        ways += f"; or two or more of p01 ... p99{beside}"
    return ways


def _check_one_way(entry: PriorEntry, family: Family) -> None:
    """Check that a prior states natural parameters or quantiles, not both."""
    quantiles, parameters = entry.quantiles, entry.parameters
    doubled = [name for name in parameters if quantiles and name not in family.beside]
    if doubled:
        key = next(iter(quantiles))
        raise Misstated(key, _doubled(family, quantiles, doubled), _ways(family), ONE_WAY)
    if not quantiles and set(parameters) != set(family.written):
        described = f"{family.name} described by {listed(parameters) or 'nothing'}"
        raise Misstated("family", described, _ways(family))
    if entry.shift and family.bounded:
        allowed = f"no shift of a {family.name}, for it lies where lower and upper say"
        raise Misstated("shift", f"{entry.shift:g}", allowed)


def _numbers(numbers: Mapping[str, Natural]) -> str:
    parts = [
        f"{k} = {v:g}"
        if isinstance(v, float)
        else f"{len(v)} {k}"
        if k == "components"
        else f"{k} = {v}"
        for k, v in numbers.items()
    ]
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
    except (ArithmeticError, ValueError):  # a search that overflows or fails
        raise CannotFit("quantiles that a computer's numbers can span") from None
    numbers: Array = np.hstack([np.ravel(np.asarray(value)) for value in fitted.values()])
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


def check_numbers(prior: Prior) -> None:
    """Check that every draw of a prior is a finite number, and that its limits leave some.

    Raises
    ------
    Misstated
        when a level gives no finite number, or the limits leave no value
    """
    _check_truncation(prior)
    _check_finite(prior)
    _check_labels(prior)


def _check_labels(prior: Prior) -> None:
    values = prior.natural.get("values", ()) if prior.family == "discrete" else ()
    number = len(values) if isinstance(values, tuple) else 0
    if prior.labels and (len(prior.labels) != number or len(set(prior.labels)) < number):
        allowed = "one name for each of the values of a discrete prior, no two alike"
        raise Misstated("labels", listed(prior.labels), allowed)


def _check_truncation(prior: Prior) -> None:
    lower, upper = prior.distribution.lower, prior.distribution.upper
    limits = f"lower = {lower:g}, upper = {upper:g}"
    if not lower < upper:
        raise Misstated("lower", limits, "lower below upper")
    if not prior.distribution.kept > 1e-6:
        empty = f"{limits} keep nothing of the {prior.family}"
        raise Misstated("lower", empty, "limits that keep some of it")


def _check_finite(prior: Prior) -> None:
    """Check that every possible level gives a number to calculate with, and that values do not fall as levels rise."""
    with np.errstate(all="ignore"):
        values = prior.distribution.inverse_cdf(CHECKED_LEVELS)
    allowed = "finite values in every draw"
    if not np.isfinite(values).all():
        raise Misstated("family", f"a {prior.family} whose far tail is infinite", allowed)
    if (largest := np.abs(values).max()) > LARGEST_VALUE:
        key = "value" if prior.family == "fixed" else "family"
        allowed = f"values from -{LARGEST_VALUE:g} to {LARGEST_VALUE:g}"
        raise Misstated(key, f"values up to {largest:g}", allowed)
    if (np.diff(values) < -8.0 * np.spacing(np.abs(values).max())).any():
        raise Misstated("family", f"a {prior.family} too extreme for a computer's numbers", allowed)
