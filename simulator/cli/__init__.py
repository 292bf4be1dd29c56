"""The command line: one file a command, named like it; each parses, calls and prints.

The commands join the one `app` in the order of the imports here, in which `oomcast --help` lists them:
that in which people come to use them.
"""

from __future__ import annotations

import sys

# isort: off
from simulator.cli import (  # noqa: F401
    run,
    milestones,
    bands,
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


def main(argv: list[str] | None = None) -> None:
    """Run the command line; exits 0 done, 1 failed, 2 the input is at fault, 130 interrupted."""
    sys.exit(call(sys.argv[1:] if argv is None else argv))


def call(argv: list[str]) -> int:
    """Run one command and give its exit code."""
    from simulator.errors import InputFault, RunFailed

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
        print(f"oomcast: {error}", file=sys.stderr)
        return 1
    return 0
