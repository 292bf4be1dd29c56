"""Families of CPUs: recorded beside the plan, warned of where their draws come together."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import small_runs
from conftest import surroundings
from small_runs import quickly  # noqa: F401  (for every test here)

import simulator
from simulator.simulate import cpus
from simulator.store import manifest, parts, results
from simulator.store.beginning import RunRequest
from simulator.summaries.counts import Grid

HERE = cpus.this_family()
DISABLED = list(np.show_config(mode="dicts")["SIMD Extensions"].get("found", ()))

needs_features = pytest.mark.skipif(
    not DISABLED, reason="NumPy uses no more than its baseline on this CPU: nothing to disable"
)

ELSEWHERE = """
import sys
from small_runs import KEEP, small
from simulator.evidence import weights
from simulator.simulate.cpus import this_family
from simulator.store import parts, running
from simulator.store.beginning import RunRequest
from simulator.summaries import summarise

summarise.FITTED_TO = weights.FITTED_TO = 512
running.run(small(), "whole", **KEEP)
parts.run_part(RunRequest(small(), False, False, *KEEP.values()), "2", parts.DrawPart(2, 2))
stop = [0]
def stopping(draws):
    stop[0] += draws
    if stop[0] > 300:
        raise KeyboardInterrupt
try:
    running.run(small(), "stopped", **KEEP, progress=stopping)
except running.Interrupted:
    print(*this_family().features)
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A folder with a result, its second half, and an unfinished run of it, of a CPU with fewer features."""
    folder = tmp_path_factory.mktemp("elsewhere")
    path = f"{small_runs.__file__.rpartition('/')[0]}:{surroundings()['PYTHONPATH']}"
    more = {"NPY_DISABLE_CPU_FEATURES": " ".join(DISABLED), "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=folder,
        env=surroundings(**more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [f for f in HERE.features if f not in DISABLED]
    return folder


@needs_features
def test_scenarios_have_the_same_plan_on_every_family():
    """With priors whose quantiles NumPy's logarithms would fit differently: peak-data's and ai-2027's."""
    fits = (
        "from simulator.inputs import load\n"
        "for name in ('baseline', 'peak-data', 'ai-2027'):\n"
        "    print([prior.natural for prior in load.load_plan(name).priors])"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", fits],
            env=surroundings(**more),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for more in ({}, {"NPY_DISABLE_CPU_FEATURES": " ".join(DISABLED)})
    }
    assert len(printed) == 1


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return small_runs.finished(tmp_path_factory.mktemp("here") / "whole")


def families(folder):
    return results.verify_result(str(folder)).families


def test_the_manifest_records_this_machine_outside_the_plan(here):
    document = manifest.read_manifest(here)
    assert document["provenance"] == {"cpus": [HERE.document()]}
    assert families(here) == (HERE,)
    assert "provenance" not in document["plan"]
    assert cpus.parse_family(json.loads(json.dumps(HERE.document()))) == HERE
    assert dict(HERE.functions).keys() <= {*cpus.FUNCTIONS, "all"}
    assert all(set(target.split()) <= set(HERE.features) for _, target in HERE.functions) or any(
        target.startswith("baseline") for _, target in HERE.functions
    )


def test_a_result_from_before_families_were_recorded_is_read(here, tmp_path):
    document = manifest.read_manifest(here)
    del document["provenance"]
    assert manifest.read_head(document, here / manifest.MANIFEST).families == ()


@needs_features
def test_other_families_differ_in_last_bits_alone(elsewhere, here):
    """The plan and its hash are the same; values are within 1e-12, and the record says why they differ."""
    (other,) = families(elsewhere / "whole")
    assert other.features == HERE.features[: len(HERE.features) - len(DISABLED)]
    a, b = (np.load(folder / "trajectories.npy") for folder in (here, elsewhere / "whole"))
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    assert cpus.same_bits(HERE, other) == (dict(HERE.functions) == dict(other.functions))
    if not cpus.same_bits(HERE, other):
        assert not np.array_equal(a, b)
    heads = [manifest.read_manifest(folder) for folder in (here, elsewhere / "whole")]
    assert heads[0]["plan_sha256"] == heads[1]["plan_sha256"]


@needs_features
@pytest.mark.parametrize(("name", "draws"), [("stopped", 1500), ("whole", 2000)])
def test_resuming_and_extending_elsewhere_warn(elsewhere, tmp_path, name, draws):
    """Both leave a whole result that names both families."""
    target, warned = tmp_path / name, []
    for folder in (name, f".{name}.partial"):
        if (elsewhere / folder).exists():
            shutil.copytree(elsewhere / folder, tmp_path / folder)
    small_runs.finished(target, draws, resume=True, warn=warned.append)
    (warning,) = warned
    assert HERE.features[-1] in warning
    assert "last bits" in warning
    assert len(families(target)) == 2
    assert HERE in families(target)
    again = []
    small_runs.finished(target, draws + 500, resume=True, warn=again.append)
    assert not again  # both families have been there, and this one is no news


@needs_features
def test_parts_of_two_families_merge_with_a_warning(elsewhere, here, tmp_path):
    request = RunRequest(small_runs.small(), False, False, *small_runs.KEEP.values())
    parts.run_part(request, tmp_path / "1", parts.DrawPart(1, 2))
    warned = []
    result = parts.merge_parts(
        [elsewhere / "2", tmp_path / "1"], tmp_path / "m", warn=warned.append
    )
    assert ("last bits" in warned[0], len(warned)) == (True, 1)
    assert len(families(tmp_path / "m")) == 2
    whole = results.load_result(here)
    assert result.counts.draws == whole.counts.draws
    assert abs(result.counts.bins - whole.counts.bins).sum() <= 20  # values on edges of bins
    for row, other in zip(result.milestone_estimates, whole.milestone_estimates, strict=True):
        assert row["reached"] == other["reached"]
        assert row["p10"] == pytest.approx(other["p10"], abs=1e-6)
    again = parts.merge_parts([tmp_path / "1", elsewhere / "2"], tmp_path / "other")
    assert small_runs.contents(again.folder) == small_runs.contents(result.folder)


@needs_features
def test_commands_and_notebooks_warn(elsewhere, tmp_path, oomcast, monkeypatch, without_pictures):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        shutil.copytree(elsewhere / "whole", tmp_path / name)
    sets = [part for setting in small_runs.SETS for part in ("--set", setting)]
    done = oomcast("run", *sets, "--draws", "1600", "--out", "a", "--resume")
    assert (done.code, done.err.count("differ in their last bits")) == (0, 1)
    with pytest.warns(UserWarning, match="differ in their last bits"):
        simulator.run(small_runs.small(1600), "b", resume=True)


def test_bins_are_the_same_up_to_last_bits_between_families_alone(tmp_path):
    """Edges that differ by more than last bits, or on one family at all, are other bins."""
    one, other = HERE, HERE._replace(functions=(("exp", "another"),))
    grid = np.linspace(1.0, 2.0, 24)[None, :].repeat(2, axis=0)

    def part(knots, family):
        plan = small_runs.small()
        head = manifest.ResultHead(plan, manifest.KeptDraws(), families=(family,))
        layout = simulator.summaries.counts.CountLayout(
            np.array([2030.0]), {"x": Grid(knots)}, {}, (), 2019.0, 2032.0
        )
        return parts.SimulatedPart(tmp_path, parts.DrawPart(1, 2), head, layout, (range(750),))

    moved = grid * (1.0 + 1e-15)
    assert not np.array_equal(moved, grid)
    assert parts._same_bins(part(grid, one), part(grid, one))
    assert parts._same_bins(part(grid, one), part(moved, other))
    assert not parts._same_bins(part(grid, one), part(moved, one))
    assert not parts._same_bins(part(grid, one), part(grid * (1 + 1e-6), other))
