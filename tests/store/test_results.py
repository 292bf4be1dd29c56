"""Result folders: what they hold, what reads them, and that no changed byte goes unseen."""

import random
import shutil

import numpy as np
import pytest
import small_runs
import xarray as xr
from small_runs import quickly  # noqa: F401  (for every test here)

import simulator
from simulator import cli
from simulator.errors import InputFault
from simulator.simulate import blocks, replay
from simulator.store import manifest, results
from simulator.summaries import estimates, summarise
from simulator.summaries.counts import REPORTED_LEVELS


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished result that no test changes."""
    return small_runs.finished(tmp_path_factory.mktemp("results") / "whole")


@pytest.fixture
def copy(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "copy")


def faults(folder):
    with pytest.raises(InputFault) as caught:
        results.verify_result(str(folder))
    return caught.value.faults


def named(folder):
    """Names of the files that a check finds at fault."""
    return {fault.file.rpartition("/")[2] for fault in faults(folder)}


def test_a_result_holds_what_it_says_and_no_more(whole):
    assert set(small_runs.contents(whole)) == {manifest.MANIFEST, *results.NUMBERS}
    assert not results.partial_folder(whole).exists()
    assert results.verify_result(str(whole)).plan == small_runs.small()
    assert results.open_plan(str(whole)) == small_runs.small()


def test_kept_draws_are_rows_by_their_numbers(whole):
    made = small_runs.small()
    parameters, arrivals, trajectories = (
        np.load(whole / f"{name}.npy") for name in results.DRAW_FILES
    )
    assert [len(rows) for rows in (parameters, arrivals, trajectories)] == [900, 900, 300]
    for draw in (0, 255, 256, 299, 300, 511, 899):
        record = replay.replay(made, draw)
        assert parameters[draw].tolist() == list(record["parameters"].values())
        assert arrivals[draw].tolist() == list(record["arrivals"].values())
        if draw < 300:
            assert trajectories[draw].tolist() == [list(v) for v in record["series"].values()]


def test_counts_are_of_every_draw(whole):
    result = results.load_result(str(whole))
    summary = summarise.summarise_range(
        blocks.compile_plan(result.plan), result.shape, range(1500), 0, 0
    )
    np.testing.assert_equal(vars(result.counts), vars(summary.counts))


@pytest.mark.parametrize(("draws", "trajectories"), [(0, 0), (10_000, 10_000), (3, 700)])
def test_more_or_fewer_draws_are_kept_on_request(tmp_path, draws, trajectories):
    folder = small_runs.finished(
        tmp_path / "kept", 700, keep_draws=draws, keep_trajectories=trajectories
    )
    result = results.load_result(str(folder))
    assert len(result.parameters) == len(result.arrivals) == min(draws, 700)
    assert len(result.trajectories) == min(trajectories, 700)
    assert simulator.open_result(str(folder))["prior"].sizes["draw"] == min(draws, 700)


def test_another_folder_time_and_number_of_workers_change_no_byte(whole, tmp_path):
    again = small_runs.finished(tmp_path / "elsewhere" / "again", workers=3)
    assert small_runs.contents(again) == small_runs.contents(whole)
    assert str(whole.parent).encode() not in b"".join(small_runs.contents(whole).values())


@pytest.mark.parametrize("name", [manifest.MANIFEST, *results.NUMBERS])
def test_one_flipped_byte_is_found_and_named(copy, name):
    path, stream = copy / name, random.Random(name)
    good = path.read_bytes()
    positions = [
        0,
        len(good) - 1,
        *range(1, min(len(good), 1500), 29),
    ]  # a manifest begins with files
    positions += (stream.randrange(len(good)) for _ in range(20))
    for position in positions:
        bad = bytearray(good)
        bad[position] ^= 1 << stream.randrange(8)
        path.write_bytes(bad)
        assert named(copy) == {name}, f"byte {position}"
    path.write_bytes(good)
    results.verify_result(str(copy))


def test_missing_foreign_and_truncated_files_are_named_at_once(copy):
    (copy / "counts.npz").unlink()
    (copy / "notes.txt").write_text("mine")
    (copy / "more").mkdir()
    with (copy / "arrivals.npy").open("r+b") as file:
        file.truncate(200)
    problems = {fault.file.rpartition("/")[2]: fault.found for fault in faults(copy)}
    assert problems == {
        "counts.npz": "no such file",
        "notes.txt": "a foreign file",
        "more": "a foreign file",
        "arrivals.npy": "200 bytes",
    }


def test_what_another_version_wrote_is_read_where_it_can_be(copy):
    small_runs.resealed(copy, oomcast="0.0.1")
    assert results.verify_result(str(copy)).version == "0.0.1"
    assert results.load_result(str(copy)).version == "0.0.1"
    assert simulator.open_result(str(copy)).attrs["oomcast"] == "0.0.1"


def test_another_format_is_refused_with_the_reason(copy):
    small_runs.resealed(copy, format=2, oomcast="9.0")
    for read in (results.verify_result, results.load_result, results.open_plan):
        with pytest.raises(InputFault, match=r"format: found 2, written by oomcast 9\.0"):
            read(str(copy))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [("seed", None, "seed"), ("seed", 7, "keys that"), ("tides", 3, "keys that")],
)
def test_another_plan_than_this_version_knows_is_refused(copy, key, value, reason):
    plan = {**manifest.read_manifest(copy)["plan"], key: value}
    if value is None:
        del plan[key]
    unknown = {"plan_sha256": "0" * 64} if key == "tides" else {}
    small_runs.resealed(copy, plan=plan, oomcast="9.0", **unknown)
    with pytest.raises(InputFault, match=rf"the plan of oomcast 9\.0: .*{reason}"):
        results.load_result(str(copy))


def spoil(folder, name, how):
    if how == "missing":
        (folder / name).unlink()
    elif how == "empty":
        (folder / name).write_bytes(b"")
    else:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 16
        (folder / name).write_bytes(data)


@pytest.mark.parametrize("how", ["missing", "empty", "flipped"])
@pytest.mark.parametrize("name", [manifest.MANIFEST, "counts.npz"])
def test_no_command_reads_a_spoilt_result(copy, name, how, capsys):
    spoil(copy, name, how)
    commands = [["milestones", str(copy)], ["check", str(copy)]]
    commands += [["replay", str(copy), "--draw", "3"]] if name == manifest.MANIFEST else []
    for command in commands:
        assert cli.call(command) == 2
        message = capsys.readouterr().err
        assert message.startswith("oomcast: ")
        assert "Traceback" not in message


def test_a_check_says_whose_result_is_whole(whole, capsys):
    assert cli.call(["check", str(whole)]) == 0
    assert "a whole result" in capsys.readouterr().out


def test_the_tree_has_names_units_and_every_number(whole):
    tree, result = simulator.open_result(str(whole)), results.load_result(str(whole))
    assert set(tree.children) == {"prior", "prior_predictive", "trajectories", "summaries"}
    for group in ("prior", "prior_predictive", "trajectories"):
        for variable in tree[group].data_vars.values():
            assert variable.dims[:2] == ("chain", "draw")
            assert variable.attrs["units"]
            assert variable.attrs["long_name"]
    power = tree["trajectories"]["cluster_power"].attrs
    assert power["long_name"] == "Power of the cluster of the largest run"
    rates = tree["prior"]["algorithms_growth"]
    assert rates.attrs["units"] == "OOM/year"
    column = [prior.name for prior in result.plan.priors].index("algorithms_growth")
    np.testing.assert_array_equal(rates[0], result.parameters[:, column])
    arrival = tree["prior_predictive"]["arrival"].sel(milestone="run_1e27")
    np.testing.assert_array_equal(arrival[0], result.arrivals[:, 1])
    row = result.series.index("effective_compute")
    compute = tree["trajectories"]["effective_compute"].sel(chain=0, draw=7)
    np.testing.assert_array_equal(compute, result.trajectories[7, row])
    np.testing.assert_array_equal(compute.year, result.plan.grid.years)
    assert tree.attrs["plan_sha256"] == result.plan.digest()


def test_summaries_are_the_estimates_with_their_errors(whole):
    summaries = xr.load_dataset(whole / results.SUMMARIES)
    result = results.load_result(str(whole))
    band = estimates.band_estimates(result.counts, result.shape, "effective_compute")
    rows = estimates.milestone_estimates(result.counts, result.shape)
    for level, probability in REPORTED_LEVELS.items():
        at = summaries.sel(level=probability)
        np.testing.assert_array_equal(at["effective_compute"], band[level])
        np.testing.assert_array_equal(at["effective_compute_mcse"], band[f"mcse_{level}"])
        assert at["arrival"].values.tolist() == [row[level] for row in rows]
    assert summaries["effective_compute"].attrs["units"] == "OOM"
    assert summaries["effective_compute"].attrs["ancillary_variables"] == "effective_compute_mcse"
    shares = summaries["binding_constraint_share"]
    assert shares.dims == ("year", "binding_constraint")
    np.testing.assert_allclose(shares.sum("binding_constraint"), 1.0, rtol=1e-12)
    before = summaries["arrived"].sel(milestone="run_1e27", before=2028.0)
    assert float(before) == rows[1]["by_year"]["2028"]


def test_the_tree_goes_through_netcdf_unchanged(whole, tmp_path):
    groups = simulator.open_result(str(whole)).children
    few = {name: group.to_dataset() for name, group in groups.items()}
    few = {name: group[list(group.data_vars)[-4:]] for name, group in few.items()}
    tree = xr.DataTree.from_dict(few)
    tree.to_netcdf(tmp_path / "tree.nc", engine="h5netcdf")
    with xr.open_datatree(tmp_path / "tree.nc", engine="h5netcdf") as back:
        xr.testing.assert_identical(back.load(), tree)


@pytest.mark.filterwarnings(
    r"ignore:\s*ArviZ is undergoing a major refactor:FutureWarning",  # by 0.x, the last on 3.11
    "ignore:.*group is not defined in the InferenceData scheme",
)
def test_the_tree_opens_in_arviz(whole):
    import arviz as az

    tree = simulator.open_result(str(whole))
    opened = az.from_datatree(tree) if hasattr(az, "from_datatree") else tree
    drawn = az.extract(opened, group="prior", var_names="algorithms_growth", num_samples=None)
    assert drawn.sizes == {"sample": 900}
    table = az.summary(opened, group="prior", var_names=["algorithms_growth"], kind="stats")
    expected = float(tree["prior"]["algorithms_growth"].mean())
    assert float(table["mean"].iloc[0]) == pytest.approx(expected, abs=1e-3)
    paths = az.extract(opened, group="trajectories", var_names="effective_compute")
    assert paths.sizes["sample"] == 300
