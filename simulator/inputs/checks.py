"""Checks of the parts of a plan against one another; each function appends its faults."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from simulator import drivers, formulas, model
from simulator.distributions.domain import NOT_NEGATIVE, REAL
from simulator.drivers.driver import MemberParameters, Parameter
from simulator.drivers.growth import FAR, LARGEST_EXPONENT
from simulator.errors import Fault, did_you_mean, listed
from simulator.inputs import correlations
from simulator.inputs.computed import ComputedParameter, is_computed
from simulator.inputs.priors import Prior, PriorFiles
from simulator.inputs.scenarios import ScenarioFiles
from simulator.inputs.schema import RunEntry, SourceEntry
from simulator.model import DT, Milestone, series_of_names
from simulator.sampling import (
    LOWEST_LEVEL,
    MOST_SOBOL_DRAWS,
    Pairs,
    connected_components,
    correlation_matrix,
    is_positive_semidefinite,
)

LONGEST_SPAN = 1000.0


class InputParts(NamedTuple):
    """The parts of a plan before they are checked against one another.

    Attributes
    ----------
    priors : those without a fault of their own, by name
    computed : parameters with a formula in place of a prior, without a fault of their own, by name
    tables : file and table of every prior, at fault or not, by name
    """

    priors: dict[str, Prior]
    computed: dict[str, ComputedParameter]
    tables: dict[str, tuple[str, str]]
    files: PriorFiles
    milestones: dict[str, Milestone]
    sources: dict[str, SourceEntry]
    scenario: ScenarioFiles

    @property
    def drawn(self) -> dict[str, tuple[str, str]]:
        """File and table of every prior that is no formula."""
        return {name: table for name, table in self.tables.items() if name not in self.computed}

    def stated_in(self, key: str) -> str:
        """The file that states a key of the run, or the run itself where the default holds."""
        stated = self.scenario.stated.get(key)
        return stated.file if stated else self.scenario.name


def check_all(parts: InputParts, entry: RunEntry, pairs: Pairs, faults: list[Fault]) -> None:
    """Check every part against every other."""
    _grid(parts, entry, faults)
    _sources(parts, faults)
    _names(parts, faults)
    for name, prior in parts.priors.items():
        _prior(name, prior, parts, faults)
    for each in parts.computed.values():
        _unit(each, parts, faults)
    _misstated_priors(parts, faults)
    _above(parts, faults)
    _milestones(parts, entry, faults)
    _logistics(parts, entry, faults)
    _matrix(parts, pairs, faults)
    _hold(parts, entry, faults)
    sampler, file = entry.condition.sampler, parts.stated_in("design")
    check_design(entry.design, sampler, entry.draws, file, faults)


def check_design(design: str, sampler: str, draws: int, file: str, faults: list[Fault]) -> None:
    """Check that a design of Sobol' points has no more draws than points, and no sampler that moves them."""
    if design != "sobol":
        return
    if sampler == "sequential":
        allowed = 'design = "random" with the sampler sequential, which moves the draws at random'
        faults.append(Fault(file, "", "design", '"sobol"', allowed))
    if draws > MOST_SOBOL_DRAWS:
        problem, allowed = f'"sobol" and {draws:,} draws', f"at most {MOST_SOBOL_DRAWS:,} of them"
        faults.append(Fault(file, "", "design", problem, allowed, 'or design = "random"'))


def _grid(parts: InputParts, entry: RunEntry, faults: list[Fault]) -> None:
    def wrong(key: str, allowed: str) -> None:
        problem = f"{getattr(entry, key):g}"
        faults.append(Fault(parts.stated_in(key), "", key, problem, allowed))

    if entry.start % DT:
        wrong("start", f"a quarter of a year (steps of {DT})")
    if entry.anchor_year < entry.start:
        wrong("anchor_year", f"a year from start = {entry.start:g} on")
    elif (entry.anchor_year - entry.start) % DT:
        wrong("anchor_year", f"a quarter on the grid from start = {entry.start:g} (steps of {DT})")
    if entry.horizon <= entry.anchor_year:
        wrong("horizon", f"a year after the anchor, {entry.anchor_year:g}")
    elif (entry.horizon - entry.start) % DT:
        wrong("horizon", f"a quarter on the grid from start = {entry.start:g} (steps of {DT})")
    elif entry.horizon - entry.start > LONGEST_SPAN:
        wrong("horizon", f"at most {LONGEST_SPAN:g} years after start = {entry.start:g}")


def _sources(parts: InputParts, faults: list[Fault]) -> None:
    cited = [(*parts.tables[name], prior.source) for name, prior in parts.priors.items()]
    cited += [(*parts.tables[name], each.source) for name, each in parts.computed.items()]
    cited += [
        (parts.files.milestones[name].file, name, m.source) for name, m in parts.milestones.items()
    ]
    for file, table, source in cited:
        if source not in parts.sources:
            faults.append(_unknown_source(file, table, source, parts.sources))


def _names(parts: InputParts, faults: list[Fault]) -> None:
    """Check that every parameter has a prior, and that the model uses every prior."""
    parameters, _ = model.declared_parameters()
    read = {name for milestone in parts.milestones.values() for name in milestone.parameters}
    read |= _names_in_formulas(parts)
    needed = dict.fromkeys(parameters, "a driver")
    optional: set[str] = set()
    for group, member in _members(parts):
        other = (group.name(member, field) for field in group.required)
        needed.update(dict.fromkeys(other, f"the {group.prefix} {member}"))
        optional |= {group.name(member, field) for field in group.defaults}
    for name in sorted(set(needed) - set(parts.tables)):
        fix = f"add [{name}] to a prior file"
        faults.append(Fault("priors", name, "", "no prior", f"one for {needed[name]}", fix))
    for name in sorted(set(parts.tables) - set(needed) - optional - read):
        fix = (
            did_you_mean(name, [*needed, *optional])
            or "take it out, or add the driver or milestone that uses it"
        )
        file, table = parts.tables[name]
        faults.append(Fault(file, table, "", "a prior that nothing uses", listed(needed), fix))


def _members(parts: InputParts) -> Iterator[tuple[MemberParameters, str]]:
    """Every member that a prior is of, with the group that it belongs to."""
    _, groups = model.declared_parameters()
    for group in groups:
        parted = filter(None, map(group.split, parts.tables))
        yield from ((group, member) for member in dict.fromkeys(member for member, _ in parted))


def _above(parts: InputParts, faults: list[Fault]) -> None:
    """Check that no value of a member's parameter, such as its ceiling, reaches the one that it lies above."""
    for group, member in _members(parts):
        for field, parameter in group.fields.items():
            names = group.name(member, field), group.name(member, parameter.above)
            if not parameter.above or not all(name in parts.priors for name in names):
                continue
            upper, lower = (parts.priors[name] for name in names)
            low, high = upper.distribution.support.low, lower.distribution.support.high
            if low <= high:
                fixed = upper.family == "fixed"
                key, problem = ("value", f"{low:g}") if fixed else ("", f"values from {low:g} up")
                allowed = f"values above every value of {names[1]}, which has up to {high:g}"
                fix = "" if fixed else f"add lower = a number above {high:g}"
                faults.append(Fault(*parts.tables[names[0]], key, problem, allowed, fix))


def _declaration(name: str, parts: InputParts) -> Parameter | None:
    """The declared unit and domain of a parameter; those of one that only milestones use, as threshold or as lag."""
    if declared := model.declaration(name):
        return declared
    series = series_of_names(parts.priors)
    of = [m.series for m in parts.milestones.values() if m.threshold == name and m.series in series]
    if of:
        return Parameter(series[of[0]].unit, REAL)
    is_lag = any(milestone.lag == name for milestone in parts.milestones.values())
    return Parameter("years", NOT_NEGATIVE) if is_lag else None


def _names_in_formulas(parts: InputParts) -> set[str]:
    """Parameters of formulas, also of those that a later file or `--set` replaced by a prior."""
    used: set[str] = set()
    for layer in (*parts.files.layers, *parts.scenario.priors):
        for table in filter(is_computed, layer.values()):
            try:
                used.update(formulas.names(str(table.raw.get("formula"))))
            except formulas.FormulaFault:  # said where the formula is read
                continue
    return used


def _unit(
    parameter: Prior | ComputedParameter, parts: InputParts, faults: list[Fault]
) -> Parameter | None:
    """The declaration of a parameter, whose unit it must have; None where nothing declares it."""
    declared = _declaration(parameter.name, parts)
    if declared and parameter.unit != declared.unit:
        faults.append(_other_unit(*parts.tables[parameter.name], parameter.unit, declared.unit))
    return declared


def _misstated_priors(parts: InputParts, faults: list[Fault]) -> None:
    """Check unit and source of priors whose numbers are at fault, so that all of a table is said at once."""
    tables = {
        n: t for layer in (*parts.files.layers, *parts.scenario.priors) for n, t in layer.items()
    }
    for name in parts.tables.keys() - parts.priors.keys() - parts.computed.keys():
        file, table = parts.tables[name]
        unit, source = (tables[name].raw.get(key) for key in ("unit", "source"))
        declared = _declaration(name, parts)
        if declared and isinstance(unit, str) and unit != declared.unit:
            faults.append(_other_unit(file, table, unit, declared.unit))
        if isinstance(source, str) and source not in parts.sources:
            faults.append(_unknown_source(file, table, source, parts.sources))


def _other_unit(file: str, table: str, unit: str, declared: str) -> Fault:
    fix = "restate the prior in this unit"
    return Fault(file, table, "unit", f'"{unit}"', f'"{declared}"', fix)


def _unknown_source(file: str, table: str, source: str, known: Iterable[str]) -> Fault:
    fix = did_you_mean(source, known) or "add it to a sources.toml"
    return Fault(file, table, "source", f'"{source}"', "a key of sources.toml", fix)


def _prior(name: str, prior: Prior, parts: InputParts, faults: list[Fault]) -> None:
    declared = _unit(prior, parts, faults)
    if declared is None:
        return
    file, table = parts.tables[name]
    support, domain = prior.distribution.support, declared.domain
    if not domain.holds(support):
        fixed = prior.family == "fixed"
        lie = f"a {prior.family} whose values lie {_interval(support.low, support.high)}"
        key, problem = ("value", f"{support.low:g}") if fixed else ("family", lie)
        fix = "" if fixed else "add lower (or upper), or take another family"
        faults.append(Fault(file, table, key, problem, f"{name} {domain}", fix))


def _interval(low: float, high: float) -> str:
    if (low, high) == (-math.inf, math.inf):
        return "anywhere"
    return f"from {low:g} up" if high == math.inf else f"in {low:g} to {high:g}"


def _milestones(parts: InputParts, entry: RunEntry, faults: list[Fault]) -> None:
    series = series_of_names(parts.tables)
    for name, milestone in parts.milestones.items():
        file = parts.files.milestones[name].file
        if milestone.series not in series:
            fix = did_you_mean(milestone.series, series)
            problem = f'"{milestone.series}"'
            faults.append(Fault(file, name, "series", problem, listed(series), fix))
        for key in ("threshold", "lag"):
            read = getattr(milestone, key)
            if isinstance(read, str) and read not in parts.tables:
                fix = did_you_mean(read, parts.tables)
                allowed = "a number, or the name of a parameter"
                faults.append(Fault(file, name, key, f'"{read}"', allowed, fix))
    for key, known in (("milestones", parts.milestones), ("series", series)):
        for name in getattr(entry, key) or ():
            if name not in known:
                fix, file = did_you_mean(name, known), parts.stated_in(key)
                faults.append(Fault(file, "", key, f'"{name}"', listed(known, 40), fix))


def _logistics(parts: InputParts, entry: RunEntry, faults: list[Fault]) -> None:
    """Check that no possible draw makes an exponent of the logistic shape overflow."""
    span = entry.horizon - entry.anchor_year
    far = np.array([LOWEST_LEVEL, 1.0 - LOWEST_LEVEL])
    for driver in drivers.all_drivers():
        for stem in driver.logistic:
            names = [f"{stem}_{part}" for part in ("start", "growth", "ceiling")]
            if not all(name in parts.priors for name in names):
                continue
            start, growth, ceiling = (parts.priors[n].distribution.inverse_cdf(far) for n in names)
            grown, above = growth[1] * span, start[1] - ceiling[0]
            problem, allowed = "", f"{names[0]} - {names[2]} under {LARGEST_EXPONENT:g}"
            if above >= LARGEST_EXPONENT:
                problem = f"a start up to {above:.0f} OOM above the ceiling"
            elif grown >= LARGEST_EXPONENT and ceiling[1] - start[0] >= FAR and -above < grown + 16:
                problem = f"up to {grown:.0f} OOM by {entry.horizon:g}, on the way to a far ceiling"
                allowed = f"{names[1]} * years under {LARGEST_EXPONENT:g}, or a nearer {names[2]}"
            if problem:
                fix = "give the growth an upper limit, or an earlier horizon"
                faults.append(Fault(*parts.tables[names[1]], "", problem, allowed, fix))


def _matrix(parts: InputParts, pairs: Pairs, faults: list[Fault]) -> None:
    free = [name for name, prior in parts.priors.items() if prior.family != "fixed"]
    varying = [pair for pair in pairs if {pair[0], pair[1]} <= set(free)]
    for part in connected_components(free, varying):
        if not is_positive_semidefinite(correlation_matrix(part, varying)):
            first, problem, fix = correlations.impossible_correlations(part, varying)
            allowed = "correlations that can hold together (a positive semi-definite matrix)"
            faults.append(Fault(*parts.tables[first], "correlation", problem, allowed, fix))


def _hold(parts: InputParts, entry: RunEntry, faults: list[Fault]) -> None:
    for table, names in (("hold", entry.hold), ("sweep", entry.sweep)):
        for name in names:
            if name not in parts.drawn and not (table == "sweep" and name in parts.tables):
                file, fix = parts.stated_in(table), did_you_mean(name, parts.drawn)
                problem, allowed = "an unknown parameter", "a prior's name"
                if name in parts.computed:
                    problem = "a computed parameter, which has no level"
                faults.append(Fault(file, table, name, problem, allowed, fix))
