"""Evidence as it is written: what is shipped holds together, and every fault says where and what."""

import json

import pytest
from checkout import ROOT

from simulator import arrays, model
from simulator.errors import InputFault
from simulator.inputs import load
from simulator.inputs.observations import known_observations, resolve_observation
from simulator.store import results, running

MEASURED = {
    "series": '"training_flop"',
    "date": "2025-02-01",
    "value": 26.0,
    "sd": 0.3,
    "unit": '"log10 FLOP"',
    "source": '"judgement"',
}
WORDS = {"date": "2026-01-01", "source": '"judgement"'}


@pytest.fixture
def written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(**entries):
        lines = []
        for name, entry in entries.items():
            lines += [f"[{name}]", *(f"{key} = {value}" for key, value in entry.items())]
        (tmp_path / "evidence").mkdir(exist_ok=True)
        (tmp_path / "evidence" / "observations.toml").write_text("\n".join(lines))
        return f"condition.observations={list(entries)!r}"

    return write


def faults(*sets):
    with pytest.raises(InputFault) as caught:
        load.load_plan("baseline", sets)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"series": '"training_flops"'}, 'found "training_flops"'),
        ({"series": '"binding_constraint"'}, "which is a code"),
        ({"unit": '"FLOP"'}, 'found "FLOP"; allowed: "log10 FLOP"'),
        ({"date": "2018-12-31"}, "allowed: a date on the run's grid, 2019 to 2050"),
        ({"date": "2050-01-02"}, "a date on the run's grid"),
        ({"sd": 0.0}, "greater than 0"),
        ({"sd": -0.3}, "greater than 0"),
        ({"discrepancy": -0.1}, "greater than or equal to 0"),
        ({"sd": 1e-31}, "at least 1e-30"),
        ({"sd": 1e-8, "discrepancy": 0.3}, "at least 3e-07, 1e-06 of its discrepancy"),
        ({"sd": 1e101}, "less than or equal to 1e+100"),
        ({"value": "nan"}, "finite"),
        ({"value": -1e101}, "greater than or equal to -1e+100"),
        ({"met": "true"}, "series, value, sd and unit; or milestone and met"),
        ({"source": '"nobody"'}, "a key of sources.toml"),
        ({"weight": 2}, "an unknown key"),
        ({"censored": '"up"'}, "[one] censored"),
        ({"missed": 0.1}, 'a milestone, or a value with censored = "right" or "left"'),
    ],
)
def test_a_wrong_observation_is_a_fault(written, changes, said):
    actual = faults(written(one={**MEASURED, **changes}))
    assert said in actual
    assert "observations.toml:" in actual
    assert "[one]" in actual


def test_an_unknown_name_is_a_fault_with_its_mend(written):
    written(frontier=MEASURED)
    assert 'did you mean "frontier"?' in faults("condition.observations=['frontyer']")


def test_an_unknown_milestone_is_a_fault(written):
    entry = {"milestone": '"run_1e277"', "met": "false", **WORDS}
    assert 'did you mean "run_1e27"?' in faults(written(one=entry))


@pytest.mark.parametrize("key", ["discrepancy = 0.1", 'censored = "left"'])
def test_an_event_has_no_value_to_bound(written, key):
    name, value = key.split(" = ")
    entry = {"milestone": '"run_1e28"', "met": "false", **WORDS, name: value}
    actual = faults(written(one=entry))
    assert f"[one] {name}" in actual
    assert "leave it out of a milestone" in actual


def test_contradictory_events_are_a_fault(written):
    met = {"milestone": '"run_1e28"', "met": "true", **WORDS}
    yet = {"milestone": '"run_1e27"', "met": "false", **WORDS, "date": "2026-06-01"}
    actual = faults(written(met=met, yet=yet))
    assert "run_1e28 met by 2026.00" in actual
    assert "run_1e27 was not met by 2026.41 (yet)" in actual
    soft = {**yet, "missed": 0.1}
    assert load.load_plan("baseline", [written(met=met, yet=soft)]).observations
    before = {**yet, "date": "2025-06-01"}
    assert load.load_plan("baseline", [written(met=met, yet=before)]).observations


def test_more_draws_than_can_be_weighed_are_a_fault(written):
    name = written(one=MEASURED)
    assert "at most 10,000,000" in faults(name, "draws=10_000_001")
    assert "at most 100,000" in faults(name, "draws=100_001", "condition.sampler=sequential")
    assert load.load_plan("baseline", ["condition.observations=[]", "draws=10_000_001"])


def test_weights_that_vanish_name_what_kills_them_and_how_far_off_it_is(written, tmp_path):
    name = written(near=MEASURED, far={**MEASURED, "value": 40.0})
    made = load.load_plan("baseline", [name, "draws=300", "horizon=2026.0"])
    with pytest.raises(InputFault) as caught:
        running.run(made, str(tmp_path / "out"))
    said = str(caught.value)
    assert "[far]" in said
    assert "no draw of 300 agrees with training_flop of 40 in 2025.08" in said
    assert " sd away" in said
    assert "[near]" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]


def test_events_that_no_draw_agrees_with_are_named(written, tmp_path):
    name = written(odd={"milestone": '"run_1e30"', "met": "true", **WORDS})
    made = load.load_plan("baseline", [name, "draws=300", "horizon=2027.0"])
    with pytest.raises(InputFault, match=r"run_1e30 met by 2026\.00: true"):
        running.run(made, str(tmp_path / "out"))


def test_every_shipped_observation_fits_the_baseline():
    made = load.load_plan("baseline")
    observed = [known for known in known_observations() if known.year >= made.start]
    assert len(observed) > 30
    series = model.series_of_names({prior.name: prior for prior in made.priors})
    milestones = {milestone.name: milestone for milestone in made.milestones}
    faults = []
    for known in observed:
        assert resolve_observation(known, series, milestones, (made.start, made.horizon), faults)
    assert not faults


def test_the_baseline_is_conditioned_to_its_as_of_date_and_on_nothing_that_a_prior_rests_on():
    made = load.load_plan("baseline")
    output = {known.name: known for known in made.observations}
    assert output["no_researcher"].year == made.as_of_year
    assert max(known.year for known in output.values()) <= made.as_of_year
    assert not {"gpt2", "gpt3", "gpt4", "azure_gpt3_cost", "azure_gpt4_cost", "p5_cost"} & set(
        output
    )
    measured = [
        known for known in output.values() if known.is_measured and known.series == "training_flop"
    ]
    assert len(measured) == 3
    assert all(known.discrepancy >= 0.3 for known in measured)


@pytest.mark.parametrize("scenario", ["hindcast-2020", "hindcast-2023", "hindcast-2023-preferred"])
def test_hindcasts_know_nothing_of_what_came_later(scenario):
    made = load.load_plan(scenario)
    assert not made.observations
    year = scenario.split("-")[1]
    assert made.as_of.startswith(year)
    stated = (ROOT / "runs" / f"{scenario}.toml").read_text()
    own = [prior for prior in made.priors if f"[priors.{prior.name}]" in stated]
    late = {prior.name for prior in own if made.sources[prior.source].year > int(year)}
    # the code that states this one was read as it was four months later; its note says so
    assert {prior.name for prior in own if prior.vintage > made.as_of} <= {"algorithms_limit"}
    fitted = {prior.name for prior in own if prior.source == "epoch_benchmarks"}
    assert late - fitted <= {p.name for p in own if p.source == "judgement"}
    thresholds = {mark.threshold for mark in made.milestones}
    assert not {"researcher_threshold", "remote_work_threshold"} & thresholds


def test_labels_name_the_runs_of_the_picture():
    labelled = [known.label for known in known_observations() if known.label]
    assert len(labelled) == 8
    assert all(known.series == "training_flop" for known in known_observations() if known.label)


def test_between_grid_points_a_series_is_linear(block, plan):
    years = plan.grid.years
    values = block.series["training_flop"]
    actual = arrays.at_date(values, years, 2024.3)
    assert actual == pytest.approx(0.8 * values[21] + 0.2 * values[22])
    assert arrays.at_date(values, years, 2050.0) == pytest.approx(values[-1])


def test_a_finished_run_is_weighed_into_a_new_one(written, tmp_path, oomcast):
    written(one={**MEASURED, "value": 26.6})
    small = ["condition.observations=[]", "horizon=2030.0"]
    made = load.load_plan("baseline", [*small, "draws=900"])
    running.run(made, str(tmp_path / "runs" / "free"))
    done = oomcast("condition", "free", "--observations", "one", "--format", "json")
    assert done.code == 0, done.err
    before, after = json.loads(done.out)
    assert (before["run"], after["run"]) == ("baseline", "baseline-conditioned")
    assert "effective draws" in done.err
    assert "Pareto k" in done.err
    assert (tmp_path / "runs" / "free-conditioned" / "weights.npz").is_file()
    results.verify_result("free-conditioned")
    wrong = oomcast("condition", "free", "--observations", "won")
    assert wrong.code == 2
    assert 'did you mean "one"?' in wrong.err
