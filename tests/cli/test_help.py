"""What a person reads first: the list of commands, each one's help with its examples, and what the shell completes."""

import shlex

import pytest
import typer.main

from simulator.cli import app, call

GROUP = typer.main.get_command(app)
COMMANDS = {name: each for name, each in GROUP.commands.items() if not each.hidden}
EXAMPLES = [
    line.strip().removeprefix("oomcast ")
    for each in COMMANDS.values()
    for line in (each.epilog or "").splitlines()
    if line.startswith("  oomcast ")
]


def lines_of_help(oomcast, *argv):
    helped = oomcast(*argv)
    assert (helped.code, helped.err) == (0, "")
    return helped.out.splitlines()


def test_the_list_gives_every_command_a_whole_line(oomcast, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = lines_of_help(oomcast, "-h")
    listed = dict(line.split(maxsplit=1) for line in lines[lines.index("Commands:") + 1 :])
    assert list(listed)[:2] == ["run", "milestones"]
    assert listed == {name: each.help.splitlines()[0] for name, each in COMMANDS.items()}
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_explained_within_80_columns(oomcast, monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "80")
    lines = lines_of_help(oomcast, name, "-h")
    assert lines == lines_of_help(oomcast, name, "--help")
    assert max(map(len, lines)) <= 80
    examples = lines[lines.index("  Examples:") + 1 :]
    assert all(line.startswith(f"    oomcast {name}") for line in examples)
    assert f"oomcast {name}" in " ".join(examples)


@pytest.mark.parametrize("line", EXAMPLES)
def test_each_example_is_a_command_line(line):
    name, *words = shlex.split(line)
    assert COMMANDS[name].make_context(name, words).params


OBSERVATION = """\
[gpqa_own]
series = "score_gpqa"
unit = "fraction"
date = 2026-10-01
value = 0.93
sd = 0.02
discrepancy = 0.03
source = "judgement"
"""


@pytest.fixture
def home(folder, without_pictures):
    """A folder with what the examples name: small results, a run file, an observation, and the parts of a run."""
    (folder / "runs").mkdir()
    (folder / "runs" / "slow-power.toml").write_text('extends = "baseline"\n')
    (folder / "my_observations.toml").write_text(OBSERVATION)
    assert call(["run", "baseline", "peak-data", "hindcast-2023", "routes", "--draws", "1000"]) == 0
    for part in ("1", "2"):
        out = f"parts/{part}"
        unweighed = ("--set", "condition.observations=[]")
        assert call(["run", "--draws", "300", *unweighed, "--part", f"{part}/2", "--out", out]) == 0
    return folder


@pytest.mark.slow
def test_each_example_does_what_it_says(home, oomcast):
    for line in EXAMPLES:
        name, *words = shlex.split(line)
        if name == "new":
            words = ["another"]
        if name == "run":
            words += ["--draws", "1000", "--overwrite"]
        if name == "condition":
            words.append("--overwrite")
        if name == "sensitivity":
            words += ["--draws", "800", "--replicates", "40"]
        if name == "compare" and "--published" not in words:
            words += ["--draws", "256", "--replicates", "40"]
        done = oomcast(name, *words)
        assert done.code == 0, (line, done.err)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("mil", ["milestones"]),
        ("run peak", ["peak-data"]),
        ("milestones do", ["done"]),
        ("plot done arr", ["arrivals"]),
        ("sensitivity done --target automated_r", ["automated_researcher"]),
        ("bands done --series inference,effective_c", ["inference,effective_compute"]),
        ("priors power_c", ["power_ceiling", "power_ceiling_growth"]),
        ("condition done --add gpqa_20", ["gpqa_2025"]),
        ("export done --as net", ["netcdf"]),
    ],
)
def test_the_shell_completes_names(folder, oomcast, monkeypatch, typed, offered):
    (folder / "runs" / "done").mkdir(parents=True)
    (folder / "runs" / "done" / "manifest.json").write_text("{}")
    words = f"oomcast {typed}"
    monkeypatch.setenv("_OOMCAST_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    done = oomcast()
    assert (done.code, done.out.split(), done.err) == (0, offered, "")


def test_the_shell_s_script_names_the_program(oomcast, monkeypatch):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    shown = oomcast("--show-completion", "bash")
    assert (shown.code, shown.err) == (0, "")
    assert "_OOMCAST_COMPLETE" in shown.out
