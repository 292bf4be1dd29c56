"""What stops a run: a draw that fails, an interruption; nothing that looks whole is left."""

import dataclasses
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import surroundings

from simulator import model
from simulator.errors import RunFailed
from simulator.inputs import load
from simulator.simulate import blocks

FAILING = 1337
# A process may be born deaf to SIGINT, as one in the background of a shell is.
HEARING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from simulator.cli import call
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


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_ends_with_130_and_leaves_nothing_that_looks_whole(folder, workers):
    words = [sys.executable, "-c", HEARING, "run", "--draws", "10000000", "--workers", str(workers)]
    running = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings()
    )
    try:
        for _ in range(600):
            if list(folder.glob("runs/.baseline.partial")):
                break
            time.sleep(0.05)
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130
    assert not out
    assert "Traceback" not in err
    assert not list(folder.glob("runs/baseline"))
    assert not list(folder.glob("**/manifest.json"))
