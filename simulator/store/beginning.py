"""How a run begins: from nothing, from unfinished work, from a shorter result; or not, for something is in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulator import store, summaries, walk
from simulator.entries import shown
from simulator.faults import Fault, InputFault, listed
from simulator.plan import Plan
from simulator.store import manifest, work
from simulator.store.manifest import MANIFEST, Head, Keep
from simulator.store.work import State

ELSEWHERE = "--overwrite replaces it, --out DIR leaves it alone"


class Asked(NamedTuple):
    """What the caller asks for; `cards` or `trajectories` left out stays as it is there, or at its default."""

    plan: Plan
    resume: bool = False
    overwrite: bool = False
    cards: int | None = None
    trajectories: int | None = None

    def head(self, there: Head | None = None) -> Head:
        """What the result is to be of, in the light of what is there."""
        cards, trajectories = there.keep if there else Keep()
        return Head(
            self.plan,
            Keep(
                cards if self.cards is None else self.cards,
                trajectories if self.trajectories is None else self.trajectories,
            ),
        )


def finished(target: Path, asked: Asked) -> Head | None:
    """What the finished result in the place is of: of fewer draws than asked, or of just as many; None is a free place.

    Raises
    ------
    InputFault
        when something else is in the place
    """
    if not target.exists():
        return None
    if not (target / MANIFEST).is_file():
        raise _in_the_way(target, "what is not a result", "move it away, or choose --out")
    if asked.overwrite:
        return None
    there = manifest.head(manifest.read(target), target / MANIFEST)
    _compare(target, "a result", there, asked)
    return there


def _compare(place: Path, what: str, there: Head, asked: Asked) -> None:
    """Refuse to go on with something else, or with fewer draws."""
    wanted = asked.head(there)
    if not there.same_world(wanted):
        differs = listed(_differences(there, wanted))
        raise _in_the_way(place, f"{what} of another plan (another {differs})", ELSEWHERE)
    if there.plan.draws > wanted.plan.draws:
        found = (
            f"{what} of {there.plan.draws:,} draws, more than the {wanted.plan.draws:,} asked for"
        )
        raise _in_the_way(place, found, f"ask for as many; {ELSEWHERE}")
    if there.keep != wanted.keep:
        found = f"{what} that keeps {there.keep.cards:,} cards and {there.keep.trajectories:,} trajectories"
        raise _in_the_way(
            place, found, f"leave out --keep-cards and --keep-trajectories; {ELSEWHERE}"
        )


def _differences(there: Head, wanted: Head) -> Iterable[str]:
    if there.version != wanted.version:
        yield f"version, {there.version}"
    mine, theirs = wanted.plan.model_dump(), there.plan.model_dump()
    for key in mine:
        if key == "priors":
            priors = [{prior["name"]: prior for prior in plan[key]} for plan in (mine, theirs)]
            names = dict.fromkeys(name for plan in priors for name in plan)
            yield from (n for n in names if priors[0].get(n) != priors[1].get(n))
        elif key != "draws" and mine[key] != theirs[key]:
            yield key.replace("_", " ")


def _in_the_way(place: Path, found: str, fix: str) -> InputFault:
    return InputFault([Fault(shown(place), "", "", found, fix=fix)])


def state(folder: Path, target: Path, there: Head | None, asked: Asked) -> State:
    """The state to go on from, with the files of cards laid.

    Parameters
    ----------
    folder : of work, locked
    there : what the finished result in the place is of

    Raises
    ------
    InputFault
        when there is unfinished work, or a shorter result, and no word of what to do with it
    """
    begun = work.saved(folder) if asked.resume or not asked.overwrite else None
    if begun and asked.overwrite and not begun.of.same_world(asked.head(begun.of)):
        begun = None
    if begun:
        return _resumed(folder, begun, asked)
    if there:
        return _extended(folder, target, there, asked)
    work.note(folder, asked.plan)
    of = asked.head()
    shape = walk.shape(walk.ready(of.plan))
    fresh = State(of, shape, store.card_shapes(of), summaries.nothing(shape), ())
    work.begin(folder, fresh)
    return fresh


def _resumed(folder: Path, begun: State, asked: Asked) -> State:
    what = f"an unfinished run ({begun.walked:,} of {begun.of.plan.draws:,} draws)"
    _compare(folder, what, begun.of, asked)
    if not asked.resume:
        raise _in_the_way(folder, what, f"--resume goes on with it; {ELSEWHERE}")
    of = asked.head(begun.of)
    going_on = replace(begun, of=of, cards=store.card_shapes(of))
    if _weighed_anew(begun.of, of):
        going_on = replace(going_on, counts=summaries.nothing(begun.shape), done=())
    work.lay(folder, going_on)
    return going_on


def _extended(folder: Path, target: Path, there: Head, asked: Asked) -> State:
    if not asked.resume:
        found = f"a result of {there.plan.draws:,} draws"
        raise _in_the_way(
            target, found, f"--resume extends it to {asked.plan.draws:,}; {ELSEWHERE}"
        )
    manifest.verify(target)
    of = asked.head(there)
    with np.load(target / store.COUNTS) as held:
        shape, counts = store.read_counts(held, of.plan)
    longer = State(of, shape, store.card_shapes(of), counts, (range(there.plan.draws),))
    if _weighed_anew(there, of):
        longer = replace(longer, counts=summaries.nothing(shape), done=())
    work.note(folder, asked.plan)
    work.begin(folder, longer, old=target)
    return longer


def _weighed_anew(there: Head, wanted: Head) -> bool:
    """Say whether more draws change the weights of those that are there, whose counts are then of no use."""
    return bool(wanted.plan.observations) and there.plan.draws != wanted.plan.draws
