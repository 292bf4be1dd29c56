"""Files that people write: where they lie, reading TOML, the lines of its tables and keys, and dates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from simulator.errors import Fault


def decimal_year(day: date) -> float:
    """A date as its year and the share of that year that is past."""
    first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - first).days / (following - first).days


def shipped_folder(name: str) -> Path:
    """Give the shipped folder `priors`, `runs` or `evidence`: in the wheel, or else in the checkout."""
    package = Path(str(files("simulator")))
    packed = package / "shipped"
    return (packed if packed.is_dir() else package.parent) / name


TABLE_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(#.*)?$")

TABLE_KEY = re.compile(r"\s*([\w.\"' -]+?)\s*=")

TablePath = tuple[str, ...]


def _path_parts(written: str) -> TablePath:
    return tuple(part.strip().strip("\"'") for part in written.split("."))


def table_lines(text: str) -> dict[TablePath, int]:
    """The line on which each table and each key is first written, by its path."""
    lines: dict[TablePath, int] = {}
    table: TablePath = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := TABLE_HEADER.match(line):
            table = _path_parts(header[1])
            lines.setdefault(table, number)
        elif key := TABLE_KEY.match(line):
            lines.setdefault(table + _path_parts(key[1]), number)
    return lines


@lru_cache(maxsize=64)
def _cached_lines(file: str, changed: int) -> dict[TablePath, int]:
    try:
        return table_lines(Path(file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def line_of(file: str, *path: str) -> int | None:
    """The line of a table or key, or of the innermost table that would hold it."""
    try:
        changed = Path(file).stat().st_mtime_ns
    except (OSError, ValueError):
        return None
    lines, parts = _cached_lines(file, changed), _path_parts(".".join(filter(None, path)))
    ends = range(len(parts), 0, -1)
    return next((lines[parts[:end]] for end in ends if parts[:end] in lines), None)


def with_lines(faults: Iterable[Fault]) -> list[Fault]:
    """Faults with their lines, each once, by file and line."""
    located = [
        replace(f, line=line_of(f.file, f.table, f.key)) if f.line is None else f for f in faults
    ]
    once: dict[object, Fault] = {}
    for f in sorted(located, key=lambda f: (f.file, f.line or 0)):
        once.setdefault((f.file, f.line, f.table, f.key, f.found), f)
    return list(once.values())


@lru_cache(maxsize=128)
def _parsed(raw: bytes) -> dict[str, Any]:
    """The tables of a TOML file's content, parsed once in a process; they are shared, so nobody changes them."""
    return tomllib.loads(raw.decode("utf-8"))


def read_toml(path: Path, faults: list[Fault]) -> dict[str, Any]:
    """Read a TOML file; one that cannot be read or parsed is a fault and gives an empty table."""
    allowed, line = "a TOML file in UTF-8", None
    try:
        raw = path.read_bytes()
        return _parsed(raw)
    except OSError as error:
        problem = str(error.strerror)
    except UnicodeDecodeError as error:
        problem, line = f"bytes that are no text ({error})", raw[: error.start].count(b"\n") + 1
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = str(error)
        at = re.search(r"at line (\d+)", problem)
        line = int(at[1]) if at else raw.count(b"\n") + 1
    faults.append(Fault(shown_path(path), found=problem, allowed=allowed, line=line))
    return {}


def shown_path(path: Path) -> str:
    """A path as a person would write it from where they stand."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def overlay_folders(name: str) -> list[Path]:
    """Folders of shipped files of this kind, later over earlier: shipped, then `./NAME` if it is another."""
    shipped, local = shipped_folder(name), Path(name)
    here = local.is_dir() and local.resolve() != shipped.resolve()
    return [shipped, local] if here else [shipped]
