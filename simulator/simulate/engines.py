"""Ranges of draws over any executor: this thread, threads, processes or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, TypeVar

Outcome = TypeVar("Outcome")

Piece = TypeVar("Piece")

SECONDS_TO_CHECK = 10.0

MOST_ATTEMPTS = 3  # at a piece that is lost each time, such as one that ends its process

LONGEST_RANGE = 4_096


def cut_ranges(draws: range, workers: int, longest: int = LONGEST_RANGE) -> list[range]:
    """Cut a range of draws into about four pieces a worker, of 1,024 to `longest` draws each."""
    length = min(max(len(draws) // (4 * workers), 1024), longest)
    return [
        range(start, min(start + length, draws.stop))
        for start in range(draws.start, draws.stop, length)
    ]


def missing_ranges(done: Sequence[range], wanted: range) -> list[range]:
    """The ranges of the wanted draws that are not simulated yet; those that are lie among them, in rising order."""
    starts = [wanted.start, *(each.stop for each in done)]
    stops = [*(each.start for each in done), wanted.stop]
    return [range(a, b) for a, b in zip(starts, stops, strict=True) if a < b]


def run_ranges(
    task: Callable[[Piece], Outcome],
    pieces: Iterable[Piece],
    executor: Executor | None,
    ahead: int,
    again: tuple[type[Exception], ...] = (),
    check: Callable[[], None] | None = None,
) -> Iterator[Outcome]:
    """Results of a task in the order in which they are done.

    Parameters
    ----------
    task : a range of draws, or a record of what one needs -> its result
    pieces : the ranges
    executor : where the task runs; in this thread when None
    ahead : the most pieces that are submitted and not yet done
    again : what is raised when a piece was lost, which is then submitted again, `MOST_ATTEMPTS` times in all
    check : called every `SECONDS_TO_CHECK` while nothing is done; raises when nothing can be done any more
    """
    if executor is None:
        yield from map(task, pieces)
        return
    waiting = iter(pieces)
    under_way: dict[Future[Outcome], tuple[Piece, int]] = {}
    try:
        for piece in islice(waiting, ahead):
            under_way[executor.submit(task, piece)] = piece, 1
        while under_way:
            timeout = SECONDS_TO_CHECK if check else None
            done, _ = wait(under_way, timeout, return_when=FIRST_COMPLETED)
            if check and not done:
                check()
            finished = {future: under_way.pop(future) for future in done}
            del done  # with what finished futures hold, nothing stays in memory while the next are waited for
            for piece in islice(waiting, len(finished)):
                under_way[executor.submit(task, piece)] = piece, 1
            while finished:
                future, (piece, attempts) = finished.popitem()
                try:
                    outcome = future.result()
                except again:
                    if attempts == MOST_ATTEMPTS:
                        raise
                    under_way[executor.submit(task, piece)] = piece, attempts + 1
                    continue
                del future
                yield outcome
                del outcome
    finally:
        for future in under_way:
            future.cancel()


class Engine(NamedTuple):
    """Where ranges of draws are simulated.

    Attributes
    ----------
    run : runs a task over pieces, as `run_ranges` does
    workers : how many of them at the same time
    longest : the most draws of a piece
    """

    run: Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
    workers: int
    longest: int = LONGEST_RANGE


Workers = int | Engine
"""A number of threads, or an engine that is open already, such as that of a cluster."""


@contextmanager
def opened_engine(workers: Workers) -> Iterator[Engine]:
    """Give the engine given, or one of threads; of this thread alone when that is one."""
    if isinstance(workers, Engine):
        yield workers
        return
    executor = ThreadPoolExecutor(workers) if workers > 1 else None
    try:
        yield Engine(partial(run_ranges, executor=executor, ahead=workers + 1), workers)
    finally:
        if executor:
            executor.shutdown(cancel_futures=True)


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
