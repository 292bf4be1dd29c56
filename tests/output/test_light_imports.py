"""What each command may import: a library that it has no use for costs more than the command itself."""

import importlib.util
import itertools
import json
import subprocess
import sys

import pytest
from conftest import surroundings

from simulator import cli

RUN = "draws = 64\nhorizon = 2032\n[condition]\nobservations = []\n"

PLOTTING = {"matplotlib"}
STATISTICS = {"arviz", "arviz_stats", "scipy.stats", "scipy.signal"}
TABULAR = {"pandas", "xarray", "h5netcdf"}
SOLVERS = {"scipy.optimize", "scipy.interpolate"}
HEAVY = PLOTTING | STATISTICS | TABULAR

FORBIDDEN = {  # what a command must not import, by command
    "milestones small past": HEAVY | SOLVERS,
    "bands small --years 2030": HEAVY | SOLVERS,
    "claims small": HEAVY | SOLVERS,
    "check small": HEAVY,
    "score past": HEAVY,
    "score --rolling --series score_mmlu": HEAVY,
    "priors stock_growth": HEAVY,
    "replay small --draw 3": HEAVY,
    "median small": HEAVY,
    "run small --overwrite": STATISTICS,
    "run weighed --draws 4096": STATISTICS,
    "compare small past --draws 256 --replicates 40": PLOTTING,
    "compare small past --attribute --target run_1e28 --draws 256": PLOTTING,
    "sensitivity small --target run_1e28 --draws 256": PLOTTING,
    "condition small --observations revenue_2026 --out other": PLOTTING | STATISTICS,
    "plot small bands -o bands.svg": STATISTICS,
}

PROGRAM = """
import json, os, sys
import simulator.inputs.load  # what every command may import, once for all
from simulator import cli

for line in sys.stdin:
    child = os.fork()
    if not child:
        code = cli.call(line.split())
        print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print("end", file=sys.stderr, flush=True)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with two finished runs."""
    home = tmp_path_factory.mktemp("home")
    (home / "runs").mkdir()
    for name, parent in (("small", "baseline"), ("past", "hindcast-2023")):
        (home / "runs" / f"{name}.toml").write_text(f'extends = "{parent}"\n{RUN}')
    weighed = RUN.replace("observations = []", 'observations = ["revenue_2026"]')
    (home / "runs" / "weighed.toml").write_text(f'extends = "baseline"\n{weighed}')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setattr("simulator.output.figures.fan.fan", lambda *_: None)
        assert cli.call(["run", "small", "past"]) == 0
    return home


@pytest.fixture(scope="module")
def imported(home):
    """Run a command in a process of its own: its exit code and the modules that are imported after it."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home,
        env=surroundings(),
    )

    def answer(command):
        parent.stdin.write(f"{command}\n")
        parent.stdin.flush()
        lines = list(itertools.takewhile(lambda line: line != "end\n", parent.stderr))
        code, modules = json.loads(lines[-1])
        return code, set(modules)

    with parent:
        yield answer


@pytest.mark.parametrize("command", FORBIDDEN)
def test_a_command_imports_no_more_than_it_needs(imported, command):
    code, modules = imported(command)
    assert code == 0
    assert not FORBIDDEN[command] & modules


def test_what_is_forbidden_exists():
    for name in HEAVY | SOLVERS:
        assert importlib.util.find_spec(name), name


def test_figures_are_drawn_with_the_plotting_library(imported):
    assert imported("plot small bands -o bands.svg")[1] >= PLOTTING
