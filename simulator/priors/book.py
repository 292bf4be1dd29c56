"""Folders of prior files, milestones and sources, overlaid entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from simulator.entries import MilestoneEntry, SourceEntry, check, read_toml, shown
from simulator.faults import Fault

MILESTONES, SOURCES = "milestones.toml", "sources.toml"


class Placed(NamedTuple):
    """A table as written, and where: file and table, for faults."""

    raw: Mapping[str, Any]
    file: str
    table: str


class Book(NamedTuple):
    """What folders of prior files hold, entry by entry; a later folder's entry replaces an earlier one's.

    `layers` keeps every prior's table as its own folder has it, for a replaced prior keeps its correlations.
    """

    priors: dict[str, Placed]
    milestones: dict[str, Placed]
    sources: dict[str, Placed]
    layers: list[dict[str, Placed]]


def read_folders(folders: list[Path], faults: list[Fault]) -> Book:
    """Read and overlay folders of prior files, milestones and sources."""
    book = Book({}, {}, {}, [])
    shelves = {MILESTONES: book.milestones, SOURCES: book.sources}
    for folder in folders:
        book.layers.append({})
        seen: dict[tuple[int, str], str] = {}
        for path in sorted(folder.glob("*.toml")):
            shelf, file = shelves.get(path.name, book.priors), shown(path)
            for name, raw in read_toml(path, faults).items():
                other = seen.setdefault((id(shelf), name), file)
                if other != file:
                    mend = "keep one of the two"
                    faults.append(Fault(file, name, "", f"also in {other}", "one entry", mend))
                elif not isinstance(raw, dict):
                    found = f"{name} = {raw!r}"
                    faults.append(Fault(file, "", name, found, "a table", f"write [{name}]"))
                else:
                    shelf[name] = Placed(raw, file, name)
                    if shelf is book.priors:
                        book.layers[-1][name] = shelf[name]
    return book


def resolve_sources(book: Book, faults: list[Fault]) -> dict[str, SourceEntry]:
    """Every source, by its key."""
    checked = {name: check(SourceEntry, *placed, faults) for name, placed in book.sources.items()}
    return {name: source for name, source in checked.items() if source is not None}


def resolve_milestones(book: Book, faults: list[Fault]) -> dict[str, MilestoneEntry]:
    """Every milestone, by its name."""
    checked = {n: check(MilestoneEntry, *placed, faults) for n, placed in book.milestones.items()}
    return {name: milestone for name, milestone in checked.items() if milestone is not None}
