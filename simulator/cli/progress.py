"""Progress on stderr, with the time that is left at the speed of the last half minute; nothing off a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class RunProgress(NamedTuple):
    """How a run moves its bars on, each by a number of draws."""

    weighed: Callable[[int], None]
    counted: Callable[[int], None]


@contextmanager
def run_bars(draws: int, tempered: bool = False) -> Iterator[RunProgress]:
    """Show how many draws are weighed and counted.

    Parameters
    ----------
    draws : of the run
    tempered : whether it is conditioned in stages, whose number nobody knows beforehand
    """
    if not sys.stderr.isatty():
        yield RunProgress(lambda draws: None, lambda draws: None)
        return
    with _bars() as bars:
        tempering = bars.add_task("tempering", total=None) if tempered else None
        weighing, counting = (
            bars.add_task(name, total=draws, start=False, visible=False)
            for name in ("weighing draws", "counting draws")
        )

        def counted(more: int) -> None:
            if tempering is not None:
                bars.update(tempering, total=1, completed=1)
            _move_on(bars, counting, more)

        yield RunProgress(lambda more: _move_on(bars, weighing, more), counted)


@contextmanager
def share_bar() -> Iterator[Callable[[float], None]]:
    """Show the share of the work that is done; give the function that adds to it."""
    if not sys.stderr.isatty():
        yield lambda share: None
        return
    with _bars() as bars:
        task = bars.add_task("draws", total=1.0)
        yield lambda share: bars.advance(task, share)


@contextmanager
def working(on: str) -> Iterator[None]:
    """Show what is being worked on where nobody can know how long it takes."""
    if not sys.stderr.isatty():
        yield
        return
    with _bars() as bars:
        bars.add_task(on, total=None)
        yield


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeLeft()
    return Progress(*columns, console=Console(file=sys.stderr), transient=True)


def _move_on(bars: Progress, task: TaskID, more: int) -> None:
    """Add draws to a bar, which is shown from the first on."""
    if more and not bars.tasks[task].started:
        bars.start_task(task)
    bars.update(task, advance=more, visible=bars.tasks[task].started)
