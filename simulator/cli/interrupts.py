"""Interruptions: SIGINT and SIGTERM end a command with 130, and with what it has to say."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM interrupt as SIGINT does, which typer answers with 130."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def interrupted_messages() -> Iterator[None]:
    """Print what an interrupted run has to say."""
    from simulator.errors import Interrupted

    try:
        yield
    except Interrupted as interrupted:
        print(f"oomcast: {interrupted}", file=sys.stderr)
        raise typer.Exit(130) from None
