"""A milestone that lags its condition: in closed form, in a run, in the traced model, and at fault."""

from pathlib import Path

import numpy as np
import pytest
from conftest import files_in

from simulator.errors import DrawFailed
from simulator.evidence.likelihood import agrees
from simulator.evidence.settled import settled_milestones
from simulator.inputs.load import load_plan
from simulator.inputs.observations import Observation
from simulator.model import Milestone, arrival
from simulator.page.trace import trace
from simulator.sensitivity import subjects, targets
from simulator.sensitivity.analysis import analyse
from simulator.simulate import blocks
from simulator.simulate.replay import replay

YEARS = np.arange(2019.0, 2050.1, 0.25)

LINE = {"x": (YEARS - 2019.0)[:, np.newaxis] * np.array([1.0, 0.5, 0.1])}

MILESTONE = {
    "name": "followed",
    "series": "x",
    "direction": ">=",
    "threshold": 10.0,
    "meaning": "A test's.",
    "source": "judgement",
}


def test_it_arrives_so_much_later_and_never_after_the_last_year():
    alone = arrival(Milestone(**MILESTONE), LINE, {}, YEARS)
    np.testing.assert_allclose(alone, [2029.0, 2039.0, np.inf], rtol=1e-12)
    fixed = arrival(Milestone(**MILESTONE, lag=11.5), LINE, {}, YEARS)
    np.testing.assert_allclose(fixed, [2040.5, np.inf, np.inf], rtol=1e-12)
    drawn = {"delay": np.array([0.0, 11.0, 0.0])}
    np.testing.assert_allclose(
        arrival(Milestone(**MILESTONE, lag="delay"), LINE, drawn, YEARS), [2029.0, 2050.0, np.inf]
    )


OWN = """[followed]
series = "effective_compute"
direction = ">="
threshold = "researcher_threshold"
lag = {lag}
meaning = "{meaning}"
source = "judgement"
"""

PRIOR = """[diffusion]
unit = "{unit}"
family = "{family}"
{rest}
source = "judgement"
"""


def written(lag='"diffusion"', unit="years", family="uniform", rest="low = 1.0\nhigh = 4.0"):
    """Own files beside which a command runs: a milestone with a lag, and the lag's prior."""
    Path("priors").mkdir(exist_ok=True)
    meaning = "Years after the researcher."
    Path("priors/milestones.toml").write_text(OWN.format(lag=lag, meaning=meaning))
    if "diffusion" in lag:
        Path("priors/own.toml").write_text(PRIOR.format(unit=unit, family=family, rest=rest))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulated(*sets):
    plan = load_plan("baseline", ["condition.observations=[]", *sets], "priors")
    compiled = blocks.compile_plan(plan)
    return plan, blocks.simulate_block(compiled, range(200))


def test_in_a_run_each_draw_has_its_own_lag(folder):
    written()
    plan, block = simulated()
    of = dict(zip([m.name for m in plan.milestones], block.arrivals, strict=True))
    lag = block.parameters["diffusion"]
    assert lag.min() > 1.0
    assert lag.max() < 4.0
    later = of["automated_researcher"] + lag
    np.testing.assert_array_equal(of["followed"], np.where(later <= 2050.0, later, np.inf))
    story = replay(plan, 7)["milestones"]
    assert story["followed"]["lag"] == lag[7]
    assert "lag" not in story["automated_researcher"]
    assert trace(plan).arrivals.keys() == of.keys()


def test_its_lag_is_one_of_what_drives_it(folder):
    written(rest="low = 0.0\nhigh = 20.0")
    plan = load_plan("baseline", ["condition.observations=[]"], "priors")
    reaching = {
        name: subjects.targeted_plan(plan, targets.read_target(plan, name)).reaching
        for name in ("followed", "automated_researcher")
    }
    assert reaching["followed"] - reaching["automated_researcher"] == {"diffusion"}
    records = analyse(plan, "followed", draws=512, by="driver", prior=True).records
    of_driver = {row["name"]: row for row in records}
    assert of_driver["thresholds"]["total_order"] > 0.3  # the threshold and the lag


def test_a_record_of_it_weighs_its_own_arrival():
    condition = Milestone(**MILESTONE, lag=2.0)
    met = Observation(
        name="record", year=2030.5, source="judgement", note="", milestone="followed", met=True,
        condition=condition,
    )  # fmt: skip
    assert agrees(met, LINE, {}, YEARS).tolist() == [False, False, False]  # 2031 at the earliest
    later = met.model_copy(update={"year": 2031.0})
    assert agrees(later, LINE, {}, YEARS).tolist() == [True, False, False]


def test_no_value_of_its_series_shows_that_it_was_met(folder):
    for lag, shown in (("0.0", True), ("3.0", False)):
        text = OWN.format(lag=lag, meaning="A test's.").replace(
            "effective_compute", "training_flop"
        )
        Path("priors").mkdir(exist_ok=True)
        Path("priors/milestones.toml").write_text(text.replace('"researcher_threshold"', "25.0"))
        plan = load_plan("baseline", (), "priors")
        assert ("followed" in settled_milestones(plan, plan.observations)) is shown


def test_a_plan_without_lags_says_nothing_of_them():
    plan = load_plan("baseline")
    assert any(each.condition for each in plan.observations)  # which has a milestone's condition
    assert '"lag"' not in plan.canonical()


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"lag": "-1.0"}, ["[followed] lag", "-1.0", "greater than or equal to 0"]),
        ({"lag": "inf"}, ["[followed] lag", "inf", "finite"]),
        ({"lag": '"difusion"'}, ["[followed] lag", '"difusion"', "the name of a parameter"]),
        ({"unit": "OOM"}, ["[diffusion] unit", '"OOM"', '"years"']),
        ({"rest": "low = -1.0\nhigh = 4.0"}, ["[diffusion]", "diffusion >= 0"]),
    ],
)
def test_a_lag_at_fault(folder, oomcast, stated, words):
    written(**stated)
    before = files_in(folder)
    refused = oomcast("check", "baseline")
    assert refused.code == 2
    assert not [word for word in words if word not in refused.err], refused.err
    assert files_in(folder) == before


def test_a_computed_lag_below_0_fails_the_draw_by_name(folder):
    written(family="computed", rest='formula = "regime_slope - 10"')
    with pytest.raises(DrawFailed, match=r"diffusion = regime_slope - 10 is -.*finite and >= 0"):
        simulated()
