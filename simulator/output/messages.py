"""What commands say on stderr or in one line: warnings, how far weights can be trusted, where a result is."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from pathlib import Path

from simulator.evidence.weights import weight_warnings
from simulator.inputs.plan import Plan
from simulator.summaries.estimates import unsettled_milestones
from simulator.summaries.result import Result


def warn_of_inputs(warnings: Iterable[object]) -> None:
    """Print what is allowed in the inputs but unlikely to be meant."""
    for warning in warnings:
        print(f"oomcast: warning: {warning}", file=sys.stderr)


def warn_of_prior(plans: list[Plan], weighed: bool) -> None:
    """Say that an answer describes the prior of a conditioned scenario, when its draws carry no weights."""
    conditioned = [plan.name for plan in plans if plan.observations]
    if conditioned and not weighed:
        print(
            f"oomcast: {' and '.join(conditioned)}: conditioned on observations, but this describes the "
            "prior, before they are weighed",
            file=sys.stderr,
        )


def conditioning_in_words(result: Result) -> str:
    """What a result is conditioned on, its effective number of draws, and Pareto k."""
    plan, weights = result.plan, result.weights
    if weights is None:
        return "not conditioned"
    names = ", ".join(observation.name for observation in plan.observations)
    effective = f"effective draws {weights.effective:,.0f} of {plan.draws:,}"
    tail = _tail_in_words(weights.pareto_k, plan.sampler == "sequential")
    return f"conditioned on {names}: {effective}, {tail}"


def _tail_in_words(pareto_k: float, sequential: bool) -> str:
    """Pareto k, or why there is none: -inf when the weights have no tail, NaN or inf when too few carry one."""
    if sequential:
        return "walked there in stages"
    if math.isfinite(pareto_k):
        return f"Pareto k {pareto_k:.2f}"
    return "whose weights have no tail" if pareto_k < 0 else "too few to fit a tail to"


def warn_of_weights(result: Result) -> None:
    """Say how a result is conditioned, and warn where its weights cannot be trusted."""
    if result.weights:
        name, weights = result.plan.name, result.weights
        print(f"oomcast: {name} is {conditioning_in_words(result)}", file=sys.stderr)
        for warning in weight_warnings(weights.effective, weights.pareto_k):
            print(f"oomcast: warning: {name}: {warning}", file=sys.stderr)


def warn_of_past(result: Result) -> None:
    """Warn when draws disagree on arrivals before the as-of date, and the scenario conditions on nothing."""
    settled = unsettled_milestones(result.counts, result.shape, result.plan.as_of_year)
    if settled and not result.plan.observations:
        shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in settled[:4])
        more = f" and {len(settled) - 4} more" if len(settled) > 4 else ""
        print(
            f"oomcast: warning: {result.plan.name} conditions on nothing; its draws disagree on what was settled by "
            f"its as-of date {result.plan.as_of}; share of draws that arrive before it: {shares}{more}",
            file=sys.stderr,
        )


def announce_source(name: str) -> None:
    """Say that a name was taken for a finished run, not for a run file."""
    print(f"oomcast: {name} is the finished run of that name", file=sys.stderr)


def announce_result(folder: Path) -> None:
    """Say where a new result is."""
    print(f"The result is in {folder}.", file=sys.stderr)


def print_checked_result(folder: str) -> None:
    """Print that a result is whole."""
    print(f"{folder}: a whole result")


def print_new_run(name: str, path: Path) -> None:
    """Print where a new run file is, and how to run it."""
    print(f"{path} is written; run it with: oomcast run {name}")
