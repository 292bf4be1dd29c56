"""What commands say on stderr or in one line: warnings, how far weights can be trusted, where a result is."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.errors import InputFault, RunFailed, listed
from simulator.evidence.weights import LEAST_EFFECTIVE, weight_warnings
from simulator.inputs.plan import Plan
from simulator.sensitivity import observed
from simulator.summaries.estimates import unsettled_milestones
from simulator.summaries.precision import EstimateError, Precision, PrecisionTarget
from simulator.summaries.result import ImportanceWeights, Result

NO_BOX = (
    "No box is half again as dense in cases as all draws and clear of chance in those held back."
)


def warn_of_inputs(warnings: Iterable[object]) -> None:
    """Print what is allowed in the inputs but unlikely to be meant."""
    for warning in warnings:
        print(f"oomcast: warning: {warning}", file=sys.stderr)


def warn_of_run(warning: str) -> None:
    """Print what a run warns of while it is under way."""
    print(f"oomcast: warning: {warning}", file=sys.stderr)


def warn_of_effective(name: str, effective: float | None) -> None:
    """Warn when few draws carry a posterior."""
    if effective is not None and effective < LEAST_EFFECTIVE:
        problem = f"the effective number of draws is {effective:,.0f}, below {LEAST_EFFECTIVE:g}"
        print(f"oomcast: warning: {name}: {problem}; take more --draws", file=sys.stderr)


def warn_of_weighing(names: Sequence[str], weights: Sequence[ImportanceWeights]) -> None:
    """Warn of scenarios whose posterior is carried by so few draws that their answers are not to be trusted."""
    for name, weight in zip(names, weights, strict=True):
        for warning in observed.weight_warnings(name, weight):
            print(f"oomcast: warning: {warning}", file=sys.stderr)


def marked_name(record: Mapping[str, Any]) -> str:
    """Name of an index's parameter or driver, with a dagger where it cannot move the target."""
    return record["name"] if record["reaches_target"] else f"{record['name']}†"


def correlation_note(records: Iterable[Mapping[str, Any]]) -> str:
    """What the dagger says of indices, where there is one."""
    if all(record["reaches_target"] for record in records):
        return ""
    return " † Cannot move the target: what it shows is correlation with what can, or chance."


def of_in_words(of: str, effective: Sequence[float] = ()) -> str:
    """Whether an answer is of the posterior or of the prior, with effective numbers of draws."""
    if of == observed.PRIOR:
        return "Of the prior."
    numbers = " and ".join(f"{each:,.0f}" for each in effective)
    return f"Of the posterior: effective draws {numbers}."


def conditioning_in_words(result: Result) -> str:
    """What a result is conditioned on, its effective number of draws, and Pareto k."""
    plan, weights = result.plan, result.weights
    if weights is None:
        return "not conditioned"
    names = ", ".join(observation.name for observation in plan.observations)
    effective = f"effective draws {weights.effective:,.0f} of {plan.draws:,}"
    tail = _tail_in_words(weights.pareto_k, plan.is_tempered)
    return f"conditioned on {names}: {effective}, {tail}"


def _tail_in_words(pareto_k: float, sequential: bool) -> str:
    """Pareto k, or why there is none: -inf when the weights have no tail, NaN or inf when too few carry one."""
    if sequential:
        return "tempered in stages"
    if math.isfinite(pareto_k):
        return f"Pareto k {pareto_k:.2f}"
    return "whose weights have no tail" if pareto_k < 0 else "too few to fit a tail to"


def weight_notes(result: Result) -> list[str]:
    """How a result is conditioned, and warnings where its weights cannot be trusted."""
    if not result.weights:
        return []
    name, weights = result.plan.name, result.weights
    warnings = weight_warnings(weights.effective, weights.pareto_k)
    return [
        f"oomcast: {name} is {conditioning_in_words(result)}",
        *(f"oomcast: warning: {name}: {warning}" for warning in warnings),
    ]


def past_warnings(result: Result) -> list[str]:
    """A warning when draws disagree on arrivals before the as-of date, and the scenario conditions on nothing."""
    plan = result.plan
    settled = unsettled_milestones(result.counts, result.shape, plan.as_of_year)
    if not settled or plan.observations:
        return []
    shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in settled[:4])
    more = f" and {len(settled) - 4} more" if len(settled) > 4 else ""
    return [
        f"oomcast: warning: {plan.name} conditions on nothing; its draws disagree on what was settled by "
        f"its as-of date {plan.as_of}; share of draws that arrive before it: {shares}{more}"
    ]


def result_warnings(result: Result) -> list[str]:
    """Everything that is said on stderr of a result whose milestones are printed."""
    return [*past_warnings(result), *weight_notes(result)]


def warn_of_weights(result: Result) -> None:
    """Print how a result is conditioned, and warn where its weights cannot be trusted."""
    for line in weight_notes(result):
        print(line, file=sys.stderr)


def warn_of_past(result: Result) -> None:
    """Warn when draws disagree on arrivals before the as-of date, and the scenario conditions on nothing."""
    for line in past_warnings(result):
        print(line, file=sys.stderr)


def warn_of_picture(error: Exception) -> None:
    """Warn that the picture of a run could not be drawn."""
    print(
        f"oomcast: warning: the picture failed ({type(error).__name__}: {error})", file=sys.stderr
    )


def print_failure(run: str, error: Exception) -> None:
    """Print why one of several runs failed: every fault of its input on a line of its own."""
    lines: Iterable[object] = [error]
    if isinstance(error, InputFault):
        lines = error.faults
    elif not isinstance(error, RunFailed | OSError):
        lines = [f"{type(error).__name__}: {error}"]
    for line in lines:
        prefix = "" if str(line).startswith(run) else f"{run}: "
        print(f"oomcast: {prefix}{line}", file=sys.stderr)


def announce_run(name: str, folder: Path, unchanged: bool) -> None:
    """Say that one of several runs is done, or that its result existed already."""
    print(f"oomcast: {name}: {'unchanged' if unchanged else 'done'}, {folder}", file=sys.stderr)


def announce_source(name: str) -> None:
    """Say that a name was taken for a finished run, not for a run file."""
    print(f"oomcast: {name} is the finished run of that name", file=sys.stderr)


def announce_evidence(before: Plan, after: Plan) -> None:
    """Say which observations a plan is conditioned on beside, or in place of, those of another."""
    own, now = ([each.name for each in plan.observations] for plan in (before, after))
    new, gone = [n for n in now if n not in own], [n for n in own if n not in now]
    parts = [f"adds {', '.join(new)} to"] if new and not gone else []
    parts += [f"conditions on {', '.join(now) or 'nothing'} in place of"] if gone else []
    if parts:
        print(f"oomcast: {parts[0]} {', '.join(own) or 'nothing'}", file=sys.stderr)


def error_in_words(error: EstimateError) -> str:
    """A Monte Carlo error with what it is of."""
    if error.of == "p50":
        size = "unknown" if math.isinf(error.mcse) else f"{error.mcse:.2g} years"
        return f"{size}, of the median of {error.milestone}"
    of = "arrival" if error.of == "reached" else f"arrival before {error.of}"
    return f"{error.mcse:.2g}, of the probability of {of} of {error.milestone}"


def announce_doubling(name: str, precision: Precision, draws: int) -> None:
    """Say that the errors are too large after so many draws, and how many there will be."""
    if precision.largest:
        text = f"{precision.draws:,} draws leave an error of {error_in_words(precision.largest)}"
        print(f"oomcast: {name}: {text}; going on to {draws:,}", file=sys.stderr)


def precision_notes(name: str, precision: Precision, target: PrecisionTarget) -> list[str]:
    """How many draws a run until a Monte Carlo error took, or how far it fell short with all that were allowed."""
    without = ""
    if precision.beyond:
        without = f" (left out: medians beyond the horizon, of {listed(precision.beyond)})"
    error = precision.largest
    if error is None:
        return [f"oomcast: {name}: no milestone, so no error to bring down"]
    if precision.reaches(target):
        text = (
            f"{precision.draws:,} draws; the largest Monte Carlo error is {error_in_words(error)}"
        )
        return [f"oomcast: {name}: {text}{without}"]
    text = (
        f"{precision.draws:,} draws leave an error of {error_in_words(error)}, not {target.mcse:g}"
    )
    fix = "raise --max-draws"
    if math.isfinite(error.mcse):
        needed = precision.draws * (error.mcse / target.mcse) ** 2
        fix += f" to {float(f'{needed:.1g}'):,.0f} or so"
    return [f"oomcast: warning: {name}: {text}{without}; {fix}, and add --resume"]


def announce_result(folder: Path, picture: Path | None = None) -> None:
    """Say where a new result is, and its picture if there is one."""
    drawn = f"; its picture is {picture}" if picture and picture.exists() else ""
    print(f"The result is in {folder}{drawn}.", file=sys.stderr)


def announce_part(part: str, folder: str, counted: bool) -> None:
    """Say that a part of a run is done, or weighed, and how the parts become a result."""
    what = "is done" if counted else "has the likelihoods of its draws"
    then = "when all are done" if counted else "when all have them, to weigh the draws"
    print(
        f"Part {part} {what}, in {folder}; {then}: oomcast merge PART... --out RESULT",
        file=sys.stderr,
    )


def announce_weights(draws: int, effective: float) -> None:
    """Say that the parts of a run with observations have their weights, and how to go on."""
    again = (
        "Run every part again, with the same command: it now counts its draws. Then merge again."
    )
    print(f"{draws:,} draws are weighed, worth {effective:,.0f}. {again}", file=sys.stderr)


def warn_of_page(warnings: Iterable[str]) -> None:
    """Warn of what a page lacks, and why."""
    for warning in warnings:
        print(f"oomcast: warning: {warning}", file=sys.stderr)


def announce_export(path: Path) -> None:
    """Say where an exported result is."""
    print(f"The export is {path}.", file=sys.stderr)


def announce_page(path: Path) -> None:
    """Say where a page is."""
    print(f"The page is {path}.", file=sys.stderr)


def print_checked_result(folder: str) -> None:
    """Print that a result is whole."""
    print(f"{folder}: a whole result")


def print_new_run(name: str, path: Path) -> None:
    """Print where a new run file is, and how to run it."""
    print(f"{path} is written; run it with: oomcast run {name}")
