"""Loads the inputs of a run: shipped files, overlays, run files and `--set`, merged and checked into a plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from simulator import model
from simulator.errors import Fault, InputFault
from simulator.inputs import checks, correlations
from simulator.inputs.files import shipped_folder, with_lines
from simulator.inputs.observations import Observation, ObservedRun, resolve_observations
from simulator.inputs.plan import Plan
from simulator.inputs.priors import (
    Prior,
    StatedTable,
    read_prior_folders,
    resolve_milestones,
    resolve_prior,
    resolve_sources,
)
from simulator.inputs.scenarios import ScenarioFiles, apply_sets, read_scenario
from simulator.inputs.schema import RunEntry
from simulator.model import Milestone
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


def priors_of_files(priors: str | None = None) -> dict[str, Prior]:
    """The priors of the prior files alone, as far as they are sound, by name."""
    book = read_prior_folders(prior_folders(priors), [])
    resolved = {name: resolve_prior(name, placed, []) for name, placed in book.priors.items()}
    return {name: found[0] for name, found in resolved.items() if found}


class LoadedInputs(NamedTuple):
    """Every input of a run, merged and held together, with the faults that were found."""

    entry: RunEntry
    scene: checks.InputParts
    pairs: Pairs
    evidence: tuple[Observation, ...]
    faults: list[Fault]

    @property
    def layers(self) -> list[dict[str, StatedTable]]:
        """Tables of priors as each folder and run file has them, later over earlier."""
        return [*self.scene.book.layers, *self.scene.run.priors]


def load_inputs(
    run: str = "baseline", sets: Iterable[str] = (), priors: str | None = None
) -> LoadedInputs:
    """Merge and check every input of a run, as `read` does, and keep what was found on the way."""
    faults: list[Fault] = []
    book = read_prior_folders(prior_folders(priors), faults)
    stated = read_scenario(run, faults)
    apply_sets(stated, sets, book.priors, faults)
    entry = _run_entry(stated)
    placed = {**book.priors, **{name: p for layer in stated.priors for name, p in layer.items()}}
    resolved = {
        name: found for name, p in placed.items() if (found := resolve_prior(name, p, faults))
    }
    known = {name: prior for name, (prior, _) in resolved.items()}
    sources, milestones = resolve_sources(book, faults), resolve_milestones(book, faults)
    files = {name: (p.file, p.table) for name, p in placed.items()}
    scene = checks.InputParts(known, files, set(placed), book, milestones, sources, stated)
    pairs = correlations.correlated_pairs([*book.layers, *stated.priors], scene.names, faults)
    checks.check_all(scene, entry, pairs, faults)
    evidence = _observations(entry, scene, faults)
    return LoadedInputs(entry, scene, pairs, evidence, with_lines(faults))


def _observations(
    entry: RunEntry, scene: checks.InputParts, faults: list[Fault]
) -> tuple[Observation, ...]:
    marks = {name: Milestone(name=name, **m.model_dump()) for name, m in scene.milestones.items()}
    told, file = entry.condition, scene.stated_in("condition")
    scenery = ObservedRun(marks, entry.start, entry.horizon, file, told.sampler)
    return resolve_observations(
        told.observations, scene.priors, scenery, entry.draws, scene.sources, faults
    )


def load_plan(run: str = "baseline", sets: Iterable[str] = (), priors: str | None = None) -> Plan:
    """Merge and check every input of a run.

    Parameters
    ----------
    run : a path, else a name in `./runs`, else a shipped world
    sets : `KEY=VALUE` settings, as `--set` takes them
    priors : a folder of prior files laid over the shipped ones

    Raises
    ------
    InputFault
        with every fault that was found
    """
    gathered = load_inputs(run, sets, priors)
    if gathered.faults:
        raise InputFault(gathered.faults)
    return _assemble(gathered)


def _run_entry(run: ScenarioFiles) -> RunEntry:
    """The run's values over the defaults; what did not pass its check is left at its default."""
    values = {key: stated.value for key, stated in run.stated.items()}
    return RunEntry.model_validate(values)


def _assemble(gathered: LoadedInputs) -> Plan:
    entry, scene = gathered.entry, gathered.scene
    name, priors, milestones = scene.run.name, scene.priors, scene.milestones
    wanted = [n for n in milestones if entry.milestones is None or n in entry.milestones]
    series = tuple(model.series_of_names(priors))
    cited = {prior.source for prior in priors.values()} | {milestones[n].source for n in wanted}
    cited |= {seen.source for seen in gathered.evidence}
    kept = {
        key: getattr(entry, key) for key in ("seed", "draws", "start", "anchor_year", "horizon")
    }
    return Plan(
        name=name,
        title=entry.title or name,
        as_of=entry.as_of.isoformat(),
        priors=tuple(priors.values()),
        correlations=tuple(gathered.pairs),
        hold=dict(sorted(entry.hold.items())),
        milestones=tuple(Milestone(name=n, **milestones[n].model_dump()) for n in wanted),
        series=tuple(s for s in series if entry.series is None or s in entry.series),
        observations=gathered.evidence,
        sampler=entry.condition.sampler,
        sources={key: scene.sources[key] for key in sorted(cited)},
        **kept,
    )
