"""Methods that read finished draws, weighed or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from simulator import targets
from simulator.drives import asking
from simulator.drives.asking import Question
from simulator.drives.records import Found, Records, knowledge, records
from simulator.growth import Array
from simulator.sensitivity import discovery, given, information, replicates, worlds
from simulator.sensitivity.replicates import Interval
from simulator.store import Result


def draws(
    world: worlds.World, result: Result, question: Question
) -> tuple[Array, Array, Array | None]:
    """(draw, parameter), uncut (output, draw) and weights of the draws that are read."""
    arrivals, paths = result.arrivals[: question.draws], result.trajectories[: question.draws]
    raw = targets.of_cards(world.target, result.plan, arrivals, paths, result.series)
    columns = [p.name for p in result.plan.priors]
    chosen = [columns.index(name) for name in world.varying]
    draws = raw.shape[1]
    weights = None if question.weights is None else question.weights[:draws]
    return np.asarray(result.parameters[:draws], float)[:, chosen], raw, weights


def knowledge_given(
    world: worlds.World,
    asked: Question,
    parameters: Array,
    raw: Array,
    weights: Array | None,
) -> Found:
    """The value of information about each parameter."""
    answer = targets.finite(world.target, raw)[0]
    times = replicates.times(len(answer), asked.replicates, world.plan.seed)
    found = information.from_draws(
        world.varying, parameters, answer, times, asked.interval, asking.BINS, weights
    )
    return knowledge(world, found)


def measures(
    world: worlds.World,
    asked: Question,
    parameters: Array,
    raw: Array,
    weights: Array | None,
) -> Found:
    """Rank correlations, first order by conditional means and PAWN; of a series, year by year."""
    answers = targets.finite(world.target, raw)
    times = replicates.times(answers.shape[1], asked.replicates, world.plan.seed)
    found: Records = []
    for year, answer in zip(world.target.years, answers, strict=True):
        if answer.std() <= 1e-12 * max(abs(answer.mean()), 1.0):
            continue
        read = given.given(world.varying, parameters, answer, times, asked.interval, weights)
        columns: dict[str, Interval | None] = {"first_order": read.first_order, "total_order": None}
        columns |= {"rank_correlation": read.rank_correlation}
        columns |= {"partial_rank_correlation": read.partial_rank_correlation, "pawn": read.pawn}
        lifted = {k: v and Interval(*(x[:, np.newaxis] for x in v)) for k, v in columns.items()}
        one = replace(world, target=replace(world.target, years=(year,)))
        found += records(one, read.names, lifted)
    return found, {}


def boxes(
    world: worlds.World,
    asked: Question,
    parameters: Array,
    raw: Array,
    weights: Array | None,
) -> Found:
    """Boxes of the worlds in which a milestone comes early, or never."""
    met = targets.met(world.target, raw)
    cases = met if world.target.kind == targets.BEFORE else ~met
    asking.enough_cases(cases, world.target)
    found = discovery.boxes(world.varying, parameters, cases, weights)
    rows: Records = []
    for number, box in enumerate(found, 1):
        record: dict[str, Any] = {"box": number}
        for name in ("coverage", "density"):
            estimate = getattr(box, name)
            record |= {name: estimate.value, f"mcse_{name}": estimate.mcse}
        limits = {name: [_end(low), _end(high)] for name, (low, high) in box.limits.items()}
        levels = {name: _levels(world, parameters, name, ends) for name, ends in box.limits.items()}
        rows.append(record | {"mass": box.mass, "limits": limits, "levels": levels})
    weight = np.ones(len(cases)) if weights is None else weights
    return rows, {"share_of_cases": float(weight[cases].sum() / weight.sum())}


def _levels(
    world: worlds.World, parameters: Array, name: str, ends: tuple[float, float]
) -> list[float]:
    """Shares of the draws below each end of a box's side."""
    values = parameters[:, world.varying.index(name)]
    return [float((values < end).mean()) for end in ends]


def _end(limit: float) -> float | None:
    return limit if np.isfinite(limit) else None
