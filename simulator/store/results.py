"""Result folders: their layout, how they are located, checked and loaded.

    manifest.json     the plan, its hash, how many draws are kept, the program's version, every file's checksum
    counts.npz        whole-number counts of every draw, and the edges of their bins
    weights.npz       the weight of every draw, their effective number and Pareto k, if the plan has observations
    parameters.npy    (draw, parameter) and arrivals.npy (draw, milestone) [year], of the first draws
    trajectories.npy  (draw, series, year), of the first draws
    summaries.nc      bands, shares and milestone years, with names, units and errors
    milestones.csv    the milestone table; and pictures

Columns are in the plan's order. Every byte is a function of the plan and of how many draws are kept.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from simulator import model
from simulator.arrays import Array, Whole
from simulator.errors import Fault, InputFault, did_you_mean
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan, parse_plan
from simulator.store import manifest
from simulator.store.manifest import MANIFEST, ResultHead
from simulator.summaries.counts import CountLayout, Counts, Grid
from simulator.summaries.result import ImportanceWeights, Result

COUNTS, SUMMARIES, TABLE, WEIGHTS = "counts.npz", "summaries.nc", "milestones.csv", "weights.npz"

PLAN = "plan.json"  # of unfinished work, so that its draws can be replayed

DRAW_FILES = ("parameters", "arrivals", "trajectories")

NUMBERS = (COUNTS, SUMMARIES, TABLE, *(f"{name}.npy" for name in DRAW_FILES))

UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def result_folder(plan: Plan, out: str | None) -> Path:
    """The folder of a plan's result: `out`, else `./runs/NAME`."""
    return Path(out) if out else Path("runs") / plan.name


def partial_folder(target: Path) -> Path:
    """The folder of a result that is unfinished: a hidden one beside the folder that it is to have."""
    path = target.resolve()
    return path.parent / f".{path.name}.partial"


def locate_result(result: str | PathLike[str]) -> Path:
    """The folder of a finished result: the path given, else `./runs/NAME`.

    Raises
    ------
    InputFault
        when neither is one
    """
    candidates = [Path(result), Path("runs") / result]
    for path in candidates:
        if (path / MANIFEST).is_file():
            return path
    existing = next((p for p in candidates if p.exists()), None)
    unfinished = next((p for p in candidates if partial_folder(p).exists()), None)
    if existing:
        problem = f"{shown_path(existing)} holds no {MANIFEST}"
    elif unfinished:
        problem = f"an unfinished run in {shown_path(partial_folder(unfinished))}"
    else:
        problem = "no such folder"
    fix = "oomcast run --resume finishes it" if unfinished else "oomcast run makes one"
    names = [path.parent.name for path in Path("runs").glob(f"*/{MANIFEST}")]
    fix = did_you_mean(str(result), names) or fix
    allowed = "the folder of a result, or the name of one in ./runs"
    raise InputFault([Fault(str(result), "", "", problem, allowed, fix)])


def is_result(path: str) -> bool:
    """Whether a path is a folder without files that people write, as results are."""
    return Path(path).is_dir() and not any(Path(path).glob("*.toml"))


def verify_result(result: str) -> ResultHead:
    """Check every file of a result against the manifest.

    Raises
    ------
    InputFault
        naming each file that is missing, foreign, truncated or changed
    """
    return manifest.verify_files(locate_result(result))


def series_and_codes(plan: Plan) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Names of a plan's series; and for each series of codes the names of its values."""
    known = model.join_drivers(prior.name for prior in plan.priors).series
    return tuple(known), {name: series.codes for name, series in known.items() if series.codes}


def draw_file_shapes(head: ResultHead) -> dict[str, tuple[int, ...]]:
    """The shape of each file of kept draws."""
    plan, keep = head.plan, head.keep
    draws, trajectories = min(keep.draws, plan.draws), min(keep.trajectories, plan.draws)
    series, _ = series_and_codes(plan)
    return {
        "parameters": (draws, len(plan.priors)),
        "arrivals": (draws, len(plan.milestones)),
        "trajectories": (trajectories, len(series), len(plan.grid.years)),
    }


def write_counts(file: IO[bytes], shape: CountLayout, counts: Counts, **more: Any) -> None:
    """Write counts and the edges of their bins."""
    arrays: dict[str, Any] = {"draws": np.int64(counts.draws), "years": shape.years}
    arrays |= {"squares": np.str_(counts.squares)}  # past what 64 bits hold
    arrays |= {"bins": _packed(counts.bins), "least": counts.least, "most": counts.most}
    arrays |= {"arrivals": _packed(counts.arrivals), "first": counts.first, "final": counts.final}
    arrays |= {f"knots/{name}": grid.knots for name, grid in shape.grids.items()}
    arrays |= {f"codes/{name}": values for name, values in counts.codes.items()}
    np.savez(file, **arrays, **more)


def write_weights(file: IO[bytes], weights: ImportanceWeights) -> None:
    """Write the weights of a plan with observations."""
    diagnostics = np.array([weights.effective, weights.pareto_k])
    np.savez(file, whole=_packed(weights.whole), trust=diagnostics)


def _read_weights(path: Path) -> ImportanceWeights | None:
    if not path.is_file():
        return None
    with np.load(path) as file:
        effective, pareto_k = file["trust"]
        return ImportanceWeights(file["whole"].astype(np.int64), float(effective), float(pareto_k))


def number_files(plan: Plan) -> tuple[str, ...]:
    """The files of numbers that a result of this plan has."""
    return (*NUMBERS, WEIGHTS) if plan.observations else NUMBERS


def _packed(counts: Whole) -> npt.NDArray[np.unsignedinteger]:
    """Whole numbers in the smallest type that fits them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


def read_counts(file: Any, plan: Plan) -> tuple[CountLayout, Counts]:
    """Counts, and the edges of their bins, from an open file."""
    grids = {n.partition("/")[2]: Grid(file[n]) for n in file.files if n.startswith("knots/")}
    codes = {n.partition("/")[2]: file[n] for n in file.files if n.startswith("codes/")}
    counts = Counts(
        int(file["draws"]),
        file["bins"].astype(np.int64),
        file["least"],
        file["most"],
        codes,
        file["arrivals"].astype(np.int64),
        file["first"],
        file["final"],
        int(str(file["squares"])),
    )
    values = {name: c.shape[1] for name, c in codes.items()}
    names = tuple(m.name for m in plan.milestones)
    return CountLayout(file["years"], grids, values, names, plan.start, plan.horizon), counts


def is_unfinished(folder: str) -> bool:
    """Whether a folder is a work folder, of a run under way or cut off."""
    return (Path(folder) / PLAN).is_file()


def open_plan(result: str) -> Plan:
    """The plan of a finished result, or of a work folder."""
    if is_unfinished(result):
        return parse_plan((Path(result) / PLAN).read_text("utf-8"))
    folder = locate_result(result)
    return manifest.read_head(manifest.read_manifest(folder), folder / MANIFEST).plan


def is_result_of(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds the finished result of this very plan."""
    try:
        return manifest.is_of_plan(manifest.read_manifest(folder), plan)
    except (OSError, InputFault):
        return False


def load_result(result: str | PathLike[str], plan: Plan | None = None) -> Result:
    """Load a finished result; its draws stay on the disk until they are used.

    Parameters
    ----------
    result : its folder, or its name in `./runs`
    plan : the plan that it may be of, which is then not built a second time

    Returns
    -------
    the result, with its folder

    Raises
    ------
    InputFault
        when there is no such result, a file is missing or truncated, or the counts or weights are changed
    """
    folder = locate_result(result)
    document = manifest.read_manifest(folder)
    head = manifest.read_head(document, folder / MANIFEST, plan)
    faults = [
        fault
        for name in number_files(head.plan)
        for fault in manifest.file_faults(
            folder, document["files"], name, checksum=name in (COUNTS, WEIGHTS)
        )
    ]
    if faults:
        raise InputFault(faults)
    try:
        with np.load(folder / COUNTS) as file:
            shape, counts = read_counts(file, head.plan)
        weights = _read_weights(folder / WEIGHTS)
        return assemble_result(head, shape, counts, weights, open_draws(folder), folder)
    except UNREADABLE as error:
        problem = f"what cannot be read ({type(error).__name__}: {error})"
        raise InputFault([Fault(shown_path(folder), "", "", problem, fix=manifest.AGAIN)]) from None


def open_draws(folder: Path) -> dict[str, Array]:
    """The files of kept draws, mapped into memory.

    Parameters
    ----------
    folder : of a result

    Returns
    -------
    parameters : (draw, parameter) [each in its own unit]
    arrivals : (draw, milestone) [year]
    trajectories : (draw, series, year) [each series in its own unit]
    """
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in DRAW_FILES}


def assemble_result(
    head: ResultHead,
    shape: CountLayout,
    counts: Counts,
    weights: ImportanceWeights | None,
    draws: Mapping[str, Array],
    folder: Path | None = None,
) -> Result:
    """The record of a result.

    Parameters
    ----------
    head : the plan, and the version of the program
    shape : what is counted, and over which bins
    counts : of every draw
    weights : of every draw, if the plan has observations
    draws : `parameters`, `arrivals` and `trajectories` of the draws that are kept
    folder : where the result lies; None when it is in memory alone

    Returns
    -------
    the record
    """
    series, codes = series_and_codes(head.plan)
    return Result(
        head.plan,
        shape,
        counts,
        series,
        codes,
        head.version,
        draws["parameters"],
        draws["arrivals"],
        draws["trajectories"],
        weights,
        folder,
    )


def with_draws(result: Result, draws: Mapping[str, Array], folder: Path) -> Result:
    """The same result with these draws, in this folder.

    Parameters
    ----------
    result : whose plan and counts are taken
    draws : `parameters`, `arrivals` and `trajectories` of the draws that are kept
    folder : where the result lies

    Returns
    -------
    the record
    """
    moved = replace(
        result,
        parameters=draws["parameters"],
        arrivals=draws["arrivals"],
        trajectories=draws["trajectories"],
        folder=folder,
    )
    # The counts are the same, so what was computed from them is kept.
    vars(moved)["milestone_estimates"] = result.milestone_estimates
    return moved
