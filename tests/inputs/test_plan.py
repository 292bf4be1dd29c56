"""The plan: which file wins, what its text holds, and what makes it another plan."""

import os

import pytest

from simulator.errors import InputFault
from simulator.inputs import files, merge
from simulator.inputs.load import load_plan
from simulator.inputs.stored_plan import parse_plan

FIXED = '{table}\nfamily = "fixed"\nvalue = {value}\nunit = "OOM/year"\nsource = "judgement"\n'


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def fixed(value, table="[algorithms_growth]"):
    return FIXED.format(table=table, value=value)


def value(plan, name="algorithms_growth"):
    return next(prior for prior in plan.priors if prior.name == name).natural.get("value")


def tied(plan, name="algorithms_growth"):
    pairs = [(a, b, r) for a, b, r in plan.correlations if name in (a, b)]
    return {b if a == name else a: r for a, b, r in pairs}


def test_later_layers_win_one_by_one(folder):
    layers = [
        ("priors/mine.toml", fixed(0.1)),
        ("theirs/any.toml", fixed(0.2)),
        ("runs/far.toml", fixed(0.3, "[priors.algorithms_growth]")),
        ("runs/near.toml", 'extends = "far"\n' + fixed(0.4, "[priors.algorithms_growth]")),
        ("runs/world.toml", 'extends = "near"\n' + fixed(0.5, "[priors.algorithms_growth]")),
    ]
    write(folder / "runs/near.toml", 'extends = "far"')
    write(folder / "runs/far.toml", "")
    write(folder / "runs/world.toml", 'extends = "near"')
    write(folder / "theirs/empty.toml", "")
    assert value(load_plan("world")) is None
    for number, (file, text) in enumerate(layers, start=1):
        write(folder / file, text)
        assert value(load_plan("world", priors="theirs")) == pytest.approx(number / 10), file
    one_key = "priors.algorithms_growth.value=0.6"
    assert value(load_plan("world", [one_key], "theirs")) == 0.6
    assert value(load_plan("world", [one_key, "algorithms_growth=0.7"], "theirs")) == 0.7
    assert value(load_plan("world", ["algorithms_growth=0.7", one_key], "theirs")) == 0.6


def test_keys_of_a_run_follow_the_chain(folder):
    write(
        folder / "a.toml",
        "seed = 1\ndraws = 100\nhorizon = 2040.0\n[hold]\nregime_year = 0.1\nregime_slope = 0.2",
    )
    write(folder / "b.toml", 'extends = "a"\ndraws = 200\n[hold]\nregime_slope = 0.3')
    made = load_plan("b.toml", ["horizon=2045", "hold.feedback_multiplier=0.5"])
    assert (made.name, made.seed, made.draws, made.horizon) == ("b", 1, 200, 2045.0)
    assert made.hold == {"regime_year": 0.1, "regime_slope": 0.3, "feedback_multiplier": 0.5}
    assert (made.start, made.anchor_year) == (2019.0, 2023.25)


def test_a_file_here_comes_before_the_shipped_scenario_and_may_extend_it(folder):
    assert load_plan("baseline").title == "Baseline"
    write(folder / "runs/baseline.toml", 'title = "Mine"\nseed = 7')
    assert load_plan("baseline").title == "Mine"
    write(folder / "runs/baseline.toml", 'extends = "baseline"\nseed = 7')
    assert (load_plan("baseline").title, load_plan("baseline").seed) == ("Baseline", 7)
    write(folder / "baseline", "seed = 8")
    assert load_plan("baseline").seed == 8  # a path first


@pytest.mark.parametrize("chain", [("a",), ("a", "b"), ("a", "b", "c")])
def test_a_circle_of_extends_is_named(folder, chain):
    for name, base in zip(chain, (*chain[1:], chain[0]), strict=True):
        write(folder / f"runs/{name}.toml", f'extends = "{base}"')
    with pytest.raises(InputFault, match="comes back to this file") as caught:
        load_plan("a")
    assert f"runs{os.sep}{chain[-1]}.toml" in str(caught.value)
    assert "extends" in str(caught.value)


def test_the_shipped_folder_is_no_overlay_of_itself(folder, monkeypatch):
    assert merge.prior_folders() == [files.shipped_folder("priors")]
    monkeypatch.chdir(files.shipped_folder("priors").parent)
    assert merge.prior_folders() == [files.shipped_folder("priors")]


def test_an_overlay_replaces_entry_by_entry(folder, plan):
    write(folder / "priors/any.toml", fixed(0.1))
    made = load_plan()
    assert [prior.name for prior in made.priors] == [prior.name for prior in plan.priors]
    others = [prior for prior in plan.priors if prior.name != "algorithms_growth"]
    assert [prior for prior in made.priors if prior.name != "algorithms_growth"] == others


def test_the_canonical_text_reads_back_as_the_same_plan(folder, plan):
    write(
        folder / "world.toml",
        'extends = "baseline"\n[hold]\nregime_year = 0.1\n[condition]\nobservations = []',
    )
    for made in (plan, load_plan("world.toml", ["draws=7", "priors.power_ceiling.upper=5"])):
        assert parse_plan(made.canonical()) == made
        assert parse_plan(made.canonical()).canonical() == made.canonical()
        assert parse_plan(made.canonical()).digest() == made.digest()


def test_reading_twice_or_from_elsewhere_gives_the_same_plan(folder, plan):
    assert load_plan().canonical() == plan.canonical()


def test_more_draws_are_the_same_plan(plan):
    assert load_plan("baseline", ["draws=123"]).digest() == plan.digest()


@pytest.mark.parametrize(
    "change",
    [
        "seed=0", "start=2018", "anchor_year=2023.5", "horizon=2051", "as_of=2027-01-01",
        'title="Another"', 'milestones=["run_1e26"]', 'series=["inference"]', "hold.regime_year=0.5",
        "algorithms_growth=0.4", "priors.algorithms_growth.p95=0.82", 'priors.algorithms_growth.source="judgement"',
        'priors.algorithms_growth.note="another"', "priors.power_ceiling.upper=9",
        "priors.algorithms_growth.correlation={price_decline=0.45}",
    ],
)  # fmt: skip
def test_anything_else_is_another_plan(plan, change):
    assert load_plan("baseline", [change]).digest() != plan.digest()


def test_the_milestones_and_series_named_are_kept_in_the_plan_s_order(plan):
    made = load_plan(
        "baseline", ['milestones=["run_1e26", "automated_researcher"]', 'series=["inference"]']
    )
    assert [m.name for m in made.milestones] == ["automated_researcher", "run_1e26"]
    assert made.series == ("inference",)
    assert len(plan.milestones) > 20
    assert len(plan.series) > 35


REPLACED = """[priors.algorithms_growth]
family = "uniform"
low = 0.1
high = 0.9
unit = "OOM/year"
source = "judgement"
"""


def test_a_replaced_prior_keeps_its_correlations_unless_restated(folder, plan):
    assert tied(plan) == {"price_decline": 0.5, "spending_growth": 0.3}
    write(folder / "world.toml", REPLACED)
    assert tied(load_plan("world.toml")) == tied(plan)
    write(folder / "world.toml", REPLACED + "correlation = { spending_growth = 0.1 }")
    assert tied(load_plan("world.toml")) == {"price_decline": 0.5, "spending_growth": 0.1}
    write(
        folder / "world.toml", REPLACED + "correlation = { regime_year = 0.2, price_decline = 0.0 }"
    )
    assert tied(load_plan("world.toml")) == {
        "price_decline": 0.0,
        "spending_growth": 0.3,
        "regime_year": 0.2,
    }


def test_a_correlation_may_be_stated_on_either_side(folder, plan):
    other = "priors.price_decline.correlation={algorithms_growth=0.1}"
    made = load_plan("baseline", [other])
    assert tied(made) == {"price_decline": 0.1, "spending_growth": 0.3}
    assert len(made.correlations) == len(plan.correlations)


def test_with_a_fixed_prior_a_correlation_is_ignored(folder):
    # Three ties that cannot hold together, but for the one that is fixed.
    ties = "correlation = { price_decline = 0.9, regime_slope = 0.9 }\n"
    write(folder / "world.toml", REPLACED + ties)
    third = "priors.regime_slope.correlation={price_decline=-0.9}"
    with pytest.raises(InputFault, match="positive semi-definite"):
        load_plan("world.toml", [third])
    assert value(load_plan("world.toml", [third, "price_decline=1.0"]), "price_decline") == 1.0


def test_every_prior_has_a_unit_and_a_source_that_is_there(plan):
    for prior in plan.priors:
        assert prior.unit
        assert prior.source in plan.sources, prior.name
    assert {milestone.source for milestone in plan.milestones} <= set(plan.sources)


def test_a_word_needs_no_quotes_and_a_whole_number_may_be_a_year():
    assert load_plan("baseline", ["title=Mine"]).title == "Mine"
    assert load_plan("baseline", ["horizon=2060"]).horizon == 2060.0
