"""What drives the answer of a world: a target, a method, and the records that it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import targets
from simulator.drives import asking, finished, walked
from simulator.drives.asking import (
    CORRELATED,
    DISCOVERY,
    GIVEN,
    INFORMATION,
    SHAPLEY,
    SOBOL,
    TORNADO,
)
from simulator.drives.records import Found, Records
from simulator.plan import Plan
from simulator.sensitivity import worlds
from simulator.sensitivity.designs import Groups
from simulator.store import Result
from simulator.targets import Target

FROM_WALKS: dict[str, Callable[..., Found]] = {
    SOBOL: walked.indices,
    CORRELATED: walked.indices,
    SHAPLEY: walked.effects,
    TORNADO: walked.swings,
    INFORMATION: walked.knowledge_walked,
}
FROM_DRAWS: dict[str, Callable[..., Found]] = {
    GIVEN: finished.measures,
    DISCOVERY: finished.boxes,
    INFORMATION: finished.knowledge_given,
}


@dataclass(frozen=True)
class Findings:
    """What a method found.

    Attributes
    ----------
    asked : the question, with every default filled in
    records : one a parameter, driver or box (and year, of a series); numbers unrounded
    now : the answer as it stands: median, probability or width of the 80 % interval, where the method says it
    """

    plan: Plan
    target: Target
    asked: asking.Question
    records: Records
    now: dict[str, Any]


def findings(source: Plan | Result, target: str, **options: Any) -> Findings:
    """Say what drives a target.

    Parameters
    ----------
    source : a plan, whose draws are walked, or a finished run
    target : `milestone`, `milestone@2031`, `series@2030` or `series`
    options : of `asking.Question`: by, method, draws, replicates, interval, weights, workers, progress

    Raises
    ------
    InputFault
        when the target is unknown or does not vary, or the method cannot take what it is given
    """
    plan = source if isinstance(source, Plan) else source.plan
    found = targets.read(plan, target)
    world = worlds.world(plan, found)
    question = asking.settled(asking.Question(**options), world, source)
    asking.must_vary(world)
    if isinstance(source, Result) and asking.finished(question, source):
        read = finished.draws(world, source, question)
        records, now = FROM_DRAWS[question.method](world, question, *read)
    else:
        groups = varying(world, question.by)
        records, now = FROM_WALKS[question.method](world, question, groups)
    return Findings(plan, found, question, records, now)


def varying(world: worlds.World, by: str) -> Groups:
    """Groups of the parameters that vary; a group of none has an index of exactly 0."""
    vary = set(world.varying)
    whole = worlds.grouped(world.plan, by)
    return {name: tuple(n for n in group if n in vary) for name, group in whole.items()}
