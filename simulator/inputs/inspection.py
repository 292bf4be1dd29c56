"""Holds all evidence, used or not, against the baseline.

Inspects every input there is, or those that are named: faults, warnings, and what is sound.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from simulator import model
from simulator.errors import Fault, InputFault, did_you_mean
from simulator.inputs import claims, input_warnings, observations, own_files, provenance, sweeps
from simulator.inputs.files import shipped_folder, with_lines
from simulator.inputs.load import LoadedInputs, load_inputs, prior_folders
from simulator.inputs.priors import MILESTONES, SOURCES
from simulator.inputs.provenance import ValueOrigin
from simulator.inputs.scenarios import find_run
from simulator.model import Milestone


def evidence_faults() -> list[Fault]:
    """Every fault of every observation and every claim; none where the baseline itself cannot be read."""
    found: list[Fault] = []
    try:
        world = load_inputs("baseline")
        seen, ledger = observations.known_observations(), claims.load_claims()
    except InputFault as error:
        return list(error.faults)
    entry, scene = world.entry, world.scene
    series = model.series_of_names(scene.priors)
    marks = {name: Milestone(name=name, **m.model_dump()) for name, m in scene.milestones.items()}
    for each in seen:
        span = (
            min(entry.start, each.year),
            entry.horizon,
        )  # rivals go by what lies before the grid
        observations.resolve_observation(each, series, marks, span, found)
        if each.source not in scene.sources:
            place = ("evidence/observations.toml", each.name, "source", f'"{each.source}"')
            found.append(Fault(*place, "a key of sources.toml"))
    units = {name: prior.unit for name, prior in scene.priors.items()}
    claims.check_claims(ledger, list(marks), series, units, list(scene.sources), found)
    return found


class Inspection(NamedTuple):
    """What was found: faults, warnings, and a line for each input that is sound."""

    faults: list[Fault]
    warnings: list[Fault]
    sound: list[str]


def inspect_inputs(paths: Sequence[str], sets: Sequence[str], priors: str | None) -> Inspection:
    """Inspect the inputs at these paths; all of them when there is none."""
    if not paths:
        return _inspect_all(sets, priors)
    whole = Inspection([], [], [])
    for path in paths:
        part = _inspect_path(path, sets, priors)
        whole.faults.extend(part.faults)
        whole.warnings.extend(part.warnings)
        whole.sound.extend(part.sound)
    return Inspection(with_lines(whole.faults), with_lines(whole.warnings), whole.sound)


def _inspect_all(sets: Sequence[str], priors: str | None) -> Inspection:
    worlds, faults = load_runs(_scenario_paths(), sets, priors)
    faults = [*faults, *_located_evidence_faults()]
    odd = [warning for world in worlds for warning in input_warnings.input_warnings(world)]
    evidence = sorted(shipped_folder("evidence").glob("*.toml"))
    odd += input_warnings.uncited_sources(worlds, evidence)
    faulty = {fault.file for fault in faults}
    sound = [_sound(world, world.scene.run.name) for world in worlds if not world.faults]
    sound += [f"{path.name}: sound" for path in evidence if not faulty]
    return Inspection(with_lines(faults), with_lines(odd), sound)


def _scenario_paths() -> list[str]:
    """Every run file of `./runs`, and every shipped world that none of them hides."""
    local = {path.stem: str(path) for path in sorted(Path("runs").glob("*.toml"))}
    shipped = {path.stem: str(path) for path in sorted(shipped_folder("runs").glob("*.toml"))}
    return list({**shipped, **local}.values())


def load_runs(
    runs: Iterable[str], sets: Sequence[str], priors: str | None
) -> tuple[list[LoadedInputs], list[Fault]]:
    """Gather the inputs of runs, with the faults of all."""
    worlds, faults = [], []
    for run in runs:
        try:
            worlds.append(load_inputs(run, sets, priors))
            faults += worlds[-1].faults
            if worlds[-1].entry.sweep and not worlds[-1].faults:
                sweeps.load_plans(run, sets, priors)  # each of its points
        except InputFault as error:
            faults += error.faults
    return worlds, with_lines(faults)


def _inspect_path(path: str, sets: Sequence[str], priors: str | None) -> Inspection:
    place = Path(path)
    if place.suffix == ".toml" and place.resolve().parent == shipped_folder("evidence").resolve():
        faults = [
            fault for fault in _located_evidence_faults() if Path(fault.file).name == place.name
        ]
        return Inspection(faults, [], [] if faults else [f"{path}: sound"])
    if place.is_dir() and _mixed_files(place):
        return inspect_inputs([str(file) for file in _mixed_files(place)], sets, priors)
    if place.is_dir() or _holds_priors(place):
        return _inspect_folder(place, sets, priors)
    kind = own_files.kind_of_file(place)
    if kind != "run":
        faults, entries = own_files.own_file_faults(place, kind, sets)
        return Inspection(faults, [], [] if faults else [f"{path}: {kind}, {entries}, no fault"])
    worlds, faults = load_runs([path], sets, priors)
    odd = [warning for world in worlds for warning in input_warnings.input_warnings(world)]
    return Inspection(faults, odd, [_sound(world, path) for world in worlds if not faults])


def _mixed_files(folder: Path) -> list[Path]:
    """The TOML files of a folder, unless it is one of prior files alone, which are checked together."""
    files = sorted(folder.glob("*.toml"))
    together = {"priors", "milestones", "sources"}
    return [] if {own_files.kind_of_file(file) for file in files} <= together else files


def _holds_priors(path: Path) -> bool:
    folders = [each.resolve() for each in prior_folders()]
    return path.is_file() and (
        path.name in (MILESTONES, SOURCES) or path.resolve().parent in folders
    )


def _inspect_folder(place: Path, sets: Sequence[str], priors: str | None) -> Inspection:
    """Inspect prior files, laid over the shipped ones: a folder of them, or one of a folder's."""
    there = place if place.is_dir() else place.parent
    if there.resolve() not in [each.resolve() for each in prior_folders(priors)]:
        priors = str(there)
    worlds, faults = load_runs(["baseline"], sets, priors)
    odd = [warning for world in worlds for warning in input_warnings.input_warnings(world)]
    if not place.is_dir():
        faults, odd = (
            [f for f in each if Path(f.file).resolve() == place.resolve()] for each in (faults, odd)
        )
    return Inspection(faults, odd, [] if faults else [f"{place}: sound"])


def _located_evidence_faults() -> list[Fault]:
    return with_lines(evidence_faults())


def _sound(world: LoadedInputs, name: str) -> str:
    scene, points = world.scene, math.prod(len(e.points) for e in world.entry.sweep.values())
    swept = f", {points} points of a sweep" if points > 1 else ""
    return (
        f"{name}: {len(scene.priors)} priors, {len(scene.milestones)} milestones{swept}, no fault"
    )


def runs_and_names(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Tell runs from names of values; baseline where no run is named."""
    words = list(words)
    runs = [word for word in words if find_run(word)]
    return runs or ["baseline"], [word for word in words if word not in runs]


def explain_values(world: LoadedInputs, names: Sequence[str]) -> list[ValueOrigin]:
    """Where the values of a run came from: all, or those about these names."""
    every = provenance.provenance(world)
    known = {origin.name for origin in every}
    faults = [
        Fault(
            name,
            found="no such value",
            allowed="a key, prior or milestone of the run",
            fix=did_you_mean(name, known),
        )
        for name in names
        if name not in known
    ]
    if faults:
        raise InputFault(faults)
    return [o for o in every if not names or provenance.is_about(o, set(names))]
