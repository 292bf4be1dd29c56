"""Commands that print tables do not import the plotting library."""

import json
import subprocess
import sys

import pytest
from conftest import surroundings

from simulator import cli

RUN = "draws = 64\nhorizon = 2032\n[condition]\nobservations = []\n"

TABLES = [
    "milestones small past",
    "bands small --years 2030",
    "claims small",
    "check small",
    "score past",
    "priors stock_growth",
    "replay small --draw 3",
    "median small",
    "compare small past --draws 256 --replicates 40",
    "compare small past --attribute --target run_1e28 --draws 256",
    "sensitivity small --target run_1e28 --draws 256",
    "condition small --observations revenue_2026 --out weighed",
]

PROGRAM = """
import json, sys
from simulator import cli
for words in json.loads(sys.argv[1]):
    code = cli.call(words.split())
    print(json.dumps([words, code, "matplotlib" in sys.modules]), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with two finished runs."""
    home = tmp_path_factory.mktemp("home")
    (home / "runs").mkdir()
    for name, parent in (("small", "baseline"), ("past", "hindcast-2023")):
        (home / "runs" / f"{name}.toml").write_text(f'extends = "{parent}"\n{RUN}')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setattr("simulator.output.figures.fan.fan", lambda *_: None)
        assert cli.call(["run", "small", "past"]) == 0
    return home


def imported(home, commands):
    """Run commands in one new process: (command, exit code, whether matplotlib is imported after it)."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)],
        capture_output=True,
        text=True,
        cwd=home,
        env=surroundings(),
        check=True,
    )
    return [json.loads(line) for line in done.stderr.splitlines() if line.startswith("[")]


def test_tables_are_printed_without_matplotlib(home):
    assert imported(home, TABLES) == [[words, 0, False] for words in TABLES]


def test_figures_are_drawn_with_it(home):
    words = "plot small bands -o bands.svg"
    assert imported(home, [words]) == [[words, 0, True]]
