"""Two scenarios side by side: how their plans differ, and how their answers do.

Scenarios of one seed share their probability levels, so they are compared draw by draw, with little noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from simulator.arrays import Array
from simulator.evidence.likelihood import log_likelihood
from simulator.inputs.plan import Plan
from simulator.sensitivity import bootstrap, observed, subjects
from simulator.sensitivity.bootstrap import BootstrapCounts, weighted_quantiles
from simulator.simulate.blocks import compile_plan, simulate_block
from simulator.simulate.engines import in_order
from simulator.summaries.result import ImportanceWeights

COMPARED_KEYS = ("seed", "start", "anchor_year", "horizon", "as_of", "observations")


def plan_differences(a: Plan, b: Plan) -> list[dict[str, Any]]:
    """How two plans differ: one record a key, prior, correlation or milestone, with its driver where it has one."""
    differences = [
        {"what": key, "driver": "", "a": _key_in_words(a, key), "b": _key_in_words(b, key)}
        for key in COMPARED_KEYS
        if getattr(a, key) != getattr(b, key)
    ]
    owners = subjects.driver_of_parameters(b) | subjects.driver_of_parameters(a)
    described = [
        {prior.name: _prior_in_words(plan, prior.name) for prior in plan.priors}
        | {each.name: f"computed, {each.formula} {each.unit}" for each in plan.computed}
        for plan in (a, b)
    ]
    for name in dict.fromkeys((*described[0], *described[1])):
        one, other = (each.get(name, "not there") for each in described)
        if one != other:
            differences.append(
                {
                    "what": name,
                    "driver": owners.get(name, subjects.THRESHOLDS),
                    "a": one,
                    "b": other,
                }
            )
    pairs = [{frozenset(pair[:2]): pair[2] for pair in plan.correlations} for plan in (a, b)]
    for pair in dict.fromkeys((*pairs[0], *pairs[1])):
        if pairs[0].get(pair) != pairs[1].get(pair):
            what = "correlation of " + " with ".join(sorted(pair))
            values = (f"{each.get(pair, 0.0):g}" for each in pairs)
            differences.append({"what": what, "driver": "", **dict(zip("ab", values, strict=True))})
    marks = [{m.name: m.condition for m in plan.milestones} for plan in (a, b)]
    for name in dict.fromkeys((*marks[0], *marks[1])):
        one, other = (each.get(name, "not there") for each in marks)
        if one != other:
            differences.append({"what": f"milestone {name}", "driver": "", "a": one, "b": other})
    return differences


def _key_in_words(plan: Plan, key: str) -> str:
    if key == "observations":
        return ", ".join(observation.name for observation in plan.observations) or "none"
    return str(getattr(plan, key))


def _prior_in_words(plan: Plan, name: str) -> str:
    """A prior in a few words: its family, its quantiles and its unit."""
    prior = next(p for p in plan.priors if p.name == name)
    held = f", held at level {plan.hold[name]:g}" if name in plan.hold else ""
    if prior.family == "bernoulli":
        return f"{prior.family} p = {prior.natural['p']:g}{held}"
    low, middle, high = prior.distribution.inverse_cdf(np.array([0.05, 0.5, 0.95]))
    text = f"{middle:.4g}" if low == high else f"{middle:.4g} ({low:.4g} to {high:.4g})"
    return f"{prior.family} {text}{held} {prior.unit}"


class Comparison(NamedTuple):
    """The answers of two scenarios.

    Attributes
    ----------
    records : one a milestone of both, as `answer_differences` gives them
    weights : of the draws of each scenario; all 1 where it has no observations, or is compared before them
    of : "posterior" when one of them is weighed by its observations, else "prior"
    """

    records: list[dict[str, Any]]
    weights: tuple[ImportanceWeights, ImportanceWeights]
    of: str


def answer_differences(
    a: Plan, b: Plan, draws: int, replicate: int, workers: int = 1, prior: bool = False
) -> Comparison:
    """Medians of the arrival years of both scenarios and their difference, by milestone.

    Each scenario's draws are weighed by its own observations; draws of one number have the same levels in both, so that
    the difference is paired though the weights differ. They are drawn at random, whatever the design: coordinates of
    Sobol' points would shift where one scenario has a parameter more, and the errors are those of random draws.

    Parameters
    ----------
    prior : compare the scenarios before their observations are weighed

    Returns
    -------
    records of `p50_a`, `p50_b` [year], `reached_a`, `reached_b` [fraction], `difference` b - a [years], and errors in
    `mcse_`

    Raises
    ------
    InputFault
        when no draw of a scenario agrees with its observations
    """
    compiled_plans = [compile_plan(p.model_copy(update={"design": "random"})) for p in (a, b)]

    def rows_of_range(piece: range) -> list[Array]:
        """(milestone and, last, log-likelihood; draw) of both scenarios."""
        rows = []
        for compiled in compiled_plans:
            block = simulate_block(compiled, piece)
            observations = observed.observations_of(compiled.plan, prior)
            log = log_likelihood(
                observations, block.series, block.parameters, compiled.plan.grid.years
            )
            rows.append(np.vstack([block.arrivals, log]))
        return rows

    simulated = list(in_order(rows_of_range, draws, workers, lambda share: None))
    arrivals = [np.concatenate([each[i] for each in simulated], axis=1) for i in (0, 1)]
    one, other = (
        observed.draw_weights(plan.name, observed.observations_of(plan, prior), rows[-1])
        for plan, rows in zip((a, b), arrivals, strict=True)
    )
    counts = _times(a, b, draws, replicate)
    times = [observed.weighted_counts(t, w) for t, w in zip(counts, (one, other), strict=True)]
    names = [[m.name for m in plan.milestones] for plan in (a, b)]
    records = []
    for name in names[0]:
        if name not in names[1]:
            continue
        rows = [each[known.index(name)] for each, known in zip(arrivals, names, strict=True)]
        records.append({"name": name} | _side_by_side(a, b, rows, times))
    weighed = any(observed.observations_of(plan, prior) for plan in (a, b))
    return Comparison(records, (one, other), observed.POSTERIOR if weighed else observed.PRIOR)


def _times(a: Plan, b: Plan, draws: int, replicate: int) -> tuple[BootstrapCounts, BootstrapCounts]:
    """Replicates of both: the same where the scenarios share levels."""
    one = bootstrap.bootstrap_counts(draws, replicate, a.seed)
    return one, one if a.seed == b.seed else bootstrap.bootstrap_counts(
        draws, replicate, b.seed + 1
    )


def _side_by_side(
    a: Plan, b: Plan, rows: Sequence[Array], times: Sequence[Array]
) -> dict[str, float]:
    medians = [weighted_quantiles(row, t, 0.5) for row, t in zip(rows, times, strict=True)]
    shares = [t @ np.isfinite(row) / t.sum(axis=1) for row, t in zip(rows, times, strict=True)]
    record: dict[str, float] = {}
    for side, middle, share in zip("ab", medians, shares, strict=True):
        record |= {f"p50_{side}": float(middle[0]), f"mcse_p50_{side}": _error(middle)}
        record |= {f"reached_{side}": float(share[0]), f"mcse_reached_{side}": _error(share)}
    both = np.isfinite(medians[0][0]) and np.isfinite(medians[1][0])
    cut = [np.minimum(m, plan.horizon) for m, plan in zip(medians, (a, b), strict=True)]
    moved = cut[1] - cut[0]
    record["difference"] = float(moved[0]) if both else float("nan")
    record["mcse_difference"] = _error(moved) if both else float("nan")
    return record


def _error(estimates: Array) -> float:
    """Standard deviation of the replicates; inf where some are beyond the horizon."""
    finite = np.isfinite(estimates).all()
    return float(estimates[1:].std(ddof=1)) if finite else float("inf")
