"""The Monte Carlo errors that a number of draws leaves, and whether they are as small as wanted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs.plan import Plan
from simulator.sampling import MOST_SOBOL_DRAWS

MOST_DRAWS = 10_000_000


class PrecisionTarget(NamedTuple):
    """How small the Monte Carlo errors are to be, and how many draws may be taken for it.

    Attributes
    ----------
    mcse : the largest error of a median [year] and of a probability [fraction]
    milestones : names of those whose errors matter; all when empty
    most_draws : no more are taken
    """

    mcse: float
    milestones: tuple[str, ...] = ()
    most_draws: int = MOST_DRAWS


class EstimateError(NamedTuple):
    """The Monte Carlo error of one estimate.

    Attributes
    ----------
    milestone : its name
    of : "p50", "reached", or the year of a probability of arrival before it, such as "2031"
    mcse : [year] of p50, else [fraction]
    """

    milestone: str
    of: str
    mcse: float


class Precision(NamedTuple):
    """How precise a result is.

    Attributes
    ----------
    draws : how many it has
    largest : the largest error; None where there is no estimate
    beyond : milestones whose medians lie beyond the horizon, and have no error
    """

    draws: int
    largest: EstimateError | None
    beyond: tuple[str, ...]

    def reaches(self, target: PrecisionTarget) -> bool:
        """Whether no error is larger than wanted."""
        return self.largest is None or self.largest.mcse <= target.mcse


def require_target(target: PrecisionTarget, plan: Plan) -> None:
    """Refuse a target that no run of a plan can have.

    Raises
    ------
    InputFault
        when the error is not above 0, a milestone is unknown, or the draws allowed are fewer than the
        plan has or more than its design has points
    """
    faults = []
    if not (math.isfinite(target.mcse) and target.mcse > 0.0):
        allowed = "years, or a share of draws, above 0"
        fix = "as in --until-mcse 0.02"
        faults.append(Fault("--until-mcse", "", "", f"{target.mcse:g}", allowed, fix))
    known = [milestone.name for milestone in plan.milestones]
    for name in target.milestones:
        if name not in known:
            fix = did_you_mean(name, known)
            faults.append(Fault("--milestones", "", "", f'"{name}"', listed(known, 40), fix))
    if target.most_draws < plan.draws:
        problem, allowed = (
            f"{target.most_draws:,}",
            f"the {plan.draws:,} draws of {plan.name}, or more",
        )
        faults.append(Fault("--max-draws", "", "", problem, allowed, "or lower --draws"))
    if plan.design == "sobol" and target.most_draws > MOST_SOBOL_DRAWS:
        allowed = f"at most {MOST_SOBOL_DRAWS:,} with the design sobol"
        faults.append(Fault("--max-draws", "", "", f"{target.most_draws:,}", allowed))
    if faults:
        raise InputFault(faults)


def precision(
    estimates: Sequence[Mapping[str, Any]], draws: int, milestones: Iterable[str] = ()
) -> Precision:
    """The largest Monte Carlo error among the medians and probabilities of milestones.

    Parameters
    ----------
    estimates : records of milestones, as `estimates.milestone_estimates` gives them
    draws : how many there are
    milestones : names of those that matter; all when empty

    Returns
    -------
    the largest error over p50 [year], `reached` and `by_year` [fraction]; medians beyond the horizon are left out, but
    not one whose error reaches beyond it, which is inf

    References
    ----------
    docs/method.md, Counting: the errors of quantiles and probabilities
    """
    wanted = set(milestones)
    rows = [row for row in estimates if not wanted or row["name"] in wanted]
    errors = [EstimateError(r["name"], "p50", r["mcse_p50"]) for r in rows if r["p50"] < math.inf]
    errors += [EstimateError(row["name"], "reached", row["mcse_reached"]) for row in rows]
    errors += [
        EstimateError(row["name"], year, mcse)
        for row in rows
        for year, mcse in row["mcse_by_year"].items()
    ]
    beyond = tuple(row["name"] for row in rows if row["p50"] == math.inf)
    return Precision(draws, max(errors, key=lambda each: each.mcse, default=None), beyond)
