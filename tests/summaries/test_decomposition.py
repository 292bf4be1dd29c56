"""What each driver adds to effective compute: the parts sum to the whole, and each is a difference of series."""

import numpy as np
import pytest

from simulator.inputs import load
from simulator.output.figures import drivers
from simulator.simulate import replay
from simulator.store import running
from simulator.summaries import decomposition

pytestmark = pytest.mark.xdist_group("decomposition")

SCENARIOS = ("baseline", "situational-awareness", "peak-data")
DRAWS = 100


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    home = tmp_path_factory.mktemp("runs")
    plans = {name: load.load_plan(name, [f"draws={DRAWS}"]) for name in SCENARIOS}
    return {name: running.run(plan, home / name) for name, plan in plans.items()}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_parts_sum_to_effective_compute_in_every_draw(results, scenario):
    result = results[scenario]
    parts = decomposition.driver_parts(result)
    effective = np.asarray(result.trajectories[:, result.series.index("effective_compute")])
    assert np.abs(sum(parts.values()) - effective).max() < 1e-12
    means = decomposition.decompose(result)
    assert means.total == pytest.approx(sum(means.mean.values()), abs=1e-12)
    weights = result.weights.whole[:DRAWS] if result.weights else np.ones(DRAWS)
    n, final = weights.sum() ** 2 / (weights**2.0).sum(), effective[:, -1]
    mean = np.average(final, weights=weights)
    assert means.total[-1] == pytest.approx(mean)
    error = np.sqrt(np.average((final - mean) ** 2, weights=weights) / (n - 1))
    assert means.total_mcse[-1] == pytest.approx(error)
    assert set(parts) == set(decomposition.LABELS)


def test_each_part_is_a_difference_of_series(results):
    result = results["peak-data"]
    parts = decomposition.driver_parts(result)
    parameters = np.asarray(result.parameters)
    names = [prior.name for prior in result.plan.priors]
    years = result.plan.grid.years
    early = (parameters[:, names.index("regime_occurs")] == 1) & (
        parameters[:, names.index("regime_year")] < 2040
    )
    draw = int(np.flatnonzero(early)[0])  # one whose growth changes well before the horizon
    record = replay.replay(result.plan, draw)
    series = {name: np.array(values) for name, values in record["series"].items()}
    values = record["parameters"]
    money = series["affordable_cluster_cost"] - values["spending_start"]
    lost = -values["utilisation_decline"] * money
    bound = series["physical_compute"] - series["affordable_compute"]
    before = years < values["regime_year"]
    assert parts["spending"][draw] == pytest.approx(money)
    assert parts["limits"][draw] == pytest.approx(lost + bound, abs=1e-12)
    assert parts["data_penalty"][draw] == pytest.approx(-series["data_penalty"])
    assert np.abs(parts["regime"][draw][before]).max() < 1e-12
    assert np.abs(parts["regime"][draw][~before]).max() > 0.01
    for name in ("price_performance", "duration", "algorithms", "unhobbling", "inference"):
        assert parts[name][draw] == pytest.approx(series[name])


def test_a_single_trajectory_has_no_known_error(tmp_path):
    plan = load.load_plan("baseline", ["draws=1", "horizon=2030"])
    result = running.run(plan, tmp_path / "one")
    assert np.isinf(decomposition.decompose(result).total_mcse).all()
    drivers.drivers(result, tmp_path / "x.svg")
