"""Attribution: the difference of two scenarios' answers, split over the drivers in which they differ.

Scenarios of one seed share their probability levels, so that they are compared draw by draw. The mixed scenario of a
coalition takes the parameters of some drivers from B and the rest from A, each with the levels that it has in its own
scenario. A driver's part is what it adds, averaged over the orders in which drivers change from A to B (its Shapley
value); the parts sum to the whole difference.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from simulator import sampling
from simulator.arrays import Array
from simulator.errors import Fault, InputFault
from simulator.evidence.likelihood import log_likelihood
from simulator.inputs.plan import Plan
from simulator.model import join_drivers
from simulator.sensitivity import bootstrap, observed, subjects, targets
from simulator.sensitivity.bootstrap import Interval, percentile_interval, weighted_quantiles
from simulator.sensitivity.targets import BEFORE, SERIES, Target
from simulator.simulate.blocks import (
    CompiledPlan,
    compile_plan,
    parameter_values,
    simulate_parameters,
)
from simulator.simulate.engines import in_order
from simulator.summaries.result import ImportanceWeights

COMPARED_DRAWS = 512  # draws in which levels are compared

EVIDENCE = "evidence"

Values = dict[str, Array]

Coalition = frozenset[int]
"""Numbers of the players that have changed from A to B."""


@dataclass(frozen=True)
class Attribution:
    """The difference of two scenarios' answers, split over drivers.

    Attributes
    ----------
    a, b : the answers [the target's unit]
    drivers : every driver, and "evidence" if a scenario has observations; those in which the scenarios agree, or that
        neither target nor observations depend on, have a part of exactly 0
    parts : (driver)
    whole : the difference b - a; the parts sum to it
    simulations : how many draws were simulated
    exact : whether every coalition was simulated
    of : "posterior" when a scenario is weighed by its observations, else "prior"
    weights : of the draws of A and of B
    """

    target: Target
    a: float
    b: float
    drivers: tuple[str, ...]
    parts: bootstrap.Interval
    whole: bootstrap.Interval
    simulations: int
    exact: bool
    of: str
    weights: tuple[ImportanceWeights, ImportanceWeights]

    @property
    def statistic(self) -> str:
        """What of the target differs."""
        return "probability" if self.target.kind == BEFORE else "median"

    @property
    def unit(self) -> str:
        """Unit of the parts that are printed; a probability is in percentage points."""
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
    prior: bool = False,
) -> Attribution:
    """Split the difference of the median, or of the probability of `milestone@year`, over drivers and evidence.

    The draws of a coalition are weighed by A's observations, or by B's if the evidence is in the coalition; so the
    parts sum to the difference of the two posteriors.

    Parameters
    ----------
    prior : split the difference before observations are weighed

    Raises
    ------
    InputFault
        when the scenarios differ in seed, grid or target, or no draw of a coalition agrees with its observations
    """
    shared = _same_target(a, b, target)
    compared = _compared_scenarios(a, b, shared, prior)
    drawn = driver_orders(len(compared.players), orders, a.seed)
    wanted = coalitions(len(compared.players), drawn)

    task = partial(_coalition_answers, compared, wanted, _mixed_plans(compared, wanted))
    answers = np.concatenate(list(in_order(task, draws, workers, progress)), axis=2)
    weights = {c: _weights_of(compared, c, row[1]) for c, row in zip(wanted, answers, strict=True)}
    times = bootstrap.bootstrap_counts(draws, replicate, a.seed)
    worth = {
        c: _statistic(shared, row[0], observed.weighted_counts(times, weights[c]))
        for c, row in zip(wanted, answers, strict=True)
    }
    ends = (Coalition(), Coalition(range(len(compared.players))))
    nothing, all_of_it = (worth[end] for end in ends)
    some = shapley_parts(len(compared.players), drawn, worth, share, a.seed)
    every = _every_driver(a, b) + ((EVIDENCE,) if any(compared.evidence) else ())
    positions = [compared.players.index(name) if name in compared.players else -1 for name in every]
    parts = (np.append(each, 0.0)[positions] for each in some)  # the last is of those that agree
    return Attribution(
        shared,
        float(nothing[0]),
        float(all_of_it[0]),
        every,
        bootstrap.Interval(*parts),
        bootstrap.percentile_interval(all_of_it - nothing, share),
        len({c - compared.evidence_players for c in wanted}) * draws,
        drawn is None,
        observed.POSTERIOR if any(compared.evidence) else observed.PRIOR,
        (weights[ends[0]], weights[ends[1]]),
    )


def _compared_scenarios(a: Plan, b: Plan, target: Target, prior: bool) -> ComparedScenarios:
    """Two scenarios, with the drivers and the evidence in which they differ."""
    one, other = (observed.observations_of(plan, prior) for plan in (a, b))
    series = observed.observed_series((*one, *other))
    _check_observed(a, b, series)
    compiled = (compile_plan(a), compile_plan(b))
    matters = {
        name for each in compiled for name in targets.parameters_that_matter(each, target, series)
    }
    matters |= observed.milestone_parameters((*one, *other))
    players = _differing_drivers(compiled, frozenset(matters))
    players += [EVIDENCE] if one != other else []
    return ComparedScenarios(a, b, compiled, target, players, (one, other))


def _every_driver(a: Plan, b: Plan) -> tuple[str, ...]:
    owners = subjects.driver_of_parameters(b) | subjects.driver_of_parameters(a)
    return tuple(dict.fromkeys(owners.values()))


def _check_observed(a: Plan, b: Plan, series: Sequence[str]) -> None:
    """Raise a fault when a scenario lacks an observed series."""
    for plan in (a, b):
        missing = set(series) - set(join_drivers(p.name for p in plan.priors).series)
        if missing:
            what = f"{plan.name} has no {', '.join(sorted(missing))}"
            allowed = "scenarios with every observed series; or --prior"
            raise InputFault([Fault(f"{a.name} and {b.name}", "", "observations", what, allowed)])


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
    first, other = targets.read_target(a, text), targets.read_target(b, text)
    if first != other:
        what = f"{first.milestone} and {other.milestone}"
        raise InputFault([Fault(names, "", text, what, "a milestone that means the same in both")])
    if first.kind == SERIES:
        allowed = f"one year of it, such as {text}@{(a.anchor_year + a.horizon) // 2:g}"
        raise InputFault([Fault("--target", "", text, "a series in every year", allowed)])
    return first


def _differing_drivers(
    compiled: tuple[CompiledPlan, CompiledPlan], matters: frozenset[str]
) -> list[str]:
    """Drivers whose parameters differ in a way that the target, or the evidence, can see."""
    a, b = (each.plan for each in compiled)
    owners = subjects.driver_of_parameters(b) | subjects.driver_of_parameters(a)
    levels = [
        sampling.correlated_levels(
            each.plan.sampling,
            each.copula,
            [p.name for p in each.plan.priors],
            range(COMPARED_DRAWS),
        )
        for each in compiled
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
    return [driver for driver in _every_driver(a, b) if driver in differing]


def _same_fixed(name: str, priors: Sequence[dict[str, Any]]) -> bool:
    """Say whether a parameter is fixed at the same value in both, whatever its level."""
    one, other = (each.get(name) for each in priors)
    return one is not None and one == other and one[0] == "fixed"


class ComparedScenarios(NamedTuple):
    """Two scenarios, and the players in which they differ.

    Attributes
    ----------
    compiled : A and B, compiled once for all blocks
    players : names of drivers, and EVIDENCE
    evidence : the observations of A and of B
    """

    a: Plan
    b: Plan
    compiled: tuple[CompiledPlan, CompiledPlan]
    target: Target
    players: list[str]
    evidence: tuple[observed.Observations, observed.Observations]

    @property
    def evidence_players(self) -> Coalition:
        """The number of the evidence among the players; none where the evidence is the same."""
        return frozenset(i for i, name in enumerate(self.players) if name == EVIDENCE)

    def side(self, coalition: Coalition) -> int:
        """Whose evidence the draws of a coalition are weighed by: 0 is A's, 1 is B's."""
        return int(bool(coalition & self.evidence_players))


class MixedPlan(NamedTuple):
    """The mixed plan of a coalition, compiled once for all blocks.

    Attributes
    ----------
    sides : parameter -> whose value it takes: 0 is A's, 1 is B's
    compiled : A with the model joined for these parameters, narrowed to the target and the observed series
    """

    sides: dict[str, int]
    compiled: CompiledPlan


def _coalition_answers(
    compared: ComparedScenarios,
    coalitions: Sequence[Coalition],
    mixed: Mapping[Coalition, MixedPlan],
    piece: range,
) -> Array:
    """(coalition, target and log-likelihood, draw); coalitions that differ in evidence alone are simulated once.

    Parameters
    ----------
    mixed : drivers that have changed to B -> their mixed plan
    """
    target, years = compared.target, compared.a.grid.years
    own = [_own_values(each, piece) for each in compared.compiled]
    simulated: dict[Coalition, tuple[Array, list[Array]]] = {}
    for drivers, plan in mixed.items():
        parameters = {name: own[side][name] for name, side in plan.sides.items()}
        block = simulate_parameters(plan.compiled, piece, parameters)
        raw = targets.target_values(target, block, years)
        thresholds = own[1] | own[0] | parameters  # of a milestone that only one scenario has
        logs = [
            log_likelihood(observations, block.series, thresholds, years)
            for observations in compared.evidence
        ]
        simulated[drivers] = targets.finite_values(target, raw)[0], logs
    rows = []
    for coalition in coalitions:
        answer, logs = simulated[coalition - compared.evidence_players]
        rows.append([answer, logs[compared.side(coalition)]])
    return np.array(rows)


def _mixed_plans(
    compared: ComparedScenarios, coalitions: Sequence[Coalition]
) -> dict[Coalition, MixedPlan]:
    """Drivers that have changed to B -> their mixed plan, on A's grid."""
    owners = subjects.driver_of_parameters(compared.b) | subjects.driver_of_parameters(compared.a)
    series = observed.observed_series((*compared.evidence[0], *compared.evidence[1]))
    of_a, of_b = (each.inverse_cdfs for each in compared.compiled)
    mixed = {}
    for drivers in dict.fromkeys(c - compared.evidence_players for c in coalitions):
        changed = {compared.players[i] for i in drivers}
        sides = {name: 0 for name in of_a if owners[name] not in changed}
        sides |= {name: 1 for name in of_b if owners[name] in changed}
        computed = compared.b if subjects.THRESHOLDS in changed else compared.a
        plan = compared.a.model_copy(update={"computed": computed.computed})
        compiled = CompiledPlan(plan, join_drivers(tuple(sides)), sampling.Copula(), {})
        mixed[drivers] = MixedPlan(sides, targets.narrowed(compiled, compared.target, series))
    return mixed


def _weights_of(
    compared: ComparedScenarios, coalition: Coalition, log_likelihood: Array
) -> ImportanceWeights:
    changed = " and ".join(compared.players[i] for i in sorted(coalition)) or "nothing"
    name = f"{compared.a.name} with {changed} of {compared.b.name}"
    return observed.draw_weights(name, compared.evidence[compared.side(coalition)], log_likelihood)


def _own_values(compiled: CompiledPlan, piece: range) -> Values:
    plan = compiled.plan
    names = [p.name for p in plan.priors]
    levels = sampling.correlated_levels(plan.sampling, compiled.copula, names, piece)
    return parameter_values(compiled, levels)


def _statistic(target: Target, answers: Array, weights: Array) -> Array:
    """(1 + replicates) of the median, or of the probability, from (1 + replicates, draw) weights."""
    if target.kind == BEFORE:
        return weights @ answers / weights.sum(axis=1)
    return weighted_quantiles(answers, weights, 0.5)


MOST_EXACT = 8  # drivers up to which every coalition is simulated


def driver_orders(drivers: int, sampled: int, seed: int) -> list[tuple[int, ...]] | None:
    """Pairs of an order and its reverse to average over; None where every coalition is simulated instead."""
    if drivers <= MOST_EXACT:
        return None
    dice = np.random.Generator(np.random.Philox(key=seed))
    drawn = [tuple(dice.permutation(drivers).tolist()) for _ in range(max(sampled // 2, 2))]
    return [order for each in drawn for order in (each, each[::-1])]


def coalitions(drivers: int, orders: Iterable[Sequence[int]] | None) -> list[Coalition]:
    """Every coalition that the parts are computed from, among them that of no driver (A) and that of all (B)."""
    if orders is None:
        sizes = range(drivers + 1)
        return [frozenset(c) for k in sizes for c in itertools.combinations(range(drivers), k)]
    coalitions_met = (frozenset(order[:k]) for order in orders for k in range(drivers + 1))
    return list(dict.fromkeys(coalitions_met))


def shapley_parts(
    drivers: int,
    orders: Sequence[Sequence[int]] | None,
    worth: dict[Coalition, Array],
    share: float,
    seed: int,
) -> Interval:
    """Part of each driver in the difference, its Shapley value.

        part_d = sum over coalitions c without d of  |c|! (n - |c| - 1)! / n!  (v(c + d) - v(c))

    for n drivers and the answer v; or the mean of v(c + d) - v(c) over sampled orders, c being the drivers before d.

    Parameters
    ----------
    drivers : how many
    orders : pairs of an order and its reverse; None to sum over every coalition
    worth : coalition -> (1 + replicates) of its answer [the target's unit]; replicates have the same draws in every
        coalition
    share : of the replicates inside the intervals [fraction]
    seed : key of the replicates of the orders

    Returns
    -------
    (driver) [the target's unit]; the parts sum to the difference of the answers

    References
    ----------
    Shapley (1953), "A value for n-person games"
    Castro, Gómez and Tejada (2009), Computers & Operations Research 36: sampled orders
    """
    if not drivers:
        return Interval(*np.zeros((4, 0)))
    replicated = (
        _all_coalitions(drivers, worth)
        if orders is None
        else _sampled_orders(drivers, orders, worth, seed)
    )
    return percentile_interval(replicated, share)


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
    averages = pairs.mean(axis=0).T
    dice = np.random.Generator(np.random.Philox(key=seed))
    for row in range(1, len(averages)):
        chosen = dice.integers(len(pairs), size=len(pairs))
        averages[row] = pairs[chosen, :, row].mean(axis=0)
    return averages


def attribution_records(attribution: Attribution) -> list[dict[str, Any]]:
    """One record a driver, the largest part first: name, part, part_low, part_high, mcse_part [the target's unit]."""
    keys = ("part", "part_low", "part_high", "mcse_part")
    records = [
        {"name": name}
        | dict(zip(keys, (float(each[i]) for each in attribution.parts), strict=True))
        for i, name in enumerate(attribution.drivers)
    ]
    return sorted(records, key=lambda record: -abs(record["part"]))
