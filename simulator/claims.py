"""The ledger of claims: what the seed documents said, as each world says it, and what happened."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from simulator.driver import Series
from simulator.entries import ClaimEntry, check, read_toml, shown
from simulator.faults import Fault, InputFault, did_you_mean, listed
from simulator.growth import Array
from simulator.observations import at_date, folders
from simulator.plan import Plan
from simulator.readings import Estimate, probability, reached_before
from simulator.summaries import Counts, Shape, Whole

FILE = "claims.toml"
KINDS = {
    "milestone": ("milestone", "before"),
    "range": ("series", "at", "unit"),
    "change": ("series", "since", "until", "unit"),
    "parameter": ("parameter", "unit"),
}
OF_A_RANGE = ("low", "high")
SAYING = {key for keys in KINDS.values() for key in keys} | set(OF_A_RANGE)


@dataclass(frozen=True)
class Claim:
    """A sentence of a seed document, and its disposition.

    Attributes
    ----------
    kind : how a world says it, one of `KINDS`; "settled" when only what happened is known; or "not modelable"
    by : date of which it speaks [decimal year]
    low, high : range of a series or a parameter, or of a series' change [its unit]
    """

    id: str
    claim: str
    source: str
    kind: str
    milestone: str
    series: str
    parameter: str
    unit: str
    since: float | None
    by: float | None
    low: float
    high: float
    outcome: bool | None
    happened: str
    evidence: str
    reason: str


def ledger() -> tuple[Claim, ...]:
    """Every claim, in the order of the file.

    Raises
    ------
    InputFault
        with every fault of the file
    """
    faults: list[Fault] = []
    found: dict[str, Claim | None] = {}
    for folder in folders("evidence"):
        path = folder / FILE
        for name, table in (read_toml(path, faults) if path.is_file() else {}).items():
            found[name] = _claim(name, table, shown(path), faults)
    if faults:
        raise InputFault(faults)
    return tuple(claim for claim in found.values() if claim)


def _claim(name: str, table: Any, file: str, faults: list[Fault]) -> Claim | None:
    if not isinstance(table, dict):
        faults.append(Fault(file, "", name, f"{name} = {table!r}", "a table"))
        return None
    entry = check(ClaimEntry, table, file, name, faults)
    if entry is None:
        return None
    given = {key for key in SAYING if getattr(entry, key) is not None}
    kind = _kind(entry, given)
    if not kind:
        ways = "; ".join(f"{k}: {', '.join(keys)}" for k, keys in KINDS.items())
        allowed = (
            f"one of {ways} (with low, high or both, but a milestone); or not_modelable; or outcome"
        )
        faults.append(Fault(file, name, "", listed(sorted(given)) or "nothing", allowed))
    if entry.outcome is not None and not (entry.happened and entry.evidence):
        allowed = "happened and evidence beside an outcome"
        faults.append(Fault(file, name, "outcome", str(entry.outcome).lower(), allowed))
    low = -math.inf if entry.low is None else entry.low
    high = math.inf if entry.high is None else entry.high
    if low > high:
        faults.append(Fault(file, name, "low", f"{low:g}, above high = {high:g}", "low below high"))
    return Claim(
        id=name,
        claim=entry.claim,
        source=entry.source,
        kind=kind,
        milestone=entry.milestone or "",
        series=entry.series or "",
        parameter=entry.parameter or "",
        unit=entry.unit or "",
        since=entry.since,
        by=next((y for y in (entry.before, entry.at, entry.until) if y is not None), None),
        low=low,
        high=high,
        outcome=entry.outcome,
        happened=entry.happened or "",
        evidence=entry.evidence or "",
        reason=entry.not_modelable or "",
    )


def _kind(entry: ClaimEntry, given: set[str]) -> str:
    if entry.not_modelable:
        return "" if given or entry.outcome is not None else "not modelable"
    if not given:
        return "settled" if entry.outcome is not None else ""
    for kind, keys in KINDS.items():
        ends = given & set(OF_A_RANGE)
        if given - ends == set(keys) and bool(ends) == (kind != "milestone"):
            return kind
    return ""


def everything(
    claims: Sequence[Claim],
    milestones: Sequence[str],
    series: Mapping[str, Series],
    parameters: Mapping[str, str],
    sources: Sequence[str],
    faults: list[Fault],
) -> None:
    """Hold claims against the names and units of the baseline; `parameters` are names and units."""

    def unknown(claim: Claim, key: str, found: str, known: Sequence[str]) -> None:
        mend = did_you_mean(found, known)
        faults.append(
            Fault(f"evidence/{FILE}", claim.id, key, f'"{found}"', listed(known, 40), mend)
        )

    units = {**{name: s.unit for name, s in series.items()}, **parameters}
    for claim in claims:
        for key, known in (
            ("milestone", milestones),
            ("series", list(series)),
            ("parameter", list(parameters)),
        ):
            found = getattr(claim, key)
            if found and found not in known:
                unknown(claim, key, found, known)
        of = units.get(claim.series or claim.parameter)
        if of and claim.unit != of:
            unknown(claim, "unit", claim.unit, [of])
        for key in ("source", "evidence"):
            if getattr(claim, key) and getattr(claim, key) not in sources:
                unknown(claim, key, getattr(claim, key), sources)


class World(NamedTuple):
    """What of a result the ledger reads.

    parameters : (draw, parameter); trajectories : (draw, series, year); weights : of every draw
    """

    plan: Plan
    shape: Shape
    counts: Counts
    series: Sequence[str]
    parameters: Array
    trajectories: Array
    weights: Whole | None


def chance(claim: Claim, world: World) -> Estimate | None:
    """Probability of a claim in a world; None where the world does not speak of it.

    A milestone's is counted over every draw; a range's or a change's over the kept trajectories; a parameter's over the
    kept cards.
    """
    said: Mapping[str, Callable[[Claim, World], Estimate | None]] = {
        "milestone": _of_milestone,
        "range": _of_series,
        "change": _of_series,
        "parameter": _of_parameter,
    }
    return said[claim.kind](claim, world) if claim.kind in said else None


def _of_milestone(claim: Claim, world: World) -> Estimate | None:
    names = world.shape.milestones
    if claim.milestone not in names or claim.by is None or claim.by > world.plan.horizon:
        return None
    return reached_before(world.counts, world.shape, names.index(claim.milestone), claim.by)


def _of_series(claim: Claim, world: World) -> Estimate | None:
    plan, dates = world.plan, [d for d in (claim.since, claim.by) if d is not None]
    inside = all(plan.start <= date <= plan.horizon for date in dates)
    if claim.series not in plan.series or not inside:
        return None
    values = np.asarray(world.trajectories[:, list(world.series).index(claim.series)]).T
    found = at_date(values, plan.grid.years, dates[-1])
    if claim.since is not None:
        found = found - at_date(values, plan.grid.years, claim.since)
    return _share(claim, found, world.weights)


def _of_parameter(claim: Claim, world: World) -> Estimate | None:
    names = [prior.name for prior in world.plan.priors]
    if claim.parameter not in names:
        return None
    values = np.asarray(world.parameters[:, names.index(claim.parameter)])
    return _share(claim, values, world.weights)


def _share(claim: Claim, values: Array, weights: Whole | None) -> Estimate:
    whole = np.ones(len(values), np.int64) if weights is None else weights[: len(values)]
    inside = (values >= claim.low) & (values <= claim.high)
    total, squares = int(whole.sum()), math.fsum(whole.astype(np.float64) ** 2)
    if not total:
        return Estimate(math.nan, math.inf)
    return probability(int(whole[inside].sum()), total, total * total / squares)


def brier(probabilities: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Mean squared difference of probability and outcome: 0 at best, 0.25 for a coin."""
    return float(np.mean((np.array(probabilities) - np.array(outcomes, float)) ** 2))


def log_score(estimates: Sequence[Estimate], outcomes: Sequence[bool]) -> float:
    """Mean log of the probability of what happened: 0 at best, -0.69 for a coin.

    A probability is kept as far from 0 and 1 as its Monte Carlo error, so that a handful of draws cannot cost infinity.
    """
    chances = np.array([min(max(e.value, e.mcse), 1.0 - e.mcse) for e in estimates])
    return float(np.mean(np.log(np.where(outcomes, chances, 1.0 - chances))))
