"""`oomcast run` does its work once, and its flags reach the run."""

import json
from collections import Counter

import pytest
import small_runs
import typer
from small_runs import quickly  # noqa: F401  (for every test here)

from simulator import model
from simulator.cli.options import whole_number
from simulator.inputs import files, observations
from simulator.output.tables import milestones as table
from simulator.simulate import blocks
from simulator.store import manifest, results, running
from simulator.summaries import estimates

COMMAND = ["run", *(part for setting in small_runs.SETS for part in ("--set", setting))]


def calls(monkeypatch, module, name):
    """A list that grows by one whenever a function is called through its module."""
    counted, function = [], getattr(module, name)

    def counting(*arguments, **options):
        counted.append(name)
        return function(*arguments, **options)

    monkeypatch.setattr(module, name, counting)
    return counted


def test_a_run_estimates_and_compiles_once_and_loads_no_result(
    folder, oomcast, monkeypatch, without_pictures
):
    estimated = calls(monkeypatch, estimates, "milestone_estimates")
    compiled = calls(monkeypatch, blocks, "compile_plan")
    loaded = calls(monkeypatch, results, "load_result")
    built = calls(monkeypatch, manifest, "parse_plan")
    tables = calls(monkeypatch, table, "_document")
    done = oomcast(*COMMAND, "--draws", 600, "--format", "json")
    assert done.code == 0
    assert json.loads(done.out)["draws"] == 600
    assert (len(estimated), len(compiled), len(tables)) == (1, 1, 1)
    assert loaded == built == []


def test_a_finished_run_is_loaded_once_and_its_plan_not_built_again(
    folder, oomcast, monkeypatch, without_pictures
):
    first = oomcast(*COMMAND, "--draws", 300)
    estimated = calls(monkeypatch, estimates, "milestone_estimates")
    evaluated = calls(monkeypatch, model, "evaluate")
    loaded = calls(monkeypatch, results, "load_result")
    built = calls(monkeypatch, manifest, "parse_plan")
    again = oomcast(*COMMAND, "--draws", 300)
    assert (first.code, first.out) == (again.code, again.out)
    assert (len(estimated), len(loaded)) == (1, 1)
    assert built == evaluated == []


@pytest.mark.parametrize("flag", ["--keep-draws", "--keep-cards"])
def test_draws_are_kept_on_request_under_both_names_of_the_flag(
    folder, oomcast, flag, without_pictures
):
    assert oomcast(*COMMAND, "--draws", 300, flag, 40, "--out", "kept").code == 0
    assert len(results.load_result("kept").parameters) == 40
    assert flag == "--keep-cards" or flag in oomcast("run", "--help").out
    assert "--keep-cards" not in oomcast("run", "--help").out


def test_a_run_gives_the_command_its_folder(tmp_path):
    result = running.run(small_runs.small(300), tmp_path / "world")
    assert result.folder == tmp_path / "world"
    assert result.parameters.shape == (300, len(result.plan.priors))


@pytest.mark.parametrize(
    ("written", "number"),
    [("1e10", 10**10), ("2.5e3", 2500), ("10_000", 10_000), ("7", 7), ("0", 0), (4096, 4096)],
)
def test_numbers_of_draws_are_read_as_people_write_them(written, number):
    assert whole_number(written) == number


@pytest.mark.parametrize("written", ["1.5", "-1", "nan", "inf", "ten", "", "1e-3", "1e999999999"])
def test_what_is_no_number_of_draws_is_refused(written):
    with pytest.raises(typer.BadParameter, match="no whole number"):
        whole_number(written)


@pytest.mark.parametrize(
    "words",
    [
        ["--draws", "3e2"],
        ["--set", "draws=3e2", "--keep-draws", "2e2", "--keep-trajectories", "1e1"],
    ],
)
def test_powers_of_ten_are_numbers_of_draws_in_every_option(
    folder, oomcast, words, without_pictures
):
    assert oomcast(*COMMAND, *words, "--out", "powers").code == 0
    result = results.load_result("powers")
    assert result.counts.draws == result.plan.draws == 300
    assert type(result.plan.draws) is int
    assert len(result.parameters) == (200 if "--keep-draws" in words else 300)
    again = oomcast(*COMMAND, "--draws", "300", *words[2:], "--out", "powers")
    assert again.code == 0  # the same plan, so nothing is in the way


def test_a_fraction_of_a_draw_is_refused(folder, oomcast):
    for words in (["--draws", "1.5"], ["--set", "draws=1.5"], ["--keep-draws", "0.5"]):
        done = oomcast("run", *words, "--out", "none")
        assert (done.code, "Traceback" in done.err, words[-1][-3:] in done.err) == (2, False, True)
    assert not (folder / "none").exists()


def test_a_run_reads_each_file_once(folder, oomcast, monkeypatch):
    reads, read = Counter(), files._bounded_bytes
    counted = lambda path: (reads.update([str(path)]), read(path))[1]  # noqa: E731
    monkeypatch.setattr(files, "_bounded_bytes", counted)
    observations._unchanged_file.cache_clear()
    monkeypatch.setattr("simulator.output.figures.fan.draw_fan", lambda *_, **__: None)
    done = oomcast(*COMMAND, "--draws", "300", "--out", "once")
    assert done.code == 0
    assert any(path.endswith("observations.toml") for path in reads)
    assert [path for path, times in reads.items() if times > 1] == []
