"""What a run conditions on: observations by name, each held against the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from simulator import checks, observations
from simulator.entries import SourceEntry
from simulator.faults import Fault, did_you_mean, listed
from simulator.milestones import Milestone
from simulator.observations import Observation
from simulator.priors import Prior

MOST_WEIGHED = 10_000_000  # draws of a run that conditions, for each has a weight
MOST_SEQUENTIAL = 100_000  # draws whose scores are held together


class Scenery(NamedTuple):
    """What observations are held against, besides the priors."""

    milestones: Mapping[str, Milestone]
    start: float
    horizon: float
    file: str
    sampler: str


def resolved(
    names: Iterable[str],
    priors: Mapping[str, Prior],
    scenery: Scenery,
    draws: int,
    sources: dict[str, SourceEntry],
    faults: list[Fault],
) -> tuple[Observation, ...]:
    """The observations of these names, each held against the run, in the order of their names."""
    names = sorted(set(names))
    if not names:
        return ()
    most = MOST_SEQUENTIAL if scenery.sampler == "sequential" else MOST_WEIGHED
    if draws > most:
        found, allowed = f"{draws:,}", f"at most {most:,} in a run that conditions this way"
        faults.append(Fault(scenery.file, "", "draws", found, allowed, "every draw has a weight"))
    known, series = observations.read(faults), checks.series_of(priors)
    kept: list[Observation] = []
    for name in names:
        if name not in known:
            mend = did_you_mean(name, known)
            place = (scenery.file, "condition", "observations", f'"{name}"', listed(known, 60))
            faults.append(Fault(*place, mend))
            continue
        span = (scenery.start, scenery.horizon)
        seen = observations.resolve(known[name], series, scenery.milestones, span, faults)
        kept += [seen] if seen else []
        if known[name].source not in sources:
            file, source = "evidence/observations.toml", f'"{known[name].source}"'
            faults.append(Fault(file, name, "source", source, "a key of sources.toml"))
    observations.contradictions(kept, faults)
    return tuple(kept)
