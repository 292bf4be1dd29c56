"""Where each value of a run came from: the file and line that states it, and those it replaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from simulator import correlations
from simulator.entries import RunEntry
from simulator.places import line_of
from simulator.plan import Gathered
from simulator.priors import Placed


class Origin(NamedTuple):
    """One value, the place that states it, and the places it was stated before."""

    name: str
    kind: str
    value: str
    place: str
    replaces: tuple[str, ...] = ()


DEFAULT = "the default"


def origins(gathered: Gathered) -> list[Origin]:
    """Every run key, prior, correlation, hold and milestone of a run, with where it came from."""
    parts = (_keys, _holds, _priors, _correlations, _milestones)
    return [origin for part in parts for origin in part(gathered)]


def about(origin: Origin, names: set[str]) -> bool:
    """Whether an origin is about one of these names; a correlation is about both of its parameters."""
    return bool(names & {origin.name, *origin.name.split(" with ")})


def _place(file: str, *path: str) -> str:
    line = line_of(file, *path)
    return file if line is None else f"{file}:{line}"


def _origin(name: str, kind: str, value: str, places: list[str]) -> Origin:
    last, *before = [*reversed(places)] or [DEFAULT]
    return Origin(name, kind, value, last, tuple(before))


def _keys(gathered: Gathered) -> Iterator[Origin]:
    for key in RunEntry.model_fields:
        if key in ("priors", "hold"):
            continue
        places = [_place(file, key) for file, raw in gathered.scene.run.layers if key in raw]
        value = getattr(gathered.entry, key)
        shown = value.model_dump() if key == "condition" else "all" if value is None else value
        if key != "extends" or places:
            yield _origin(key, "run", str(shown), places)


def _holds(gathered: Gathered) -> Iterator[Origin]:
    for name, level in gathered.entry.hold.items():
        holding = [f for f, raw in gathered.scene.run.layers if name in raw.get("hold", {})]
        yield _origin(name, "hold", f"{level:g}", [_place(file, "hold", name) for file in holding])


def _priors(gathered: Gathered) -> Iterator[Origin]:
    for name in gathered.scene.places:
        layers = [layer[name] for layer in gathered.layers if name in layer]
        yield _origin(
            name, "prior", _described(layers[-1].raw), [_place(p.file, p.table) for p in layers]
        )


def _described(raw: Mapping[str, Any]) -> str:
    silent = ("unit", "family", "source", "note", "correlation")
    parts = [f"{key} = {value}" for key, value in raw.items() if key not in silent]
    return f"{raw.get('family')}: {', '.join(parts)}"


def _correlations(gathered: Gathered) -> Iterator[Origin]:
    for a, b, r in gathered.pairs:
        places = [place for layer in gathered.layers for place in _stating(layer, a, b)]
        yield _origin(f"{a} with {b}", "correlation", f"{r:g}", places)


def _stating(layer: Mapping[str, Placed], a: str, b: str) -> Iterator[str]:
    for one, other in ((a, b), (b, a)):
        if one in layer and other in correlations.stated(layer[one]):
            yield _place(layer[one].file, layer[one].table, "correlation")


def _milestones(gathered: Gathered) -> Iterator[Origin]:
    scene = gathered.scene
    for name, m in scene.milestones.items():
        placed = scene.book.milestones[name]
        value = f"{m.series} {m.direction} {m.threshold}"
        yield _origin(name, "milestone", value, [_place(placed.file, name)])
