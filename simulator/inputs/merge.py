"""Merges shipped files, overlays, a run file and `--set`; checks every part against every other; gives the plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from simulator import model
from simulator.errors import Fault, InputFault
from simulator.inputs import checks, correlations, vintages
from simulator.inputs.computed import is_computed, resolve_computed
from simulator.inputs.files import shipped_folder, with_lines
from simulator.inputs.observations import (
    Observation,
    ObservedRun,
    read_observations,
    resolve_observations,
)
from simulator.inputs.plan import Plan
from simulator.inputs.priors import (
    PriorFiles,
    StatedTable,
    read_prior_folders,
    resolve_milestones,
    resolve_prior,
    resolve_sources,
)
from simulator.inputs.scenarios import ScenarioFiles, apply_sets
from simulator.inputs.schema import RunEntry
from simulator.sampling import Pairs


def prior_folders(priors: str | None = None) -> list[Path]:
    """The folders of prior files, later over earlier: shipped, `./priors` if it is another, `--priors`."""
    shipped, local = shipped_folder("priors"), Path("priors")
    folders = [shipped]
    if local.is_dir() and local.resolve() != shipped.resolve():
        folders.append(local)
    if priors is not None:
        if not Path(priors).is_dir():
            raise InputFault(
                [Fault(priors, found="no such folder", allowed="a folder of prior files")]
            )
        folders.append(Path(priors))
    return folders


class SharedFiles(NamedTuple):
    """The files that all runs of a command share, with the faults of reading them."""

    priors: PriorFiles
    observations: dict[str, Observation]
    prior_faults: tuple[Fault, ...]
    observation_faults: tuple[Fault, ...]


def read_shared_files(priors: str | None = None) -> SharedFiles:
    """Read the prior folders and the observations.

    Raises
    ------
    InputFault
        when there is no such folder as `priors`
    """
    prior_faults: list[Fault] = []
    observation_faults: list[Fault] = []
    prior_files = read_prior_folders(prior_folders(priors), prior_faults)
    observations = read_observations(observation_faults)
    return SharedFiles(prior_files, observations, tuple(prior_faults), tuple(observation_faults))


class MergedInputs(NamedTuple):
    """Every input of a run, merged and checked, with all their faults."""

    entry: RunEntry
    parts: checks.InputParts
    pairs: Pairs
    observations: tuple[Observation, ...]
    faults: list[Fault]

    @property
    def name(self) -> str:
        """The run's name."""
        return self.parts.scenario.name

    @property
    def layers(self) -> list[dict[str, StatedTable]]:
        """Tables of priors as each folder and run file has them, later over earlier."""
        return [*self.parts.files.layers, *self.parts.scenario.priors]


def merge_inputs(
    shared: SharedFiles, scenario: ScenarioFiles, sets: Iterable[str], scenario_faults: list[Fault]
) -> MergedInputs:
    """Merge a run's files and `--set` with the shared files, and check the whole."""
    files, faults = shared.priors, [*shared.prior_faults, *scenario_faults]
    scenario = apply_sets(scenario, sets, files.priors, faults)
    entry = _run_entry(scenario)
    tables = dict(files.priors)
    for layer in scenario.priors:
        tables.update(layer)
    resolved = {
        name: resolve_prior(name, table, faults)
        for name, table in tables.items()
        if not is_computed(table)
    }
    parts = checks.InputParts(
        priors={name: prior for name, prior in resolved.items() if prior},
        computed=resolve_computed(tables, faults),
        tables={name: (table.file, table.table) for name, table in tables.items()},
        files=files,
        sources=resolve_sources(files, faults),
        milestones=resolve_milestones(files, faults),
        scenario=scenario,
    )
    layers = [*files.layers, *scenario.priors]
    pairs = correlations.correlated_pairs(layers, parts.drawn, faults)
    checks.check_all(parts, entry, pairs, faults)
    if not shared.observation_faults:
        vintages.check_rests_on(parts.priors, parts.tables, shared.observations, faults)
    observations = _observations(shared, entry, parts, faults)
    return MergedInputs(entry, parts, pairs, observations, with_lines(faults))


def _run_entry(scenario: ScenarioFiles) -> RunEntry:
    """The run's values over the defaults; a value that failed its check is left at its default."""
    return RunEntry.model_validate({key: stated.value for key, stated in scenario.stated.items()})


def _observations(
    shared: SharedFiles, entry: RunEntry, parts: checks.InputParts, faults: list[Fault]
) -> tuple[Observation, ...]:
    """The observations that the run conditions on; observation files matter to no other run."""
    condition = entry.condition
    if not condition.observations:
        return ()
    run = ObservedRun(
        parts.priors,
        parts.milestones,
        entry.start,
        entry.horizon,
        entry.draws,
        condition.sampler,
        parts.stated_in("condition"),
    )
    faults += shared.observation_faults
    chosen = resolve_observations(
        condition.observations, shared.observations, run, parts.sources, faults
    )
    vintages.check_evidence_is_newer(parts.priors.values(), chosen, run.file, faults)
    return chosen


def assemble_plan(inputs: MergedInputs) -> Plan:
    """The plan of inputs without a fault."""
    entry, parts = inputs.entry, inputs.parts
    priors, milestones = parts.priors, parts.milestones
    kept = [n for n in milestones if entry.milestones is None or n in entry.milestones]
    series = tuple(model.series_of_names(priors))
    cited = {prior.source for prior in priors.values()}
    cited |= {each.source for each in parts.computed.values()}
    cited |= {milestones[n].source for n in kept}
    cited |= {observation.source for observation in inputs.observations}
    return Plan(
        name=inputs.name,
        title=entry.title or inputs.name,
        seed=entry.seed,
        draws=entry.draws,
        start=entry.start,
        anchor_year=entry.anchor_year,
        horizon=entry.horizon,
        as_of=entry.as_of.isoformat(),
        priors=tuple(priors.values()),
        computed=tuple(parts.computed.values()),
        correlations=tuple(inputs.pairs),
        hold=dict(sorted(entry.hold.items())),
        milestones=tuple(milestones[name] for name in kept),
        series=tuple(s for s in series if entry.series is None or s in entry.series),
        observations=inputs.observations,
        sampler=entry.condition.sampler,
        design=entry.design,
        sources={key: parts.sources[key] for key in sorted(cited)},
    )
