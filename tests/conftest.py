"""What several test files need: the shipped plan, simulated once, and the command line, called in two ways."""

import contextlib
import io
import os
import subprocess
import sys
from typing import NamedTuple

import hypothesis
import pytest
from checkout import ROOT

from simulator.inputs import load as plans
from simulator.simulate import blocks
from simulator.store import results

# The same examples every time, and no example is too slow for a busy machine.
hypothesis.settings.register_profile(
    "laws",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("laws")


class CommandResult(NamedTuple):
    """What a command returned: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def plan():
    return plans.load_plan()


@pytest.fixture(scope="session")
def compiled(plan):
    return blocks.compile_plan(plan)


@pytest.fixture(scope="session")
def block(compiled):
    return blocks.simulate_block(compiled, range(2048))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(*argv):
    """Run one command in this process."""
    from simulator.cli import call

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = call([str(word) for word in argv])
    return CommandResult(code, out.getvalue(), err.getvalue())


@pytest.fixture
def oomcast():
    return called


@pytest.fixture
def without_pictures(monkeypatch):
    """Pictures take longer to draw than small runs to simulate."""
    monkeypatch.setattr("simulator.output.figures.fan.fan", lambda *_: None)


@pytest.fixture
def figures(monkeypatch):
    """The figures that are written meanwhile, whose lines, bars and labels can be looked at."""
    from matplotlib.figure import Figure

    written, savefig = [], Figure.savefig
    keep = lambda figure, *a, **k: (written.append(figure), savefig(figure, *a, **k))[1]  # noqa: E731
    monkeypatch.setattr(Figure, "savefig", keep)
    return written


def lines(axes):
    """The points of every line of some axes: (point, 2)."""
    return [line.get_xydata() for line in axes.lines]


def bars_by_row(axes):
    """Row's label -> widths of its bars, the uppermost first."""
    rows = {label.get_text(): [] for label in axes.get_yticklabels()}
    names = list(rows)
    for bar in axes.patches:
        rows[names[round(bar.get_y() + bar.get_height() / 2)]].append(bar.get_width())
    return rows


def command(*argv):
    """The words that run one command in a process of its own."""
    return [sys.executable, "-m", "simulator", *map(str, argv)]


def surroundings(**more):
    """The environment of such a process, which finds this checkout from any folder."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | more


@pytest.fixture
def oomcast_apart():
    """Run one command in a process of its own, in the folder that the test stands in."""

    def run(*argv, **more):
        environment = surroundings(**more)
        done = subprocess.run(
            command(*argv), capture_output=True, text=True, check=False, env=environment
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)

    return run


def opened(folder):
    """A finished run, with its counts and kept draws."""
    return results.load_result(str(folder))


def files_in(folder):
    """Every file and folder, each file with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
