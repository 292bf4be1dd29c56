"""Inspects every input, or those that are named: faults, warnings, and a line for what is sound.

All observations, claims and published forecasts, used or not, are checked against the baseline.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from simulator import model
from simulator.errors import Fault, InputFault, did_you_mean
from simulator.inputs import (
    claims,
    input_warnings,
    observations,
    own_files,
    provenance,
    published,
)
from simulator.inputs.files import shipped_folder, with_lines
from simulator.inputs.load import LoadedRun, load_run, load_runs
from simulator.inputs.merge import MergedInputs, prior_folders
from simulator.inputs.priors import MILESTONES, SOURCES
from simulator.inputs.provenance import ValueOrigin
from simulator.inputs.scenarios import find_run


def evidence_faults() -> list[Fault]:
    """Every fault of every observation, claim and published forecast; or those of the baseline, if it has any."""
    faults: list[Fault] = []
    inputs = load_run("baseline").inputs
    try:
        known, ledger = observations.known_observations(), claims.load_claims()
        forecasts = published.load_published()
    except InputFault as error:
        return list(error.faults)
    if inputs is None:
        return []
    entry, parts = inputs.entry, inputs.parts
    series = model.series_of_names(parts.priors)
    milestones = parts.milestones
    for observation in known:
        # hindcast's rivals use observations from before the grid
        span = (min(entry.start, observation.year), entry.horizon)
        observations.resolve_observation(observation, series, milestones, span, faults)
        if observation.source not in parts.sources:
            where = ("evidence/observations.toml", observation.name, "source")
            faults.append(Fault(*where, f'"{observation.source}"', "a key of sources.toml"))
    units = {name: each.unit for name, each in (parts.priors | parts.computed).items()}
    claims.check_claims(ledger, list(milestones), series, units, list(parts.sources), faults)
    published.check_published(forecasts, list(milestones), series, list(parts.sources), faults)
    return faults


class Inspection(NamedTuple):
    """Faults, warnings, and a line for each input that is sound."""

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
    runs = load_runs(_scenario_paths(), sets, priors)
    faults = [*_faults(runs), *_located_evidence_faults()]
    evidence = sorted(shipped_folder("evidence").glob("*.toml"))
    merged = [run.inputs for run in runs if run.inputs]
    warnings = [*_warnings(runs), *input_warnings.uncited_sources(merged, evidence)]
    sound = [_sound(inputs, inputs.name) for inputs in merged if not inputs.faults]
    sound += [f"{path.name}: sound" for path in evidence if not faults]
    return Inspection(with_lines(faults), with_lines(warnings), sound)


def _faults(runs: Iterable[LoadedRun]) -> list[Fault]:
    return with_lines(fault for run in runs for fault in run.faults)


def _warnings(runs: Iterable[LoadedRun]) -> list[Fault]:
    return [warning for run in runs for warning in run.warnings]


def _scenario_paths() -> list[str]:
    """Every run file of `./runs`, and every shipped one whose name none of them has."""
    local = {path.stem: str(path) for path in sorted(Path("runs").glob("*.toml"))}
    shipped = {path.stem: str(path) for path in sorted(shipped_folder("runs").glob("*.toml"))}
    return list({**shipped, **local}.values())


def _inspect_path(path: str, sets: Sequence[str], priors: str | None) -> Inspection:
    file = Path(path)
    if file.suffix == ".toml" and file.resolve().parent == shipped_folder("evidence").resolve():
        faults = [
            fault for fault in _located_evidence_faults() if Path(fault.file).name == file.name
        ]
        return Inspection(faults, [], [] if faults else [f"{path}: sound"])
    if file.is_dir() and (mixed := _mixed_files(file)):
        return inspect_inputs([str(each) for each in mixed], sets, priors)
    if file.is_dir() or _holds_priors(file):
        return _inspect_prior_files(file, sets, priors)
    kind = own_files.kind_of_file(file)
    if kind != "run":
        faults, entries = own_files.own_file_faults(file, kind, sets)
        return Inspection(faults, [], [] if faults else [f"{path}: {kind}, {entries}, no fault"])
    runs = load_runs([path], sets, priors)
    faults = _faults(runs)
    sound = [_sound(run.inputs, path) for run in runs if run.inputs and not faults]
    return Inspection(faults, _warnings(runs), sound)


def _mixed_files(folder: Path) -> list[Path]:
    """The TOML files of a folder, unless it is one of prior files alone, which are checked together."""
    files = sorted(folder.glob("*.toml"))
    together = {"priors", "milestones", "sources"}
    return [] if {own_files.kind_of_file(file) for file in files} <= together else files


def _holds_priors(path: Path) -> bool:
    folders = [folder.resolve() for folder in prior_folders()]
    return path.is_file() and (
        path.name in (MILESTONES, SOURCES) or path.resolve().parent in folders
    )


def _inspect_prior_files(path: Path, sets: Sequence[str], priors: str | None) -> Inspection:
    """Inspect a folder of prior files, or one of its files, laid over the shipped ones."""
    folder = path if path.is_dir() else path.parent
    if folder.resolve() not in [each.resolve() for each in prior_folders(priors)]:
        priors = str(folder)
    runs = load_runs(["baseline"], sets, priors)
    faults, warnings = _faults(runs), _warnings(runs)
    if not path.is_dir():
        faults = [fault for fault in faults if Path(fault.file).resolve() == path.resolve()]
        warnings = [each for each in warnings if Path(each.file).resolve() == path.resolve()]
    return Inspection(faults, warnings, [] if faults else [f"{path}: sound"])


def _located_evidence_faults() -> list[Fault]:
    return with_lines(evidence_faults())


def _sound(inputs: MergedInputs, name: str) -> str:
    parts, points = inputs.parts, math.prod(len(e.points) for e in inputs.entry.sweep.values())
    swept = f", {points} points of a sweep" if points > 1 else ""
    return (
        f"{name}: {len(parts.priors)} priors, {len(parts.milestones)} milestones{swept}, no fault"
    )


def runs_and_names(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Split words into runs and names of values; the run is baseline where none is named."""
    words = list(words)
    runs = [word for word in words if find_run(word)]
    return runs or ["baseline"], [word for word in words if word not in runs]


def explain_values(inputs: MergedInputs, names: Sequence[str]) -> list[ValueOrigin]:
    """Where the values of a run came from: all, or those about these names.

    Raises
    ------
    InputFault
        with every name that is no value of the run
    """
    origins = provenance.provenance(inputs)
    known = {origin.name for origin in origins}
    allowed = "a key, prior or milestone of the run"
    faults = [
        Fault(name, found="no such value", allowed=allowed, fix=did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if faults:
        raise InputFault(faults)
    return [o for o in origins if not names or provenance.is_about(o, set(names))]
