"""Command lines put together at random: each prints its answer, or is refused with what is at fault."""

import io
import json
import random
import shutil
from contextlib import redirect_stderr, redirect_stdout

import pytest
import typer.main

from simulator import cli
from simulator.cli.options import app

RUN = 'extends = "baseline"\ndraws = 64\nhorizon = 2032\nseries = ["effective_compute", "training_flop"]\n'
EVIDENCE = '[condition]\nobservations = ["revenue_2026"]\n'
SWEEP = "[sweep.algorithms_growth]\nvalues = [0.3, 0.5]\n"

QUICK, CASES, CHUNK = 60, 2_000, 194
"""How many command lines `make test` tries, how many there are, and how many each of the slow tests takes."""

LONG = 40  # of commands that take some seconds each

COMMANDS = dict(typer.main.get_command(app).commands)

ODD = (
    "", " ", "-", "--", "-1", "0", "0.0", "nan", "inf", "-inf", "1e400", "1e-300", "9" * 60, "1_0", "0x10", "½", "abc",
    "a=b", "k=v=w", "=", "[1, 2]", "{}", "%s", "{0}", "../small", "/", ".", "~", "small/", "SMALL", "x" * 300, "🦄",
    "a\nb", "a,b", ",", ",,", "'", '"', "\x1b[31m", "p10", "p999", "2031", "2031.5", "1800", "true", "None", "*",
    "@", "@2030",
)  # fmt: skip

SOUND = {
    "source": ("small", "small", "weighed", "weighed", "runs/small", "sw", "sw@algorithms_growth=0.3", "missing"),
    "milestones": ("run_1e27", "automated_researcher", "run_1e27,cluster_1gw", "all"),
    "target": ("run_1e27", "automated_researcher@2028", "effective_compute@2030", "training_flop", "run_1e28@9999"),
    "series": ("effective_compute", "training_flop,effective_compute", "score_mmlu"),
    "sets": ("draws=32", "horizon=2030", "algorithms_growth=0.4", "hold.algorithms_growth=0.9", "seed=1"),
    "format": ("table", "csv", "json", "md"),
    "draws": ("1", "32", "64", "1e2"),
    "kind": ("fan", "arrivals", "bands", "binding", "compare", "sweep", "claims", "published", "calibration"),
    "output": ("out.csv", "out.json", "out.md", "out.svg", "out.txt", "no/such/out.csv", "runs"),
    "method": ("sobol", "correlated", "shapley", "given-draws", "tornado", "discovery", "information"),
    "by": ("parameter", "driver", "researcher_route"),
    "years": ("2030", "2025,2031", "2019", "2032"),
    "out": ("made", "runs/small", "small.toml", "small.toml/inside", "runs"),
    "add": ("grok4", "no_researcher", "revenue_2026", "nothing"),
    "observe": ("training_flop 2026-03-01 26.7 +- 0.2", "run_1e28 2026-09-01 not met", "x y z"),
    "part": ("1/2", "2/2", "3/2", "0/0"),
    "as": ("csv", "netcdf", "hubverse", "metaculus", "iamc", "parquet"),
    "draw": ("0", "63", "64", "-1"),
    "weights": ("small.toml", "nowhere"),
    "number": ("0", "1", "2", "0.5", "0.95"),
}  # fmt: skip
"""What a person would write: name of an option or an argument -> values; those of other names are numbers."""

WORDS = {
    "results": "source", "result": "source", "run": "source", "runs": "source", "a": "source", "b": "source",
    "name": "source", "names": "milestones", "milestone": "milestones", "columns": "milestones", "observations": "add",
    "priors": "source", "parts": "source", "source": "source", "paths": "source", "form": "as",
}  # fmt: skip

LEFT_OUT = ("cluster", "workers", "install_completion", "show_completion", "help", "until_mcse")
"""Options of machines, and those that take long or change the shell."""

ALWAYS = {
    "explore": ["--no-open"],
    "sensitivity": ["--draws", "64", "--replicates", "20", "--prior", "--method", "tornado"],
}
"""Options that keep a command small, unless it has them itself."""

SEVERAL = ("run", "check")  # go on with the others when one is at fault, and print these

SECONDS = ("report", "explore", "score")  # take some each: tried by the slow tests alone


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a few small results, as people have."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "runs").mkdir()
    for name, more in (("small", ""), ("weighed", EVIDENCE), ("sw", SWEEP)):
        none = "" if more == EVIDENCE else "[condition]\nobservations = []\n"
        (folder / f"runs/{name}.toml").write_text(RUN + none + more)
    (folder / "small.toml").write_text(RUN)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("simulator.output.figures.fan.fan", lambda *_: None)
        assert said("run", "small", "weighed", "sw")[0] == 0
    return folder


def said(*words):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.call(list(words))
    return code, out.getvalue(), err.getvalue()


def word(chance, name):
    """A value for an option or an argument: mostly a sound one of its kind, else an odd one."""
    kind = WORDS.get(name, name)
    sound = SOUND.get(kind, SOUND["number"])
    if chance.random() < 0.85:
        return chance.choice(sound)
    return (
        chance.choice(ODD) if chance.random() < 0.7 else chance.choice([*sum(SOUND.values(), ())])
    )


def command_line(seed, commands):
    chance = random.Random(seed)
    name = chance.choice(commands)
    words = [name, *ALWAYS.get(name, [])]
    for parameter in COMMANDS[name].params:
        if parameter.name in LEFT_OUT:
            continue
        if parameter.param_type_name == "argument":
            count = chance.choice((1, 1, 1, 2, 3)) if parameter.nargs == -1 else 1
            words += [word(chance, parameter.name) for _ in range(count)]
        elif parameter.required or chance.random() < 0.15:
            option = chance.choice(parameter.opts)
            flag = getattr(parameter, "is_flag", False)
            words += [option] if flag else [option, word(chance, parameter.name)]
    return words


def checked(words):
    """Run a command line; a refusal names what is at fault, and an answer in json can be read."""
    code, out, err = said(*words)
    shown = f"oomcast {' '.join(map(repr, words))}\n{err}"
    assert code in (0, 1, 2), shown
    assert "Traceback" not in out + err, shown
    assert "\x1b[31m" not in out + err, shown
    if code:
        assert err.strip(), shown
        assert not out.strip() or words[0] in SEVERAL, shown
    elif "json" in words and words[words.index("json") - 1] == "--format" and out.strip():
        json.loads(out)
    return code


@pytest.fixture
def copied(home, tmp_path, monkeypatch):
    """The folder's copy, which commands may change."""
    shutil.copytree(home, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    monkeypatch.setattr("simulator.output.figures.fan.fan", lambda *_: None)


@pytest.mark.parametrize(
    "seeds",
    [
        range(QUICK),
        *(
            pytest.param(range(start, min(start + CHUNK, CASES)), marks=pytest.mark.slow)
            for start in range(QUICK, CASES, CHUNK)
        ),
    ],
)
def test_a_command_line_is_answered_or_refused(copied, seeds):
    quick = [name for name in COMMANDS if name not in SECONDS]
    codes = [checked(command_line(seed, quick)) for seed in seeds]
    assert codes.count(0) > len(codes) / 10  # neither all sound
    assert codes.count(2) > len(codes) / 10  # nor all at fault


@pytest.mark.slow
def test_a_long_command_is_answered_or_refused(copied):
    for seed in range(LONG):
        checked(command_line(seed, SECONDS))
