"""Computed parameters: a formula of other parameters of the same draw, in place of a prior."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from simulator import formulas
from simulator.errors import Fault, did_you_mean
from simulator.inputs.priors import StatedTable
from simulator.inputs.schema import Entry, Text, validated

COMPUTED = "computed"  # in place of a family


class ComputedEntry(Entry):
    """A table of a prior file whose family is `computed`."""

    unit: Text
    family: Literal["computed"]
    formula: Text
    source: Text
    note: str = ""


class ComputedParameter(BaseModel):
    """A parameter that each draw computes from its other parameters.

    Attributes
    ----------
    formula : arithmetic on names of parameters, as `formulas.parse` takes it; its value is in `unit`
    """

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str
    formula: str
    source: str
    note: str

    @property
    def family(self) -> str:
        """What stands in place of a family of distributions."""
        return COMPUTED


def is_computed(table: StatedTable) -> bool:
    """Whether a table states a formula in place of a distribution."""
    return table.raw.get("family") == COMPUTED


def resolve_computed(
    tables: Mapping[str, StatedTable], faults: list[Fault]
) -> dict[str, ComputedParameter]:
    """The computed parameters without a fault, each after those that its formula uses.

    Parameters
    ----------
    tables : of every parameter, computed or not
    """
    computed = {}
    for name, table in tables.items():
        if not is_computed(table):
            continue
        entry = validated(ComputedEntry, *table, faults)
        if entry is not None and _is_formula(entry.formula, name, table, tables, faults):
            values = entry.model_dump(exclude={"family"})
            computed[name] = ComputedParameter(name=name, **values)
    try:
        order = formulas.in_order({name: each.formula for name, each in computed.items()})
    except formulas.FormulaFault as error:
        _, file, header = tables[next(iter(computed))]
        faults.append(Fault(file, header, "formula", *error.args))
        return {}
    return {name: computed[name] for name in order}


def _is_formula(
    text: str,
    name: str,
    table: StatedTable,
    known: Iterable[str],
    faults: list[Fault],
) -> bool:
    """Whether a text is a formula of known parameters, and not of its own."""
    _, file, header = table
    try:
        used = formulas.names(text)
    except formulas.FormulaFault as error:
        faults.append(Fault(file, header, "formula", *error.args))
        return False
    unknown = [each for each in used if each not in known or each == name]
    for each in unknown:
        own = "the parameter itself" if each == name else f'"{each}"'
        fix = did_you_mean(each, known)
        faults.append(Fault(file, header, "formula", own, "names of other parameters", fix))
    if not used:
        allowed = "a formula of other parameters; a number is a prior of the family fixed"
        faults.append(Fault(file, header, "formula", f'"{text}"', allowed))
    return bool(used) and not unknown
