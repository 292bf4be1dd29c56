"""The difference of two worlds' answers, and which driver it comes from.

Worlds of one seed share their luck, so a world in which some drivers are B's and the rest A's is walked draw by draw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator import luck, targets
from simulator.faults import Fault, InputFault
from simulator.growth import Array
from simulator.model import join
from simulator.plan import Plan
from simulator.sensitivity import attribution, replicates, worlds
from simulator.sensitivity.attribution import Coalition
from simulator.sensitivity.designs import in_order
from simulator.sensitivity.replicates import Times, weighted_quantiles
from simulator.targets import BEFORE, SERIES, Target
from simulator.walk import Walker, ready, unfold, valued

SEEN = 512  # draws in which levels are compared
Values = dict[str, Array]


@dataclass(frozen=True)
class Attribution:
    """The difference of two worlds' answers, split over drivers.

    Attributes
    ----------
    a, b : the answers [the target's unit]
    drivers : every driver; those in which the worlds agree, or that the target does not read, have a part of exactly 0
    parts : (driver)
    whole : the difference b - a; the parts sum to it
    walks : how many draws were walked; every coalition was when `exact`
    """

    target: Target
    a: float
    b: float
    drivers: tuple[str, ...]
    parts: replicates.Interval
    whole: replicates.Interval
    walks: int
    exact: bool

    @property
    def statistic(self) -> str:
        """What of the target differs."""
        return "probability" if self.target.kind == BEFORE else "median"

    @property
    def unit(self) -> str:
        """Unit in which parts are told; a probability in percentage points."""
        if self.target.kind == BEFORE:
            return "percentage points"
        return "years" if self.target.milestone else self.target.unit

    @property
    def how(self) -> str:
        """Where the Shapley values come from."""
        return "every coalition" if self.exact else "orders of drivers drawn at random"


def attributed(
    a: Plan,
    b: Plan,
    target: str,
    *,
    draws: int = 4096,
    orders: int = 24,
    replicate: int = 200,
    share: float = 0.95,
    workers: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Attribution:
    """Split the difference of the median, or of the probability of `milestone@year`, over drivers.

    Raises
    ------
    InputFault
        when the worlds have not the same seed, grid and target
    """
    found = _same_target(a, b, target)
    sides = [worlds.world(plan, found) for plan in (a, b)]
    every, differing = _drivers(a, b, sides[0].matters | sides[1].matters)
    drawn = attribution.orders(len(differing), orders, a.seed)
    wanted = attribution.coalitions(len(differing), drawn)

    def block(piece: range) -> Array:
        return _walked(a, b, found, differing, wanted, piece)

    walked = np.concatenate(list(in_order(block, draws, workers, progress)), axis=1)
    times = replicates.times(draws, replicate, a.seed)
    worth = {c: _statistic(found, row, times) for c, row in zip(wanted, walked, strict=True)}
    nothing, all_of_it = worth[frozenset()], worth[frozenset(range(len(differing)))]
    some = attribution.parts(len(differing), drawn, worth, share, a.seed)
    place = [differing.index(name) if name in differing else -1 for name in every]
    parts = (np.append(each, 0.0)[place] for each in some)  # the last is of those that agree
    return Attribution(
        found,
        float(nothing[0]),
        float(all_of_it[0]),
        every,
        replicates.Interval(*parts),
        replicates.interval(all_of_it - nothing, share),
        len(wanted) * draws,
        drawn is None,
    )


def _same_target(a: Plan, b: Plan, text: str) -> Target:
    """The target of both, which have the same seed and grid."""
    keys = ("seed", "start", "anchor_year", "horizon")
    names = f"{a.name} and {b.name}"
    faults = [
        Fault(names, "", key, f"{getattr(a, key)} and {getattr(b, key)}", "the same in both", mend)
        for key in keys
        if getattr(a, key) != getattr(b, key)
        for mend in [f"paired draws need it; give one of them --set {key}={getattr(a, key)}"]
    ]
    if faults:
        raise InputFault(faults)
    found, other = targets.read(a, text), targets.read(b, text)
    if found != other:
        what = f"{found.milestone} and {other.milestone}"
        raise InputFault([Fault(names, "", text, what, "a milestone that means the same in both")])
    if found.kind == SERIES:
        allowed = f"one year of it, such as {text}@{(a.anchor_year + a.horizon) // 2:g}"
        raise InputFault([Fault("--target", "", text, "a series in every year", allowed)])
    return found


def _drivers(a: Plan, b: Plan, matters: frozenset[str]) -> tuple[tuple[str, ...], list[str]]:
    """Every driver, and those whose parameters differ in a way that the target can see."""
    owners = worlds.owner(b) | worlds.owner(a)
    every = tuple(dict.fromkeys(owners.values()))
    levels = [
        luck.mixed(plan.luck, ready(plan).copula, [p.name for p in plan.priors], range(SEEN))
        for plan in (a, b)
    ]
    priors = [{p.name: (p.family, p.distribution) for p in plan.priors} for plan in (a, b)]
    differing = {
        owners[name]
        for name in owners
        if name in matters
        and (
            priors[0].get(name) != priors[1].get(name)
            or not np.array_equal(levels[0][name], levels[1][name])
        )
        and not _still(name, priors)
    }
    return every, [driver for driver in every if driver in differing]


def _still(name: str, priors: Sequence[dict[str, Any]]) -> bool:
    """Say whether a parameter is fixed at the same value in both, whatever its luck."""
    one, other = (each.get(name) for each in priors)
    return one is not None and one == other and one[0] == "fixed"


def _walked(
    a: Plan,
    b: Plan,
    target: Target,
    drivers: Sequence[str],
    coalitions: Sequence[Coalition],
    piece: range,
) -> Array:
    """(coalition, draw) of the target."""
    own = [_values(plan, piece) for plan in (a, b)]
    owners = worlds.owner(b) | worlds.owner(a)
    found = []
    for coalition in coalitions:
        changed = {drivers[i] for i in coalition}
        parameters = {n: v for n, v in own[0].items() if owners[n] not in changed}
        parameters |= {n: v for n, v in own[1].items() if owners[n] in changed}
        walker = _walker(a, tuple(parameters), target)
        block = unfold(walker, piece, parameters)
        found.append(targets.finite(target, targets.raw(target, block, a.grid.years))[0])
    return np.array(found)


def _values(plan: Plan, piece: range) -> Values:
    walker = ready(plan)
    return valued(plan, luck.mixed(plan.luck, walker.copula, [p.name for p in plan.priors], piece))


def _walker(plan: Plan, names: tuple[str, ...], target: Target) -> Walker:
    """A walker for parameters of these names, on the plan's grid."""
    return targets.narrow(Walker(plan, join(names), luck.Copula()), target)


def _statistic(target: Target, answers: Array, times: Times) -> Array:
    """(1 + replicates) of the median, or of the probability."""
    if target.kind == BEFORE:
        return times @ answers / times.shape[1]
    return weighted_quantiles(answers, times, 0.5)
