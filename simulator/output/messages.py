"""What commands say on stderr: how far weights can be trusted, what is settled, what is of the prior."""

from __future__ import annotations

import sys

import numpy as np

from simulator.evidence.weights import weight_warnings
from simulator.inputs.plan import Plan
from simulator.summaries.estimates import unsettled_milestones
from simulator.summaries.result import Result


def conditioning_in_words(result: Result) -> str:
    """How a result was conditioned, and how far to trust it."""
    plan, weights = result.plan, result.weights
    if weights is None:
        return "not conditioned"
    how = (
        "walked there in stages"
        if plan.sampler == "sequential"
        else f"Pareto k {weights.pareto_k:.2f}"
        if np.isfinite(weights.pareto_k)
        else "whose weights have no tail"
        if weights.pareto_k < 0
        else "too few to fit a tail to"
    )
    named = ", ".join(seen.name for seen in plan.observations)
    return (
        f"conditioned on {named}: effective draws {weights.effective:,.0f} of {plan.draws:,}, {how}"
    )


def warn_of_prior(plans: list[Plan], weighed: bool) -> None:
    """Say so when a conditioned world is told of by draws that have no weights."""
    conditioned = [plan.name for plan in plans if plan.observations]
    if conditioned and not weighed:
        print(
            f"oomcast: {' and '.join(conditioned)}: conditioned on observations, but this describes the "
            "prior, before they are weighed",
            file=sys.stderr,
        )


def warn_of_weights(result: Result) -> None:
    """Say on stderr how far weights are to be trusted, and what to do where they are not."""
    pass

    if result.weights:
        name, weights = result.plan.name, result.weights
        print(f"oomcast: {name} is {conditioning_in_words(result)}", file=sys.stderr)
        for said in weight_warnings(weights.effective, weights.pareto_k):
            print(f"oomcast: warning: {name}: {said}", file=sys.stderr)


def warn_of_past(result: Result) -> None:
    """Say so when arrivals are uncertain that the as-of date has settled, and nothing conditions on that."""
    settled = unsettled_milestones(result.counts, result.shape, result.plan.as_of_year)
    if settled and not result.plan.observations:
        named = ", ".join(f"{name} {100 * share:.0f} %" for name, share in settled[:4])
        more = f" and {len(settled) - 4} more" if len(settled) > 4 else ""
        print(
            f"oomcast: warning: {result.plan.name} conditions on nothing; its draws disagree on what was settled by "
            f"its as-of date {result.plan.as_of}; share of draws that arrive before it: {named}{more}",
            file=sys.stderr,
        )
