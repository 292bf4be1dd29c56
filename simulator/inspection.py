"""Inspects every input there is, or those that are named: faults, oddities, and what is sound."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from simulator import auditing, batch, oddities, origins, store
from simulator.faults import Fault, InputFault, did_you_mean
from simulator.origins import Origin
from simulator.places import located
from simulator.plan import Gathered, gather, overlays
from simulator.priors import MILESTONES, SOURCES
from simulator.runfiles import found
from simulator.shipped import folder


class Inspected(NamedTuple):
    """What was found: faults, oddities, and a line for each input that is sound."""

    faults: list[Fault]
    oddities: list[Fault]
    sound: list[str]


def inspect(paths: Sequence[str], sets: Sequence[str], priors: str | None) -> Inspected:
    """Inspect the inputs at these paths; all of them when there is none."""
    if not paths:
        return _all(sets, priors)
    whole = Inspected([], [], [])
    for path in paths:
        part = _one(path, sets, priors)
        whole.faults.extend(part.faults)
        whole.oddities.extend(part.oddities)
        whole.sound.extend(part.sound)
    return Inspected(located(whole.faults), located(whole.oddities), whole.sound)


def _all(sets: Sequence[str], priors: str | None) -> Inspected:
    worlds, faults = gathered(_worlds(), sets, priors)
    faults = [*faults, *_evidence()]
    odd = [oddity for world in worlds for oddity in oddities.everything(world)]
    evidence = sorted(folder("evidence").glob("*.toml"))
    odd += oddities.uncited(worlds, evidence)
    faulty = {fault.file for fault in faults}
    sound = [_sound(world, world.scene.run.name) for world in worlds if not world.faults]
    sound += [f"{path.name}: sound" for path in evidence if not faulty]
    return Inspected(located(faults), located(odd), sound)


def _worlds() -> list[str]:
    """Every run file of `./runs`, and every shipped world that none of them hides."""
    local = {path.stem: str(path) for path in sorted(Path("runs").glob("*.toml"))}
    shipped = {path.stem: str(path) for path in sorted(folder("runs").glob("*.toml"))}
    return list({**shipped, **local}.values())


def gathered(
    runs: Iterable[str], sets: Sequence[str], priors: str | None
) -> tuple[list[Gathered], list[Fault]]:
    """Gather the inputs of runs, with the faults of all."""
    worlds, faults = [], []
    for run in runs:
        try:
            worlds.append(gather(run, sets, priors))
            faults += worlds[-1].faults
            if worlds[-1].entry.sweep and not worlds[-1].faults:
                batch.plans(run, sets, priors)  # each of its points
        except InputFault as error:
            faults += error.faults
    return worlds, located(faults)


def _one(path: str, sets: Sequence[str], priors: str | None) -> Inspected:
    place = Path(path)
    if store.is_result(path) and not any(place.glob("*.toml")):
        store.verify(path)
        return Inspected([], [], [f"{path}: a whole result"])
    if place.suffix == ".toml" and place.resolve().parent == folder("evidence").resolve():
        faults = [fault for fault in _evidence() if Path(fault.file).name == place.name]
        return Inspected(faults, [], [] if faults else [f"{path}: sound"])
    if place.is_dir() or _holds_priors(place):
        return _folder(place, sets, priors)
    worlds, faults = gathered([path], sets, priors)
    odd = [oddity for world in worlds for oddity in oddities.everything(world)]
    return Inspected(faults, odd, [_sound(world, path) for world in worlds if not faults])


def _holds_priors(path: Path) -> bool:
    folders = [each.resolve() for each in overlays()]
    return path.is_file() and (
        path.name in (MILESTONES, SOURCES) or path.resolve().parent in folders
    )


def _folder(place: Path, sets: Sequence[str], priors: str | None) -> Inspected:
    """Inspect prior files, laid over the shipped ones: a folder of them, or one of a folder's."""
    there = place if place.is_dir() else place.parent
    if there.resolve() not in [each.resolve() for each in overlays(priors)]:
        priors = str(there)
    worlds, faults = gathered(["baseline"], sets, priors)
    odd = [oddity for world in worlds for oddity in oddities.everything(world)]
    if not place.is_dir():
        faults, odd = (
            [f for f in each if Path(f.file).resolve() == place.resolve()] for each in (faults, odd)
        )
    return Inspected(faults, odd, [] if faults else [f"{place}: sound"])


def _evidence() -> list[Fault]:
    return located(auditing.faults())


def _sound(world: Gathered, name: str) -> str:
    scene, points = world.scene, math.prod(len(e.points) for e in world.entry.sweep.values())
    swept = f", {points} points of a sweep" if points > 1 else ""
    return (
        f"{name}: {len(scene.priors)} priors, {len(scene.milestones)} milestones{swept}, no fault"
    )


def runs_and_names(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Tell runs from names of values; baseline where no run is named."""
    words = list(words)
    runs = [word for word in words if found(word)]
    return runs or ["baseline"], [word for word in words if word not in runs]


def explained(world: Gathered, names: Sequence[str]) -> list[Origin]:
    """Where the values of a run came from: all, or those about these names."""
    every = origins.origins(world)
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
    return [o for o in every if not names or origins.about(o, set(names))]
