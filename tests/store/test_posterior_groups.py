"""A conditioned result as a tree: prior, posterior, evidence and weights, in the names of ArviZ."""

import numpy as np
import pytest
import small_runs
import xarray as xr
from small_runs import quickly  # noqa: F401  (a fixture)

import simulator
from simulator.evidence import draw_evidence

OBSERVED = ("grok4", "no_researcher", "revenue_2026")
SETS = f"condition.observations={list(OBSERVED)!r}"
GROUPS = {"prior", "posterior", "posterior_predictive", "observed_data", "log_likelihood"}
GROUPS |= {"sample_stats", "trajectories", "summaries"}


@pytest.fixture(scope="module")
def weighed():
    return simulator.run(small_runs.small(1500, SETS), keep_draws=900, keep_trajectories=300)


@pytest.fixture(scope="module")
def tempered():
    return simulator.run(small_runs.small(400, SETS, "condition.sampler=sequential"))


def test_a_draw_stands_in_the_posterior_as_often_as_its_weight_says(weighed):
    tree = simulator.open_result(weighed)
    assert set(tree.children) == GROUPS | {"prior_predictive"}
    weight = tree["sample_stats"]["weight"].values[0]
    np.testing.assert_allclose(weight, weighed.weights.whole[:900] / weighed.weights.whole.mean())
    parents = tree["sample_stats"]["prior_draw"].values[0]
    times = np.bincount(parents, minlength=900)
    assert np.abs(times - 900 * weight / weight.sum()).max() < 1.0
    for group, of in (("posterior", "prior"), ("posterior_predictive", "prior_predictive")):
        for name, values in tree[group].data_vars.items():
            np.testing.assert_array_equal(values[0], tree[of][name][0][parents])
    np.testing.assert_array_equal(tree["prior"]["algorithms_growth"][0][:3], simulator.draws(
        weighed)[("parameters", "algorithms_growth")][:3])  # fmt: skip


def test_the_mean_of_the_posterior_is_the_weighted_mean(weighed):
    tree = simulator.open_result(weighed)
    weight = tree["sample_stats"]["weight"]
    for name, values in tree["prior"].data_vars.items():
        spread = float(values.std())
        mean = float((values * weight).sum() / weight.sum())
        resampled = float(tree["posterior"][name].mean())
        assert resampled == pytest.approx(mean, abs=0.1 * spread + 1e-9), name


def test_the_evidence_is_in_the_tree_with_the_likelihood_of_each_draw(weighed):
    tree = simulator.open_result(weighed)
    output = tree["observed_data"]
    assert output["observation"].values.tolist() == list(OBSERVED)
    assert output["of"].values.tolist() == ["training_flop", "automated_researcher", "ai_revenue"]
    assert output["observed"].values.tolist() == [26.699, 0.0, 10.78]
    assert output["censored"].values.tolist() == ["", "", ""]
    logs = tree["log_likelihood"]["observed"]
    assert logs.dims == ("chain", "draw", "observation")
    assert np.isfinite(logs).all()  # no draw of the posterior is refuted
    for draw in (0, 450, 899):
        parent = int(tree["sample_stats"]["prior_draw"][0, draw])
        record = draw_evidence.replay_with_evidence(weighed, parent)["evidence"]
        mine = [row["log_likelihood"] for row in record["observations"]]
        np.testing.assert_allclose(logs[0, draw], mine, rtol=1e-9)


def test_after_tempered_smc_nothing_posterior_is_called_prior(tempered):
    tree = simulator.open_result(tempered)
    assert set(tree.children) == GROUPS
    prior = simulator.run(small_runs.small(400))
    for i, each in enumerate(tempered.plan.priors):
        np.testing.assert_array_equal(tree["posterior"][each.name][0], tempered.parameters[:, i])
        np.testing.assert_array_equal(tree["prior"][each.name][0], prior.parameters[:, i])
    assert tree["trajectories"].attrs["of"] == "posterior"
    assert set(tree["sample_stats"]["weight"].values.ravel()) == {1.0}


def test_an_unconditioned_result_has_a_prior_alone():
    tree = simulator.open_result(simulator.run(small_runs.small(400)))
    assert set(tree.children) == {"prior", "prior_predictive", "trajectories", "summaries"}
    assert tree["trajectories"].attrs["of"] == "prior"


def test_the_groups_go_through_netcdf_unchanged(weighed, tmp_path):
    names = ("observed_data", "log_likelihood", "sample_stats", "posterior_predictive")
    tree = simulator.open_result(weighed)
    few = xr.DataTree.from_dict({name: tree[name].to_dataset() for name in names})
    few.to_netcdf(tmp_path / "tree.nc", engine="h5netcdf")
    with xr.open_datatree(tmp_path / "tree.nc", engine="h5netcdf") as back:
        xr.testing.assert_identical(back.load(), few)


@pytest.mark.filterwarnings(
    r"ignore:\s*ArviZ is undergoing a major refactor:FutureWarning",  # by 0.x, the last on 3.11
    "ignore:.*group is not defined in the InferenceData scheme",
    "ignore:DataFrame is highly fragmented",  # by pandas past 100 columns, as 0.x puts them in one by one
)
def test_ten_lines_of_arviz(weighed):
    import arviz as az

    tree = simulator.open_result(weighed)
    data = az.from_datatree(tree) if hasattr(az, "from_datatree") else tree
    names = ["algorithms_growth", "researcher_threshold"]
    table = az.summary(data, var_names=names)
    forest = az.plot_forest(data, var_names=names)
    before = az.summary(data, group="prior", var_names=names)
    drawn = az.extract(data, group="posterior", var_names=names)
    frame = tree["posterior"].to_dataset()[names].to_dataframe()
    assert table["mean"].to_numpy() == pytest.approx(frame[names].mean(), abs=0.01)
    assert (table["mean"] != before["mean"]).any()
    assert drawn.sizes["sample"] == len(frame) == 900
    assert forest is not None
    if hasattr(data, "to_dataframe"):  # of 0.x; a DataTree's datasets have it themselves
        assert len(data.to_dataframe(groups="posterior")) == 900
