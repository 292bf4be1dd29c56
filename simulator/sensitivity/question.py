"""What may be asked about what drives an answer, with its defaults; every misfit is a fault."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulator.arrays import Array
from simulator.errors import Fault, InputFault, did_you_mean
from simulator.inputs.plan import Plan
from simulator.sensitivity import given_data, shapley, subjects, targets, value_of_information
from simulator.sensitivity.targets import ARRIVAL, BEFORE, SERIES, Target
from simulator.simulate.blocks import CompiledPlan, compile_plan, simulate_block
from simulator.summaries.result import Result

SOBOL, CORRELATED, GIVEN, TORNADO = "sobol", "correlated", "given-draws", "tornado"

DISCOVERY, INFORMATION, SHAPLEY = "discovery", "information", "shapley"

METHODS = (SOBOL, CORRELATED, SHAPLEY, GIVEN, TORNADO, DISCOVERY, INFORMATION)

OF_PARAMETERS = (GIVEN, DISCOVERY)  # read finished draws, parameter by parameter

DRAWS = 4096

DRAWS_READ = 20_000  # finished draws that are read unless more are asked for

OUTER = 64  # draws of a group's levels, each with information.INNER of the rest

FEWEST = 256

CASES = 30

BINS = 20

PILOT = 2048


def _silent(share: float) -> None:
    """Say nothing of progress."""


@dataclass(frozen=True)
class Question:
    """How a target is asked about.

    Attributes
    ----------
    by : "parameter" or "driver"; the method's own when empty
    method : one of METHODS; the default of the plan when empty
    draws : how many are simulated for each index, or read of a finished run; the method's own when 0
    replicates : of the bootstrap
    interval : share of the replicates inside the intervals
    weights : (draw) of a finished run's kept draws
    prior : about the draws before observations are weighed
    workers : threads
    progress : called with the share of the work done since the last call
    """

    by: str = ""
    method: str = ""
    draws: int = 0
    replicates: int = 200
    interval: float = 0.95
    weights: Array | None = None
    prior: bool = False
    workers: int = 1
    progress: Callable[[float], None] = _silent


def is_of_posterior(question: Question, source: Plan | Result) -> bool:
    """Say whether the question is about draws that observations, or a person's own weights, weigh."""
    plan = source.plan if isinstance(source, Result) else source
    return question.weights is not None or (bool(plan.observations) and not question.prior)


def reads_draws(question: Question, source: Plan | Result) -> bool:
    """Say whether the question is answered from draws as they are, finished or simulated for it."""
    if question.method in OF_PARAMETERS:
        return True
    given = isinstance(source, Result) or is_of_posterior(question, source)
    return question.method == INFORMATION and question.by == "parameter" and given


def with_defaults(
    question: Question, scenario: subjects.TargetedPlan, source: Plan | Result
) -> Question:
    """Fill in the defaults.

    Raises
    ------
    InputFault
        when the method cannot take what it is given
    """
    groups_tied = subjects.varying_correlations(scenario.plan, scenario.varying)
    tied = not np.array_equal(groups_tied, np.eye(len(scenario.varying)))
    posterior = is_of_posterior(question, source)
    own_method = GIVEN if posterior and question.weights is None else CORRELATED if tied else SOBOL
    method = question.method or own_method
    if method not in METHODS:
        mend = did_you_mean(method, METHODS)
        _refuse("--method", method, "an unknown method", ", ".join(METHODS), mend)
    weighed = question.weights is not None
    own = method in OF_PARAMETERS or (
        method == INFORMATION
        and (posterior or isinstance(source, Result))
        and (weighed or not question.by)
    )
    by = question.by or ("parameter" if own else "driver")
    if by not in subjects.BY:
        _refuse(
            "--by",
            by,
            "an unknown grouping",
            " or ".join(subjects.BY),
            did_you_mean(by, subjects.BY),
        )
    question = replace(question, method=method, by=by)
    reads_result = isinstance(source, Result) and reads_draws(question, source)
    if not weighed and posterior and isinstance(source, Result) and reads_result:
        question = replace(question, weights=_own_weights(source))
    _check_method(question, scenario, source)
    question = replace(question, draws=_draws(question, scenario, source))
    fewest = _fewest(question)
    check_numbers(method, question.draws, question.replicates, question.interval, fewest)
    if weighed:
        _check_weights(question, source)
    return question


def _refuse(key: str, problem: str, what: str, allowed: str, mend: str = "") -> None:
    raise InputFault([Fault(key, "", problem, what, allowed, mend)])


def _check_method(
    question: Question, scenario: subjects.TargetedPlan, source: Plan | Result
) -> None:
    method, by, target = question.method, question.by, scenario.target
    weighed_by_evidence = question.weights is None and is_of_posterior(question, source)
    if method == SOBOL and not weighed_by_evidence:
        subject = subjects.subject(scenario)
        whole = subjects.parameter_groups(scenario.plan, by)
        torn = next((name for name, group in whole.items() if subject.tied(group)), None)
        if torn:
            what = f"correlations tie {torn} to other {by}s, and a plain swap would tear them apart"
            _refuse("--method", method, what, "independent groups", "take --method correlated")
    if method in OF_PARAMETERS and by != "parameter":
        by_driver = "of the posterior by driver is --method tornado; --prior asks for the prior"
        mend = by_driver if weighed_by_evidence else ""
        _refuse("--by", by, f"{method} reads parameter by parameter", "--by parameter", mend)
    if question.weights is not None and not reads_draws(question, source):
        what = "simulates draws of the prior, which have no weights"
        allowed = f"weights with {GIVEN}, {DISCOVERY}, or {INFORMATION} of a result by parameter"
        _refuse("--weights", method, what, allowed)
    _check_evidence(question, source)
    middle = f"{(scenario.plan.anchor_year + scenario.plan.horizon) // 2:g}"
    if method in (TORNADO, DISCOVERY, INFORMATION) and target.kind == SERIES:
        _refuse("--target", target.text, f"{method} is about one number", f"{target.text}@{middle}")
    if method == INFORMATION and target.kind == BEFORE:
        name = target.text.partition("@")[0]
        _refuse("--target", target.text, "yes or no, which has no 80 % interval", name)
    if method == DISCOVERY and not target.milestone:
        what = "a number, and cases are yes or no"
        _refuse("--target", target.text, what, "milestone@2031 (early) or milestone (never)")


def _check_evidence(question: Question, source: Plan | Result) -> None:
    """Refuse a method that cannot answer for a posterior, or for a prior."""
    method, by = question.method, question.by
    reads = reads_draws(question, source)
    if question.weights is not None and not isinstance(source, Result):
        mend = f"oomcast run {source.name} makes one"
        _refuse("--weights", method, "no finished run", "a result, whose draws have weights", mend)
    if question.prior and question.weights is not None:
        _refuse("--prior", "--prior", "weights make it a posterior", "--weights or --prior")
    plan = source.plan if isinstance(source, Result) else source
    if question.prior and reads and isinstance(source, Result) and plan.is_tempered:
        what = "a result of tempered SMC, whose draws are of the posterior alone"
        _refuse("--prior", method, what, "a result of weighted draws, or the run itself")
    if is_of_posterior(question, source) and not reads and method != TORNADO:
        what = (
            "observations tie the parameters to one another, and draws of a group given the rest are "
            "known of the prior alone"
        )
        allowed = (
            f"{GIVEN}, {DISCOVERY} or {INFORMATION} by parameter, or {TORNADO}, of the posterior"
        )
        _refuse("--method", f"{method} by {by}", what, allowed, "--prior asks for the prior")


def _draws(question: Question, scenario: subjects.TargetedPlan, source: Plan | Result) -> int:
    """The draws asked for, or the method's own; rounded up to what its design needs."""
    if reads_draws(question, source) and not isinstance(source, Result):
        return question.draws or DRAWS_READ
    if reads_draws(question, source) and isinstance(source, Result):
        by_arrival = scenario.target.milestone is not None
        kept = len(source.arrivals if by_arrival else source.trajectories)
        return min(question.draws or DRAWS_READ, kept)
    unit = {SHAPLEY: 2 * shapley.CLUSTER, INFORMATION: value_of_information.INNER}.get(
        question.method, 1
    )
    own = OUTER * value_of_information.INNER if question.method == INFORMATION else DRAWS
    return math.ceil((question.draws or own) / unit) * unit


def check_numbers(method: str, draws: int, replicates: int, interval: float, fewest: int) -> None:
    """Refuse an interval that so few draws or replicates cannot give."""
    if not 0.0 < interval < 1.0:
        _refuse("--interval", f"{interval:g}", "no share", "a number between 0 and 1")
    needed = math.ceil(2.0 / (1.0 - interval) - 1e-9)
    if replicates < needed:
        allowed = f"at least {needed} for an interval of {100 * interval:g} %"
        _refuse("--replicates", f"{replicates}", "too few replicates", allowed)
    if draws < fewest:
        allowed = f"at least {fewest:,} for an interval of {method}"
        _refuse("--draws", f"{draws}", "too few draws", allowed)


def _fewest(question: Question) -> int:
    read = given_data.BINS * given_data.FEWEST
    nested = question.method == INFORMATION and question.draws % value_of_information.INNER == 0
    least = 16 * value_of_information.INNER if nested and question.by == "driver" else read
    return {GIVEN: read, DISCOVERY: read, INFORMATION: least}.get(question.method, FEWEST)


def _own_weights(source: Result) -> Array | None:
    """Weights of the kept draws of a run that conditions."""
    return source.weights.whole[: len(source.arrivals)].astype(float) if source.weights else None


def _check_weights(question: Question, source: Plan | Result) -> None:
    weights = question.weights
    assert weights is not None
    assert isinstance(source, Result)
    kept = len(source.arrivals)
    if weights.shape != (kept,):
        what = f"{weights.shape} numbers"
        _refuse("--weights", "", what, f"one for each of the {kept:,} kept draws")
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        _refuse("--weights", "", "a weight below 0 or not finite", "weights >= 0, not all 0")


def require_cases(cases: npt.NDArray[np.bool_], target: Target) -> None:
    """Refuse boxes where either the cases or the other draws are too few.

    Parameters
    ----------
    cases : (draw) whether it is one
    target : for the message

    Raises
    ------
    InputFault
        when there are fewer than 30 of either
    """
    fewest = min(int(cases.sum()), int((~cases).sum()))
    if fewest < CASES:
        what = f"{int(cases.sum())} cases among {len(cases):,} draws"
        allowed = f"at least {CASES} cases and as many others"
        _refuse("--target", target.text, what, allowed, "take more draws, or another date")


def require_variation(scenario: subjects.TargetedPlan) -> None:
    """Refuse a target that is the same in every draw, which has no variance.

    Raises
    ------
    InputFault
        naming a target that works
    """
    target, subject = scenario.target, subjects.subject(scenario, cut=False)
    raw = subject.answer(subject.levels(range(PILOT)))
    answers = targets.finite_values(target, raw)
    if (np.ptp(answers, axis=1) > 1e-9 * np.maximum(np.abs(answers).max(axis=1), 1e-9)).any():
        return
    what = f"the same in each of {PILOT:,} draws"
    if target.milestone:
        share = float(targets.is_met(target, raw).mean())
        when = f"before {target.years[0]:g}"
        what = f"{'every' if share else 'no'} draw of {PILOT:,} arrives {when}"
        if target.kind == ARRIVAL and share:
            what = f"every draw of {PILOT:,} arrives in {raw[0, 0]:g}"
    works = _varying_target(compile_plan(scenario.plan), target, raw)
    _refuse("--target", target.text, f"{what}: the variance is 0", "a target that varies", works)


def _varying_target(compiled: CompiledPlan, target: Target, raw: Array) -> str:
    """Name a target that varies: the same at another date, or else another milestone."""
    name = target.text.partition("@")[0]
    if target.milestone is None:
        return f"try {name}@{compiled.plan.horizon:g}"
    middle = float(np.quantile(raw[0], 0.5, method="inverted_cdf"))
    if compiled.plan.start < middle < compiled.plan.horizon:
        return f"try {name}@{math.ceil(middle):g}"
    arrivals = simulate_block(compiled, range(512)).arrivals
    shares = np.isfinite(arrivals).mean(axis=1)
    spread = np.ptp(np.minimum(arrivals, compiled.plan.horizon), axis=1) > 0.0
    best = int(np.argmin(np.abs(shares - 0.5) + np.where(spread, 0.0, 2.0)))
    return f"try {compiled.plan.milestones[best].name}" if spread[best] else ""
