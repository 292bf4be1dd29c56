"""Workers and the cut into blocks and pieces change no bit of a result."""

import weakref
from concurrent.futures import Executor, Future
from itertools import pairwise

import pytest

import simulator
from simulator.evidence import weights
from simulator.inputs import load
from simulator.simulate import blocks, engines
from simulator.summaries import summarise

SETS = (
    'series=["effective_compute", "research_speedup", "data_penalty", "binding_constraint"]',
    'milestones=["automated_researcher", "data_exhausted", "run_1e26"]',
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    made = load.load_plan("baseline", [*SETS, "draws=5000"])
    return made, contents(simulator.run(made, tmp_path_factory.mktemp("one") / "result").folder)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    ("workers", "block", "longest"), [(2, 512, 1024), (3, 512, 16_384), (1, 100, 1777), (2, 4096, 5000), (1, 37, 1)]
)  # fmt: skip
def test_workers_and_blocks_change_no_bit_of_a_result(
    undisturbed, tmp_path, monkeypatch, workers, block, longest
):
    made, expected = undisturbed
    if longest == 1:
        made, expected = narrow(tmp_path / "wide")
    simulate = blocks.simulate_blocks
    monkeypatch.setattr(
        summarise, "simulate_blocks", lambda compiled, draws: simulate(compiled, draws, block)
    )
    monkeypatch.setattr(
        engines, "cut_ranges",
        lambda draws, *_: [range(i, min(i + longest, draws.stop)) for i in range(draws.start, draws.stop, longest)],
    )  # fmt: skip
    actual = contents(simulator.run(made, tmp_path / "result", workers).folder)
    assert list(actual) == list(expected)
    for name, content in actual.items():
        assert content == expected[name], name


def narrow(folder):
    """A short run for pieces of one draw, which are slow."""
    sets = ('series=["effective_compute"]', "draws=60", "horizon=2027")
    made = load.load_plan("baseline", sets)
    return made, contents(simulator.run(made, folder).folder)


@pytest.mark.parametrize("draws", [1, 1023, 10_000, 10**6])
@pytest.mark.parametrize("workers", [1, 2, 7])
def test_ranges_cover_every_draw_once(draws, workers):
    pieces = engines.cut_ranges(range(draws), workers)
    assert [draw for piece in pieces for draw in (piece.start, piece.stop)][:1] == [0]
    assert all(a.stop == b.start for a, b in pairwise(pieces))
    assert pieces[-1].stop == draws
    assert max(map(len, pieces)) <= engines.LONGEST_RANGE


@pytest.mark.parametrize(
    "work",
    [
        summarise.count_layout,
        weights.layout_and_likelihoods,
        lambda compiled: weights.range_likelihoods(compiled, range(3000)),
        lambda compiled: summarise.summarise_range(
            compiled, summarise.count_layout(compiled), range(3000), 2000, 100
        ),
    ],
    ids=["layout", "layout and likelihoods", "likelihoods", "range"],
)
def test_a_block_is_gone_from_memory_before_the_next_is_simulated(compiled, monkeypatch, work):
    simulate, before = blocks.simulate_block, []

    def simulate_alone(compiled, draws):
        assert all(series() is None for series in before)
        block = simulate(compiled, draws)
        before[:] = map(weakref.ref, block.series.values())
        return block

    monkeypatch.setattr(blocks, "simulate_block", simulate_alone)
    work(compiled)
    assert before


class InThisThread(Executor):
    """Runs a task when it is submitted, so that no thread holds on to what it gave."""

    def submit(self, task, /, *args, **kwargs):
        future = Future()
        future.set_result(task(*args, **kwargs))
        return future


def test_a_range_is_gone_from_memory_before_the_next_is_waited_for(monkeypatch):
    class Result:
        pass

    given, wait = [], engines.wait

    def wait_alone(*args, **kwargs):
        assert all(result() is None for result in given)
        return wait(*args, **kwargs)

    monkeypatch.setattr(engines, "wait", wait_alone)
    results = engines.run_ranges(lambda piece: Result(), range(6), InThisThread(), 2)
    for _ in range(6):
        given.append(weakref.ref(next(results)))
    assert next(results, None) is None
