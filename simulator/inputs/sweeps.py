"""Several runs from what a person names: a run file, or each point of the `[sweep]` in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from simulator.errors import Fault, InputFault
from simulator.inputs import load, scenarios
from simulator.inputs.plan import Plan
from simulator.inputs.scenarios import StatedValue
from simulator.inputs.schema import SweepEntry

SWEEP = "sweep"

LONGEST_NAME = 200  # file systems take 255 bytes, and results are worked on under a longer name

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


def load_plans(run: str, sets: Iterable[str] = (), priors: str | None = None) -> list[Plan]:
    """The plan of a run, or one a point of its sweep, named `NAME@parameter=number`; luck is shared.

    Raises
    ------
    InputFault
        with every fault of the run, or of any point
    """
    sets = list(sets)
    base = load.load_plan(run, sets, priors)
    stated = scenarios.read_scenario(run, [])
    scenarios.apply_sets(stated, [text for text in sets if text.startswith(SWEEP)], {}, [])
    sweep = stated.stated.get(SWEEP)
    if sweep is None or not sweep.value:
        return [base]
    points = list(_sweep_points(base, sweep, sets))
    made, faults = [], []
    for point in points:
        try:
            made.append(
                _point_plan(
                    base, load.load_plan(run, [*sets, *_point_settings(point)], priors), point
                )
            )
        except InputFault as error:
            faults += [_fault_in_sweep(fault, sweep, point) for fault in error.faults]
    if faults:
        raise InputFault(dict.fromkeys(faults))
    return made


def _sweep_points(
    base: Plan, sweep: StatedValue, sets: Sequence[str]
) -> Iterator[tuple[SweepStep, ...]]:
    axes, faults, number = [], [], 1
    for name, raw in sweep.value.items():
        entry = SweepEntry.model_validate(raw)
        axes.append([SweepStep(name, entry.kind, value) for value in entry.points])
        number *= len(axes[-1])
        fixed = [text for text in sets if text.partition("=")[0].strip() == name]
        if fixed:
            found, mend = f"--set {fixed[0]}", "leave one of the two out"
            faults.append(Fault(sweep.file, f"{SWEEP}.{name}", "", found, "one say", mend))
    if number > MOST_POINTS:
        allowed = f"at most {MOST_POINTS}"
        faults.append(Fault(sweep.file, SWEEP, "", f"{number} points", allowed, "sweep fewer"))
    elif len(_point_name(base, [max(axis, key=lambda step: len(step.label)) for axis in axes])) > (
        LONGEST_NAME
    ):
        found = f"names of runs past {LONGEST_NAME} letters"
        faults.append(Fault(sweep.file, SWEEP, "", found, "shorter ones", "sweep fewer at once"))
    if faults:
        raise InputFault(faults)
    return product(*axes)


def _point_settings(point: Iterable[SweepStep]) -> list[str]:
    return [step.setting for step in point]


def _point_name(base: Plan, point: Iterable[SweepStep]) -> str:
    return f"{base.name}@{','.join(step.label for step in point)}"


def _point_plan(base: Plan, made: Plan, point: Sequence[SweepStep]) -> Plan:
    title = f"{base.title}, {', '.join(step.label for step in point)}"
    changed: dict[str, Any] = {"name": _point_name(base, point), "title": title}
    return made.model_copy(update=changed)


def _fault_in_sweep(fault: Fault, sweep: StatedValue, point: Sequence[SweepStep]) -> Fault:
    """A fault of a point, which came in as a setting, where the sweep is written."""
    step = next((step for step in point if step.parameter in f"{fault.table} {fault.key}"), None)
    if fault.file != scenarios.SET_OPTION or step is None:
        return fault
    return replace(fault, file=sweep.file, table=f"{SWEEP}.{step.parameter}", key=step.kind)
