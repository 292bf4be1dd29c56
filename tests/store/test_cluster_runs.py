"""Runs on real clusters of several processes, one of which is killed in mid-run: the bytes are those of one thread."""

import contextlib
import json
import re
import signal
import subprocess
import sys
from typing import NamedTuple

import pytest
import small_runs
from conftest import surroundings
from small_runs import quickly  # noqa: F401  (for every test here)

from simulator.errors import RunFailed
from simulator.simulate import cluster, engines
from simulator.store import parts, results, work
from simulator.store.beginning import RunRequest

distributed = pytest.importorskip(
    "distributed", reason="dask.distributed is not installed: no cluster to run on"
)

# dask's own warnings and logs are no concern of these tests
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

DRAWS = 20_000
SETS = [part for setting in small_runs.SETS for part in ("--set", setting)]
OBSERVED = 'condition.observations=["revenue_2026"]'


class Started(NamedTuple):
    """A process of dask, and its address."""

    process: subprocess.Popen
    address: str


def started(*words):
    """Start a process of dask; its log names its address."""
    command = [sys.executable, "-m", *words, "--no-dashboard"]
    environment = surroundings(PYTHONWARNINGS="ignore")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    for line in process.stderr:
        if match := re.search(r"(?:Scheduler at|Start worker at): +(tcp://\S+)", line):
            address = match[1]
        if "Scheduler at" in line or "Registered to" in line:
            return Started(process, address)
    raise AssertionError("a process of dask ended before it was ready")


@contextlib.contextmanager
def cluster_of(workers):
    """The address of a scheduler; and its process, then those of its workers."""
    scheduler = started("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    processes = [scheduler]
    try:
        for _ in range(workers):
            words = (scheduler.address, "--nthreads", "1", "--no-nanny")
            processes.append(started("distributed.cli.dask_worker", *words))
        yield scheduler.address, processes
    finally:
        for each in processes:
            each.process.kill()
            each.process.wait()
            each.process.stderr.close()


def killing(process, after, before=lambda: None):
    """A progress hook that kills a process, once so many draws are done and not before something is called."""
    done = []

    def hook(draws):
        done.append(draws)
        if sum(done) >= after and process.poll() is None:
            before()
            process.send_signal(signal.SIGKILL)
            process.wait()

    return hook


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The bytes of a run in one thread."""
    return small_runs.contents(small_runs.finished(tmp_path_factory.mktemp("one") / "one", DRAWS))


def test_a_worker_that_is_killed_changes_no_byte(tmp_path, undisturbed):
    """The ranges that it has when it is killed are simulated by the others."""
    lost = []
    with cluster_of(3) as (address, processes), cluster.cluster_engine(address) as engine:
        assert engine.workers == 3
        with distributed.Client(address, set_as_default=False) as client:
            killed = processes[1].address
            hook = killing(
                processes[1].process,
                after=2000,
                before=lambda: lost.extend(client.processing(workers=[killed])[killed]),
            )
            folder = small_runs.finished(tmp_path / "run", DRAWS, workers=engine, progress=hook)
            assert set(client.nthreads()) == {processes[2].address, processes[3].address}
        assert processes[1].process.poll() == -signal.SIGKILL
    assert lost
    assert small_runs.contents(folder) == undisturbed


def test_a_lost_scheduler_leaves_a_run_to_resume(tmp_path, undisturbed, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 2)
    monkeypatch.setattr(engines, "SECONDS_TO_CHECK", 0.2)
    target = tmp_path / "run"
    with cluster_of(2) as (address, processes), cluster.cluster_engine(address) as engine:
        hook = killing(processes[0].process, after=2000)
        with pytest.raises(RunFailed) as caught:
            small_runs.finished(target, DRAWS, workers=engine, progress=hook)
    assert f"the scheduler at {address} is gone" in str(caught.value)
    assert re.search(r"[\d,]+ of 20,000 draws are kept", str(caught.value))
    assert "--resume" in str(caught.value)
    assert not target.exists()
    simulated = work.load_snapshot(results.partial_folder(target)).simulated
    assert 2000 <= simulated < DRAWS
    folder = small_runs.finished(target, DRAWS, resume=True)
    assert small_runs.contents(folder) == undisturbed


@pytest.mark.parametrize("sampler", ["weights", "sequential"])
def test_conditioned_runs_have_the_bytes_of_one_thread(tmp_path, sampler):
    sets = [OBSERVED, f'condition.sampler="{sampler}"']
    with cluster.cluster_engine("local:2") as engine:
        folder = small_runs.finished(tmp_path / "two", 5000, *sets, workers=engine)
    one = small_runs.finished(tmp_path / "one", 5000, *sets)
    assert small_runs.contents(folder) == small_runs.contents(one)


def test_parts_on_a_cluster_merge_to_the_bytes_of_the_whole(tmp_path, undisturbed):
    request = RunRequest(small_runs.small(DRAWS), False, False, *small_runs.KEEP.values())
    with cluster.cluster_engine("local:2") as engine:
        for number in (1, 2):
            parts.run_part(request, tmp_path / str(number), parts.DrawPart(number, 2), engine)
    merged = parts.merge_parts([tmp_path / "1", tmp_path / "2"], tmp_path / "merged")
    assert small_runs.contents(merged.folder) == undisturbed


def test_the_command_runs_on_processes_of_this_machine(tmp_path, oomcast_apart, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["run", *SETS, "--draws", "3e3", "--format", "json"]
    two = oomcast_apart(*words, "--cluster", "local:2", "--out", "two", PYTHONWARNINGS="ignore")
    one = oomcast_apart(*words, "--workers", "1", "--out", "one")
    assert (two.code, one.code) == (0, 0), two.err
    assert json.loads(two.out) == json.loads(one.out)
    assert small_runs.contents(tmp_path / "two") == small_runs.contents(tmp_path / "one")


def test_workers_with_other_libraries_are_refused(tmp_path, monkeypatch):
    with cluster.cluster_engine("local:1") as engine:
        monkeypatch.setattr(cluster, "__version__", "0.0.0")
        with pytest.raises(
            RunFailed, match=r"the worker .* has oomcast 0.1.0.*this machine oomcast 0.0.0"
        ):
            small_runs.finished(tmp_path / "run", 300, workers=engine)
    assert [path.name for path in tmp_path.iterdir()] == [".run.partial"]
