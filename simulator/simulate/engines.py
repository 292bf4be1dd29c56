"""Ranges of draws over any executor: this thread, threads, processes or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from itertools import islice
from typing import TypeVar

Outcome = TypeVar("Outcome")


LONGEST_RANGE = 4_096


def cut_ranges(draws: range, workers: int, longest: int = LONGEST_RANGE) -> list[range]:
    """Cut a range of draws into about four pieces a worker, of 1,024 to `longest` draws each."""
    length = min(max(len(draws) // (4 * workers), 1024), longest)
    return [
        range(start, min(start + length, draws.stop))
        for start in range(draws.start, draws.stop, length)
    ]


def run_ranges(
    task: Callable[[range], Outcome], pieces: Iterable[range], executor: Executor | None, ahead: int
) -> Iterator[Outcome]:
    """Results of a task in the order in which they are done.

    Parameters
    ----------
    task : a range of draws -> its result
    pieces : the ranges
    executor : where the task runs; in this thread when None
    ahead : the most pieces that are submitted and not yet done
    """
    if executor is None:
        yield from map(task, pieces)
        return
    waiting = iter(pieces)
    under_way: set[Future[Outcome]] = {executor.submit(task, p) for p in islice(waiting, ahead)}
    try:
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            under_way |= {executor.submit(task, piece) for piece in islice(waiting, len(done))}
            for future in done:
                yield future.result()
    finally:
        for future in under_way:
            future.cancel()


Part = TypeVar("Part")


DESIGN_BLOCK = 512


def in_order(
    task: Callable[[range], Part],
    draws: int,
    workers: int,
    progress: Callable[[float], None],
    length: int = DESIGN_BLOCK,
) -> Iterator[Part]:
    """Results of a task over blocks of draws, in the order of the draws.

    Sums over them have the same bits with any number of workers.

    Parameters
    ----------
    task : a range of draws -> its result
    draws : number of draws
    workers : number of threads
    progress : called with the share of the draws that a finished block has
    length : draws of a block
    """
    pieces = [range(k, min(k + length, draws)) for k in range(0, draws, length)]
    if workers <= 1:
        for piece in pieces:
            yield task(piece)
            progress(len(piece) / draws)
        return
    waiting: dict[int, Part] = {}
    following = 0
    with ThreadPoolExecutor(workers) as executor:
        done = run_ranges(partial(_with_range, task), pieces, executor, ahead=workers + 1)
        for piece, result in done:
            waiting[piece.start] = result
            progress(len(piece) / draws)
            while following in waiting:
                yield waiting.pop(following)
                following += length


def _with_range(task: Callable[[range], Part], piece: range) -> tuple[range, Part]:
    return piece, task(piece)
