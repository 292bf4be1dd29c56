"""What stops a run: a draw that fails, an interruption; nothing that looks whole is left."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from conftest import surroundings

from simulator import model
from simulator.errors import RunFailed
from simulator.inputs import load
from simulator.simulate import blocks

FAILING = 1337
# Sends itself SIGINT after so many blocks, with Python's handler for it, which a process lacks
# that a shell has started in the background.
INTERRUPTED_AT_BLOCK = """
import itertools, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from simulator.cli import call
from simulator.simulate import blocks
simulate_block, count = blocks.simulate_block, itertools.count(1)
def interrupted(*arguments, **options):
    block = simulate_block(*arguments, **options)
    if next(count) == {}:
        os.kill(os.getpid(), signal.SIGINT)
    return block
blocks.simulate_block = interrupted
sys.exit(call(sys.argv[1:]))
"""


@pytest.fixture
def broken(monkeypatch):
    """A driver that gives NaN in one draw, known by one of its parameters."""
    compiled = blocks.compile_plan(load.load_plan())
    known = blocks.simulate_block(compiled, range(FAILING, FAILING + 1)).parameters[
        "inference_limit"
    ]
    order = model._ordered()
    (driver,) = (driver for driver in order if "inference" in driver.gives)

    def function(**given):
        return np.where(given["inference_limit"] == known, np.nan, driver.function(**given))

    spoilt = dataclasses.replace(driver, function=function)
    drivers = tuple(spoilt if each is driver else each for each in order)
    monkeypatch.setattr(model, "_ordered", lambda: drivers)
    model._joined.cache_clear()
    yield
    model._joined.cache_clear()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.usefixtures("broken")
def test_a_draw_that_fails_stops_the_run_and_is_named(folder, oomcast, workers):
    said = oomcast("run", "--draws", "6000", "--workers", workers)
    assert said.code == 1
    assert f"draw {FAILING}:" in said.err
    assert "inference is nan" in said.err
    assert f"oomcast replay runs/.baseline.partial --draw {FAILING}" in said.err
    assert "Traceback" not in said.err
    assert not said.out
    assert not list(folder.glob("runs/baseline"))


@pytest.mark.usefixtures("broken")
def test_no_other_draw_fails():
    compiled = blocks.compile_plan(load.load_plan())
    with pytest.raises(RunFailed, match=f"draw {FAILING}:"):
        blocks.simulate_block(compiled, range(FAILING - 5, FAILING + 5))
    for draws in (range(FAILING), range(FAILING + 1, FAILING + 600)):
        blocks.simulate_block(compiled, range(max(draws.start, draws.stop - 600), draws.stop))


@pytest.mark.parametrize(("workers", "block"), [(1, 1), (2, 5)])
def test_an_interrupted_run_ends_with_130_and_leaves_nothing_that_looks_whole(
    folder, workers, block
):
    program = INTERRUPTED_AT_BLOCK.format(block)
    words = [sys.executable, "-c", program, "run", "--draws", "100000", "--workers", str(workers)]
    ended = subprocess.run(words, capture_output=True, text=True, env=surroundings(), check=False)
    assert ended.returncode == 130
    assert not ended.stdout
    assert "interrupted" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(folder.glob("runs/baseline"))
    assert not list(folder.glob("**/manifest.json"))
