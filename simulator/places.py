"""Where in a file a table or key stands, found by reading its lines; for faults, and for the origins of values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from simulator.faults import Fault

HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(#.*)?$")
KEY = re.compile(r"\s*([\w.\"' -]+?)\s*=")
Path_ = tuple[str, ...]


def _parts(written: str) -> Path_:
    return tuple(part.strip().strip("\"'") for part in written.split("."))


def index(text: str) -> dict[Path_, int]:
    """The line on which each table and each key is first written, by its path."""
    found: dict[Path_, int] = {}
    table: Path_ = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := HEADER.match(line):
            table = _parts(header[1])
            found.setdefault(table, number)
        elif key := KEY.match(line):
            found.setdefault(table + _parts(key[1]), number)
    return found


@lru_cache(maxsize=64)
def _indexed(file: str, changed: int) -> dict[Path_, int]:
    try:
        return index(Path(file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def line_of(file: str, *path: str) -> int | None:
    """The line of a table or key, or of the innermost table that would hold it."""
    try:
        changed = Path(file).stat().st_mtime_ns
    except (OSError, ValueError):
        return None
    lines, parts = _indexed(file, changed), _parts(".".join(filter(None, path)))
    ends = range(len(parts), 0, -1)
    return next((lines[parts[:end]] for end in ends if parts[:end] in lines), None)


def located(faults: Iterable[Fault]) -> list[Fault]:
    """Faults with their lines, each once, by file and line."""
    placed = [
        replace(f, line=line_of(f.file, f.table, f.key)) if f.line is None else f for f in faults
    ]
    once: dict[object, Fault] = {}
    for f in sorted(placed, key=lambda f: (f.file, f.line or 0)):
        once.setdefault((f.file, f.line, f.table, f.key, f.found), f)
    return list(once.values())
