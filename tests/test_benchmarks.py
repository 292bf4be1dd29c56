"""The benchmarks run: they call the program's inner functions, whose names change."""

import subprocess
import sys

import pytest
from checkout import ROOT
from conftest import surroundings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "draws", "line"),
    [
        ("simulating", "256", "two workers over one: "),
        ("sensitivity", "128", "estimators of 20 groups"),
        ("peers", "5000", "oomcast  "),
        ("designs", "64 2", "run_1e28 p50"),
        ("kernel", "256", "the kernel agrees with the blocks to 1e-09 in 256 draws"),
    ],
)
def test_a_benchmark_runs(name, draws, line):
    if name == "kernel":
        pytest.importorskip("numba", reason="the extra `kernel` is not installed")
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), *draws.split()],
        capture_output=True,
        text=True,
        env=surroundings(PYTHONWARNINGS="ignore"),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert line in done.stdout
