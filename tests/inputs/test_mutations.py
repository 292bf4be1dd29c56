"""Small changes of the shipped files: each ends in a finite result, or in faults that say where they are."""

import random
import shutil

import numpy as np
import pytest
from checkout import ROOT
from mutations import TAME, mutated

from simulator.errors import InputFault
from simulator.inputs import files, inspection
from simulator.inputs.load import load_plan
from simulator.simulate import blocks

SEEDS = [seed if seed < 40 else pytest.param(seed, marks=pytest.mark.slow) for seed in range(300)]
ONCE_FAILED = (
    ("priors/prices.toml", "p95 = 2.5", "p95 = 1e+300"),  # a warning of an overflow, then a fault
)
"""Changes that once ended otherwise: file, text, and what it was changed to (seeds move with the files)."""
DRAWS = range(32)
FOLDERS = ("priors", "runs", "evidence")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the shipped files, which the program takes for them."""
    checkout = tmp_path_factory.mktemp("checkout")
    for folder in FOLDERS:
        (checkout / folder).mkdir()
        for path in (ROOT / folder).glob("*.toml"):
            shutil.copy(path, checkout / folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "files", lambda _: checkout / "simulator")
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield checkout


def outcome(run="baseline"):
    """Faults, or the series of some draws."""
    inspected = inspection.inspect_inputs([], [], None)
    if inspected.faults:
        return inspected.faults, {}
    return [], blocks.simulate_block(blocks.compile_plan(load_plan(run)), DRAWS).series


def hold(path, text):
    """The faults of the inputs with this text as the content of a file; without faults, every series must be finite."""
    whole = path.read_bytes()
    try:
        path.write_bytes(text)
        faults, series = outcome()
    except InputFault as error:
        faults, series = error.faults, {}
    finally:
        path.write_bytes(whole)
    assert faults or series
    for fault in faults:
        assert fault.file, fault
        assert fault.table or fault.key or fault.line, fault
    for name, values in series.items():
        assert np.isfinite(values).all(), name
    return faults


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_file_is_simulated_or_refused(copy, seed):
    rng = random.Random(seed)
    path = rng.choice(sorted(copy.glob("*/*.toml")))
    hold(path, mutated(path.read_bytes(), rng, TAME))


@pytest.mark.parametrize(("file", "old", "new"), ONCE_FAILED)
def test_what_once_failed_is_refused(copy, file, old, new):
    text = (copy / file).read_text()
    assert old in text
    assert hold(copy / file, text.replace(old, new, 1).encode())


def test_the_shipped_files_are_sound_and_not_odd(copy):
    inspected = inspection.inspect_inputs([], [], None)
    assert not inspected.faults
    assert not inspected.warnings
