"""Result folders: how they are laid out, sealed, checked and read.

    manifest.json     the plan, its hash, what is kept, the program's version, every file's checksum and its own
    counts.npz        whole-number counts of every draw, and the bins that they lie in
    weights.npz       the weight of every draw, where the run conditions, and how far to trust them
    parameters.npy    (draw, parameter), arrivals.npy (draw, milestone) [year]: cards of the first draws
    trajectories.npy  (draw, series, year) of the first draws
    summaries.nc      bands, shares and milestone years, with names, units and errors
    milestones.csv    the milestone table; and pictures

Columns are in the plan's order. Every byte is a function of the plan and of how many cards are kept.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from simulator.arrays import Whole
from simulator.errors import Fault, InputFault, did_you_mean
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan, parse_plan
from simulator.model import Model
from simulator.simulate import blocks
from simulator.store import manifest
from simulator.store.manifest import MANIFEST, ResultHead
from simulator.summaries.counts import CountLayout, Counts, Grid
from simulator.summaries.result import ImportanceWeights, Result

COUNTS, SUMMARIES, TABLE, WEIGHTS = "counts.npz", "summaries.nc", "milestones.csv", "weights.npz"

PLAN = "plan.json"  # of unfinished work, so that its draws can be replayed

CARDS = ("parameters", "arrivals", "trajectories")

NUMBERS = (COUNTS, SUMMARIES, TABLE, *(f"{name}.npy" for name in CARDS))

UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def result_folder(plan: Plan, out: str | None) -> Path:
    """The folder of a run's result."""
    return Path(out) if out else Path("runs") / plan.name


def partial_folder(target: Path) -> Path:
    """The folder in which a result is worked on, beside its place."""
    whole = target.resolve()
    return whole.parent / f".{whole.name}.partial"


def locate_result(result: str) -> Path:
    """Find a result: a folder, else `./runs/NAME`."""
    places = [Path(result), Path("runs") / result]
    found = next((p for p in places if (p / MANIFEST).is_file()), None)
    if found is None:
        there = next((p for p in places if p.exists()), None)
        begun = next((p for p in places if partial_folder(p).exists()), None)
        what = f"{shown_path(there)} holds no {MANIFEST}" if there else "no such folder"
        what = (
            f"an unfinished run in {shown_path(partial_folder(begun))}"
            if begun and not there
            else what
        )
        fix = "oomcast run --resume finishes it" if begun else "oomcast run makes one"
        known = [path.parent.name for path in Path("runs").glob(f"*/{MANIFEST}")]
        fix = did_you_mean(result, known) or fix
        allowed = "the folder of a result, or the name of one in ./runs"
        raise InputFault([Fault(result, "", "", what, allowed, fix)])
    return found


def is_result(path: str) -> bool:
    """Whether a folder holds a result, or means to: a folder without files that people write."""
    return Path(path).is_dir() and not any(Path(path).glob("*.toml"))


def verify_result(result: str) -> ResultHead:
    """Hold every file of a result against the manifest; every misfit is a fault."""
    return manifest.verify_files(locate_result(result))


def series_and_codes(model: Model) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Names of a model's series, and those of them that are codes with their values' names."""
    known = model.series
    return tuple(known), {name: series.codes for name, series in known.items() if series.codes}


def card_shapes(of: ResultHead) -> dict[str, tuple[int, ...]]:
    """The shape of each file of cards."""
    plan, (cards, paths) = of.plan, of.keep
    series, _ = series_and_codes(blocks.compile_plan(plan).model)
    return {
        "parameters": (min(cards, plan.draws), len(plan.priors)),
        "arrivals": (min(cards, plan.draws), len(plan.milestones)),
        "trajectories": (min(paths, plan.draws), len(series), len(plan.grid.years)),
    }


def write_counts(file: IO[bytes], shape: CountLayout, counts: Counts, **more: Any) -> None:
    """Write counts and the bins that they lie in."""
    arrays: dict[str, Any] = {"draws": np.int64(counts.draws), "years": shape.years}
    arrays |= {"squares": np.str_(counts.squares)}  # past what 64 bits hold
    arrays |= {"bins": _packed(counts.bins), "least": counts.least, "most": counts.most}
    arrays |= {"arrivals": _packed(counts.arrivals), "first": counts.first, "final": counts.final}
    arrays |= {f"knots/{name}": grid.knots for name, grid in shape.grids.items()}
    arrays |= {f"codes/{name}": values for name, values in counts.codes.items()}
    np.savez(file, **arrays, **more)


def write_weights(file: IO[bytes], weights: ImportanceWeights) -> None:
    """Write the weights of a run that conditions."""
    trust = np.array([weights.effective, weights.pareto_k])
    np.savez(file, whole=_packed(weights.whole), trust=trust)


def _read_weights(path: Path) -> ImportanceWeights | None:
    if not path.is_file():
        return None
    with np.load(path) as held:
        effective, pareto_k = held["trust"]
        return ImportanceWeights(held["whole"].astype(np.int64), float(effective), float(pareto_k))


def number_files(plan: Plan) -> tuple[str, ...]:
    """The files of numbers that a result of this plan has."""
    return (*NUMBERS, WEIGHTS) if plan.observations else NUMBERS


def _packed(counts: Whole) -> npt.NDArray[np.unsignedinteger]:
    """Whole numbers in the smallest type that holds them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


def read_counts(held: Any, plan: Plan) -> tuple[CountLayout, Counts]:
    """Counts, and the bins that they lie in, from an open file."""
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
    values = {name: c.shape[1] for name, c in codes.items()}
    names = tuple(m.name for m in plan.milestones)
    return CountLayout(held["years"], grids, values, names, plan.start, plan.horizon), counts


def open_plan(result: str) -> Plan:
    """The plan of a finished run, or of a folder of work."""
    begun = Path(result) / PLAN
    if begun.is_file():
        return parse_plan(begun.read_text("utf-8"))
    folder = locate_result(result)
    return manifest.read_head(manifest.read_manifest(folder), folder / MANIFEST).plan


def read_result(result: str) -> Result:
    """Read a finished run; cards and trajectories stay on disk until they are used.

    Raises
    ------
    InputFault
        when a file is missing or truncated, or the counts are changed
    """
    folder = locate_result(result)
    document = manifest.read_manifest(folder)
    of = manifest.read_head(document, folder / MANIFEST)
    faults = [
        fault
        for name in number_files(of.plan)
        for fault in manifest.file_faults(
            folder, document["files"], name, whole=name in (COUNTS, WEIGHTS)
        )
    ]
    if faults:
        raise InputFault(faults)
    try:
        with np.load(folder / COUNTS) as held:
            return assemble_result(of, *read_counts(held, of.plan), folder)
    except UNREADABLE as error:
        what = f"what cannot be read ({type(error).__name__}: {error})"
        raise InputFault([Fault(shown_path(folder), "", "", what, fix=manifest.AGAIN)]) from None


def assemble_result(of: ResultHead, shape: CountLayout, counts: Counts, folder: Path) -> Result:
    """A result of these counts, and of the cards in a folder."""
    cards = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in CARDS)
    series, codes = series_and_codes(blocks.compile_plan(of.plan).model)
    parameters, arrivals, trajectories = cards
    weights = _read_weights(folder / WEIGHTS)
    told = (parameters, arrivals, trajectories, weights)
    return Result(of.plan, shape, counts, series, codes, of.version, *told)
