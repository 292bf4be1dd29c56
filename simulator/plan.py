"""The plan of a run: every input merged, checked and resolved; the only thing that crosses processes.

This is the only place where shipped files, overlays, run files and `--set` meet. A result stores its plan, and a replay
reads nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from simulator import checks, correlations
from simulator.dates import decimal_year
from simulator.entries import RunEntry, SourceEntry
from simulator.evidence import Scenery, resolved
from simulator.faults import Fault, InputFault
from simulator.luck import Luck, Pairs
from simulator.milestones import Milestone
from simulator.model import TimeGrid
from simulator.observations import Observation
from simulator.places import located
from simulator.priors import (
    Placed,
    Prior,
    read_folders,
    resolve,
    resolve_milestones,
    resolve_sources,
)
from simulator.runfiles import Run, apply_sets, read_run
from simulator.shipped import folder


class Plan(BaseModel):
    """Everything that a result depends on.

    Attributes
    ----------
    priors : in the order in which luck is mixed
    correlations : pairs of parameters and their rank correlation
    series : names of the series whose bands are kept
    observations : what the run conditions on, by name; their order is no part of the plan
    sampler : how it does: draws weighed, or walked there in stages
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    seed: int
    draws: int
    start: float
    anchor_year: float
    horizon: float
    as_of: str
    priors: tuple[Prior, ...]
    correlations: tuple[tuple[str, str, float], ...]
    hold: dict[str, float]
    milestones: tuple[Milestone, ...]
    series: tuple[str, ...]
    observations: tuple[Observation, ...]
    sampler: str
    sources: dict[str, SourceEntry]

    @property
    def grid(self) -> TimeGrid:
        return TimeGrid(self.start, self.anchor_year, self.horizon)

    @property
    def luck(self) -> Luck:
        return Luck(self.seed, self.hold)

    @property
    def as_of_year(self) -> float:
        """The as-of date as a decimal year."""
        return decimal_year(date.fromisoformat(self.as_of))

    def canonical(self) -> str:
        """The plan as JSON in which equal plans are equal text."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of everything but the number of draws, for more draws of a plan extend it."""
        rest = self.model_copy(update={"draws": 0})
        return hashlib.sha256(rest.canonical().encode()).hexdigest()


def overlays(priors: str | None = None) -> list[Path]:
    """The folders of prior files, later over earlier: shipped, `./priors` if it is another, `--priors`."""
    shipped, local = folder("priors"), Path("priors")
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


def filed(priors: str | None = None) -> dict[str, Prior]:
    """The priors of the prior files alone, as far as they are sound, by name."""
    book = read_folders(overlays(priors), [])
    resolved = {name: resolve(name, placed, []) for name, placed in book.priors.items()}
    return {name: found[0] for name, found in resolved.items() if found}


class Gathered(NamedTuple):
    """Every input of a run, merged and held together, with the faults that were found."""

    entry: RunEntry
    scene: checks.Scene
    pairs: Pairs
    evidence: tuple[Observation, ...]
    faults: list[Fault]

    @property
    def layers(self) -> list[dict[str, Placed]]:
        """Tables of priors as each folder and run file has them, later over earlier."""
        return [*self.scene.book.layers, *self.scene.run.priors]


def gather(run: str = "baseline", sets: Iterable[str] = (), priors: str | None = None) -> Gathered:
    """Merge and check every input of a run, as `read` does, and keep what was found on the way."""
    faults: list[Fault] = []
    book = read_folders(overlays(priors), faults)
    stated = read_run(run, faults)
    apply_sets(stated, sets, book.priors, faults)
    entry = _entry(stated)
    placed = {**book.priors, **{name: p for layer in stated.priors for name, p in layer.items()}}
    resolved = {name: found for name, p in placed.items() if (found := resolve(name, p, faults))}
    known = {name: prior for name, (prior, _) in resolved.items()}
    sources, milestones = resolve_sources(book, faults), resolve_milestones(book, faults)
    files = {name: (p.file, p.table) for name, p in placed.items()}
    scene = checks.Scene(known, files, set(placed), book, milestones, sources, stated)
    pairs = correlations.pairs([*book.layers, *stated.priors], scene.names, faults)
    checks.everything(scene, entry, pairs, faults)
    evidence = _evidence(entry, scene, faults)
    return Gathered(entry, scene, pairs, evidence, located(faults))


def _evidence(entry: RunEntry, scene: checks.Scene, faults: list[Fault]) -> tuple[Observation, ...]:
    marks = {name: Milestone(name=name, **m.model_dump()) for name, m in scene.milestones.items()}
    told, file = entry.condition, scene.stated_in("condition")
    scenery = Scenery(marks, entry.start, entry.horizon, file, told.sampler)
    return resolved(told.observations, scene.priors, scenery, entry.draws, scene.sources, faults)


def conditioned(plan: Plan, names: Iterable[str], sampler: str) -> Plan:
    """The same plan on other evidence, its name ending in `-conditioned`.

    Raises
    ------
    InputFault
        with every fault of the observations
    """
    faults: list[Fault] = []
    priors = {prior.name: prior for prior in plan.priors}
    marks = {mark.name: mark for mark in plan.milestones}
    scenery = Scenery(marks, plan.start, plan.horizon, plan.name, sampler)
    sources = resolve_sources(read_folders(overlays(), faults), faults)
    found = resolved(names, priors, scenery, plan.draws, sources, faults)
    if faults:
        raise InputFault(located(faults))
    cited = {seen.source: sources[seen.source] for seen in found}
    changes = {
        "name": f"{plan.name}-conditioned",
        "title": f"{plan.title}, conditioned",
        "observations": found,
        "sampler": sampler,
        "sources": dict(sorted({**plan.sources, **cited}.items())),
    }
    return plan.model_copy(update=changes)


def read(run: str = "baseline", sets: Iterable[str] = (), priors: str | None = None) -> Plan:
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
    gathered = gather(run, sets, priors)
    if gathered.faults:
        raise InputFault(gathered.faults)
    return _assemble(gathered)


def _entry(run: Run) -> RunEntry:
    """The run's values over the defaults; what did not pass its check is left at its default."""
    values = {key: stated.value for key, stated in run.stated.items()}
    return RunEntry.model_validate(values)


def _assemble(gathered: Gathered) -> Plan:
    entry, scene = gathered.entry, gathered.scene
    name, priors, milestones = scene.run.name, scene.priors, scene.milestones
    wanted = [n for n in milestones if entry.milestones is None or n in entry.milestones]
    series = tuple(checks.series_of(priors))
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


def parse(text: str) -> Plan:
    """Read a plan back from its JSON."""
    raw: dict[str, Any] = json.loads(text)
    return Plan.model_validate(raw)
