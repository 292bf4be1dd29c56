"""Methods that walk again with luck swapped."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator import targets
from simulator.drives.asking import Question
from simulator.drives.records import Found, knowledge, records, spread
from simulator.sensitivity import information, replicates, shapley, sobol, tornado, worlds
from simulator.sensitivity.designs import Groups
from simulator.sensitivity.replicates import Interval


def indices(world: worlds.World, asked: Question, groups: Groups) -> Found:
    """First-order and total-order indices."""
    found = sobol.indices(
        worlds.subject(world),
        groups,
        draws=asked.draws,
        times=replicates.times(asked.draws, asked.replicates, world.plan.seed),
        share=asked.interval,
        matters=world.matters,
        workers=asked.workers,
        progress=asked.progress,
    )
    columns: dict[str, Interval | None] = {"first_order": found.first, "total_order": found.total}
    return records(world, found.names, columns), {"walks": found.walks}


def effects(world: worlds.World, asked: Question, groups: Groups) -> Found:
    """Shapley effects."""
    subject = worlds.subject(world)
    moving = {
        name: group
        for name, group in groups.items()
        if group and (subject.tied(group) or not world.matters.isdisjoint(group))
    }
    found = shapley.effects(
        subject,
        moving,
        draws=asked.draws,
        replicate=asked.replicates,
        seed=world.plan.seed,
        share=asked.interval,
        workers=asked.workers,
        progress=asked.progress,
    )
    place = [list(moving).index(name) if name in moving else -1 for name in groups]
    idle = (np.array(place) < 0)[:, np.newaxis]
    every = Interval(*(np.where(idle, 0.0, each[place]) for each in found))
    columns = {"first_order": None, "total_order": None, "shapley": every}
    return records(world, list(groups), columns), {"walks": (len(moving) + 1) * asked.draws}


def swings(world: worlds.World, asked: Question, groups: Groups) -> Found:
    """What holding each group at its p10 and p90 does."""
    target = world.target
    found = tornado.swings(
        worlds.subject(world, cut=False),
        groups,
        draws=asked.draws,
        times=replicates.times(asked.draws, asked.replicates, world.plan.seed),
        share=asked.interval,
        matters=world.matters,
        met=(lambda raw: targets.met(target, raw)) if target.milestone else None,
        horizon=target.horizon if target.milestone else np.inf,
        workers=asked.workers,
        progress=asked.progress,
    )
    rows = records(world, found.names, {})
    for i, record in enumerate(rows):
        at = divmod(i, len(target.years))
        for end, level in enumerate(("p10", "p90")):
            place = (at[0], end, at[1])
            record[f"median_{level}"] = float(found.medians[place])
            record |= spread(f"median_change_{level}", found.median_changes, place)
            if found.probabilities is not None and found.probability_changes is not None:
                record[f"probability_{level}"] = float(found.probabilities[at[0], end, 0])
                changes = found.probability_changes
                record |= spread(f"probability_change_{level}", changes, (at[0], end, 0))
    now: dict[str, Any] = {"median": found.median.tolist()}
    return rows, now | (
        {} if found.probability is None else {"probability": float(found.probability[0])}
    )


def knowledge_walked(world: worlds.World, asked: Question, groups: Groups) -> Found:
    """The value of information about each group."""
    found = information.from_walks(
        worlds.subject(world),
        groups,
        draws=asked.draws,
        replicate=asked.replicates,
        seed=world.plan.seed,
        share=asked.interval,
        matters=world.matters,
        workers=asked.workers,
        progress=asked.progress,
    )
    return knowledge(world, found)
