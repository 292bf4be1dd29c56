"""The engine of a cluster without one: addresses, lost pieces, what is sent; real ones are in test_cluster_runs.py."""

import pickle
import sys
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import small_runs
from small_runs import quickly  # noqa: F401  (for every test here)

from simulator.errors import ClusterLost, DrawFailed, Fault, InputFault, RunFailed
from simulator.simulate import blocks, cluster, engines
from simulator.summaries import summarise


class Lost(Exception):
    """Stands for dask's KilledWorker."""


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("local:1", 1),
        ("local:16", 16),
        ("tcp://10.0.0.5:8786", "tcp://10.0.0.5:8786"),
        ("tls://[::1]:8786", "tls://[::1]:8786"),
    ],
)
def test_addresses_of_clusters(text, parsed):
    assert cluster.parse_cluster(text) == parsed


@pytest.mark.parametrize(
    "text", ["local", "local:0", "local:-1", "local:4096", "8786", "tcp://host", "http://x:1", ""]
)
def test_what_is_no_address_is_refused_before_anything_is_simulated(folder, oomcast, text):
    done = oomcast("run", "--draws", "100", "--cluster", text)
    assert (done.code, "Traceback" in done.err) == (2, False)
    assert "local:N" in done.err
    assert list(folder.iterdir()) == []


def test_a_python_without_dask_is_told_what_to_install(folder, oomcast, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = oomcast("run", "--draws", "100", "--cluster", "local:2")
    assert (done.code, 'pip install "oomcast[cluster]"' in done.err) == (2, True)


def losing(times, lost, piece):
    """A task that loses piece 3 so many times."""
    if piece == 3 and len(lost) < times:
        lost.append(piece)
        raise Lost
    return piece


@pytest.mark.parametrize("times", [0, 1, engines.MOST_ATTEMPTS - 1])
def test_a_lost_piece_is_submitted_again(times):
    lost = []
    with ThreadPoolExecutor(2) as executor:
        done = engines.run_ranges(partial(losing, times, lost), range(9), executor, 3, (Lost,))
        assert sorted(done) == list(range(9))
    assert len(lost) == times


def test_a_piece_that_is_lost_each_time_ends_the_run():
    lost = []
    with ThreadPoolExecutor(2) as executor, pytest.raises(Lost):
        list(engines.run_ranges(partial(losing, 99, lost), range(9), executor, 3, (Lost,)))
    assert len(lost) == engines.MOST_ATTEMPTS


class Client:
    """A dask client that runs everything in this thread, until it loses its scheduler."""

    def __init__(self, until, raising):
        self.scheduler = SimpleNamespace(address="tcp://127.0.0.1:1")
        self.status, self.until, self.raising = "running", until, raising

    def get_executor(self, pure):
        assert not pure  # the same range may be submitted again
        return self

    def submit(self, call, piece):
        with ThreadPoolExecutor(1) as executor:
            if self.until == 0:
                self.status = "closed"
                raising = self.raising
                return executor.submit(lambda: (_ for _ in ()).throw(raising))
            self.until -= 1
            return executor.submit(call, piece)


def summaries(client, draws=1024):
    """The counts of a small plan, through what is sent to a worker and back."""
    compiled = blocks.compile_plan(small_runs.small(draws))
    shape = summarise.count_layout(compiled)
    task = partial(summarise.summarise_piece, compiled, shape, 100, 10)
    pieces = summarise.range_pieces([range(0, 300), range(300, draws)], None, None)
    distributed = SimpleNamespace(KilledWorker=Lost)
    sent = cluster._run_ranges(distributed, client, 1, task, pieces)
    return sent, summarise.summarise_range(compiled, shape, range(300), 100, 10)


def test_what_is_sent_comes_back_bit_for_bit():
    sent, here = summaries(Client(2, None))
    first = next(each for each in sent if each.draws.start == 0)
    assert np.array_equal(first.counts.bins, here.counts.bins)
    for name in ("parameters", "arrivals", "trajectories"):
        assert getattr(first, name).tobytes() == getattr(here, name).tobytes()


@pytest.mark.parametrize("raising", [CancelledError(), OSError("closed"), Lost("killed")])
def test_a_lost_cluster_is_told_as_such(raising):
    sent, _ = summaries(Client(1, raising))
    with pytest.raises(ClusterLost, match=r"is gone|ended each worker"):
        list(sent)


def test_workers_without_the_program_or_with_other_libraries_are_named(monkeypatch):
    sent, _ = summaries(Client(1, ModuleNotFoundError("No module named 'simulator'")))
    with pytest.raises(RunFailed, match="no oomcast in its Python"):
        list(sent)
    sent, _ = summaries(Client(2, None))
    next(sent)  # the first is sent with this machine's versions
    with pytest.raises(RunFailed, match=r"the worker .* has oomcast"):
        cluster._packed_result(("oomcast 0.0.0",), b"", range(1))


def test_failures_of_draws_and_inputs_come_back_from_another_process():
    failed = pickle.loads(pickle.dumps(DrawFailed(7, "x is nan", "baseline")))
    assert (failed.draw, failed.what) == (7, "x is nan")
    assert "oomcast replay baseline --draw 7" in str(failed)
    fault = pickle.loads(pickle.dumps(InputFault([Fault("a.toml", key="k", found="1")])))
    assert fault.faults == (Fault("a.toml", key="k", found="1"),)


def test_pieces_carry_their_own_rows():
    """A range of a conditioned run is counted with its own weights and levels, wherever it begins."""
    compiled = blocks.compile_plan(small_runs.small(512))
    shape = summarise.count_layout(compiled)
    names = [prior.name for prior in compiled.plan.priors]
    weights = np.arange(512)
    levels = {name: np.linspace(0.1, 0.9, 512) for name in names}
    (piece,) = summarise.range_pieces([range(200, 300)], weights, levels)
    assert len(piece.weights) == len(piece.levels[names[0]]) == 100
    summary = summarise.summarise_piece(compiled, shape, 512, 0, piece)
    assert summary.counts.draws == weights[200:300].sum()
    prior = compiled.plan.priors[0]
    expected = compiled.inverse_cdfs[prior.name](levels[prior.name][200:300])
    assert summary.parameters[:, 0].tobytes() == np.asarray(expected).tobytes()
