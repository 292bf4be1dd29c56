"""Names that people give: of parameters, milestones, series, steps, benchmarks, observations, sources and runs.

They become parts of file names, of variables of netCDF and of lines on a terminal, so one rule holds for all of them,
wherever they are read: in tables and keys of files, in settings of the command line, and in the plans of results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NAME = 100

ALLOWED = f"1 to {LONGEST_NAME} letters, digits, _ and -"

NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}")

LONGEST_RUN_NAME = 200  # file systems take 255 bytes, and results are worked on under a longer name

RUN_NAME = re.compile(rf"{NAME.pattern}(@[A-Za-z0-9_.,=+-]+)?")
"""A run's name; a point of a sweep adds `@parameter=number,...` to it."""


def is_name(text: str) -> bool:
    """Whether a text is a name of a table or key of a file, or of the file of a run."""
    return NAME.fullmatch(text) is not None


def is_run_name(text: str) -> bool:
    """Whether a text is the name of a run, of a point of its sweep, or of one of these on other observations."""
    return len(text) <= LONGEST_RUN_NAME and RUN_NAME.fullmatch(text) is not None


def first_misnamed(names: Iterable[str]) -> str | None:
    """The first text that is no name; None where all are."""
    return next((name for name in names if not is_name(name)), None)


def misnamed(name: str) -> str:
    """What is wrong with a name, in words: the start of it, in signs that no terminal obeys."""
    return f"the name {name[:60]!a}, not of {ALLOWED}"
