"""No library's warning reaches a user's terminal."""

import os
import subprocess
import sys

import matplotlib
from checkout import ROOT


def test_a_run_prints_no_warning_of_a_library(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),  # ArviZ 0.x notes there that it warned today
        "MPLCONFIGDIR": matplotlib.get_cachedir(),
    }
    words = ["-m", "simulator", "run", "baseline", "--draws", "2000", "--out", "result"]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "result" / "weights.npz").is_file()  # Pareto smoothed, and
    assert (tmp_path / "result" / "effective_compute.svg").is_file()  # drawn
    assert "Warning" not in done.stderr
    assert not (tmp_path / "cache" / "arviz").exists()
