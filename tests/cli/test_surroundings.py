"""Odd surroundings: closed streams, broken pipes, a removed working folder, hostile texts and names."""

import csv
import io
import os
import subprocess
import sys

import pytest
import small_runs
from conftest import surroundings
from small_runs import quickly  # noqa: F401

from simulator.errors import Fault
from simulator.summaries.records import csv_text, plain_text

COMMANDS = (
    ("milestones", "RESULT"),
    ("bands", "RESULT"),
    ("priors",),
    ("median",),
    ("replay", "RESULT", "--draw", "3"),
    ("sensitivity", "RESULT", "--method", "given-draws", "--draws", "800", "--replicates", "40"),
)

RED = "\\u001b[31mred"


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return str(small_runs.finished(tmp_path_factory.mktemp("results") / "result", 1000))


def shell(redirection, command, result, cwd):
    """Run a command under a redirection of the shell; gives its exit code and standard error, if open."""
    words = [sys.executable, "-m", "simulator", *(result if w == "RESULT" else w for w in command)]
    done = subprocess.run(
        ["bash", "-c", f'"$@" {redirection}', "bash", *words],
        cwd=cwd,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("stream", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    "command",
    [c if c[0] == "priors" else pytest.param(c, marks=pytest.mark.slow) for c in COMMANDS],
    ids=lambda command: command[0],
)
def test_a_closed_stream_swallows_what_is_written_to_it(tmp_path, result, stream, command):
    code, err = shell(stream, command, result, tmp_path)
    assert code == 0
    assert "2>" not in stream or not err
    assert all(line.startswith("oomcast: ") for line in err.splitlines())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this machine")  # noqa: PTH110
def test_a_full_disk_at_standard_output_is_said(tmp_path, result):
    code, err = shell("> /dev/full", ("milestones", "RESULT"), result, tmp_path)
    assert code == 1
    assert "No space left on device" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "command",
    [c if c[0] == "priors" else pytest.param(c, marks=pytest.mark.slow) for c in COMMANDS],
    ids=lambda command: command[0],
)
def test_a_reader_that_goes_away_ends_a_command_quietly(tmp_path, result, command):
    _, err = shell("| true", command, result, tmp_path)
    assert "Traceback" not in err
    assert "Broken pipe" not in err
    assert "Exception" not in err


def test_a_working_folder_that_is_gone_is_said(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    words = f'rmdir "{gone}"; "{sys.executable}" -m simulator check'
    done = subprocess.run(
        ["bash", "-c", words],
        cwd=gone,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith("the working folder was removed; change to another\n")


@pytest.mark.slow
def test_a_home_that_cannot_be_written_says_nothing(tmp_path, result):
    words = [sys.executable, "-m", "simulator", "plot", result, "fan", "-o", "fan.svg"]
    home = surroundings(HOME="/proc", MPLCONFIGDIR="")
    done = subprocess.run(
        words, cwd=tmp_path, env=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "atplotlib" not in done.stderr
    assert (tmp_path / "fan.svg").exists()


def test_control_characters_in_a_file_are_refused(folder, oomcast):
    (folder / "red.toml").write_text(f'title = "{RED}"\n')
    done = oomcast("run", "red.toml")
    assert done.code == 2
    assert "red.toml:1" in done.err
    assert "a text with control characters" in done.err


def test_control_characters_in_a_name_are_shown_as_escapes(folder, oomcast):
    done = oomcast("milestones", "\x1b[31mred\x9b\u202e")
    assert done.code == 2
    assert "\\u001b[31mred\\u009b\\u202e" in done.err
    assert not set("\x1b\x9b\u202e") & set(done.err + done.out)


def test_a_fault_keeps_ends_of_lines_and_letters_of_every_script():
    assert str(Fault("日本 🎉\n\t")).startswith("日本 🎉\n\t")


@pytest.mark.parametrize("text", ["=1+1", "+1-2", "-a1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_csv_is_a_formula(text):
    rows = list(csv.DictReader(io.StringIO(csv_text([{"note": text, "value": -1.5}]), newline="")))
    assert rows == [{"note": f"'{text}", "value": "-1.5"}]


@pytest.mark.parametrize("text", ["plain =", "-1.5", "+2", "1e-9", "-1.5e+300", ""])
def test_numbers_and_plain_texts_stay_as_they_are(text):
    assert plain_text(text) == text
