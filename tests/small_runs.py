"""Small plans that run in a moment, their result folders, and the files in these."""

import math

import pytest

from simulator.evidence import weights
from simulator.inputs import load
from simulator.store import manifest, running
from simulator.summaries import summarise

SETS = (
    "horizon=2032",
    "condition.observations=[]",
    'series=["effective_compute", "binding_constraint"]',
    'milestones=["automated_researcher", "run_1e27", "cluster_1t"]',
)
KEEP = {"keep_draws": 900, "keep_trajectories": 300}


@pytest.fixture(autouse=True, scope="module")
def quickly():
    """Fit grids to fewer draws and leave snapshots to the end, however long it takes, in forked processes too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "BETWEEN_SNAPSHOTS", math.inf)
        for module in (summarise, weights):
            patch.setattr(module, "FITTED_TO", 512)
        yield


def small(draws=1500, *sets):
    """The baseline with few draws, years, series and milestones."""
    return load.load_plan("baseline", [*SETS, f"draws={draws}", *sets])


def finished(out, draws=1500, *sets, **options):
    """The folder of a small run's result."""
    return running.run(small(draws, *sets), out, **{**KEEP, **options}).folder


def contents(folder):
    """Name -> bytes of every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def resealed(folder, **changes):
    """Rewrite a manifest as a program with other ideas would have."""
    document = manifest.read_manifest(folder)
    (folder / manifest.MANIFEST).write_text(manifest.sealed({**document, **changes}))
