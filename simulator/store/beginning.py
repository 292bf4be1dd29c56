"""How a run begins: from nothing, from unfinished work, from a shorter result; or not, for something is in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulator.errors import Fault, InputFault, listed
from simulator.evidence import weights
from simulator.evidence.weights import RangeLikelihoods
from simulator.inputs.files import shown_path
from simulator.inputs.plan import Plan
from simulator.simulate.blocks import CompiledPlan
from simulator.store import manifest, results, work
from simulator.store.manifest import MANIFEST, KeptDraws, ResultHead
from simulator.store.work import WorkState
from simulator.summaries import counts
from simulator.summaries.counts import empty_counts

ELSEWHERE = "--overwrite replaces it, --out DIR leaves it alone"


class RunRequest(NamedTuple):
    """What the caller asks for; `cards` or `trajectories` left out stays as it is there, or at its default."""

    plan: Plan
    resume: bool = False
    overwrite: bool = False
    cards: int | None = None
    trajectories: int | None = None

    def head(self, there: ResultHead | None = None) -> ResultHead:
        """What the result is to be of, in the light of what is there."""
        cards, trajectories = there.keep if there else KeptDraws()
        return ResultHead(
            self.plan,
            KeptDraws(
                cards if self.cards is None else self.cards,
                trajectories if self.trajectories is None else self.trajectories,
            ),
        )


def finished_result(target: Path, asked: RunRequest) -> ResultHead | None:
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
    there = manifest.read_head(manifest.read_manifest(target), target / MANIFEST)
    _compare(target, "a result", there, asked)
    return there


def _compare(place: Path, what: str, there: ResultHead, asked: RunRequest) -> None:
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


def _differences(there: ResultHead, wanted: ResultHead) -> Iterable[str]:
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
    return InputFault([Fault(shown_path(place), "", "", found, fix=fix)])


def starting_state(
    folder: Path,
    target: Path,
    there: ResultHead | None,
    asked: RunRequest,
    compiled: CompiledPlan,
) -> tuple[WorkState, RangeLikelihoods | None]:
    """The state to go on from, with the files of cards laid.

    Parameters
    ----------
    folder : of work, locked
    there : what the finished result in the place is of
    compiled : the plan asked for, ready to simulate

    Returns
    -------
    the state; and likelihoods of the first draws, which a fresh run finds while it fits its grids

    Raises
    ------
    InputFault
        when there is unfinished work, or a shorter result, and no word of what to do with it
    """
    begun = work.load_snapshot(folder) if asked.resume or not asked.overwrite else None
    if begun and asked.overwrite and not begun.of.same_world(asked.head(begun.of)):
        begun = None
    if begun:
        return _resumed(folder, begun, asked), None
    if there:
        return _extended(folder, target, there, asked), None
    work.note_plan(folder, asked.plan)
    of = asked.head()
    shape, first = weights.layout_and_likelihoods(compiled)
    fresh = WorkState(of, shape, results.card_shapes(of), counts.empty_counts(shape), ())
    work.begin_work(folder, fresh)
    return fresh, first


def _resumed(folder: Path, begun: WorkState, asked: RunRequest) -> WorkState:
    what = f"an unfinished run ({begun.walked:,} of {begun.of.plan.draws:,} draws)"
    _compare(folder, what, begun.of, asked)
    if not asked.resume:
        raise _in_the_way(folder, what, f"--resume goes on with it; {ELSEWHERE}")
    of = asked.head(begun.of)
    going_on = replace(begun, of=of, cards=results.card_shapes(of))
    if _weighed_anew(begun.of, of):
        going_on = replace(going_on, counts=counts.empty_counts(begun.shape), done=())
    work.lay_card_files(folder, going_on)
    return going_on


def _extended(folder: Path, target: Path, there: ResultHead, asked: RunRequest) -> WorkState:
    if not asked.resume:
        found = f"a result of {there.plan.draws:,} draws"
        raise _in_the_way(
            target, found, f"--resume extends it to {asked.plan.draws:,}; {ELSEWHERE}"
        )
    manifest.verify_files(target)
    of = asked.head(there)
    with np.load(target / results.COUNTS) as held:
        shape, counts = results.read_counts(held, of.plan)
    longer = WorkState(of, shape, results.card_shapes(of), counts, (range(there.plan.draws),))
    if _weighed_anew(there, of):
        longer = replace(longer, counts=empty_counts(shape), done=())
    work.note_plan(folder, asked.plan)
    work.begin_work(folder, longer, old=target)
    return longer


def _weighed_anew(there: ResultHead, wanted: ResultHead) -> bool:
    """Say whether more draws change the weights of those that are there, whose counts are then of no use."""
    return bool(wanted.plan.observations) and there.plan.draws != wanted.plan.draws
