"""Milestones: the year of first passage of a series.

Joins the drivers and steps through time: parameters -> series.

Arrays are (year, draw); a parameter is (draw) and the grid a column (year, 1), so that every line reads like its
formula. Everything here is pure and per draw: no operation mixes draws, and none depends on the block's width.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from simulator import drivers
from simulator.arrays import Array
from simulator.drivers.algorithms import algorithms_step
from simulator.drivers.driver import Driver, Parameter, ParameterFamily, Series, gives
from simulator.drivers.feedback import research_speedup


@dataclass(frozen=True)
class Milestone:
    """A condition on a series: `series direction threshold`, where the threshold is a number or a parameter's name."""

    name: str
    series: str
    direction: str
    threshold: float | str
    meaning: str
    source: str


def milestone_threshold(milestone: Milestone, parameters: Mapping[str, Array]) -> Array:
    """The threshold of each draw, (draw) or a scalar [the series' unit]."""
    if isinstance(milestone.threshold, str):
        return parameters[milestone.threshold]
    return np.array(milestone.threshold)


def first_passage(values: Array, direction: str, threshold: Array, years: Array) -> Array:
    """Year in which each draw first meets the condition, linear between grid points.

    Parameters
    ----------
    values : (year, draw) [the series' unit]
    direction : ">=" or "<="
    threshold : (draw) or a scalar [the series' unit]
    years : (year) [year], evenly spaced

    Returns
    -------
    (draw) [year] : the first grid point's year when met there, inf when never (right-censored)
    """
    met = values >= threshold if direction == ">=" else values <= threshold
    first = np.argmax(met, axis=0)
    draws = np.arange(values.shape[1])
    ever = met[first, draws]
    earlier = np.maximum(first - 1, 0)
    before, after = values[earlier, draws], values[first, draws]
    crossed = ever & (first > 0)
    share = np.where(crossed, threshold - before, 0.0) / np.where(crossed, after - before, 1.0)
    return np.where(ever, years[earlier] + share * (years[1] - years[0]), np.inf)


DT = 0.25

TIME = ("t", "year", "dt", "anchor_year")


@dataclass(frozen=True)
class TimeGrid:
    """Quarters from `start` to `horizon`, both in; the anchor is one of them."""

    start: float
    anchor_year: float
    horizon: float

    @property
    def years(self) -> Array:
        """(year) [year]."""
        return self.start + DT * np.arange(round((self.horizon - self.start) / DT) + 1.0)

    @property
    def anchor(self) -> int:
        """The anchor's index."""
        return round((self.anchor_year - self.start) / DT)


@gives(
    {
        "algorithms": "OOM",
        "trained_effective": "OOM",
        "effective_compute": "OOM",
        "research_speedup": "1",
    }
)
def progress(
    t: Array,
    dt: float,
    trained_compute: Array,
    unhobbling: Array,
    inference: Array,
    _algorithms_pace: Array,
    _regime_slope: Array,
    algorithms_growth: Array,
    algorithms_limit: Array,
    researcher_threshold: Array,
    feedback_multiplier: Array,
    feedback_width: Array,
) -> tuple[Array, Array, Array, Array]:
    """Step algorithms, the change of regime and the feedback together, since each needs the last.

    Before the anchor algorithms grow along a line and nothing feeds back; effective compute is trained effective
    compute plus unhobbling and inference everywhere.
    """
    beside = unhobbling + inference
    algorithms = algorithms_growth * np.minimum(t, 0.0)
    trained = trained_compute + algorithms
    speedup = np.empty_like(trained)
    anchor, last = int(np.argmin(np.abs(t))), len(t) - 1
    for k in range(anchor, last):
        speedup[k] = research_speedup(
            trained[k] + beside[k], researcher_threshold, feedback_multiplier, feedback_width
        )
        added = algorithms_step(
            algorithms[k], speedup[k], _algorithms_pace[k], dt, algorithms_growth, algorithms_limit
        )
        algorithms[k + 1] = algorithms[k] + added
        grown = trained_compute[k + 1] + algorithms[k + 1] - trained_compute[k] - algorithms[k]
        trained[k + 1] = trained[k] + _regime_slope[k] * grown
    effective = trained + beside
    outside = [*range(anchor), last]
    speedup[outside] = research_speedup(
        effective[outside], researcher_threshold, feedback_multiplier, feedback_width
    )
    return algorithms, trained, effective, speedup


@dataclass(frozen=True)
class Model:
    """The drivers in the order in which each has what it needs, and the families' members found among the priors."""

    order: tuple[Driver, ...]
    families: tuple[tuple[ParameterFamily, tuple[str, ...]], ...]

    @cached_property
    def series(self) -> dict[str, Series]:
        """Every series that a draw has, by name."""
        given = [series for driver in self.order for series in driver.gives.values()]
        members = {family.prefix: names for family, names in self.families}
        named: dict[str, Series] = {}
        for series in given:
            stem, _, rest = series.name.partition("<")
            for member in members[rest[:-1]] if rest else ("",):
                named[stem + member] = Series(stem + member, series.unit, series.codes)
        return {name: series for name, series in named.items() if not name.startswith("_")}


@cache
def declared_parameters() -> tuple[dict[str, Parameter], tuple[ParameterFamily, ...]]:
    """Every parameter that a driver declares, by name, and every family of parameters."""
    found = drivers.all_drivers()
    parameters = {name: p for driver in found for name, p in driver.parameters.items()}
    families = tuple(family for driver in found for family in driver.families.values())
    return parameters, families


def declaration(name: str) -> Parameter | None:
    """Unit and domain of the parameter of this name, or None when no driver has it."""
    parameters, families = declared_parameters()
    if name in parameters:
        return parameters[name]
    members = ((family, family.member(name)) for family in families)
    return next((family.fields[m[1]] for family, m in members if m), None)


def join_drivers(names: Iterable[str]) -> Model:
    """Join the drivers into a model for parameters of these names."""
    _, families = declared_parameters()
    names = tuple(names)
    found = []
    for family in families:
        members = (member for name in names if (member := family.member(name)))
        found.append((family, tuple(dict.fromkeys(name for name, _ in members))))
    return Model(_ordered(), tuple(found))


@cache
def _ordered() -> tuple[Driver, ...]:
    waiting = [progress, *(driver for driver in drivers.all_drivers() if not driver.stepped)]
    parameters, _ = declared_parameters()
    known = {*TIME, *parameters}
    order: list[Driver] = []
    while waiting:
        ready = [d for d in waiting if all(n in known or n in d.families for n in d.needs)]
        if not ready:
            lacking = {d.function.__name__: sorted(set(d.needs) - known) for d in waiting}
            raise TypeError(f"drivers need what none gives: {lacking}")
        order += ready
        known.update(name for driver in ready for name in driver.gives)
        waiting = [driver for driver in waiting if driver not in ready]
    return tuple(order)


def upstream(model: Model, series: Iterable[str]) -> Model:
    """The part of a model that these series, by name, need."""
    wanted = set(series)
    kept: list[Driver] = []
    for driver in reversed(model.order):
        if any(_is_wanted(name, wanted) for name in driver.gives):
            kept.append(driver)
            wanted.update(driver.needs)
    read = {prefix for driver in kept for prefix in driver.families}
    families = tuple(pair for pair in model.families if pair[0].prefix in read)
    return Model(tuple(reversed(kept)), families)


def _is_wanted(name: str, wanted: Iterable[str]) -> bool:
    """Say whether a driver's series is wanted; `score_<benchmark>` is every member's."""
    stem, _, family = name.partition("<")
    return any(other.startswith(stem) if family else other == name for other in wanted)


def parameters_read(model: Model) -> frozenset[str]:
    """Names of the parameters that a model reads."""
    parameters, _ = declared_parameters()
    plain = {name for driver in model.order for name in driver.needs if name in parameters}
    of_families = {
        f"{family.prefix}_{member}_{field}"
        for family, members in model.families
        for member in members
        for field in family.fields
    }
    return frozenset(plain | of_families)


def evaluate(model: Model, parameters: Mapping[str, Array], grid: TimeGrid) -> dict[str, Array]:
    """Unfold every series of a block of draws.

    Parameters
    ----------
    model : the drivers, joined for these parameters
    parameters : name -> (draw) [each in its own unit]
    grid : the quarters

    Returns
    -------
    name -> (year, draw) [each series in its own unit]; a code is a whole number
    """
    year = grid.years[:, np.newaxis]
    world: dict[str, Any] = {**parameters, "year": year, "t": year - grid.anchor_year}
    world |= {"dt": DT, "anchor_year": grid.anchor_year}
    for family, members in model.families:
        world[f"<{family.prefix}>"] = {m: _family_member(family, m, parameters) for m in members}
    given: dict[str, Array] = {}
    for driver in model.order:
        result = driver.function(**{name: _argument(name, driver, world) for name in driver.needs})
        named = _named_series(driver, result)
        given |= named
        world |= named
    draws = len(next(iter(parameters.values())))
    shape = (len(year), draws)
    return {name: np.broadcast_to(given[name], shape) for name in model.series}


def _argument(name: str, driver: Driver, world: Mapping[str, Any]) -> Any:
    return world[f"<{name}>"] if name in driver.families else world[name]


def _family_member(family: ParameterFamily, member: str, parameters: Mapping[str, Array]) -> Any:
    return family.record(**{f: parameters[f"{family.prefix}_{member}_{f}"] for f in family.fields})


def _named_series(driver: Driver, result: Any) -> dict[str, Array]:
    if isinstance(result, dict):
        (template,) = driver.gives
        return {template.partition("<")[0] + name: value for name, value in result.items()}
    values = result if isinstance(result, tuple) else (result,)
    return dict(zip(driver.gives, values, strict=True))


def series_of_names(priors: Iterable[str]) -> dict[str, Series]:
    """Every series of a model with parameters of these names."""
    return join_drivers(priors).series
