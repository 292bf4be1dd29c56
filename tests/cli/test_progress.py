"""Progress: every draw is reported once, and shown on a terminal alone."""

import contextlib
import io

import pytest
import small_runs
from small_runs import quickly  # noqa: F401  (for every test here)

from simulator.cli import progress
from simulator.store import in_memory, running

OBSERVED = 'condition.observations=["revenue_2026"]'


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch):
    """What a context manager writes to a terminal of 80 columns while it is open."""
    for name, value in {"TERM": "xterm", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)

    @contextlib.contextmanager
    def opened(manager):
        terminal = Terminal()
        with contextlib.redirect_stderr(terminal), manager as bars:
            yield terminal, bars

    return opened


def test_draws_are_reported_as_weighed_and_as_counted(tmp_path):
    plan = small_runs.small(3000, OBSERVED)
    weighed, counted = [], []
    running.run(plan, tmp_path / "run", 2, counted.append, weighed.append)
    assert sum(weighed) == sum(counted) == 3000
    weighed, counted = [], []
    in_memory.run_in_memory(plan, 2, counted.append, weighed.append)
    assert sum(weighed) == sum(counted) == 3000


def test_bars_show_what_is_done_and_the_time_that_is_left(shown):
    with shown(progress.run_bars(1000)) as (terminal, bars):
        bars.weighed(1000)
        bars.counted(500)
    text = terminal.getvalue()
    assert "weighing draws" in text
    assert "counting draws" in text
    assert "100%" in text
    assert "50%" in text


def test_a_bar_of_what_is_not_done_is_not_shown(shown):
    with shown(progress.run_bars(1000)) as (terminal, bars):
        bars.weighed(0)
        bars.counted(1000)
    assert "counting" in terminal.getvalue()
    assert "weighing" not in terminal.getvalue()


def test_nobody_knows_how_long_tempering_takes(shown):
    with shown(progress.run_bars(1000, tempered=True)) as (terminal, _):
        pass
    assert "tempering" in terminal.getvalue()
    assert "%" not in terminal.getvalue()


def test_off_a_terminal_nothing_is_shown(capsys):
    with progress.run_bars(10) as bars:
        bars.weighed(10)
        bars.counted(10)
    with progress.share_bar() as share:
        share(1.0)
    with progress.working("the page"):
        pass
    assert capsys.readouterr() == ("", "")
