"""Interruptions: SIGINT and SIGTERM end a command with exit code 130 and a message."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM raise KeyboardInterrupt as SIGINT does, which typer turns into exit code 130."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals can be handled in the main thread only
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def interrupted_messages() -> Iterator[None]:
    """Print the message of a run that was interrupted, and exit with 130."""
    from simulator.errors import Interrupted

    try:
        yield
    except Interrupted as interrupted:
        print(f"oomcast: {interrupted}", file=sys.stderr)
        raise typer.Exit(130) from None
