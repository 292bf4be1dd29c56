"""Milestones that were met: which, by what, and where their dates lie in a scenario's answer."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from simulator.evidence.settled import settled_milestones, settled_quantile
from simulator.inputs import load
from simulator.inputs.files import decimal_year
from simulator.inputs.observations import Observation, known_observations
from simulator.output.tables.milestones import milestones_answer
from simulator.store.in_memory import run_in_memory

STILL = [
    "spending_growth=0.0",
    "economy_growth=0.0",
    "cluster_share=1e6",
    "price_performance_growth=0.0",
    "duration_growth=0.0",
    "power_ceiling=1e6",
    "chips_ceiling=1e6",
    "latency_ceiling=1e6",
    "condition.observations=[]",
    "draws=2000",
]
"""With these training_flop is anchor_compute in every year."""
MEAN, SD = 25.325, 0.55 / 2 / 1.6448536269514722

MET = Observation(
    name="met", year=decimal_year(date(2025, 2, 17)), source="x", milestone="run_1e26", met=True
)
RUN = Observation(
    name="run",
    year=MET.year,
    source="x",
    series="training_flop",
    value=26.1,
    sd=0.3,
    discrepancy=0.4,
)


@pytest.fixture(scope="module")
def still():
    return run_in_memory(load.load_plan("baseline", STILL), 1)


def test_the_first_record_counts_and_later_ones_than_the_as_of_date_do_not(still):
    plan = still.plan
    later = MET.model_copy(update={"name": "later", "year": 2025.9})
    assert settled_milestones(plan, [later, MET]) == {"run_1e26": MET}
    assert settled_milestones(plan, [later, MET, RUN]) == {"run_1e26": RUN}
    after = [each.model_copy(update={"year": plan.as_of_year + 0.1}) for each in (MET, RUN)]
    assert settled_milestones(plan, after) == {}
    for update in ({"value": 25.9}, {"censored": "right"}, {"series": "duration"}):
        assert settled_milestones(plan, [RUN.model_copy(update=update)]) == {}
    assert settled_milestones(plan, [MET.model_copy(update={"met": False})]) == {}


def test_a_quantile_is_the_chance_of_a_record_in_closed_form(still):
    expected = stats.norm.cdf((MEAN - 26.0) / np.hypot(SD, 0.5))
    assert settled_quantile(still, "run_1e26", RUN) == pytest.approx(expected, abs=0.01)
    reached = stats.norm.sf((26.0 - MEAN) / SD)
    assert settled_quantile(still, "run_1e26", MET) == pytest.approx(reached, abs=0.01)
    off = RUN.model_copy(update={"year": 2010.0})
    assert np.isnan(settled_quantile(still, "run_1e26", off))


def test_weights_count(still):
    values = still.parameters[:, [each.name for each in still.plan.priors].index("anchor_compute")]
    heavy = np.where(values > MEAN, 3, 1).astype(np.int64)

    class Weights:
        whole = heavy

    weighed = replace(still, weights=Weights())
    kept = values[: len(still.trajectories)]
    z = stats.norm.cdf((kept - 26.0) / 0.5)
    expected = np.average(z, weights=heavy[: len(kept)])
    assert settled_quantile(weighed, "run_1e26", RUN) == pytest.approx(expected, rel=1e-9)


def test_the_table_says_what_came_too_early(still):
    early = RUN.model_copy(update={"sd": 0.05, "discrepancy": 0.0})
    answer = milestones_answer([still], recorded=[early])
    assert "outside 95 %: run_1e26 was met earlier than it says." in answer.table.caption
    row = next(each for each in answer.document["milestones"] if each["name"] == "run_1e26")
    assert row["met_by"] == "2025-02-17"
    assert row["met_quantile"] < 0.025
    near = milestones_answer([still], recorded=[RUN.model_copy(update={"sd": 3.0})])
    assert "Met quantile" in near.table.caption
    assert "outside" not in near.table.caption
    assert "Met quantile" not in milestones_answer([still]).table.caption


def test_what_was_met_agrees_with_the_shipped_baseline():
    result = run_in_memory(load.load_plan("baseline", ["draws=2000"]), 2)
    settled = settled_milestones(result.plan, known_observations())
    assert {"run_1e26", "cluster_1gw", "mmlu_90", "math_90"} <= set(settled)
    for name, observation in settled.items():
        assert 0.1 < settled_quantile(result, name, observation) < 0.95, name
