"""Files of one's own, wherever they lie: what kind of file each is, and its faults against the baseline."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator import model
from simulator.errors import Fault, InputFault
from simulator.inputs import claims, observations, published
from simulator.inputs.files import read_toml, shown_path
from simulator.inputs.load import load_plan
from simulator.inputs.merge import prior_folders
from simulator.inputs.plan import Plan
from simulator.inputs.priors import (
    MILESTONE_KEYS,
    MILESTONES,
    SOURCES,
    read_prior_folders,
    resolve_sources,
)
from simulator.inputs.schema import (
    PRIOR_KEYS,
    RunEntry,
    SourceEntry,
)

KEYS: dict[str, Collection[str]] = {
    "observations": observations.OBSERVATION_KEYS,
    "claims": claims.CLAIM_KEYS,
    "published": published.PUBLISHED_KEYS,
    "milestones": MILESTONE_KEYS,
    "priors": PRIOR_KEYS,
    "sources": SourceEntry.model_fields,
}


def file_kind(raw: Mapping[str, Any]) -> str:
    """What a file holds: a run, or tables of one kind of `KEYS`, the one that fits most of their keys.

    A file with a key of a run, or whose keys mostly fit no kind, counts as a run.
    """
    tables = list(raw.values())
    if not tables or set(raw) & set(RunEntry.model_fields):
        return "run"
    if not all(isinstance(table, dict) for table in tables):
        return "run"
    keys = [key for table in tables for key in table]
    fits = {kind: sum(1 if key in known else -1 for key in keys) for kind, known in KEYS.items()}
    kind = max(fits, key=lambda name: fits[name])
    return kind if fits[kind] > 0 else "run"


def kind_of_file(path: Path) -> str:
    """What a TOML file holds; a file that cannot be read counts as a run."""
    return file_kind(read_toml(path, [])) if path.suffix == ".toml" and path.is_file() else "run"


def own_file_faults(path: Path, kind: str, sets: Sequence[str] = ()) -> tuple[list[Fault], int]:
    """Every fault of a file that is no run, and how many entries it has.

    Parameters
    ----------
    path : the file
    kind : what it holds, as `kind_of_file` gives it
    sets : `KEY=VALUE` settings of the baseline that it is checked against
    """
    faults: list[Fault] = []
    entries = len(read_toml(path, faults))
    if faults:
        return faults, entries
    try:
        if kind in EVIDENCE_CHECKS:
            EVIDENCE_CHECKS[kind](path, load_plan("baseline", sets), faults)
        else:
            _check_beside_the_shipped(path, kind, sets)
    except InputFault as error:
        faults += error.faults
    return faults, entries


def _check_observations(path: Path, plan: Plan, faults: list[Fault]) -> None:
    series = model.series_of_names(prior.name for prior in plan.priors)
    milestones = {milestone.name: milestone for milestone in plan.milestones}
    sources = resolve_sources(read_prior_folders(prior_folders(), faults), faults)
    file = shown_path(path)
    for name, observation in observations.observations_of_file(path, faults).items():
        span = (min(plan.start, observation.year), plan.horizon)
        observations.resolve_observation(observation, series, milestones, span, faults, file)
        if observation.source not in sources:
            cited = f'"{observation.source}"'
            faults.append(Fault(file, name, "source", cited, "a key of sources.toml"))


def _check_claims(path: Path, plan: Plan, faults: list[Fault]) -> None:
    own: list[Fault] = []
    sources = resolve_sources(read_prior_folders(prior_folders(), faults), faults)
    claims.check_claims(
        list(claims.claims_of_file(path, faults).values()),
        [milestone.name for milestone in plan.milestones],
        model.series_of_names(prior.name for prior in plan.priors),
        {each.name: each.unit for each in plan.parameters},
        list(sources),
        own,
    )
    faults += [replace(fault, file=shown_path(path)) for fault in own]


def _check_published(path: Path, plan: Plan, faults: list[Fault]) -> None:
    sources = resolve_sources(read_prior_folders(prior_folders(), faults), faults)
    published.check_published(
        list(published.published_of_file(path, faults).values()),
        [milestone.name for milestone in plan.milestones],
        model.series_of_names(prior.name for prior in plan.priors),
        list(sources),
        faults,
        shown_path(path),
    )


EVIDENCE_CHECKS: dict[str, Callable[[Path, Plan, list[Fault]], None]] = {
    "observations": _check_observations,
    "claims": _check_claims,
    "published": _check_published,
}


def _check_beside_the_shipped(path: Path, kind: str, sets: Sequence[str]) -> None:
    """Load the baseline with a copy of the file, alone in a folder, laid over the shipped prior files."""
    name = {"milestones": MILESTONES, "sources": SOURCES}.get(kind, "own.toml")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        shutil.copyfile(path, copy)
        try:
            load_plan("baseline", sets, folder)
        except InputFault as error:
            raise InputFault(
                replace(fault, file=shown_path(path)) if fault.file == shown_path(copy) else fault
                for fault in error.faults
            ) from None
