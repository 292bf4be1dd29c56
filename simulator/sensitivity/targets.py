"""Targets: what a sensitivity is about, read from text and taken from draws.

`milestone` is its arrival year, cut at the horizon; `milestone@2031` is 1 when it arrives before 2031.0; `series@2030`
is the series' value then; `series` is its value in every year whose bands are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulator import formulas, model
from simulator.arrays import Array, at_dates
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs.plan import Plan
from simulator.model import Milestone
from simulator.simulate.blocks import Block, CompiledPlan
from simulator.summaries.summarise import band_rows

ARRIVAL, BEFORE, VALUE, SERIES = "arrival", "before", "value", "series"


@dataclass(frozen=True)
class Target:
    """A quantity of each draw, whose variation a sensitivity explains.

    Attributes
    ----------
    text : as it was written
    kind : ARRIVAL, BEFORE, VALUE or SERIES
    series : the series that it is read from
    milestone : whose arrival it is; None for a series
    years : (output) [year] of the values; the date of a BEFORE; the horizon of an ARRIVAL
    horizon : [year]
    unit : of the outputs
    """

    text: str
    kind: str
    series: str
    milestone: Milestone | None
    years: tuple[float, ...]
    horizon: float
    unit: str

    @property
    def in_words(self) -> str:
        """The target in words."""
        year = f"{self.years[0]:g}"
        return {
            ARRIVAL: f"arrival year of {self.text}, cut at {year}",
            BEFORE: f"arrival of {self.text.partition('@')[0]} before {year}",
            VALUE: f"{self.series} in {year}",
            SERIES: f"{self.series} in every year",
        }[self.kind]


def read_target(plan: Plan, text: str) -> Target:
    """Read a target.

    Raises
    ------
    InputFault
        when the plan has no such milestone or series, or the date is off its grid
    """
    name, at, date = text.partition("@")
    milestones = {m.name: m for m in plan.milestones}
    series = model.join_drivers(prior.name for prior in plan.priors).series
    if name not in milestones and (name not in series or series[name].codes):
        known = [*milestones, *(n for n, each in series.items() if not each.codes)]
        what = "a code, which has no variance" if name in series else "an unknown target"
        allowed = f"milestone, milestone@2031, series or series@2030 of {listed(known, 80)}"
        raise InputFault([Fault("--target", "", text, what, allowed, did_you_mean(name, known))])
    year = _target_year(plan, text, date) if at else None
    if milestone := milestones.get(name):
        kind = ARRIVAL if year is None else BEFORE
        years, unit = (year or plan.horizon,), "year" if year is None else "fraction"
        return Target(text, kind, milestone.series, milestone, years, plan.horizon, unit)
    if year is not None:
        return Target(text, VALUE, name, None, (year,), plan.horizon, series[name].unit)
    rows = tuple(float(y) for y in plan.grid.years[band_rows(plan)])
    return Target(text, SERIES, name, None, rows, plan.horizon, series[name].unit)


def _target_year(plan: Plan, text: str, date: str) -> float:
    allowed = f"a year from {plan.start:g} to {plan.horizon:g}"
    try:
        year = float(date)
    except ValueError:
        raise InputFault([Fault("--target", "", text, f'"{date}"', allowed)]) from None
    if not plan.start <= year <= plan.horizon:
        raise InputFault([Fault("--target", "", text, f"{year:g}", allowed)])
    return year


def narrowed(compiled: CompiledPlan, target: Target, observed: Sequence[str] = ()) -> CompiledPlan:
    """The compiled plan with only the drivers that a target and the observed series need."""
    milestones = (target.milestone,) if target.milestone else ()
    plan = compiled.plan.model_copy(update={"milestones": milestones})
    return replace(
        compiled, plan=plan, model=model.upstream(compiled.model, [target.series, *observed])
    )


def parameters_that_matter(
    compiled: CompiledPlan, target: Target, observed: Sequence[str] = ()
) -> frozenset[str]:
    """Names of the parameters that can move a target, or a series that is observed."""
    known = {parameter.name for parameter in compiled.plan.parameters}
    names = model.parameters_read(narrowed(compiled, target, observed).model) & known
    if target.milestone:
        names |= {*target.milestone.parameters}
    for each in reversed(
        compiled.plan.computed
    ):  # what a computed parameter is computed from stands for it
        if each.name in names:
            names = names - {each.name} | set(formulas.names(each.formula))
    return names


def target_values(target: Target, block: Block, years: Array) -> Array:
    """The target in a block of draws that a narrowed plan simulated.

    Parameters
    ----------
    target : what is read from each draw
    block : of draws
    years : (year) [year] of the grid

    Returns
    -------
    (output, draw) [the target's unit]; an arrival after the horizon is inf
    """
    if target.milestone:
        return block.arrivals[:1]
    return at_dates(block.series[target.series], years, target.years)


def target_of_kept_draws(
    target: Target, plan: Plan, arrivals: Array, trajectories: Array, series: Sequence[str]
) -> Array:
    """The target in the draws that a finished run kept.

    Parameters
    ----------
    target : what is read from each draw
    plan : of the run
    arrivals : (draw, milestone) [year]
    trajectories : (draw, series, year) [each series in its own unit]
    series : (series) names, in the order of the trajectories

    Returns
    -------
    (output, draw) [the target's unit]; an arrival after the horizon is inf
    """
    if target.milestone:
        column = [m.name for m in plan.milestones].index(target.milestone.name)
        return np.asarray(arrivals[:, column], float)[np.newaxis]
    values = np.asarray(trajectories[:, list(series).index(target.series)], float)
    return at_dates(values.T, plan.grid.years, target.years)


def finite_values(target: Target, values: Array) -> Array:
    """The target as finite numbers, which every method can take.

    An arrival is cut at the horizon, `min(arrival, horizon)`; an arrival before a date is 1 if it is, else 0.

    Parameters
    ----------
    target : what is read from each draw
    values : (output, draw) [the target's unit]; an arrival may be inf

    Returns
    -------
    (output, draw) [the target's unit, or fraction]
    """
    if target.kind == ARRIVAL:
        return np.minimum(values, target.horizon)
    return is_met(target, values).astype(float)[np.newaxis] if target.kind == BEFORE else values


def is_met(target: Target, values: Array) -> npt.NDArray[np.bool_]:
    """Whether a milestone arrives before the target's date, or by the horizon if the target has none.

    Parameters
    ----------
    target : an arrival
    values : (1, draw) [year]; may be inf

    Returns
    -------
    (draw)
    """
    return np.isfinite(values[0]) if target.kind == ARRIVAL else values[0] < target.years[0]
