"""The command line: one file a command, named like it; each parses, calls and prints.

The commands join the one `app` in the order of the imports here, in which `oomcast --help` lists them:
that in which people come to use them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

# isort: off
from simulator.cli import (  # noqa: F401
    run,
    milestones,
    bands,
    series,
    claims,
    plot,
    report,
    explore,
    sensitivity,
    compare,
    new,
    check,
    priors,
    condition,
    score,
    pool,
    replay,
    median,
    export,
    merge,
)

# isort: on
from simulator.cli.interrupts import interruptible
from simulator.cli.options import app

FIRST_FILE = 3


def main(argv: list[str] | None = None) -> None:
    """Run the command line; exits 0 done, 1 failed, 2 the input is at fault, 130 interrupted."""
    with open_streams():
        code = call(sys.argv[1:] if argv is None else argv)
    sys.exit(code)


@contextmanager
def open_streams() -> Iterator[None]:
    """Let streams that were closed when the program started swallow what is written to them.

    Their descriptors are taken as well, so that no file of a result gets the number of a closed stream.
    """
    while (free := os.open(os.devnull, os.O_RDWR)) < FIRST_FILE:
        pass
    os.close(free)
    with ExitStack() as stack:
        for name in ("stdin", "stdout", "stderr"):
            if getattr(sys, name) is None:
                file = stack.enter_context(Path(os.devnull).open("r+"))
                stack.callback(setattr, sys, name, None)
                setattr(sys, name, file)
        yield


def call(argv: list[str]) -> int:
    """Run one command and give its exit code."""
    from simulator.errors import InputFault, RunFailed, printable

    try:
        with interruptible():
            app(args=argv, prog_name="oomcast")
    except SystemExit as done:  # typer's own: 0, a wrong command line (2), interrupted (130)
        return done.code if isinstance(done.code, int) else 1
    except InputFault as error:
        for fault in error.faults:
            print(f"oomcast: {fault}", file=sys.stderr)
        return 2
    except (RunFailed, OSError) as error:
        print(f"oomcast: {printable(str(error))}{_working_folder()}", file=sys.stderr)
        return 1
    return 0


def _working_folder() -> str:
    """What is wrong with the folder that the program stands in; nothing, if it is there."""
    try:
        Path.cwd()
    except OSError:
        return ": the working folder was removed; change to another"
    return ""
