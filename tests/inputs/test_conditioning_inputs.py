"""Observations that a finished run is conditioned on: added, replaced, from a file, or in a line."""

import pytest

from simulator.errors import InputFault
from simulator.inputs import load
from simulator.inputs.conditioning import EvidenceChange, conditioned_plan

OWN = """
[frontier]
series = "training_flop"
date = 2026-03-01
value = 26.7
sd = 0.2
unit = "log10 FLOP"
source = "judgement"
"""


@pytest.fixture(scope="module")
def plan():
    """Conditioned on two shipped observations."""
    return load.load_plan("baseline", ["condition.observations=['grok4', 'no_researcher']"])


@pytest.fixture
def own_file(folder):
    (folder / "mine.toml").write_text(OWN)
    return folder


def names(plan):
    return [observation.name for observation in plan.observations]


def faults(plan, **change):
    with pytest.raises(InputFault) as caught:
        conditioned_plan(plan, EvidenceChange(**change))
    return str(caught.value)


def test_nothing_said_keeps_the_observations_and_the_sampler(plan):
    same = conditioned_plan(plan, EvidenceChange())
    assert same.observations == plan.observations
    assert same.sampler == plan.sampler
    assert (same.name, same.sources) == ("baseline-conditioned", plan.sources)
    tempered = plan.model_copy(update={"sampler": "sequential"})
    assert conditioned_plan(tempered, EvidenceChange()).sampler == "sequential"
    assert conditioned_plan(tempered, EvidenceChange(), "weights").sampler == "weights"


def test_added_observations_come_to_those_already_there(plan, own_file):
    change = EvidenceChange(added=["no_cluster_100b", "mine.toml"])
    assert names(conditioned_plan(plan, change)) == [
        "frontier",
        "grok4",
        "no_cluster_100b",
        "no_researcher",
    ]


def test_replaced_observations_stand_alone(plan, own_file):
    assert names(conditioned_plan(plan, EvidenceChange(replaced=["mine.toml"]))) == ["frontier"]
    assert names(conditioned_plan(plan, EvidenceChange(replaced=["grok4"]))) == ["grok4"]
    assert names(conditioned_plan(plan, EvidenceChange(replaced=[]))) == []


def test_adding_is_the_same_as_naming_them_in_the_run_file(plan):
    added = conditioned_plan(plan, EvidenceChange(added=["no_cluster_100b"]))
    wanted = ["grok4", "no_cluster_100b", "no_researcher"]
    stated = load.load_plan("baseline", [f"condition.observations={wanted}"])
    assert added.observations == stated.observations
    assert added.sources == stated.sources


@pytest.mark.parametrize("sign", ["+-", "+/-", "±"])
@pytest.mark.parametrize("unit", ["", " log10 FLOP"])
def test_a_line_says_what_a_file_says(plan, own_file, sign, unit):
    text = f" training_flop 2026-03-01 26.7 {sign} 0.2{unit}"
    (written,) = conditioned_plan(plan, EvidenceChange([], observed=[text])).observations
    (stated,) = conditioned_plan(plan, EvidenceChange(["mine.toml"])).observations
    differs = {"name", "note"}
    one, other = (
        {k: v for k, v in vars(each).items() if k not in differs} for each in (written, stated)
    )
    assert one == other
    assert written.name == "training_flop_2026_03_01"


@pytest.mark.parametrize(("words", "met"), [("met", True), ("not met", False), ("not  met", False)])
def test_a_line_says_whether_a_milestone_was_met(plan, words, met):
    change = EvidenceChange(observed=[f"run_1e27 2026-10-01 {words}"])
    output = {each.name: each for each in conditioned_plan(plan, change).observations}
    event = output["run_1e27_2026_10_01"]
    assert (event.met, event.missed, event.condition.name) == (met, 0.0, "run_1e27")


@pytest.mark.parametrize(
    ("words", "censored"), [(">= 26.7", "right"), ("<=26.7", "left"), ("26.7", "")]
)
def test_a_line_may_state_a_bound(plan, words, censored):
    change = EvidenceChange(observed=[f"training_flop 2026-03-01 {words} +- 0.2"])
    output = {each.name: each for each in conditioned_plan(plan, change).observations}
    bound = output["training_flop_2026_03_01"]
    assert (bound.censored, bound.value, bound.sd) == (censored, 26.7, 0.2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("training_flop 2026-03-01 > 26.7 +- 0.2", "with >= or <= before a value that is a bound"),
        ("training_flop 26.7", "SERIES DATE VALUE +- SD"),
        ("training_flop 2026-03-01 26.7", "SERIES DATE VALUE +- SD"),
        ("training_flop 2026-02-30 26.7 +- 0.2", "day is out of range"),
        ("training_flop 2026-03-01 2.6.7 +- 0.2", "could not convert"),
        ("training_flop 2026-03-01 26.7 +- 0", "a number from 1e-30 to 1e+100"),
        ("training_flop 2026-03-01 1e999 +- 0.2", "a number from -1e+100 to 1e+100"),
        ("training_flop 2026-03-01 26.7 +- 0.2 FLOP", 'found "FLOP"; allowed: "log10 FLOP"'),
        ("training_flops 2026-03-01 26.7 +- 0.2", 'did you mean "training_flop"?'),
        ("training_flop 2066-03-01 26.7 +- 0.2", "a date on the run's grid"),
        ("run_1e77 2026-03-01 not met", 'did you mean "run_1e27"?'),
        ("remote_work 2026-03-01 met", "that it was not"),
    ],
)
def test_a_wrong_line_is_a_fault_that_says_what_is_allowed(plan, text, said):
    change = {"added": ["no_remote_work"]} if text.startswith("remote_work") else {}
    output = faults(plan, observed=[text], **change)
    assert said in output
    assert output.startswith("--observe" if not change else "")


def test_every_fault_is_told_at_once_with_its_file(plan, own_file):
    text = OWN.replace("judgement", "nobody").replace('"log10 FLOP"', '"FLOP"')
    (own_file / "mine.toml").write_text(text)
    output = faults(plan, added=["mine.toml", "grok44", "grok4"], observed=["x"])
    assert 'mine.toml:7 [frontier] unit: found "FLOP"' in output
    assert 'mine.toml:8 [frontier] source: found "nobody"' in output
    assert 'did you mean "grok4"?' in output
    assert "conditioned on already" in output
    assert '--observe: found "x"' in output
    assert "No such file" in faults(plan, added=["yours.toml"])
    assert "at most 100,000" in faults(
        plan.model_copy(update={"sampler": "sequential", "draws": 100_001}),
        added=["no_cluster_100b"],
    )
    assert "--add NAME" in faults(plan.model_copy(update={"observations": ()}))
