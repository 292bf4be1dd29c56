"""The inputs of a command are loaded once: files read once, priors fitted once for all runs and points of a sweep."""

from collections import Counter

import pytest

from simulator.errors import InputFault
from simulator.inputs import files, load, merge, observations, priors

SWEPT = ["sweep={algorithms_growth={values=[0.3, 0.4]}, stock_growth={levels=[0.1, 0.9]}}"]


@pytest.fixture
def reads(tmp_path, monkeypatch):
    """How often each TOML file is read from now on, in a folder of no inputs of its own; nothing is cached."""
    monkeypatch.chdir(tmp_path)
    priors._fitted_prior.cache_clear()
    observations._unchanged_file.cache_clear()
    files._parsed.cache_clear()
    counted, read_bytes = Counter(), files._bounded_bytes

    def counting(path):
        counted[path.name] += path.suffix == ".toml"
        return read_bytes(path)

    monkeypatch.setattr(files, "_bounded_bytes", counting)
    return counted


def test_several_runs_read_each_file_once_and_fit_shared_priors_once(reads):
    one, other = load.load_runs(["baseline", "peak-data"])
    shipped = {path.name for path in files.shipped_folder("priors").glob("*.toml")}
    assert shipped | {"observations.toml", "peak-data.toml"} < set(reads)
    extended = reads.pop("baseline.toml")  # by itself, and where peak-data extends it
    assert extended == 2
    assert set(reads.values()) == {1}
    different = {p.model_dump_json() for run in (one, other) for p in run.plans[0].priors}
    assert len(one.plans[0].priors) < len(different)
    assert priors._fitted_prior.cache_info().misses == len(different)


def test_points_of_a_sweep_read_no_file_again_and_fit_only_what_they_change(reads):
    base = load.load_run("baseline")
    reads.clear()
    fits = priors._fitted_prior.cache_info().misses
    swept = load.load_run("baseline", SWEPT)
    assert len(swept.plans) == 4
    assert set(reads.values()) == {1}
    assert (
        priors._fitted_prior.cache_info().misses - fits == 2
    )  # algorithms_growth at its two values
    unchanged = [p for p in base.plans[0].priors if p.name != "algorithms_growth"]
    assert all(prior in plan.priors for plan in swept.plans for prior in unchanged)


def test_a_run_is_loaded_as_its_plan_is(reads):
    loaded = load.load_run("baseline", ["draws=7"])
    assert loaded.plans == (load.load_plan("baseline", ["draws=7"]),)
    assert loaded.plans == load.load_plans("baseline", ["draws=7"])
    assert (loaded.faults, loaded.warnings) == ((), ())
    assert loaded.inputs.name == loaded.run == "baseline"


def test_a_run_at_fault_leaves_the_others_their_plans(reads):
    nowhere, baseline, other = load.load_runs(["nowhere", "baseline", "peak-data"], ["seed=1"])
    assert nowhere.faults
    assert nowhere.inputs is None
    assert [len(run.plans) for run in (nowhere, baseline, other)] == [0, 1, 1]
    [unfit] = load.load_runs(["baseline"], ["horizon=2020"])
    assert unfit.faults
    assert not unfit.plans
    for load_all in (load.load_plan, load.load_plans):
        with pytest.raises(InputFault) as error:
            load_all("baseline", ["horizon=2020"])
        assert error.value.faults == unfit.faults


def test_a_missing_folder_of_priors_is_the_fault_of_every_run(reads):
    loaded = load.load_runs(["baseline", "peak-data"], priors="nowhere")
    assert [run.run for run in loaded] == ["baseline", "peak-data"]
    assert all("nowhere" in str(fault) for run in loaded for fault in run.faults)
    assert all(run.faults for run in loaded)
    with pytest.raises(InputFault):
        merge.read_shared_files("nowhere")


def test_an_entry_of_changed_content_is_fitted_anew(reads):
    table = {"unit": "OOM", "family": "normal", "p05": 0.0, "p95": 1.0, "source": "judgement"}
    first, again, changed = (
        priors.resolve_prior("x", priors.StatedTable(each, "a.toml", "x"), [])
        for each in (table, dict(table), {**table, "p95": 2.0})
    )
    assert first is again
    assert changed.natural != first.natural
    assert priors._fitted_prior.cache_info().misses == 2


def test_a_cached_fault_names_the_file_of_each_entry(reads):
    table = {"unit": "OOM", "family": "normal", "p05": 1.0, "p95": 0.0, "source": "judgement"}
    faults = []
    for file in ("a.toml", "b.toml"):
        assert priors.resolve_prior("x", priors.StatedTable(table, file, "x"), faults) is None
    assert [fault.file for fault in faults] == ["a.toml", "b.toml"]
    assert priors._fitted_prior.cache_info().misses == 1
