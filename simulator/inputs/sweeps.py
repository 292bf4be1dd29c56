"""The points of a run's `[sweep]`: one plan each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from simulator.errors import Fault, InputFault
from simulator.inputs.names import LONGEST_RUN_NAME
from simulator.inputs.plan import Plan
from simulator.inputs.scenarios import SET_OPTION, ScenarioFiles
from simulator.inputs.schema import SweepEntry

SWEEP = "sweep"

MOST_POINTS = 1000


class SweepStep(NamedTuple):
    """One parameter of one point: fixed at a value, or held at a level."""

    parameter: str
    kind: str
    number: float

    @property
    def setting(self) -> str:
        return f"{'hold.' if self.kind == 'levels' else ''}{self.parameter}={self.number!r}"

    @property
    def label(self) -> str:
        """`rate=0.3` for a value, `rate=p10` for a level."""
        number = f"{self.number:.15g}"
        if self.kind == "levels":
            number = "p" + f"{self.number:.15f}".rstrip("0").partition(".")[2].ljust(2, "0")
        return f"{self.parameter}={number}"


Point = tuple[SweepStep, ...]


def sweep_points(base: Plan, scenario: ScenarioFiles, sets: Sequence[str]) -> list[Point]:
    """Every combination of the swept values and levels; none where nothing is swept.

    Raises
    ------
    InputFault
        where a swept parameter is also set, or there are too many points or too long names
    """
    sweep = scenario.stated.get(SWEEP)
    if sweep is None or not sweep.value:
        return []
    axes, faults, number = [], [], 1
    for name, raw in sweep.value.items():
        entry = SweepEntry.model_validate(raw)
        axes.append([SweepStep(name, entry.kind, value) for value in entry.points])
        number *= len(axes[-1])
        fixed = [text for text in sets if text.partition("=")[0].strip() == name]
        if fixed:
            problem, fix = f"--set {fixed[0]}", "leave one of the two out"
            faults.append(Fault(sweep.file, f"{SWEEP}.{name}", "", problem, "one say", fix))
    longest = [max(axis, key=lambda step: len(step.label)) for axis in axes]
    if number > MOST_POINTS:
        allowed = f"at most {MOST_POINTS}"
        faults.append(Fault(sweep.file, SWEEP, "", f"{number} points", allowed, "sweep fewer"))
    elif len(_point_name(base, longest)) > LONGEST_RUN_NAME:
        problem = f"names of runs past {LONGEST_RUN_NAME} letters"
        faults.append(Fault(sweep.file, SWEEP, "", problem, "shorter ones", "sweep fewer at once"))
    if faults:
        raise InputFault(faults)
    return list(product(*axes))


def _point_name(base: Plan, point: Iterable[SweepStep]) -> str:
    return f"{base.name}@{','.join(step.label for step in point)}"


def point_plan(base: Plan, plan: Plan, point: Point) -> Plan:
    """The plan of a point, named and titled after the base plan and the point."""
    title = f"{base.title}, {', '.join(step.label for step in point)}"
    return plan.model_copy(update={"name": _point_name(base, point), "title": title})


def point_faults(faults: Iterable[Fault], scenario: ScenarioFiles, point: Point) -> list[Fault]:
    """Faults of a point; those of its settings are shown where the sweep is written."""
    file = scenario.stated[SWEEP].file
    return [_fault_in_sweep(fault, file, point) for fault in faults]


def _fault_in_sweep(fault: Fault, file: str, point: Point) -> Fault:
    step = next((step for step in point if step.parameter in f"{fault.table} {fault.key}"), None)
    if fault.file != SET_OPTION or step is None:
        return fault
    return replace(fault, file=file, table=f"{SWEEP}.{step.parameter}", key=step.kind)
