"""One rule of names, wherever one is read: in tables and keys, of files of runs, in options, in stored plans."""

import json

import pytest
from checkout import ROOT
from conftest import files_in

from simulator.inputs import names, stored_plan

WRONG = {
    "a path": "benchmark_../../evil_floor",
    "the folder above": "..",
    "NUL": r"a\u0000b",
    "an escape": r"a\u001b[2Jb",
    "empty": "",
    "long": "a" * 101,
    "a space": "a b",
}
TABLES = {
    "prior": '["{}"]\nunit = "OOM/year"\nfamily = "lognormal"\np05 = 0.2\np95 = 0.8\nsource = "judgement"\n',
    "step": '["unhobbling_{}_gain"]\nunit = "OOM"\nfamily = "fixed"\nvalue = 0.2\nsource = "judgement"\n',
    "benchmark": '["benchmark_{}_floor"]\nunit = "fraction"\nfamily = "fixed"\nvalue = 0.2\nsource = "judgement"\n',
    "milestone": '["{}"]\nseries = "cluster_chips"\ndirection = ">="\nthreshold = 7.0\nmeaning = "Ten."\n',
    "source": '["{}"]\nauthors = "A"\nyear = 2026\ntitle = "T"\n',
    "observation": '["{}"]\nseries = "training_flop"\ndate = 2026-03-01\nvalue = 26.7\nsd = 0.2\n',
    "claim": '["{}"]\nclaim = "C"\nsource = "judgement"\nnot_modelable = "No."\n',
    "published": '["{}"]\nname = "N"\nforecaster = "F"\ndate = 2026-03-01\nsource = "judgement"\nnote = "N"\n',
    "prior of a run": 'title = "Mine"\n[priors."{}"]\np05 = 0.2\np95 = 0.8\n',
    "level of a run": 'title = "Mine"\n[hold]\n"{}" = 0.5\n',
    "sweep of a run": 'title = "Mine"\n[sweep."{}"]\nvalues = [1.0]\n',
}
MOST = "not of 1 to 100 letters, digits, _ and -"


@pytest.mark.parametrize(
    ("table", "name"),
    # "unhobbling__gain", which is left without a step, is a name: of no parameter
    [
        (t, n)
        for t in TABLES
        for n in WRONG
        if (t, n) not in {("step", "empty"), ("benchmark", "empty")}
    ],
)
def test_a_name_that_is_no_name_fails_in_check(folder, oomcast, table, name):
    (folder / "mine.toml").write_text(TABLES[table].replace("{}", WRONG[name]))
    done = oomcast("check", "mine.toml")
    assert (done.code, "mine.toml" in done.err) == (2, True), done.err
    assert MOST in done.err
    assert "\0" not in done.err
    assert "\x1b" not in done.err


@pytest.mark.parametrize(
    "file", ["...toml", "..toml", "a b.toml", "\x1b[31mred.toml", f"{'a' * 101}.toml", "ü.toml"]
)
def test_a_run_s_file_has_a_name_that_its_result_s_folder_can_have(folder, oomcast, file):
    (folder / file).write_text('title = "Mine"\n')
    before = files_in(folder)
    for command in ("check", "run"):
        done = oomcast(command, file, *["--draws", "5"] * (command == "run"))
        assert (done.code, MOST in done.err) == (2, True), done
        assert "\x1b" not in done.err
    assert files_in(folder) == before


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "a b", "\x1b[31m", "ü", "a" * 101, "unhobbling_../x_gain"]
)
def test_no_option_brings_another_name(folder, oomcast, name):
    for setting in (f"priors.{name}=1", f"hold.{name}=0.5", f"sweep.{name}.values=[1.0]"):
        done = oomcast("check", "baseline", "--set", setting)
        assert (done.code, MOST in done.err) == (2, True), done
        assert "\x1b" not in done.err
    assert oomcast("new", name).code == 2
    assert not files_in(folder)


def test_an_observation_s_name_is_made_of_its_subject_s_and_its_date(plan, folder, oomcast):
    from simulator.inputs import conditioning

    for name, refused in (("m" * 89, False), ("m" * 90, True), ("a-b", False)):
        faults = []
        observation = conditioning.written_observation(f"{name} 2026-03-01 met", {}, faults)
        assert bool(faults) is refused
        assert refused or observation.name == f"{name}_2026_03_01"
    assert conditioning.written_observation("ü 2026-03-01 met", {}, []) is None


@pytest.mark.parametrize("part", ["priors", "milestones", "observations", "computed"])
@pytest.mark.parametrize("name", ["..", "a/b", "", "a" * 101, "a b"])
def test_a_stored_plan_has_no_other_name(plan, part, name):
    document = plan.document()
    if part == "computed":
        formula = {"formula": "algorithms_growth", "unit": "1", "source": "judgement", "note": ""}
        document[part] = [{"name": "twice", **formula}]
    assert stored_plan.parse_plan(json.dumps(document))
    document[part][0]["name"] = name
    with pytest.raises(stored_plan.NotAPlan, match=MOST):
        stored_plan.parse_plan(json.dumps(document))


@pytest.mark.parametrize("name", [".", "..", "a/b", "", "a b", "a" * 201, "a@", "ü@x=1", "@x=1"])
def test_a_stored_plan_is_of_no_other_run(plan, name):
    with pytest.raises(stored_plan.NotAPlan, match="name: "):
        stored_plan.parse_plan(json.dumps({**plan.document(), "name": name}))


def test_points_of_sweeps_and_runs_on_other_evidence_keep_names(plan):
    for name in ("a@x=0.3,y=p05", "a@x=1e-05,y=-3", "a@x=1e+20-conditioned", "hindcast-2020"):
        assert stored_plan.parse_plan(json.dumps({**plan.document(), "name": name})).name == name


def test_a_point_of_the_longest_name_is_refused_other_evidence(plan):
    from simulator.errors import InputFault
    from simulator.inputs import conditioning

    change = conditioning.EvidenceChange(replaced=["grok4"])
    for length, refused in ((188, False), (189, True)):
        point = plan.model_copy(update={"name": "p" * 90 + "@x=" + "1" * (length - 93)})
        if refused:
            with pytest.raises(InputFault, match="a name of 201 letters; allowed: at most 200"):
                conditioning.conditioned_plan(point, change)
        else:
            assert names.is_run_name(conditioning.conditioned_plan(point, change).name)


def test_every_shipped_run_has_a_name():
    assert all(names.is_name(path.stem) for path in (ROOT / "runs").glob("*.toml"))
