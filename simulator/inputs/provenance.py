"""Where each value of a run came from: the file and line that states it, and those it replaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from simulator.inputs import correlations
from simulator.inputs.files import line_of
from simulator.inputs.merge import MergedInputs
from simulator.inputs.priors import StatedTable
from simulator.inputs.schema import RunEntry


class ValueOrigin(NamedTuple):
    """One value, the file and line that states it, and those that stated it before."""

    name: str
    kind: str
    value: str
    stated_at: str
    replaces: tuple[str, ...] = ()


DEFAULT = "the default"


def provenance(inputs: MergedInputs) -> list[ValueOrigin]:
    """Every run key, prior, correlation, hold and milestone of a run, with where it came from."""
    parts = (_keys, _holds, _priors, _correlations, _milestones)
    return [origin for part in parts for origin in part(inputs)]


def is_about(origin: ValueOrigin, names: set[str]) -> bool:
    """Whether an origin is about one of these names; a correlation is about both of its parameters."""
    return bool(names & {origin.name, *origin.name.split(" with ")})


def _location(file: str, *path: str) -> str:
    line = line_of(file, *path)
    return file if line is None else f"{file}:{line}"


def _value_origin(name: str, kind: str, value: str, locations: list[str]) -> ValueOrigin:
    last, *before = [*reversed(locations)] or [DEFAULT]
    return ValueOrigin(name, kind, value, last, tuple(before))


def _keys(inputs: MergedInputs) -> Iterator[ValueOrigin]:
    for key in RunEntry.model_fields:
        if key in ("priors", "hold"):
            continue
        locations = [
            _location(file, key) for file, raw in inputs.parts.scenario.layers if key in raw
        ]
        value = getattr(inputs.entry, key)
        shown = value.model_dump() if key == "condition" else "all" if value is None else value
        if key != "extends" or locations:
            yield _value_origin(key, "run", str(shown), locations)


def _holds(inputs: MergedInputs) -> Iterator[ValueOrigin]:
    for name, level in inputs.entry.hold.items():
        holding = [f for f, raw in inputs.parts.scenario.layers if name in raw.get("hold", {})]
        yield _value_origin(
            name, "hold", f"{level:g}", [_location(file, "hold", name) for file in holding]
        )


def _priors(inputs: MergedInputs) -> Iterator[ValueOrigin]:
    for name in inputs.parts.tables:
        layers = [layer[name] for layer in inputs.layers if name in layer]
        yield _value_origin(
            name, "prior", _described(layers[-1].raw), [_location(p.file, p.table) for p in layers]
        )


def _described(raw: Mapping[str, Any]) -> str:
    silent = ("unit", "family", "source", "note", "vintage", "rests_on", "correlation")
    parts = [f"{key} = {value}" for key, value in raw.items() if key not in silent]
    return f"{raw.get('family')}: {', '.join(parts)}"


def _correlations(inputs: MergedInputs) -> Iterator[ValueOrigin]:
    for a, b, r in inputs.pairs:
        locations = [each for layer in inputs.layers for each in _pair_locations(layer, a, b)]
        yield _value_origin(f"{a} with {b}", "correlation", f"{r:g}", locations)


def _pair_locations(layer: Mapping[str, StatedTable], a: str, b: str) -> Iterator[str]:
    for one, other in ((a, b), (b, a)):
        if one in layer and other in correlations.stated_correlations(layer[one]):
            yield _location(layer[one].file, layer[one].table, "correlation")


def _milestones(inputs: MergedInputs) -> Iterator[ValueOrigin]:
    parts = inputs.parts
    for name, m in parts.milestones.items():
        table = parts.files.milestones[name]
        yield _value_origin(name, "milestone", m.condition, [_location(table.file, name)])
