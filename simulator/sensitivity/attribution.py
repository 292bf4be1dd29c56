"""The difference of two worlds' answers, and which driver it comes from.

Worlds of one seed share their luck, so a world in which some drivers are B's and the rest A's is walked draw by draw.

Attribution: the difference of two worlds' answers, split over the drivers in which they differ, by Shapley values.

A coalition's world takes some drivers' parameters from B and the rest from A, draw by draw, with the luck that each has
in its own world; a driver's part is what it adds, averaged over the orders in which drivers change over. The parts sum
to the whole.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator import sampling
from simulator.arrays import Array
from simulator.errors import Fault, InputFault
from simulator.inputs.plan import Plan
from simulator.model import join_drivers
from simulator.sensitivity import bootstrap, subjects, targets
from simulator.sensitivity.bootstrap import (
    BootstrapCounts,
    Interval,
    percentile_interval,
    weighted_quantiles,
)
from simulator.sensitivity.targets import BEFORE, SERIES, Target
from simulator.simulate.blocks import (
    CompiledPlan,
    compile_plan,
    parameter_values,
    simulate_parameters,
)
from simulator.simulate.engines import in_order

COMPARED_DRAWS = 512  # draws in which levels are compared

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
    parts: bootstrap.Interval
    whole: bootstrap.Interval
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


def attribute(
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
    sides = [subjects.targeted_plan(plan, found) for plan in (a, b)]
    every, differing = _differing_drivers(a, b, sides[0].matters | sides[1].matters)
    drawn = driver_orders(len(differing), orders, a.seed)
    wanted = coalitions(len(differing), drawn)

    def block(piece: range) -> Array:
        return _coalition_answers(a, b, found, differing, wanted, piece)

    walked = np.concatenate(list(in_order(block, draws, workers, progress)), axis=1)
    times = bootstrap.bootstrap_counts(draws, replicate, a.seed)
    worth = {c: _statistic(found, row, times) for c, row in zip(wanted, walked, strict=True)}
    nothing, all_of_it = worth[frozenset()], worth[frozenset(range(len(differing)))]
    some = shapley_parts(len(differing), drawn, worth, share, a.seed)
    place = [differing.index(name) if name in differing else -1 for name in every]
    parts = (np.append(each, 0.0)[place] for each in some)  # the last is of those that agree
    return Attribution(
        found,
        float(nothing[0]),
        float(all_of_it[0]),
        every,
        bootstrap.Interval(*parts),
        bootstrap.percentile_interval(all_of_it - nothing, share),
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
    found, other = targets.read_target(a, text), targets.read_target(b, text)
    if found != other:
        what = f"{found.milestone} and {other.milestone}"
        raise InputFault([Fault(names, "", text, what, "a milestone that means the same in both")])
    if found.kind == SERIES:
        allowed = f"one year of it, such as {text}@{(a.anchor_year + a.horizon) // 2:g}"
        raise InputFault([Fault("--target", "", text, "a series in every year", allowed)])
    return found


def _differing_drivers(
    a: Plan, b: Plan, matters: frozenset[str]
) -> tuple[tuple[str, ...], list[str]]:
    """Every driver, and those whose parameters differ in a way that the target can see."""
    owners = subjects.driver_of_parameters(b) | subjects.driver_of_parameters(a)
    every = tuple(dict.fromkeys(owners.values()))
    levels = [
        sampling.correlated_levels(
            plan.sampling,
            compile_plan(plan).copula,
            [p.name for p in plan.priors],
            range(COMPARED_DRAWS),
        )
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
        and not _same_fixed(name, priors)
    }
    return every, [driver for driver in every if driver in differing]


def _same_fixed(name: str, priors: Sequence[dict[str, Any]]) -> bool:
    """Say whether a parameter is fixed at the same value in both, whatever its luck."""
    one, other = (each.get(name) for each in priors)
    return one is not None and one == other and one[0] == "fixed"


def _coalition_answers(
    a: Plan,
    b: Plan,
    target: Target,
    drivers: Sequence[str],
    coalitions: Sequence[Coalition],
    piece: range,
) -> Array:
    """(coalition, draw) of the target."""
    own = [_own_values(plan, piece) for plan in (a, b)]
    owners = subjects.driver_of_parameters(b) | subjects.driver_of_parameters(a)
    found = []
    for coalition in coalitions:
        changed = {drivers[i] for i in coalition}
        parameters = {n: v for n, v in own[0].items() if owners[n] not in changed}
        parameters |= {n: v for n, v in own[1].items() if owners[n] in changed}
        compiled = _narrowed_plan(a, tuple(parameters), target)
        block = simulate_parameters(compiled, piece, parameters)
        found.append(
            targets.finite_values(target, targets.target_values(target, block, a.grid.years))[0]
        )
    return np.array(found)


def _own_values(plan: Plan, piece: range) -> Values:
    compiled = compile_plan(plan)
    return parameter_values(
        compiled,
        sampling.correlated_levels(
            plan.sampling, compiled.copula, [p.name for p in plan.priors], piece
        ),
    )


def _narrowed_plan(plan: Plan, names: tuple[str, ...], target: Target) -> CompiledPlan:
    """A compiled for parameters of these names, on the plan's grid."""
    return targets.narrowed(CompiledPlan(plan, join_drivers(names), sampling.Copula(), {}), target)


def _statistic(target: Target, answers: Array, times: BootstrapCounts) -> Array:
    """(1 + replicates) of the median, or of the probability."""
    if target.kind == BEFORE:
        return times @ answers / times.shape[1]
    return weighted_quantiles(answers, times, 0.5)


MOST_EXACT = 8  # drivers up to which every coalition is walked


Coalition = frozenset[int]


def driver_orders(drivers: int, sampled: int, seed: int) -> list[tuple[int, ...]] | None:
    """Pairs of an order and its reverse to average over; None where every coalition is walked instead."""
    if drivers <= MOST_EXACT:
        return None
    dice = np.random.Generator(np.random.Philox(key=seed))
    drawn = [tuple(dice.permutation(drivers).tolist()) for _ in range(max(sampled // 2, 2))]
    return [order for each in drawn for order in (each, each[::-1])]


def coalitions(drivers: int, orders: Iterable[Sequence[int]] | None) -> list[Coalition]:
    """Every coalition that the parts are read from, A's world and B's among them."""
    if orders is None:
        sizes = range(drivers + 1)
        return [frozenset(c) for k in sizes for c in itertools.combinations(range(drivers), k)]
    found = (frozenset(order[:k]) for order in orders for k in range(drivers + 1))
    return list(dict.fromkeys(found))


def shapley_parts(
    drivers: int,
    orders: Sequence[Sequence[int]] | None,
    worth: dict[Coalition, Array],
    share: float,
    seed: int,
) -> Interval:
    """Each driver's part of the difference, (driver), with intervals.

    Parameters
    ----------
    worth : coalition -> (1 + replicates) of its answer; replicates have the same draws in every coalition
    """
    if not drivers:
        return Interval(*np.zeros((4, 0)))
    found = (
        _all_coalitions(drivers, worth)
        if orders is None
        else _sampled_orders(drivers, orders, worth, seed)
    )
    return percentile_interval(found, share)


def _all_coalitions(drivers: int, worth: dict[Coalition, Array]) -> Array:
    """Shapley's sum over every coalition, (1 + replicates, driver)."""
    columns = []
    for driver in range(drivers):
        part = np.zeros(len(worth[frozenset()]))
        for joined, value in worth.items():
            if driver not in joined:
                size = len(joined)
                weight = 1.0 / (drivers * math.comb(drivers - 1, size))
                part = part + weight * (worth[joined | {driver}] - value)
        columns.append(part)
    return np.array(columns).T


def _sampled_orders(
    drivers: int, orders: Sequence[Sequence[int]], worth: dict[Coalition, Array], seed: int
) -> Array:
    """Means over the orders; replicates resample pairs of orders beside the draws."""
    added = np.empty((len(orders), drivers, len(worth[frozenset()])))
    for row, order in enumerate(orders):
        for k, driver in enumerate(order):
            joined = frozenset(order[:k])
            added[row, driver] = worth[joined | {driver}] - worth[joined]
    pairs = added.reshape(-1, 2, *added.shape[1:]).mean(axis=1)
    found = pairs.mean(axis=0).T
    dice = np.random.Generator(np.random.Philox(key=seed))
    for row in range(1, len(found)):
        chosen = dice.integers(len(pairs), size=len(pairs))
        found[row] = pairs[chosen, :, row].mean(axis=0)
    return found


def attribution_records(attribution: Attribution) -> list[dict[str, Any]]:
    """One record a driver, the largest part first: name, part, part_low, part_high, mcse_part [the target's unit]."""
    keys = ("part", "part_low", "part_high", "mcse_part")
    records = [
        {"name": name}
        | dict(zip(keys, (float(each[i]) for each in attribution.parts), strict=True))
        for i, name in enumerate(attribution.drivers)
    ]
    return sorted(records, key=lambda record: -abs(record["part"]))
