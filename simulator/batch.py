"""Several runs from what a person names: a run file, or each point of the `[sweep]` in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from simulator import plan, runfiles
from simulator.entries import SweepEntry
from simulator.faults import Fault, InputFault
from simulator.plan import Plan
from simulator.runfiles import Stated

SWEEP = "sweep"
LONGEST_NAME = 200  # file systems take 255 bytes, and results are worked on under a longer name
MOST_POINTS = 1000


class Step(NamedTuple):
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


def plans(run: str, sets: Iterable[str] = (), priors: str | None = None) -> list[Plan]:
    """The plan of a run, or one a point of its sweep, named `NAME@parameter=number`; luck is shared.

    Raises
    ------
    InputFault
        with every fault of the run, or of any point
    """
    sets = list(sets)
    base = plan.read(run, sets, priors)
    stated = runfiles.read_run(run, [])
    runfiles.apply_sets(stated, [text for text in sets if text.startswith(SWEEP)], {}, [])
    sweep = stated.stated.get(SWEEP)
    if sweep is None or not sweep.value:
        return [base]
    points = list(_points(base, sweep, sets))
    made, faults = [], []
    for point in points:
        try:
            made.append(_at(base, plan.read(run, [*sets, *_settings(point)], priors), point))
        except InputFault as error:
            faults += [_placed(fault, sweep, point) for fault in error.faults]
    if faults:
        raise InputFault(dict.fromkeys(faults))
    return made


def _points(base: Plan, sweep: Stated, sets: Sequence[str]) -> Iterator[tuple[Step, ...]]:
    axes, faults, number = [], [], 1
    for name, raw in sweep.value.items():
        entry = SweepEntry.model_validate(raw)
        axes.append([Step(name, entry.kind, value) for value in entry.points])
        number *= len(axes[-1])
        fixed = [text for text in sets if text.partition("=")[0].strip() == name]
        if fixed:
            found, mend = f"--set {fixed[0]}", "leave one of the two out"
            faults.append(Fault(sweep.file, f"{SWEEP}.{name}", "", found, "one say", mend))
    if number > MOST_POINTS:
        allowed = f"at most {MOST_POINTS}"
        faults.append(Fault(sweep.file, SWEEP, "", f"{number} points", allowed, "sweep fewer"))
    elif len(_name(base, [max(axis, key=lambda step: len(step.label)) for axis in axes])) > (
        LONGEST_NAME
    ):
        found = f"names of runs past {LONGEST_NAME} letters"
        faults.append(Fault(sweep.file, SWEEP, "", found, "shorter ones", "sweep fewer at once"))
    if faults:
        raise InputFault(faults)
    return product(*axes)


def _settings(point: Iterable[Step]) -> list[str]:
    return [step.setting for step in point]


def _name(base: Plan, point: Iterable[Step]) -> str:
    return f"{base.name}@{','.join(step.label for step in point)}"


def _at(base: Plan, made: Plan, point: Sequence[Step]) -> Plan:
    title = f"{base.title}, {', '.join(step.label for step in point)}"
    changed: dict[str, Any] = {"name": _name(base, point), "title": title}
    return made.model_copy(update=changed)


def _placed(fault: Fault, sweep: Stated, point: Sequence[Step]) -> Fault:
    """A fault of a point, which came in as a setting, where the sweep is written."""
    step = next((step for step in point if step.parameter in f"{fault.table} {fault.key}"), None)
    if fault.file != runfiles.SET or step is None:
        return fault
    return replace(fault, file=sweep.file, table=f"{SWEEP}.{step.parameter}", key=step.kind)
