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

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from glob import escape
from os import PathLike
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from simulator import model
from simulator.arrays import Array, Whole
from simulator.errors import Fault, InputFault, did_you_mean
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.inputs.stored_plan import parse_plan
from simulator.store import archives, manifest
from simulator.store.archives import UNREADABLE, Arrays, require_array
from simulator.store.manifest import MANIFEST, ResultHead
from simulator.summaries.counts import BINS, CountLayout, Counts, Grid
from simulator.summaries.result import ImportanceWeights, Result
from simulator.summaries.summarise import band_rows

COUNTS, SUMMARIES, TABLE, WEIGHTS = "counts.npz", "summaries.nc", "milestones.csv", "weights.npz"

PLAN = "plan.json"  # of unfinished work, so that its draws can be replayed

DRAW_FILES = ("parameters", "arrivals", "trajectories")

NUMBERS = (COUNTS, SUMMARIES, TABLE, *(f"{name}.npy" for name in DRAW_FILES))


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


def with_sweeps_as_points(names: Iterable[str]) -> list[str]:
    """Names of results, with that of a sweep as those of its points, by rising value.

    Parameters
    ----------
    names : of results, or of sweeps, whose results are `NAME@PARAMETER=VALUE`; folders, or names in ./runs
    """
    listed_names: list[str] = []
    for name in names:
        here = (Path(name), Path("runs") / name)
        points = {
            p.parent for at in here for p in at.parent.glob(f"{escape(at.name)}@*/{MANIFEST}")
        }
        is_sweep = points and not any((at / MANIFEST).is_file() for at in here)
        listed_names += map(str, sorted(points, key=_point)) if is_sweep else [name]
    return listed_names


def _point(folder: Path) -> tuple[tuple[str, float, str], ...]:
    """Swept parameters with their values, so that points sort as numbers."""
    pairs = [part.partition("=") for part in folder.name.partition("@")[2].split(",")]
    return tuple((name, _as_number(value), value) for name, _, value in pairs)


def _as_number(text: str) -> float:
    """The value of a point's name: a number, or a level such as p10."""
    try:
        return float("0." + text[1:] if text.startswith("p") else text)
    except ValueError:
        return math.inf


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


def _read_weights(path: Path, draws: int) -> ImportanceWeights:
    """The weights of a plan with observations, of every draw."""
    file = archives.read_archive(path)
    require_array("whole", file["whole"], "u", (draws,))
    require_array("trust", file["trust"], "f", (2,))
    effective, pareto_k = map(float, file["trust"])
    return ImportanceWeights(file["whole"].astype(np.int64), effective, pareto_k)


def number_files(plan: Plan) -> tuple[str, ...]:
    """The files of numbers that a result of this plan has."""
    return (*NUMBERS, WEIGHTS) if plan.observations else NUMBERS


def _packed(counts: Whole) -> npt.NDArray[np.unsignedinteger]:
    """Whole numbers in the smallest type that fits them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


def read_counts(file: Arrays, plan: Plan) -> tuple[CountLayout, Counts]:
    """Counts, and the edges of their bins, from the arrays of an archive.

    Parameters
    ----------
    file : name -> array, as `write_counts` names them
    plan : what was counted, which gives the shape of every array

    Returns
    -------
    what is counted; and counts of the draws that were done [draws, or weight]

    Raises
    ------
    ValueError, KeyError
        when an array is missing, or not of the shape that the plan gives it
    """
    shape = _read_layout(file, plan)
    years, days, milestones = len(shape.years), shape.days, len(shape.milestones)
    shapes = {
        "draws": ("u", ()),
        "squares": ("U", ()),
        "bins": ("u", (len(shape.grids), years, BINS + 2)),
        **dict.fromkeys(("least", "most"), ("f", (len(shape.grids), years))),
        "arrivals": ("u", (milestones, days + 2)),
        **dict.fromkeys(("first", "final"), ("f", (milestones,))),
        **{f"codes/{name}": ("u", (years, values)) for name, values in shape.codes.items()},
    }
    for name, (kind, expected) in shapes.items():
        require_array(name, file[name], kind, expected)
    counts = Counts(
        int(file["draws"]),
        file["bins"].astype(np.int64),
        file["least"],
        file["most"],
        {name: file[f"codes/{name}"] for name in shape.codes},
        file["arrivals"].astype(np.int64),
        file["first"],
        file["final"],
        int(str(file["squares"])[:60]),
    )
    for name, table in (
        ("bins", counts.bins),
        ("arrivals", counts.arrivals),
        *counts.codes.items(),
    ):
        if not (table.sum(axis=-1) == counts.draws).all():
            raise ValueError(f"{name}: counts that do not add up to {counts.draws:,}")
    return shape, counts


def _read_layout(file: Arrays, plan: Plan) -> CountLayout:
    """What is counted according to the plan, with the edges of the bins from an archive."""
    years = plan.grid.years[band_rows(plan)]
    _, codes = series_and_codes(plan)
    knots = {name: file[f"knots/{name}"] for name in plan.series if name not in codes}
    for name, each in knots.items():
        require_array(f"knots/{name}", each, "f", (len(years), *each.shape[1:2]))
        if each.shape[1] not in range(2, BINS) or not np.isfinite(each).all():
            raise ValueError(f"knots/{name}: no edges of bins")
        if (np.diff(each, axis=1) < 0.0).any():
            raise ValueError(f"knots/{name}: edges that fall")
    require_array("years", file["years"], "f", years.shape)
    grids = {name: Grid(each) for name, each in knots.items()}
    values = {name: len(codes[name]) for name in plan.series if name in codes}
    names = tuple(milestone.name for milestone in plan.milestones)
    return CountLayout(years, grids, values, names, plan.start, plan.horizon)


def is_unfinished(folder: str) -> bool:
    """Whether a folder is a work folder, of a run under way or cut off."""
    return (Path(folder) / PLAN).is_file()


def open_plan(result: str) -> Plan:
    """The plan of a finished result, or of a work folder."""
    if is_unfinished(result):
        return _plan_of_work(Path(result) / PLAN)
    folder = locate_result(result)
    return manifest.read_head(manifest.read_manifest(folder), folder / MANIFEST).plan


def _plan_of_work(path: Path) -> Plan:
    try:
        return parse_plan(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        problem = f"what cannot be read ({error})"
        raise InputFault([Fault(shown_path(path), "", "", problem, fix=manifest.AGAIN)]) from None


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
        shape, counts = read_counts(archives.read_archive(folder / COUNTS), head.plan)
        weights = None
        if head.plan.observations:
            weights = _read_weights(folder / WEIGHTS, head.plan.draws)
        _require_all_draws(counts, weights, head.plan)
        draws = open_draws(folder, head)
        for name in draws:
            archives.require_numbers(folder / f"{name}.npy", infinite=name == "arrivals")
        return assemble_result(head, shape, counts, weights, draws, folder)
    except UNREADABLE as error:
        problem = f"what cannot be read ({type(error).__name__}: {error})"
        raise InputFault([Fault(shown_path(folder), "", "", problem, fix=manifest.AGAIN)]) from None


def _require_all_draws(counts: Counts, weights: ImportanceWeights | None, plan: Plan) -> None:
    """Require that the counts are of every draw, or of the whole weight of every draw."""
    whole = plan.draws if weights is None else int(weights.whole.sum())
    if counts.draws != whole:
        raise ValueError(f"draws: counts of {counts.draws:,} in place of {whole:,}")


def open_draws(folder: Path, head: ResultHead) -> dict[str, Array]:
    """The files of kept draws, mapped into memory.

    Parameters
    ----------
    folder : of a result
    head : what it is of, which gives the shapes

    Returns
    -------
    parameters : (draw, parameter) [each in its own unit]
    arrivals : (draw, milestone) [year]
    trajectories : (draw, series, year) [each series in its own unit]

    Raises
    ------
    ValueError, and others of `archives.UNREADABLE`
        when a file is damaged, or of another shape
    """
    shapes = draw_file_shapes(head)
    return {n: archives.map_array(folder / f"{n}.npy", shape) for n, shape in shapes.items()}


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
