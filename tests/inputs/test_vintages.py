"""No run conditions on what a prior rests on already."""

import tomllib
from datetime import date

import pytest
from checkout import ROOT

from simulator.errors import InputFault
from simulator.inputs import load
from simulator.inputs.conditioning import EvidenceChange, conditioned_plan
from simulator.output.tables.priors import prior_record
from simulator.page.run_files import prior_table
from simulator.page.scenarios import prior_record as page_record

RUNS = sorted(path.stem for path in (ROOT / "runs").glob("*.toml"))

PRIOR = """
[priors.horizon_start]
unit = "log10 minutes"
family = "normal"
p05 = 0.03
p95 = 0.73
source = "{source}"
{keys}

[priors.horizon_slope]
unit = "log10 minutes/OOM"
family = "normal"
p05 = 0.3
p95 = 0.7
lower = 0.1
source = "judgement"
"""


def written(path):
    return tomllib.loads((ROOT / path).read_text("utf-8"))


def shown(folder, keys, source="metr_th11", observations='["horizon_2026"]'):
    """Faults and warnings of a run that restates the horizon's priors with these keys."""
    head = 'title = "Mine"\nextends = "baseline"\n'
    condition = f"\n[condition]\nobservations = {observations}\n"
    text = head + PRIOR.format(source=source, keys=keys) + condition
    (folder / "mine.toml").write_text(text)
    loaded = load.load_run(str(folder / "mine.toml"))
    return ["\n".join(map(str, each)) for each in (loaded.faults, loaded.warnings)]


@pytest.mark.parametrize("run", RUNS)
def test_no_shipped_run_conditions_on_what_its_priors_rest_on(run):
    plan = load.load_plan(run)
    observed = written("evidence/observations.toml")
    for observation in plan.observations:
        stated = observed[observation.name]
        for prior in plan.priors:
            assert observation.name not in prior.rests_on, (prior.name, observation.name)
            if prior.source == stated["source"] != "judgement":
                newest = date.fromisoformat(prior.vintage)
                assert stated["date"] > newest, (prior.name, observation.name)


def test_the_runs_that_condition_are_among_these():
    conditioned = {run for run in RUNS if load.load_plan(run).observations}
    assert {"baseline", "vintage-2023"} <= conditioned


@pytest.mark.parametrize("run", RUNS)
def test_every_shipped_prior_has_a_vintage(run):
    assert [prior.name for prior in load.load_plan(run).priors if not prior.vintage] == []


def test_no_prior_of_2023_is_of_a_later_source():
    """A prior that a study of a later year gives cannot be of mid-2023."""
    plan = load.load_plan("baseline")
    for prior in plan.priors:
        if prior.vintage == "2023-06-30":
            assert plan.sources[prior.source].year <= 2023, prior.name


def test_an_observation_up_to_the_vintage_of_its_source_is_refused(tmp_path):
    faults, _ = shown(tmp_path, "vintage = 2026-02-05")
    for word in ("mine.toml", "[condition] observations", '"horizon_2026"', "horizon_start"):
        assert word in faults
    for word in ("2026-02-05", "newer than the priors", "leave it out"):
        assert word in faults


@pytest.mark.parametrize(
    ("keys", "source"),
    [
        ("vintage = 2026-02-04", "metr_th11"),
        ("vintage = 2026-11-01", "kwa2025"),
        ("vintage = 2026-11-01", "judgement"),
        ('vintage = 2026-02-04\nrests_on = ["gpt4"]', "metr_th11"),
    ],
)
def test_newer_evidence_and_evidence_of_another_source_are_taken(tmp_path, keys, source):
    assert shown(tmp_path, keys, source) == ["", ""]


@pytest.mark.parametrize("source", ["judgement", "kwa2025", "metr_th11"])
def test_what_a_prior_says_it_rests_on_is_refused_whatever_the_dates(tmp_path, source):
    keys = 'vintage = 2020-01-01\nrests_on = ["gpt4", "horizon_2026"]'
    faults, _ = shown(tmp_path, keys, source)
    assert '"horizon_2026", which horizon_start rests on' in faults


def test_a_name_that_no_observation_has_is_a_fault(tmp_path):
    faults, _ = shown(tmp_path, 'rests_on = ["horizon_2062"]', observations="[]")
    for word in ("mine.toml", "rests_on", '"horizon_2062"', 'did you mean "horizon_2026"?'):
        assert word in faults


@pytest.mark.parametrize("stated", ['"2023"', "2023", "2023-06-30T00:00:00", "true"])
def test_a_vintage_is_a_date(tmp_path, stated):
    faults, _ = shown(tmp_path, f"vintage = {stated}", observations="[]")
    for word in ("mine.toml", "horizon_start", "vintage"):
        assert word in faults


def test_a_source_in_common_without_a_vintage_is_warned_of(tmp_path):
    faults, warnings = shown(tmp_path, "")
    assert not faults
    for word in ("horizon_start", "vintage", "metr_th11", "horizon_2026"):
        assert word in warnings


def test_evidence_that_comes_later_is_held_to_the_same():
    plan = load.load_plan("baseline")
    with pytest.raises(InputFault) as caught:
        conditioned_plan(plan, EvidenceChange(added=["horizon_2026", "site2026_power"]))
    message = "\n".join(map(str, caught.value.faults))
    assert "horizon_start knows up to 2026-04-07" in message
    assert "spending_ceiling rests on" in message


def test_a_fixed_parameter_rests_on_nothing():
    sets = ["horizon_start=0.4", "horizon_slope=0.6", 'condition.observations=["horizon_2026"]']
    (observation,) = load.load_plan("baseline", sets).observations
    assert observation.name == "horizon_2026"


def test_the_vintage_is_told_wherever_a_prior_is():
    plan = load.load_plan("baseline")
    (prior,) = (each for each in plan.priors if each.name == "spending_ceiling")
    record = prior_record(plan, prior)
    assert (record["vintage"], record["rests_on"]) == (
        "2026-06-15",
        "site2026_chips, site2026_power",
    )
    assert page_record(prior)["vintage"] == "2026-06-15"
    table = tomllib.loads(prior_table(prior))["priors"]["spending_ceiling"]
    assert table["vintage"] == date(2026, 6, 15)
    assert table["rests_on"] == ["site2026_chips", "site2026_power"]
