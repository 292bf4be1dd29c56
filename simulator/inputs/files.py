"""Files that people write: where they lie, reading TOML, the lines of its tables and keys, and dates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from simulator.errors import UNPRINTABLE, Fault, printable
from simulator.inputs import names


def decimal_year(day: date) -> float:
    """A date as its year and the share of that year that is past."""
    first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - first).days / (following - first).days


def date_of(year: float) -> date:
    """The date of a decimal year, to the nearest day: the inverse of `decimal_year`."""
    first, following = date(int(year), 1, 1), date(int(year) + 1, 1, 1)
    return first + timedelta(days=round((year - int(year)) * (following - first).days))


def shipped_folder(name: str) -> Path:
    """Give the shipped folder `priors`, `runs` or `evidence`: in the wheel, or else in the checkout."""
    package = Path(str(files("simulator")))
    packed = package / "shipped"
    return (packed if packed.is_dir() else package.parent) / name


TABLE_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(#.*)?$")

TABLE_KEY = re.compile(r"[\w.\"' -]+")

MOST_BYTES = 5_000_000
"""No file that a person writes is larger; more is refused before it is held in memory."""

MOST_LEVELS = 32
"""Tables and lists within one another; the shipped files go four deep."""

LARGEST_WHOLE = 10**40
"""Far past every count and seed, and well within what can be shown in a message."""

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
            continue
        written, equals, _ = line.partition("=")
        if equals and (key := TABLE_KEY.fullmatch(written.strip())):
            lines.setdefault(table + _path_parts(key[0]), number)
    return lines


@lru_cache(maxsize=64)
def _cached_lines(file: str, changed: int) -> dict[TablePath, int]:
    try:
        return table_lines(_bounded_bytes(Path(file)).decode("utf-8"))
    except (OSError, ValueError):
        return {}


def line_of(file: str, *path: str) -> int | None:
    """The line of a table or key, or of the innermost table that would hold it."""
    try:
        changed = Path(file).stat().st_mtime_ns
    except (OSError, ValueError):
        return None
    parts = _path_parts(".".join(filter(None, path)))[:MOST_LEVELS]
    lines = _cached_lines(file, changed)
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


def _bounded_bytes(path: Path) -> bytes:
    """The content of a file of at most `MOST_BYTES`; of a larger one, never more than that is read."""
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise ValueError(f"a file of more than {MOST_BYTES:,} bytes")
    return raw


def out_of_bounds(tables: dict[str, Any]) -> tuple[str, TablePath] | None:
    """What is nested too deeply, too large, misnamed or unprintable, with its path; any depth is safe."""
    waiting: list[tuple[Any, TablePath]] = [(tables, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, int) and abs(value) >= LARGEST_WHOLE:
            return "a whole number of more than 40 digits", path
        if isinstance(value, str) and UNPRINTABLE.search(value):
            return "a text with control characters", path
        if not isinstance(value, dict | list):
            continue
        if len(path) > MOST_LEVELS:
            return f"tables or lists nested more than {MOST_LEVELS} deep", path
        inner = list(value.items() if isinstance(value, dict) else enumerate(value))
        wrong = names.first_misnamed(str(key) for key, _ in inner)
        if wrong is not None:
            return names.misnamed(wrong), (*path, wrong)
        waiting.extend((part, (*path, str(key))) for key, part in inner)
    return None


@lru_cache(maxsize=128)
def _parsed(raw: bytes) -> tuple[dict[str, Any], tuple[str, TablePath] | None]:
    """The tables of a TOML file's content, and what of them is out of bounds.

    A content is parsed once in a process; its tables are shared, so nobody changes them.
    """
    tables = tomllib.loads(raw.decode("utf-8"))
    return tables, out_of_bounds(tables)


def _line_with_most(text: bytes, pattern: bytes) -> int:
    """The line in which the matches of a pattern have the greatest total length."""
    sizes = [sum(map(len, re.findall(pattern, line))) for line in text.split(b"\n")]
    return sizes.index(max(sizes)) + 1


def _problem(error: Exception, raw: bytes) -> tuple[str, int | None]:
    """What stopped the reading of a TOML file, in words, and its line."""
    if isinstance(error, OSError):
        return str(error.strerror), None
    if isinstance(error, UnicodeDecodeError):
        return f"bytes that are no text ({error})", raw[: error.start].count(b"\n") + 1
    if isinstance(error, RecursionError):
        return f"tables or lists nested more than {MOST_LEVELS} deep", _line_with_most(
            raw, rb"[\[{]"
        )
    if isinstance(error, tomllib.TOMLDecodeError):
        at = re.search(r"at line (\d+)", str(error))
        return str(error), int(at[1]) if at else raw.count(b"\n") + 1
    if "digits" not in str(error):
        return str(error), None
    return "a whole number of more than 40 digits", _line_with_most(raw, rb"[0-9_]+")


def read_toml(path: Path, faults: list[Fault]) -> dict[str, Any]:
    """Read a TOML file; one that cannot be read, parsed or held in bounds is a fault and gives an empty table."""
    raw = b""
    try:
        raw = _bounded_bytes(path)
        tables, excess = _parsed(raw)
    except (OSError, ValueError, RecursionError) as error:
        problem, line = _problem(error, raw)
    else:
        if excess is None:
            return tables
        problem, line = excess[0], line_of(str(path), *excess[1])
    allowed = "a TOML file in UTF-8"
    faults.append(Fault(shown_path(path), found=problem, allowed=allowed, line=line))
    return {}


def shown_path(path: Path) -> str:
    """A path as a person would write it from where they stand."""
    try:
        return printable(str(path.resolve().relative_to(Path.cwd())))
    except ValueError:
        return printable(str(path))


def overlay_folders(name: str) -> list[Path]:
    """Folders of shipped files of this kind, later over earlier: shipped, then `./NAME` if it is another."""
    shipped, local = shipped_folder(name), Path(name)
    here = local.is_dir() and local.resolve() != shipped.resolve()
    return [shipped, local] if here else [shipped]
