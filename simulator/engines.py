"""The same list of ranges over any executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from typing import TypeVar

Result = TypeVar("Result")

LONGEST = 4_096


def ranges(draws: range, workers: int, longest: int = LONGEST) -> list[range]:
    """Cut a range of draws into pieces that keep the workers busy and a snapshot recent."""
    length = min(max(len(draws) // (4 * workers), 1024), longest)
    return [
        range(start, min(start + length, draws.stop))
        for start in range(draws.start, draws.stop, length)
    ]


def each(
    task: Callable[[range], Result], pieces: Iterable[range], executor: Executor | None, ahead: int
) -> Iterator[Result]:
    """Give each piece's result as it is done, with at most `ahead` pieces under way; here when there is no executor."""
    if executor is None:
        yield from map(task, pieces)
        return
    waiting = iter(pieces)
    under_way: set[Future[Result]] = {executor.submit(task, p) for p in islice(waiting, ahead)}
    try:
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            under_way |= {executor.submit(task, piece) for piece in islice(waiting, len(done))}
            for future in done:
                yield future.result()
    finally:
        for future in under_way:
            future.cancel()
