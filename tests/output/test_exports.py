"""Exports, each read back by the reader that people use, against the numbers of the result."""

import json
import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import simulator
from simulator.cli import export as command
from simulator.errors import InputFault
from simulator.output.exports import formats, hubs, iamc, tidy
from simulator.output.exports.provenance import provenance
from simulator.summaries.counts import REPORTED_LEVELS


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A conditioned result with a milestone that some draws never reach."""
    changes = ["draws=600", "horizon=2035", 'condition.observations=["grok4"]']
    plan = simulator.load_scenario("baseline", changes)
    return simulator.run(plan, tmp_path_factory.mktemp("exports") / "baseline")


def close(a, b):
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-12)


def expected_medians(result):
    return [
        row["p50"] if math.isfinite(row["p50"]) else np.nan for row in result.milestone_estimates
    ]


def test_a_result_with_draws_beyond_the_horizon_is_what_these_tests_hold(result):
    assert np.isinf(result.arrivals).any()
    assert result.weights is not None


def test_csv_is_read_by_pandas_and_described_by_a_data_package(result, tmp_path):
    formats.export(result, "csv", tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    assert package["provenance"] == provenance(result)
    assert package["profile"] == "tabular-data-package"
    for resource in package["resources"]:
        frame = pd.read_csv(tmp_path / "out" / resource["path"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(frame.columns)
        for field in fields:
            numeric = pd.api.types.is_numeric_dtype(frame[field["name"]])
            assert numeric == (field["type"] != "string"), field
            assert field["description"]
    frame = pd.read_csv(tmp_path / "out" / "milestones.csv").set_index("milestone")
    close(frame["p50"], expected_medians(result))
    draws = pd.read_csv(tmp_path / "out" / "draws.csv")
    assert draws["weight"].tolist() == result.weights.whole.tolist()
    close(draws["algorithms_growth"], simulator.draws(result)["parameters", "algorithms_growth"])


def test_parquet_is_read_by_pandas_and_carries_its_provenance(result, tmp_path):
    from pyarrow import parquet

    formats.export(result, "parquet", tmp_path / "out")
    for table in tidy.tidy_tables(result):
        path = tmp_path / "out" / f"{table.name}.parquet"
        pd.testing.assert_frame_equal(pd.read_parquet(path), table.frame)
        metadata = parquet.read_schema(path).metadata
        assert json.loads(metadata[b"oomcast"]) == provenance(result)
        assert json.loads(metadata[b"columns"]) == table.columns


def test_a_workbook_is_read_by_pandas_and_computes_nothing(result, tmp_path, monkeypatch):
    from openpyxl import load_workbook

    shown = provenance(result) | {"title": "=1+1"}
    monkeypatch.setattr(tidy, "provenance", lambda result: shown)
    formats.export(result, "xlsx", tmp_path / "out.xlsx")
    sheets = pd.read_excel(tmp_path / "out.xlsx", sheet_name=None)
    close(sheets["milestones"]["p50"], expected_medians(result))
    assert "'=1+1" in sheets["about"]["meaning"].tolist()
    cells = [
        cell for sheet in load_workbook(tmp_path / "out.xlsx") for row in sheet for cell in row
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_netcdf_is_read_by_xarray_with_units(result, tmp_path):
    formats.export(result, "netcdf", tmp_path / "out.nc")
    with xr.open_datatree(tmp_path / "out.nc", engine="h5netcdf") as tree:
        assert json.loads(tree.attrs["provenance"]) == provenance(result)
        assert tree.attrs["Conventions"].startswith("CF-")
        summaries = tree["summaries"]
        close(
            summaries["arrival"].sel(level=0.5),
            [row["p50"] for row in result.milestone_estimates],
        )
        assert summaries["training_flop"].attrs["units"] == "log10 FLOP"


def test_hubverse_rows_are_the_estimates(result, tmp_path):
    formats.export(result, "hubverse", tmp_path)
    label = "oomcast-baseline"
    path = tmp_path / "model-output" / label / f"{result.plan.as_of}-{label}.csv"
    frame = pd.read_csv(path)
    assert set(frame["output_type"]) == {"quantile", "cdf", "sample"}
    arrivals = frame[frame["target"] == "arrival year"]
    for row in result.milestone_estimates:
        mine = arrivals[arrivals["variable"] == row["name"]]
        quantiles = mine[mine["output_type"] == "quantile"]
        close(quantiles["output_type_id"], list(REPORTED_LEVELS.values()))
        close(quantiles["value"], [row[key] for key in REPORTED_LEVELS])
        cdf = mine[mine["output_type"] == "cdf"]["value"]
        assert (np.diff(cdf) >= 0).all()
        close(cdf, list(row["by_year"].values()))
    samples = arrivals[arrivals["output_type"] == "sample"]
    assert len(samples) == hubs.SAMPLES * len(result.plan.milestones)
    metadata = (tmp_path / "model-metadata" / f"{label}.yml").read_text()
    assert f'plan_sha256: "{result.plan.digest()}"' in metadata


def test_hubverse_samples_follow_the_weights(result, monkeypatch):
    monkeypatch.setattr(
        hubs, "SAMPLES", 50 * len(result.arrivals)
    )  # so that no draw's number is 0 or 1 anyway
    weights = result.weights.whole[: len(result.arrivals)]
    times = np.bincount(hubs._sampled_draws(result), minlength=len(weights))
    expected = hubs.SAMPLES * weights / weights.sum()
    assert times.sum() == hubs.SAMPLES
    assert (times >= np.floor(expected)).all()
    assert (times <= np.ceil(expected)).all()


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_result_that_keeps_no_draws_is_exported_without_them(name, tmp_path):
    plan = simulator.load_scenario("situational-awareness", ["draws=60", "horizon=2030"])
    bare = simulator.run(plan, keep_draws=0, keep_trajectories=0)
    formats.export(bare, name, tmp_path / f"out{formats.FORMATS[name].ending}")
    assert hubs._sampled_draws(bare) == []
    tables = {table.name: table.frame for table in tidy.tidy_tables(bare)}
    assert len(tables["draws"]) == 0
    assert len(tables["milestones"]) == len(plan.milestones)


def test_the_command_offers_every_format():
    assert [name.value for name in command.ExportName] == list(formats.FORMATS)


def test_metaculus_cdfs_keep_the_rules_and_stay_near_ours(result, tmp_path):
    formats.export(result, "metaculus", tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text())
    asked = {question["milestone"] for question in document["questions"]}
    names = {milestone.name for milestone in result.plan.milestones}
    assert asked | set(document["left_out"]) == names
    assert asked
    years = np.linspace(result.plan.as_of_year, result.plan.horizon, hubs.POINTS)
    index = {milestone.name: i for i, milestone in enumerate(result.plan.milestones)}
    for question in document["questions"]:
        cdf = np.array(question["continuous_cdf"])
        assert cdf.shape == (201,)
        assert (np.diff(cdf) >= hubs.LEAST_STEP - 1e-15).all()
        assert (np.diff(cdf) <= hubs.MOST_STEP).all()
        assert cdf[0] >= hubs.OUTSIDE
        assert cdf[-1] <= 1 - hubs.OUTSIDE
        counts, shape = result.counts, result.shape
        ours = [
            hubs.estimates.probability_before(counts, shape, index[question["milestone"]], y).value
            for y in years
        ]
        assert np.abs(cdf - ours).max() <= hubs.BACKGROUND


def test_metaculus_is_asked_nothing_about_the_past(tmp_path):
    changes = ["draws=60", "horizon=2026", "as_of=2026-11-01"]
    past = simulator.run(simulator.load_scenario("situational-awareness", changes))
    with pytest.raises(InputFault, match=r"horizon of 2026.*as-of date 2026-11-01.*--horizon"):
        formats.export(past, "metaculus", tmp_path / "out.json")


def test_iamc_rows_are_the_bands(result, tmp_path):
    formats.export(result, "iamc", tmp_path / "out.csv")
    frame = pd.read_csv(tmp_path / "out.csv")
    assert list(frame) == ["model", "scenario", "region", "variable", "unit", "year", "value"]
    assert not frame.duplicated(["variable", "year"]).any()
    bands = simulator.bands(result, "training_flop", "2030").iloc[0]
    mine = frame[frame["year"] == 2030].set_index("variable")["value"]
    close(mine["Training Flop|50.0th Percentile"], bands["p50"])
    close(mine["Training Flop|5.0th Percentile"], bands["p05"])
    by_year = result.milestone_estimates[0]["by_year"]
    name = result.milestone_estimates[0]["name"]
    close(mine[f"Probability of Arrival|{iamc._title(name)}"], by_year["2030"])
    beside = json.loads((tmp_path / "out.csv.provenance.json").read_text())
    assert beside == provenance(result)


@pytest.mark.parametrize(
    ("name", "path", "message"),
    [
        ("csv", "nowhere/out", "no such folder"),
        ("iamc", "out.txt", r"\.csv; name it .*out\.csv"),
        ("tex", "out", "csv, parquet, xlsx, netcdf, hubverse, metaculus, iamc"),
        ("netcdf", "folder.nc", "found a folder"),
        ("csv", "file", "found a file; allowed: a folder"),
    ],
)
def test_what_cannot_be_written_is_refused(result, tmp_path, name, path, message):
    (tmp_path / "folder.nc").mkdir()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputFault, match=message):
        formats.export(result, name, tmp_path / path)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_missing_library_names_the_extra(result, tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(InputFault, match=r"pip install 'oomcast\[parquet\]'"):
        formats.export(result, "parquet", tmp_path / "out")


def test_the_command_exports_and_says_where(folder, oomcast, without_pictures):
    assert oomcast("run", "--draws", "60", "--set", "horizon=2035").code == 0
    done = oomcast("export", "baseline", "--as", "iamc", "-o", "bands.csv")
    assert (done.code, done.err) == (0, "The export is bands.csv.\n")
    assert oomcast("export", "baseline", "--as", "iamc", "-o", "bands.txt").code == 2
    assert oomcast("export", "nowhere", "--as", "iamc", "-o", "bands.csv").code == 2
