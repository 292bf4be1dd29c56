"""Interruptions: SIGINT, SIGTERM and SIGHUP end a command with exit code 130 and a message."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise KeyboardInterrupt as SIGINT does, which typer turns into exit code 130.

    A signal that is ignored, as SIGHUP is under nohup, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals can be handled in the main thread only
        return
    numbers = (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))  # Windows has no SIGHUP
    before = {number: signal.getsignal(number) for number in numbers}
    heard = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


@contextmanager
def interrupted_messages() -> Iterator[None]:
    """Print the message of a run that was interrupted, and exit with 130."""
    from simulator.errors import Interrupted

    try:
        yield
    except Interrupted as interrupted:
        print(f"oomcast: {interrupted}", file=sys.stderr)
        raise typer.Exit(130) from None
