"""Errors of input, each with what a person needs to correct it, and failures of a run."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control sequences of terminals, and marks that turn the direction of text; tabs and ends of lines are none."""


def printable(text: str) -> str:
    """A text with its control characters as escapes, which no terminal obeys."""
    return UNPRINTABLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


@dataclass(frozen=True)
class Fault:
    """One error in one input.

    Attributes
    ----------
    file, table, key : where it is; empty where that does not apply
    found : what is there
    allowed : what may be there
    fix : the likely correction
    line : line number in the file, if known
    """

    file: str
    table: str = ""
    key: str = ""
    found: str = ""
    allowed: str = ""
    fix: str = ""
    line: int | None = None

    def __str__(self) -> str:
        file = self.file if self.line is None else f"{self.file}:{self.line}"
        location = " ".join(filter(None, (file, self.table and f"[{self.table}]", self.key)))
        parts = [f"found {self.found}"] if self.found else []
        parts += [f"allowed: {self.allowed}"] if self.allowed else []
        parts += [self.fix] if self.fix else []
        return printable(f"{location}: " + "; ".join(parts))


class InputFault(Exception):
    """The input has errors; carries all of them."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[InputFault], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class RunFailed(Exception):
    """The program, the machine or a draw failed; the message says what to do."""


class DrawFailed(RunFailed):
    """A draw has a value that is no finite number; `run` is the name or path that `oomcast replay` takes."""

    def __init__(self, draw: int, what: str, run: str):
        self.draw, self.what, self.run = draw, what, run
        super().__init__(
            f"draw {draw}: {what}. To look at the draw: oomcast replay {run} --draw {draw}"
        )

    def __reduce__(self) -> tuple[type[DrawFailed], tuple[int, str, str]]:
        return type(self), (self.draw, self.what, self.run)


class ClusterLost(RunFailed):
    """The cluster that simulates has gone; what was done on it can be kept."""


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; the message says how to go on."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the closest known word, in capitals or not, or nothing when none is close."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f'did you mean "{by_folded[close[0]]}"?' if close else ""


def listed(names: Iterable[str], most: int = 12) -> str:
    """Join names for a message, cut after `most`."""
    names = list(names)
    more = f", ... ({len(names)} in all)" if len(names) > most else ""
    return ", ".join(names[:most]) + more
