"""`check`, `priors` and `new`: every fault with its place, what is odd, where values come from."""

import json
import shutil
import tomllib

import pytest
from checkout import ROOT

from simulator.cli import call
from simulator.inputs import inspection
from simulator.inputs.files import table_lines
from simulator.inputs.load import load_plan, load_run
from simulator.inputs.provenance import provenance


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder to stand in, without priors or runs of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def entry(name, family='family = "fixed"\nvalue = 1.0', unit="OOM", source="judgement", more=""):
    return f'[{name}]\nunit = "{unit}"\n{family}\nsource = "{source}"\n{more}\n'


def write(path, *texts):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(texts))
    return path


def run_file(folder, name, *texts):
    return write(folder / "runs" / f"{name}.toml", *texts)


def warnings_of(run="baseline", **options):
    return [str(warning) for warning in load_run(run, **options).warnings]


def test_every_fault_of_every_file_comes_at_once_by_file_and_line(folder, capsys):
    own = folder / "priors"
    write(
        own / "a.toml",
        entry("stock_growth", 'family = "normall"\np05 = 1'),
        entry("stock_start", "p05 = 1"),
    )
    write(own / "b.toml", "[broken")
    write(
        own / "c.toml",
        entry("algorithms_growht"),
        entry("algorithms_limit", unit="OM", source="ho204"),
    )
    run_file(folder, "mine", "seeds = 3", 'milestones = ["remote_wrk"]')
    assert call(["check"]) == 2
    lines = capsys.readouterr().err.splitlines()
    places = [line.removeprefix("oomcast: ").split(": ")[0] for line in lines if ": found" in line]
    assert places == [
        "priors/a.toml:2 [stock_growth] unit",
        "priors/a.toml:3 [stock_growth] family",
        "priors/a.toml:8 [stock_start] family",
        "priors/a.toml:9 [stock_start] unit",
        "priors/b.toml:1",
        "priors/c.toml:1 [algorithms_growht]",
        "priors/c.toml:9 [algorithms_limit] unit",
        "priors/c.toml:12 [algorithms_limit] source",
        "runs/mine.toml:1 seeds",
        "runs/mine.toml:2 milestones",
    ]
    text = "\n".join(lines)
    for meant in ("normal", "algorithms_growth", "ho2024", "seed"):
        assert f'did you mean "{meant}"?' in text


def test_bytes_that_are_no_text_are_found_by_their_line(folder, capsys):
    write(folder / "runs" / "mine.toml").write_bytes(b'title = "a"\nseed = 1\n# \xff\n')
    assert call(["check", "mine"]) == 2
    assert "runs/mine.toml:3: found bytes that are no text (" in capsys.readouterr().err


def test_lines_are_found_in_tables_quotes_and_dots():
    text = 'a = 1\n[b] # c\n"d" = 2\n[ e . "f" ]\ng.h = 3\n[[i]]\n'
    assert table_lines(text) == {
        ("a",): 1, ("b",): 2, ("b", "d"): 3, ("e", "f"): 4, ("e", "f", "g", "h"): 5, ("i",): 6,
    }  # fmt: skip


def test_paths_are_checked_for_what_they_are(folder, capsys):
    shutil.copytree(ROOT / "priors", folder / "mine")
    write(folder / "mine" / "compute.toml", entry("anchor_compute", unit="FLOP"))
    write(folder / "mine" / "prices.toml", entry("price_decline", unit="FLOP"))
    assert call(["check", str(ROOT / "evidence" / "observations.toml"), "baseline"]) == 0
    assert call(["check", "mine"]) == 2
    assert {f.file for f in inspection.inspect_inputs(["mine"], [], None).faults} >= {
        "mine/compute.toml", "mine/prices.toml",
    }  # fmt: skip
    assert call(["check", "mine/milestones.toml", "--priors", "mine"]) == 0
    assert call(["check", "nothing"]) == 2
    assert "no such run" in capsys.readouterr().err


WIDE = entry("algorithms_growth", 'family = "lognormal"\np05 = 1e-6\np95 = 10', "OOM/year")
MISFIT = entry("algorithms_limit", 'family = "normal"\np05 = 1\np50 = 2\np95 = 30\nlower = 0.1')
CUT = entry("algorithms_limit", 'family = "normal"\np05 = 1\np95 = 2\nlower = 2.0')
TWICE = entry(
    "algorithms_limit",
    'family = "lognormal"\np05 = 1\np95 = 2',
    more="correlation = {inference_limit = 0.1}",
) + entry(
    "inference_limit",
    'family = "lognormal"\np05 = 1\np95 = 2',
    more="correlation = {algorithms_limit = 0.1}",
)
FIXED = entry("algorithms_limit", more="correlation = {inference_limit = 0.1}")
PARTNER = entry("algorithms_limit") + entry(
    "inference_limit",
    'family = "lognormal"\np05 = 1\np95 = 2',
    more="correlation = {algorithms_limit = 0.1}",
)
EARLY = entry("unhobbling_chat_arrival", 'family = "fixed"\nvalue = 2010.0', "year")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WIDE, "own/x.toml:1 [algorithms_growth] family: found an interval from p05 to p95 of 7.0 OOM"),
        (MISFIT, "misses its quantiles by"),
        (CUT, "limits that keep 0.05 of the normal"),
        (TWICE, "stated on both sides"),
        (FIXED, "algorithms_limit is fixed: it is ignored"),
        (PARTNER, "algorithms_limit is fixed: it is ignored"),
        (EARLY, "before the first year, 2019"),
    ],
)  # fmt: skip
def test_what_is_odd_is_warned_of_and_allowed(folder, capsys, text, said):
    write(folder / "own" / "x.toml", text)
    (oddity,) = warnings_of(priors="own")
    assert said.replace("x.toml:1", "x.toml:3") in oddity
    assert call(["check", "baseline", "--priors", "own"]) == 0
    assert f"oomcast: warning: {oddity}" in capsys.readouterr().err


def test_fixing_a_correlated_parameter_is_not_odd():
    assert warnings_of(sets=["algorithms_growth=0.4"]) == []
    assert "fixed already" in warnings_of(sets=["hold.synthetic_start=0.4"])[0]


def test_a_source_that_nobody_cites_is_odd_unless_a_note_names_it(folder):
    source = '[{}]\nauthors = "A"\nyear = 2020\ntitle = "T"\nurl = ""\n{}\n'
    write(
        folder / "priors" / "sources.toml",
        source.format("lost2020", ""),
        source.format("named2020", ""),
    )
    write(
        folder / "priors" / "x.toml",
        entry("algorithms_limit", more='note = "As named2020 has it."'),
    )
    warnings = inspection.inspect_inputs([], [], None).warnings
    assert [(oddity.table, oddity.line) for oddity in warnings] == [("lost2020", 1)]


def test_later_words_win(folder):
    """Shipped, ./priors, --priors, the run that is extended, the run, --set; the last of two --set."""

    def limit():
        options = {"run": "mine", "sets": sets, "priors": "more" if more else None}
        return next(
            p for p in load_plan(**options).priors if p.name == "algorithms_limit"
        ).natural.get("value")

    def value(v, name="algorithms_limit"):
        return entry(name, f'family = "fixed"\nvalue = {v}')

    sets, more = [], False
    run_file(folder, "base", 'title = "Base"\nseed = 1\nhorizon = 2040.0')
    run_file(folder, "mine", 'extends = "base"\nseed = 2\n[hold]\nfeedback_multiplier = 0.5')
    assert limit() is None
    write(folder / "priors" / "x.toml", value(1.0))
    assert limit() == 1.0
    write(folder / "more" / "x.toml", value(2.0))
    more = True
    assert limit() == 2.0
    run_file(
        folder, "base", 'title = "Base"\nseed = 1\nhorizon = 2040.0\n[hold]\nregime_year = 0.2',
        value(3.0, "priors.algorithms_limit"),
    )  # fmt: skip
    assert limit() == 3.0
    run_file(
        folder, "mine", 'extends = "base"\nseed = 2\n[hold]\nfeedback_multiplier = 0.5',
        value(4.0, "priors.algorithms_limit"),
    )  # fmt: skip
    assert limit() == 4.0
    sets = ["algorithms_limit=5", "seed=3", "hold.regime_year=0.9"]
    assert limit() == 5.0
    sets.append("algorithms_limit=6")
    assert limit() == 6.0
    plan = load_plan("mine", sets, "more")
    assert (plan.seed, plan.horizon, plan.title) == (3, 2040.0, "Base")
    assert plan.hold == {"feedback_multiplier": 0.5, "regime_year": 0.9}

    origins = provenance(load_run("mine", sets, "more").inputs)
    actual = {origin.name: origin for origin in origins}
    prior = [origin for origin in origins if origin.name == "algorithms_limit"][-1]
    assert prior.stated_at == "--set"
    assert prior.replaces[:5] == (
        "--set",
        "runs/mine.toml:5",
        "runs/base.toml:6",
        "more/x.toml:1",
        "priors/x.toml:1",
    )
    assert prior.replaces[5].endswith("priors/algorithms.toml:13")
    assert (actual["seed"].stated_at, actual["seed"].replaces) == (
        "--set",
        ("runs/mine.toml:2", "runs/base.toml:2"),
    )
    assert actual["horizon"].stated_at == "runs/base.toml:3"
    assert actual["draws"].stated_at == "the default"


def test_explain_tells_all_of_a_run_or_what_is_asked(folder, capsys):
    run_file(folder, "mine", 'extends = "baseline"', "[hold]", "feedback_multiplier = 0.5")
    assert call(["check", "--explain", "mine", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows} == {"run", "hold", "prior", "correlation", "milestone"}
    assert all(row["place"] and row["run"] == "mine" for row in rows)
    asked = ["check", "mine", "--explain", "feedback_multiplier", "--format", "json"]
    assert call(asked) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["kind"], row["place"].split("/")[-1]) for row in rows] == [
        ("hold", "mine.toml:3"), ("prior", "feedback.toml:3"),
    ]  # fmt: skip
    assert call(["check", "--explain", "feedback_multiplyer"]) == 2
    assert 'did you mean "feedback_multiplier"?' in capsys.readouterr().err


def test_a_new_run_is_commented_runs_as_it_is_and_overwrites_nothing(folder, capsys):
    assert call(["new", "my-world"]) == 0
    path = folder / "runs" / "my-world.toml"
    before = path.read_text()
    assert tomllib.loads(before) == {"title": "my-world", "extends": "baseline"}
    assert call(["check", "my-world"]) == 0
    assert load_plan("my-world").priors == load_plan("baseline").priors
    assert call(["new", "my-world"]) == 2
    assert path.read_text() == before
    assert call(["new", "../my-world"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_every_example_in_a_new_run_is_true(folder):
    assert call(["new", "mine"]) == 0
    path = folder / "runs" / "mine.toml"
    lines = path.read_text().splitlines()
    bare = [
        line[2:] if line.startswith("# ") and ("= " in line or line.startswith("# [")) else line
        for line in lines
    ]
    path.write_text("\n".join(bare))
    stated = tomllib.loads(path.read_text())
    assert {
        "seed",
        "draws",
        "start",
        "horizon",
        "as_of",
        "milestones",
        "series",
        "priors",
        "hold",
    } <= set(stated)
    plan = load_plan("mine")
    shipped = load_plan("baseline")
    assert (plan.seed, plan.draws, plan.horizon, plan.as_of) == (
        shipped.seed, shipped.draws, shipped.horizon, shipped.as_of,
    )  # fmt: skip
    assert plan.hold == {"feedback_multiplier": 0.5}


def test_priors_tell_quantiles_units_sources_and_notes(folder, capsys):
    assert call(["priors", "algorithms_*", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in document["priors"]] == [
        "algorithms_growth", "algorithms_limit", "algorithms_scale_dependence",
    ]  # fmt: skip
    first = document["priors"][0]
    assert (first["p05"], first["p95"]) == (pytest.approx(0.22), pytest.approx(0.81))
    assert first["unit"] == "OOM/year"
    assert first["source"] == "ho2024"
    assert first["source_authors"].startswith("Anson Ho")
    assert first["source_year"] == 2024
    assert first["note"].startswith("The compute")
    assert (
        call(["priors", "algorithms_growth", "--set", "algorithms_growth=0.4", "--format", "csv"])
        == 0
    )
    assert "algorithms_growth,OOM/year,fixed,,0.4,0.4" in capsys.readouterr().out
    assert call(["priors", "algoritms_growth"]) == 2
    assert 'did you mean "algorithms_growth"?' in capsys.readouterr().err
    assert call(["priors", "--families"]) == 0
    assert "student_t" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_densities_are_drawn_beside_what_they_replace(folder, ending):
    file = folder / f"densities.{ending}"
    names = ["algorithms_growth", "regime_occurs", "stock_growth"]
    assert call(["priors", *names, "--set", "stock_growth=0.1", "--plot", str(file)]) == 0
    start = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF-"}[ending]
    assert file.read_bytes().startswith(start)
    if ending == "svg":
        text = file.read_text()
        assert all(f">{name.replace('_', ' ')}</" in text for name in names)
        assert "stock growth: p50 (p05 to p95) 0.1 OOM/year, in the prior files" in text
    assert call(["priors", "--plot", "densities.gif"]) == 2


def test_a_key_at_fault_hides_no_other_fault_of_its_entry(folder, capsys):
    text = '[stock_growth]\nunit = "OM"\nfamily = "normal"\np05 = 2.0\np95 = 1.0\nsorce = "judgement"\n'
    write(folder / "priors" / "a.toml", text)
    assert call(["check", "baseline"]) == 2
    said = capsys.readouterr().err
    assert "sorce: found an unknown key" in said
    assert "values that rise with the level" in said


def test_a_missing_key_does_not_hide_a_unit(folder, capsys):
    text = '[stock_growth]\nunit = "OM"\nfamily = "uniform"\nlow = 0.0\nhigh = 0.1\n'
    write(folder / "priors" / "a.toml", text)
    assert call(["check", "baseline"]) == 2
    said = capsys.readouterr().err
    assert "source: found nothing" in said
    assert 'unit: found "OM"' in said
