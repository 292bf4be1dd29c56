"""`check` knows what kind of file it is given, wherever the file lies."""

import tomllib

import pytest
from checkout import ROOT

from simulator.inputs import own_files

SOURCE = 'source = "judgement"\n'
FILES = {
    "observations": '[frontier]\nseries = "training_flop"\ndate = 2026-03-01\nvalue = 26.7\nsd = 0.2\n'
    f'unit = "log10 FLOP"\n{SOURCE}',
    "claims": f'[early]\nclaim = "Soon."\nmilestone = "run_1e28"\nbefore = 2028.0\n{SOURCE}',
    "published": '[soon]\nname = "Soon"\nforecaster = "Them"\ndate = 2026-01-01\nmilestone = "run_1e28"\np50 = 2028.0\n'
    f'note = "A note."\n{SOURCE}',
    "milestones": '[cluster_chips_10m]\nseries = "cluster_chips"\ndirection = ">="\nthreshold = 7.0\n'
    f'meaning = "Ten million."\n{SOURCE}',
    "priors": f'[algorithms_growth]\nunit = "OOM/year"\nfamily = "lognormal"\np05 = 0.2\np95 = 0.8\n{SOURCE}',
    "sources": '[me2026]\nauthors = "Me"\nyear = 2026\ntitle = "A guess"\n',
}

WRONG = {
    "observations": (("log10 FLOP", "FLOP"), ':6 [frontier] unit: found "FLOP"; allowed: "log10 FLOP"'),
    "claims": (("run_1e28", "run_1e82"), ':3 [early] milestone: found "run_1e82"'),
    "published": (("run_1e28", "run_1e82"), ':5 [soon] milestone: found "run_1e82"'),
    "milestones": (("cluster_chips", "cluster_chops"), '[cluster_chops_10m] series: found "cluster_chops"'),
    "priors": (("OOM/year", "OOM"), ':2 [algorithms_growth] unit: found "OOM"; allowed: "OOM/year"'),
    "sources": (("2026\n", '"2026"\n'), ':3 [me2026] year: found "2026"'),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_sound_file_is_checked_as_what_it_holds(folder, oomcast, kind):
    (folder / "mine.toml").write_text(FILES[kind])
    (folder / "a run beside it.toml").write_text("draws = 3")
    done = oomcast("check", "mine.toml")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"mine.toml: {kind}, 1, no fault\n"


@pytest.mark.parametrize("kind", FILES)
def test_its_faults_have_its_name_and_lines(folder, oomcast, kind):
    change, said = WRONG[kind]
    (folder / "mine.toml").write_text(FILES[kind].replace(*change))
    done = oomcast("check", "mine.toml")
    assert done.code == 2
    assert f"mine.toml{said}" in done.err or (said[0] == "[" and said in done.err), done.err
    assert "unknown key" not in done.err


@pytest.mark.parametrize("kind", FILES)
def test_a_misspelt_key_does_not_change_what_a_file_is(folder, oomcast, kind):
    name = {"sources": "title"}.get(kind, "source")
    (folder / "mine.toml").write_text(FILES[kind].replace(f"{name} =", f"{name}s ="))
    done = oomcast("check", "mine.toml")
    assert (done.code, f'did you mean "{name}"?' in done.err) == (2, True), done.err


def test_every_shipped_file_is_known_by_its_content():
    def kinds(folder):
        files = sorted((ROOT / folder).glob("*.toml"))
        return {file.name: own_files.file_kind(tomllib.loads(file.read_text())) for file in files}

    assert set(kinds("runs").values()) == {"run"}
    names = ("claims", "observations", "published")
    assert kinds("evidence") == {f"{name}.toml": name for name in names}
    priors = kinds("priors")
    assert priors.pop("milestones.toml") == "milestones"
    assert priors.pop("sources.toml") == "sources"
    assert set(priors.values()) == {"priors"}


@pytest.mark.parametrize("raw", [{}, {"drews": 3}, {"prior": {"x": {"unit": "OOM"}}}, {"hold": {}}])
def test_what_fits_nothing_else_is_a_run(raw):
    assert own_files.file_kind(raw) == "run"


def test_a_folder_of_several_kinds_is_checked_file_by_file(folder, oomcast):
    (folder / "mixed").mkdir()
    for kind, text in FILES.items():
        (folder / "mixed" / f"my_{kind}.toml").write_text(text)
    (folder / "mixed" / "world.toml").write_text('extends = "baseline"\n')
    done = oomcast("check", "mixed")
    assert done.code == 0, done.err
    *own, scenario = done.out.splitlines()
    assert own == [f"mixed/my_{kind}.toml: {kind}, 1, no fault" for kind in sorted(FILES)]
    assert scenario.startswith("mixed/world.toml: 99 priors")
