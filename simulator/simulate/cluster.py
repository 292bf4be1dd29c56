"""Ranges of draws on a cluster of dask.distributed: one that runs at an address, or processes on this machine.

The client cuts the ranges, keeps a few of them under way, and alone writes what comes back. dask gives the ranges of a
worker that dies to others; a range whose worker died too often for dask is submitted again by `engines.run_ranges`.
"""

from __future__ import annotations

import pickle
import platform
import re
import signal
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from typing import Any

from simulator import __version__
from simulator.errors import ClusterLost, Fault, InputFault, RunFailed
from simulator.simulate import engines
from simulator.simulate.engines import Engine, Workers

LONGEST_RANGE = (
    65_536  # draws, some seconds of work, for which the counts that come back are worth their way
)

AHEAD = (
    2  # ranges a thread of the cluster: one that it simulates, and one that it can begin at once
)

SECONDS_TO_CONNECT = 30

MOST_PROCESSES = 1024


def parse_cluster(text: str) -> int | str:
    """The number of processes that a text such as "local:4" asks for, else the address of a scheduler.

    Raises
    ------
    InputFault
        when it is neither
    """
    local = re.fullmatch(r"local:(\d{1,4})", text, re.ASCII)
    if local and 1 <= int(local[1]) <= MOST_PROCESSES:
        return int(local[1])
    if re.fullmatch(r"(tcp|tls|ws|wss|ucx)://[^\s/]+:\d{1,5}", text, re.ASCII):
        return text
    allowed = "tcp://HOST:PORT of a dask scheduler, or local:N for N processes on this machine"
    fix = "as in --cluster local:4"
    raise InputFault([Fault("--cluster", "", "", f'"{text}"', allowed, fix)])


@contextmanager
def opened_workers(workers: int, cluster: str | None) -> Iterator[Workers]:
    """Give a number of threads, or the engine of a cluster if there is to be one."""
    if cluster is None:
        yield workers
    else:
        with cluster_engine(cluster) as engine:
            yield engine


@contextmanager
def cluster_engine(cluster: str) -> Iterator[Engine]:
    """Give the engine of a cluster, which is connected to or started, and left or stopped in the end.

    Parameters
    ----------
    cluster : "tcp://HOST:PORT" of a scheduler, or "local:N"

    Raises
    ------
    InputFault
        when the text is neither, or dask.distributed is not installed
    RunFailed
        when there is no scheduler at the address, or it has no workers
    """
    address = parse_cluster(cluster)
    try:
        import distributed
    except ImportError:
        fix = 'pip install "oomcast[cluster]"'
        problem = "no dask.distributed in this Python"
        raise InputFault([Fault("--cluster", found=problem, fix=fix)]) from None
    with _client(distributed, address) as client:
        threads = sum(client.nthreads().values())
        yield Engine(partial(_run_ranges, distributed, client, threads), threads, LONGEST_RANGE)


@contextmanager
def _client(distributed: Any, address: int | str) -> Iterator[Any]:
    """Give a client of the cluster, which has a worker at least."""
    local = None
    try:
        if isinstance(address, int):
            options = {"n_workers": address, "threads_per_worker": 1, "dashboard_address": None}
            with _interrupts_ignored():
                local = distributed.LocalCluster(processes=True, silence_logs=50, **options)
        client = distributed.Client(
            local or address, timeout=SECONDS_TO_CONNECT, set_as_default=False
        )
    except OSError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunFailed(f"--cluster: no scheduler at {address}: {reason}") from None
    try:
        try:
            client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        except TimeoutError:
            raise RunFailed(f"--cluster: the scheduler at {address} has no workers") from None
        yield client
    finally:
        with suppress(Exception):  # the scheduler may be gone
            client.close()
        if local is not None:
            local.close()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ignore SIGINT, so that processes begun meanwhile do too, and only this one ends the run at Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals can be handled in the main thread only
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _run_ranges(
    distributed: Any,
    client: Any,
    threads: int,
    task: Callable[[Any], Any],
    pieces: Iterable[Any],
) -> Iterator[Any]:
    """Results of a task over pieces, in the order in which they come back.

    Raises
    ------
    ClusterLost
        when the scheduler is gone, or a piece ended its worker each time
    RunFailed
        when a worker has other libraries than this machine
    """
    import cloudpickle

    address, killed = client.scheduler.address, distributed.KilledWorker
    lost = f"the scheduler at {address} is gone"

    def check() -> None:
        if client.status != "running":
            raise ClusterLost(lost)

    packed = zlib.compress(cloudpickle.dumps(task), 1)
    call = partial(_packed_result, library_versions(), packed)
    executor = client.get_executor(pure=False)
    try:
        for result in engines.run_ranges(call, pieces, executor, AHEAD * threads, (killed,), check):
            yield pickle.loads(zlib.decompress(result))
    except killed as error:
        raise ClusterLost(
            f"some draws ended each worker that they were given to: {error}"
        ) from None
    except CancelledError:
        raise ClusterLost(lost) from None
    except ModuleNotFoundError as error:
        raise RunFailed(f"--cluster: a worker has no oomcast in its Python: {error}") from None
    except Exception:
        check()
        raise


def _packed_result(versions: tuple[str, ...], packed: bytes, piece: Any) -> bytes:
    """The result of a task, pickled and compressed, on a worker that has the same libraries.

    Raises
    ------
    RunFailed
        when it has others
    """
    if versions != library_versions():
        own, given = (", ".join(each) for each in (library_versions(), versions))
        raise RunFailed(f"--cluster: the worker {platform.node()} has {own}, this machine {given}")
    return zlib.compress(pickle.dumps(_unpacked_task(packed)(piece), protocol=5), 1)


@lru_cache(maxsize=2)
def _unpacked_task(packed: bytes) -> Callable[[Any], Any]:
    """A task, unpacked once a process."""
    return pickle.loads(zlib.decompress(packed))


def library_versions() -> tuple[str, ...]:
    """What must be the same on every worker, for the same bits and for what is sent to be understood."""
    import numpy as np
    import scipy

    python = ".".join(platform.python_version_tuple()[:2])
    return (
        f"oomcast {__version__}",
        f"Python {python}",
        f"NumPy {np.__version__}",
        f"SciPy {scipy.__version__}",
    )
