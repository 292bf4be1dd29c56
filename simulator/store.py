"""Result folders: the only room that touches them.

A result is worked on in `.NAME.partial` beside its place and renamed there when it is whole, with a manifest of every
file's checksum.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator import __version__, engines, readings, sequential, summaries, walk
from simulator.conditioning import Weights
from simulator.entries import shown
from simulator.faults import Fault, InputFault
from simulator.growth import Array
from simulator.model import Model
from simulator.plan import Plan, parse
from simulator.summaries import Counts, Grid, Shape, Whole

CARDS, TRAJECTORIES = 100_000, 1_000
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Result:
    """A finished run, read from its folder.

    parameters : (draw, parameter); arrivals : (draw, milestone) [year]; trajectories : (draw, series, year)
    """

    plan: Plan
    shape: Shape
    counts: Counts
    weights: Weights | None  # of every draw, when the run conditions
    series: tuple[str, ...]
    codes: dict[str, tuple[str, ...]]
    parameters: Array
    arrivals: Array
    trajectories: Array


def place(plan: Plan, out: str | None) -> Path:
    """The folder of a run's result."""
    return Path(out) if out else Path("runs") / plan.name


def locate(result: str) -> Path:
    """Find a result: a folder, else `./runs/NAME`."""
    places = [Path(result), Path("runs") / result]
    found = next((p for p in places if (p / MANIFEST).is_file()), None)
    if found is None:
        there = next((p for p in places if p.exists()), None)
        what = f"{shown(there)} holds no {MANIFEST}" if there else "no such folder"
        allowed = "the folder of a result, or the name of one in ./runs"
        raise InputFault([Fault(result, "", "", what, allowed, "oomcast run makes one")])
    return found


def is_result(path: str) -> bool:
    """Say whether a folder holds a result, or means to."""
    return Path(path).is_dir()


def verify(result: str) -> None:
    """Hold every file of a result against the manifest.

    Raises
    ------
    InputFault
        naming each file that is missing, foreign or changed
    """
    folder = locate(result)
    known = json.loads((folder / MANIFEST).read_text())["files"]
    there = {path.name for path in folder.iterdir()} - {MANIFEST}
    changed = [n for n in sorted(there & set(known)) if _sha256(folder / n) != known[n]]
    faults = [Fault(shown(folder / n), found="a changed file", allowed=known[n]) for n in changed]
    faults += [Fault(shown(folder / n), found="nothing") for n in sorted(set(known) - there)]
    faults += [Fault(shown(folder / n), found="a foreign file") for n in sorted(there - set(known))]
    if faults:
        raise InputFault(faults)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(
    plan: Plan,
    out: str | None = None,
    workers: int = 1,
    progress: Callable[[int], None] = lambda draws: None,
    pictures: Callable[[Result, Path], None] = lambda result, folder: None,
) -> Path:
    """Walk every draw of a plan and leave its result.

    Parameters
    ----------
    out : the result's folder; `./runs/NAME` when left out
    workers : threads
    progress : called with the number of draws done since the last call
    pictures : called with the result and the folder to draw in, once the numbers are there

    Returns
    -------
    the result's folder
    """
    target = place(plan, out)
    if target.exists():
        return _there(plan, target)
    partial_folder = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial_folder, ignore_errors=True)
    partial_folder.mkdir(parents=True)
    try:
        result = _walk_all(plan, workers, progress)
        _write(result, partial_folder)
        pictures(result, partial_folder)
        _seal(plan, partial_folder)
        partial_folder.rename(target)
    except BaseException:
        shutil.rmtree(partial_folder, ignore_errors=True)
        raise
    return target


def _there(plan: Plan, target: Path) -> Path:
    manifest = target / MANIFEST
    if manifest.is_file():
        found = json.loads(manifest.read_text())
        if (found["plan_sha256"], found["draws"]) == (plan.digest(), plan.draws):
            return target
    what = "the result of another plan" if manifest.is_file() else "a folder that is not a result"
    raise InputFault(
        [Fault(shown(target), "", "", what, "a free place", "move it away, or choose --out")]
    )


def _walk_all(plan: Plan, workers: int, progress: Callable[[int], None]) -> Result:
    walker = walk.ready(plan)
    shape = walk.shape(walker)
    pieces = engines.ranges(range(plan.draws), workers)
    counts, kept = summaries.nothing(shape), []
    executor = ThreadPoolExecutor(workers) if workers > 1 else None
    each = partial(engines.each, pieces=pieces, executor=executor, ahead=workers + 1)
    try:
        walker, weights = sequential.weighed(walker, each)
        whole = weights.whole if weights else None
        task = partial(
            walk.walk, walker, shape, cards=CARDS, trajectories=TRAJECTORIES, weights=whole
        )
        for walked in each(task):
            counts = summaries.merge(counts, walked.counts)
            kept.append(walked)
            progress(len(walked.draws))
    finally:
        if executor:
            executor.shutdown(cancel_futures=True)
    if plan.sampler == "sequential" and weights:
        counts = replace(counts, squares=round(counts.draws**2 / weights.effective))
    kept.sort(key=lambda walked: walked.draws.start)
    cards = (np.concatenate([getattr(w, field) for w in kept]) for field in walk.Walked._fields[2:])
    return Result(plan, shape, counts, weights, *_series(walker.model), *cards)


def _series(model: Model) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    known = model.series
    return tuple(known), {name: series.codes for name, series in known.items() if series.codes}


def _write(result: Result, folder: Path) -> None:
    (folder / "plan.json").write_text(result.plan.canonical())
    counts = result.counts
    arrays: dict[str, Any] = {"draws": np.int64(counts.draws), "years": result.shape.years}
    arrays |= {"squares": np.str_(counts.squares)}  # past what 64 bits hold
    arrays |= {"bins": _packed(counts.bins), "least": counts.least, "most": counts.most}
    arrays |= {"arrivals": _packed(counts.arrivals), "first": counts.first, "final": counts.final}
    arrays |= {f"knots/{name}": grid.knots for name, grid in result.shape.grids.items()}
    arrays |= {f"codes/{name}": values for name, values in counts.codes.items()}
    np.savez(folder / "counts.npz", **arrays)
    for name in ("parameters", "arrivals", "trajectories"):
        np.save(folder / f"{name}.npy", getattr(result, name))
    if weights := result.weights:
        arrays = {"whole": _packed(weights.whole), "trust": [weights.effective, weights.pareto_k]}
        np.savez(folder / "weights.npz", **arrays)
    rows = readings.milestone_rows(counts, result.shape)
    (folder / "milestones.csv").write_text(_csv(rows))


def _packed(counts: Whole) -> npt.NDArray[np.unsignedinteger]:
    """Whole numbers in the smallest type that holds them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


def _csv(rows: list[dict[str, Any]]) -> str:
    flat = [{k: v for k, v in row.items() if not isinstance(v, dict)} for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(flat[0]) if flat else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


def _seal(plan: Plan, folder: Path) -> None:
    files = sorted(path for path in folder.iterdir())
    manifest = {
        "oomcast": __version__,
        "plan_sha256": plan.digest(),
        "draws": plan.draws,
        "files": {path.name: _sha256(path) for path in files},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def open_plan(result: str) -> Plan:
    """The plan of a finished run."""
    return parse((locate(result) / "plan.json").read_text())


def open_result(result: str) -> Result:
    """Read a finished run; cards and trajectories stay on disk until they are used."""
    folder = locate(result)
    plan, weights = open_plan(result), None
    series = _series(walk.ready(plan).model)
    if (folder / "weights.npz").is_file():
        with np.load(folder / "weights.npz") as held:
            trust = map(float, held["trust"])
            weights = Weights(held["whole"].astype(np.int64), *trust)
    with np.load(folder / "counts.npz") as held:
        grids = {n.partition("/")[2]: Grid(held[n]) for n in held.files if n.startswith("knots/")}
        codes = {n.partition("/")[2]: held[n] for n in held.files if n.startswith("codes/")}
        counts = Counts(
            int(held["draws"]),
            held["bins"].astype(np.int64),
            held["least"],
            held["most"],
            codes,
            held["arrivals"].astype(np.int64),
            held["first"],
            held["final"],
            int(str(held["squares"])),
        )
        years, values = held["years"], {name: c.shape[1] for name, c in codes.items()}
    marks = tuple(m.name for m in plan.milestones)
    shape = Shape(years, grids, values, marks, plan.start, plan.horizon)
    kept = ("parameters", "arrivals", "trajectories")
    cards = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in kept)
    return Result(plan, shape, counts, weights, *series, *cards)
