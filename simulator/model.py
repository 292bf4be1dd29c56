"""The model: drivers joined and stepped through time, and first passages: parameters -> series -> arrivals.

Arrays are (year, draw); a parameter is (draw) and the grid a column (year, 1), so that every line reads like its
formula. Everything here is pure and per draw: no operation mixes draws, and none depends on the block's width.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from simulator import drivers
from simulator.arrays import Array, Whole
from simulator.drivers.algorithms import algorithms_step
from simulator.drivers.driver import Driver, MemberParameters, Parameter, Quantity, Series, gives
from simulator.drivers.feedback import research_speedup


class Milestone(BaseModel):
    """A condition on a series, `series direction threshold`, and how long after it is met the milestone arrives.

    Threshold and lag are numbers, or names of parameters.

    Attributes
    ----------
    direction : ">=" or "<="
    threshold : [the series' unit]
    lag : [years], 0 or more
    meaning, source : what it stands for, in words, and the entry of sources.toml that it comes from
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    series: Annotated[str, Field(min_length=1)]
    direction: Literal[">=", "<="]
    threshold: Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, Field(min_length=1)]
    lag: (
        Annotated[float, Field(ge=0.0, allow_inf_nan=False)] | Annotated[str, Field(min_length=1)]
    ) = 0.0
    meaning: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]

    @model_serializer(mode="wrap")
    def _without_no_lag(self, values: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Its values; the lag where there is one, so that plans without are those from before there were lags."""
        return {key: value for key, value in values(self).items() if key != "lag" or value}

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters that it reads."""
        return tuple(each for each in (self.threshold, self.lag) if isinstance(each, str))

    @property
    def condition(self) -> str:
        """Its condition as text: `training_flop >= 27.0`, and the lag where there is one."""
        later = f", lag {self.lag}" if self.lag else ""
        return f"{self.series} {self.direction} {self.threshold}{later}"


def value_in_draws(stated: float | str, parameters: Mapping[str, Array]) -> Array:
    """What a milestone states, its threshold or its lag, in each draw.

    Parameters
    ----------
    stated : a number or a parameter's name
    parameters : name -> (draw) [each in its own unit]

    Returns
    -------
    (draw), or () where it is a number [the series' unit, or years]
    """
    return parameters[stated] if isinstance(stated, str) else np.array(stated)


def arrival(
    milestone: Milestone,
    series: Mapping[str, Array],
    parameters: Mapping[str, Array],
    years: Array,
) -> Array:
    """Year in which each draw arrives at a milestone.

        arrival = first passage + lag,  inf where that lies after the last year

    Parameters
    ----------
    milestone : with its condition
    series : name -> (year, draw) [each in its own unit]
    parameters : name -> (draw) [each in its own unit]
    years : (year) [year], evenly spaced

    Returns
    -------
    (draw) [year], inf where not reached
    """
    threshold = value_in_draws(milestone.threshold, parameters)
    passage = first_passage(series[milestone.series], milestone.direction, threshold, years)
    if not milestone.lag:
        return passage
    later = passage + value_in_draws(milestone.lag, parameters)
    return np.where(later <= years[-1], later, np.inf)


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
    (draw) [year] : year_(k-1) + dt * (threshold - x_(k-1)) / (x_k - x_(k-1)), where k is the first grid point at which
        the condition is met; the first year when it is met there, inf when never (right-censored)
    """
    met = values >= threshold if direction == ">=" else values <= threshold
    first = _first_met(met)
    draws = np.arange(values.shape[1])
    ever = met[first, draws]
    previous = np.maximum(first - 1, 0)
    before, after = values[previous, draws], values[first, draws]
    crossed = ever & (first > 0)
    share = np.where(crossed, threshold - before, 0.0) / np.where(crossed, after - before, 1.0)
    return np.where(ever, years[previous] + share * (years[1] - years[0]), np.inf)


def _first_met(met: Any) -> Whole:
    """Index of the first year in which a condition is met, (draw); 0 where it never is.

    As `argmax` finds it, which a draw that is traced needs, but ten times faster: the largest number of years left.
    """
    if not isinstance(met, np.ndarray):
        return np.argmax(met, axis=0)
    years = len(met)
    left = np.arange(years, 0, -1, dtype=np.min_scalar_type(years))[:, np.newaxis]
    most = np.maximum.reduce(met.view(np.uint8) * left)
    return (years - most.astype(np.int64)) % years


DT = 0.25

TIME = ("t", "year", "dt", "anchor_year")


@dataclass(frozen=True)
class TimeGrid:
    """Quarters from `start` to `horizon`, both included [year]; the anchor is one of them."""

    start: float
    anchor_year: float
    horizon: float

    @property
    def years(self) -> Array:
        """The grid points.

        Returns
        -------
        (year) [year]
        """
        return self.start + DT * np.arange(round((self.horizon - self.start) / DT) + 1.0)


@gives(
    {
        "algorithms": Quantity(
            "OOM", "Gain from algorithms, as training compute of the same effect"
        ),
        "trained_effective": Quantity(
            "OOM", "Training compute and algorithms together over the anchor's"
        ),
        "effective_compute": Quantity(
            "OOM",
            "Effective compute over the anchor's",
        ),
        "research_speedup": Quantity("1", "How many times faster research goes with AI's help"),
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
    """Step algorithms, the change of regime and the feedback through time together, since each needs the others.

    With C trained_compute, A algorithms, T trained effective compute, E effective compute, U unhobbling and I inference
    [all OOM], S the research speedup, p the pace and m the slope of the regime [all 1]:

        E_k     = T_k + U_k + I_k
        S_k     = 1 + (multiplier - 1) * sigmoid((E_k - researcher_threshold) / width)
        A_(k+1) = A_k + (limit - A_k) * (1 - exp(-growth * S_k * p_k * dt / limit))
        T_(k+1) = T_k + m_k * (C_(k+1) + A_(k+1) - C_k - A_k)

    from the anchor on, where A = 0 and T = C. Before it A = growth * t and T = C + A, and the speedup has no effect.

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    dt : length of a step [year]
    trained_compute, unhobbling, inference : (year, draw) [OOM]
    _algorithms_pace, _regime_slope : (year - 1, draw) [1], of each step
    algorithms_growth : (draw) [OOM/year]
    algorithms_limit, feedback_width : (draw) [OOM], > 0
    researcher_threshold : (draw) [OOM]
    feedback_multiplier : (draw) [1]

    Returns
    -------
    algorithms, trained effective compute, effective compute : (year, draw) [OOM]
    research speedup : (year, draw) [1]

    References
    ----------
    docs/method.md, "Unhobbling, inference, regime, feedback"
    """
    unhobbling_and_inference = unhobbling + inference
    algorithms = algorithms_growth * np.minimum(t, 0.0)
    trained = trained_compute + algorithms
    speedup = np.empty_like(trained)
    anchor, last = int(np.argmin(np.abs(t))), len(t) - 1
    for k in range(anchor, last):
        speedup[k] = research_speedup(
            trained[k] + unhobbling_and_inference[k],
            researcher_threshold,
            feedback_multiplier,
            feedback_width,
        )
        added = algorithms_step(
            algorithms[k], speedup[k], _algorithms_pace[k], dt, algorithms_growth, algorithms_limit
        )
        algorithms[k + 1] = algorithms[k] + added
        growth = trained_compute[k + 1] + algorithms[k + 1] - trained_compute[k] - algorithms[k]
        trained[k + 1] = trained[k] + _regime_slope[k] * growth
    effective = trained + unhobbling_and_inference
    unstepped = [*range(anchor), last]
    speedup[unstepped] = research_speedup(
        effective[unstepped], researcher_threshold, feedback_multiplier, feedback_width
    )
    return algorithms, trained, effective, speedup


@dataclass(frozen=True)
class Model:
    """Drivers, joined for parameters of certain names.

    Attributes
    ----------
    order : the drivers, each after those that give what it needs
    members : parameters of members, such as benchmarks, and the names of the members
    """

    order: tuple[Driver, ...]
    members: tuple[tuple[MemberParameters, tuple[str, ...]], ...]

    @cached_property
    def series(self) -> dict[str, Series]:
        """Every series that a draw has, by name."""
        given = [series for driver in self.order for series in driver.gives.values()]
        members = {group.prefix: names for group, names in self.members}
        named: dict[str, Series] = {}
        for series in given:
            stem, _, rest = series.name.partition("<")
            for member in members[rest[:-1]] if rest else ("",):
                meaning = series.meaning.replace(f"<{rest[:-1]}>", member.replace("_", " "))
                named[stem + member] = replace(series, name=stem + member, meaning=meaning)
        return {name: series for name, series in named.items() if not name.startswith("_")}


@cache
def declared_parameters() -> tuple[dict[str, Parameter], tuple[MemberParameters, ...]]:
    """Every parameter that a driver declares, by name, and the parameters of members."""
    every = drivers.all_drivers()
    parameters = {name: p for driver in every for name, p in driver.parameters.items()}
    groups = tuple(group for driver in every for group in driver.members.values())
    return parameters, groups


def declaration(name: str) -> Parameter | None:
    """Unit and domain of the parameter of this name, or None when no driver has it."""
    parameters, groups = declared_parameters()
    if name in parameters:
        return parameters[name]
    parts = ((group, group.split(name)) for group in groups)
    return next((group.fields[part[1]] for group, part in parts if part), None)


def join_drivers(names: Iterable[str]) -> Model:
    """The drivers joined into a model for parameters of these names, joined once for the same names."""
    return _joined(tuple(names))


@lru_cache(maxsize=64)
def _joined(names: tuple[str, ...]) -> Model:
    _, groups = declared_parameters()
    members = []
    for group in groups:
        parts = (part for name in names if (part := group.split(name)))
        members.append((group, tuple(dict.fromkeys(member for member, _ in parts))))
    return Model(_ordered(), tuple(members))


@cache
def _ordered() -> tuple[Driver, ...]:
    waiting = [progress, *(driver for driver in drivers.all_drivers() if not driver.stepped)]
    parameters, _ = declared_parameters()
    known = {*TIME, *parameters}
    order: list[Driver] = []
    while waiting:
        ready = [d for d in waiting if all(n in known or n in d.members for n in d.needs)]
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
    prefixes = {prefix for driver in kept for prefix in driver.members}
    members = tuple(pair for pair in model.members if pair[0].prefix in prefixes)
    return Model(tuple(reversed(kept)), members)


def _is_wanted(name: str, wanted: Iterable[str]) -> bool:
    """Whether a driver's series is wanted; `score_<benchmark>` stands for the series of every benchmark."""
    stem, _, members = name.partition("<")
    return any(other.startswith(stem) if members else other == name for other in wanted)


def parameters_read(model: Model) -> frozenset[str]:
    """Names of the parameters that a model reads, with those that a member may leave out."""
    optional = {
        group.name(member, field)
        for group, members in model.members
        for member in members
        for field in group.defaults
    }
    return parameters_needed(model) | optional


def parameters_needed(model: Model) -> frozenset[str]:
    """Names of the parameters without which a model does not run."""
    parameters, _ = declared_parameters()
    plain = {name for driver in model.order for name in driver.needs if name in parameters}
    of_members = {
        group.name(member, field)
        for group, members in model.members
        for member in members
        for field in group.required
    }
    return frozenset(plain | of_members)


def evaluate(model: Model, parameters: Mapping[str, Array], grid: TimeGrid) -> dict[str, Array]:
    """Every series of a block of draws.

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
    known: dict[str, Any] = {**parameters, "year": year, "t": year - grid.anchor_year}
    known |= {"dt": DT, "anchor_year": grid.anchor_year}
    for group, members in model.members:
        known[f"<{group.prefix}>"] = {m: _member_record(group, m, parameters) for m in members}
    given: dict[str, Array] = {}
    for driver in model.order:
        result = driver.function(**{name: _argument(name, driver, known) for name in driver.needs})
        named = _named_series(driver, result)
        given |= named
        known |= named
    draws = len(next(iter(parameters.values())))
    shape = (len(year), draws)
    return {name: np.broadcast_to(given[name], shape) for name in model.series}


def _argument(name: str, driver: Driver, known: Mapping[str, Any]) -> Any:
    return known[f"<{name}>"] if name in driver.members else known[name]


def _member_record(group: MemberParameters, member: str, parameters: Mapping[str, Array]) -> Any:
    names = {field: group.name(member, field) for field in group.fields}
    return group.record(**{f: parameters[name] for f, name in names.items() if name in parameters})


def _named_series(driver: Driver, result: Any) -> dict[str, Array]:
    if isinstance(result, dict):
        (template,) = driver.gives
        return {template.partition("<")[0] + name: value for name, value in result.items()}
    values = result if isinstance(result, tuple) else (result,)
    return dict(zip(driver.gives, values, strict=True))


def series_of_names(priors: Iterable[str]) -> dict[str, Series]:
    """Every series of a model with parameters of these names."""
    return join_drivers(priors).series
