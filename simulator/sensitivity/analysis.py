"""What drives an answer: a target and a method, and the records that the method gives.

A record is of one name (and one year, of a series), with numbers unrounded. `SIMULATED_METHODS` simulate again with
probability levels swapped; `GIVEN_DATA_METHODS` take draws as they are, weighed or not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from simulator.arrays import Array, effective_sample_size
from simulator.inputs.plan import Plan
from simulator.sampling import independent_levels
from simulator.sensitivity import (
    bootstrap,
    given_data,
    given_draws,
    observed,
    prim,
    question,
    shapley,
    sobol,
    subjects,
    targets,
    tornado,
    value_of_information,
)
from simulator.sensitivity.bootstrap import Interval
from simulator.sensitivity.designs import Groups
from simulator.sensitivity.question import (
    CORRELATED,
    DISCOVERY,
    GIVEN,
    INFORMATION,
    SHAPLEY,
    SOBOL,
    TORNADO,
    Question,
    is_of_posterior,
    reads_draws,
    require_variation,
    with_defaults,
)
from simulator.sensitivity.targets import BEFORE, SERIES, Target
from simulator.summaries.result import Result

Records = list[dict[str, Any]]

RecordsAndNow = tuple[Records, dict[str, Any]]
"""Records, and the answer as it stands, as `Analysis.now` holds it."""


CLEAR_ERRORS = 3.0  # standard errors by which an interval must narrow

DUMMIES = 19
"""Dummy parameters of PAWN: one that moves nothing exceeds the largest of theirs once in 20 times."""


def is_informative(record: dict[str, Any]) -> bool:
    """Whether a record's parameter reaches the target, and narrows its interval by more than three standard errors."""
    clear = record["width_left"] + CLEAR_ERRORS * record["mcse_width_left"] < 1.0
    return bool(record["reaches_target"] and clear)


def is_noise(record: dict[str, Any]) -> bool:
    """Whether a parameter's PAWN cannot be told from those of dummy parameters, which move nothing."""
    return bool(record["pawn"] <= record["pawn_noise_floor"])


def is_chance(record: dict[str, Any]) -> bool:
    """Whether neither PAWN nor a correlation, by three standard errors, tells a parameter from chance."""
    correlations = ("rank_correlation", "partial_rank_correlation")
    clear = any(abs(record[key]) > CLEAR_ERRORS * record[f"mcse_{key}"] for key in correlations)
    return is_noise(record) and not clear


def _estimate_keys(name: str, interval: Interval, at: tuple[int, ...]) -> dict[str, float]:
    """Value, interval and error of one estimate as a record's keys."""
    value, low, high, mcse = (float(each[at]) for each in interval)
    return {name: value, f"{name}_low": low, f"{name}_high": high, f"mcse_{name}": mcse}


def _index_records(
    scenario: subjects.TargetedPlan, names: Sequence[str], columns: dict[str, Interval | None]
) -> Records:
    """Records of (name, output) intervals; those of a series have a year."""
    target = scenario.target
    records: Records = []
    for i, name in enumerate(names):
        for k in range(len(target.years)):
            record: dict[str, Any] = {"name": name}
            record |= {"year": target.years[k]} if target.kind == SERIES else {}
            for column, interval in columns.items():
                keys = (column, f"{column}_low", f"{column}_high")
                record |= (
                    _estimate_keys(column, interval, (i, k)) if interval else dict.fromkeys(keys)
                )
            records.append(record)
    return records


def _information_records(
    scenario: subjects.TargetedPlan,
    value: value_of_information.InformationValue,
) -> RecordsAndNow:
    """What knowing each group would do."""
    lifted = (Interval(*(x[:, np.newaxis] for x in i)) for i in (value.left, value.low, value.high))
    columns = dict(zip(("width_left", "median_low", "median_high"), lifted, strict=True))
    return _index_records(scenario, value.names, {**columns}), {"width_80": value.width}


def _sobol(scenario: subjects.TargetedPlan, query: Question, groups: Groups) -> RecordsAndNow:
    """First-order and total-order indices."""
    order = sobol.sobol_indices(
        subjects.subject(scenario),
        groups,
        draws=query.draws,
        times=bootstrap.bootstrap_counts(query.draws, query.replicates, scenario.plan.seed),
        share=query.interval,
        matters=scenario.matters,
        workers=query.workers,
        progress=query.progress,
    )
    columns: dict[str, Interval | None] = {"first_order": order.first, "total_order": order.total}
    return _index_records(scenario, order.names, columns), {"walks": order.simulations}


def _shapley(scenario: subjects.TargetedPlan, query: Question, groups: Groups) -> RecordsAndNow:
    """Shapley effects."""
    subject = subjects.subject(scenario)
    moving = {
        name: group
        for name, group in groups.items()
        if group and (subject.tied(group) or not scenario.matters.isdisjoint(group))
    }
    effects = shapley.shapley_effects(
        subject,
        moving,
        draws=query.draws,
        replicate=query.replicates,
        seed=scenario.plan.seed,
        share=query.interval,
        workers=query.workers,
        progress=query.progress,
    )
    positions = [list(moving).index(name) if name in moving else -1 for name in groups]
    idle = (np.array(positions) < 0)[:, np.newaxis]
    every = Interval(*(np.where(idle, 0.0, each[positions]) for each in effects))
    columns = {"first_order": None, "total_order": None, "shapley": every}
    return _index_records(scenario, list(groups), columns), {
        "walks": (len(moving) + 1) * query.draws
    }


def _tornado(scenario: subjects.TargetedPlan, query: Question, groups: Groups) -> RecordsAndNow:
    """What holding each group at its p10 and p90 does."""
    target = scenario.target
    subject = subjects.subject(scenario, cut=False)
    if scenario.observations:
        subject = replace(subject, answer=partial(subjects.answer_and_log_likelihood, scenario))
    swings = tornado.tornado_swings(
        subject,
        groups,
        draws=query.draws,
        times=bootstrap.bootstrap_counts(query.draws, query.replicates, scenario.plan.seed),
        share=query.interval,
        matters=scenario.matters,
        met=(lambda raw: targets.is_met(target, raw)) if target.milestone else None,
        horizon=target.horizon if target.milestone else np.inf,
        weigh=partial(observed.draw_weights, scenario.plan.name, scenario.observations)
        if scenario.observations
        else None,
        workers=query.workers,
        progress=query.progress,
    )
    rows = _index_records(scenario, swings.names, {})
    for i, record in enumerate(rows):
        at = divmod(i, len(target.years))
        for end, level in enumerate(("p10", "p90")):
            positions = (at[0], end, at[1])
            record[f"median_{level}"] = float(swings.medians[positions])
            record |= _estimate_keys(f"median_change_{level}", swings.median_changes, positions)
            if swings.probabilities is not None and swings.probability_changes is not None:
                record[f"probability_{level}"] = float(swings.probabilities[at[0], end, 0])
                changes = swings.probability_changes
                record |= _estimate_keys(f"probability_change_{level}", changes, (at[0], end, 0))
    now: dict[str, Any] = {"median": swings.median.tolist()}
    now |= {"effective_draws": swings.effective} if scenario.observations else {}
    return rows, now | (
        {} if swings.probability is None else {"probability": float(swings.probability[0])}
    )


def _information_from_simulation(
    scenario: subjects.TargetedPlan, query: Question, groups: Groups
) -> RecordsAndNow:
    """The value of information about each group."""
    value = value_of_information.value_from_simulation(
        subjects.subject(scenario),
        groups,
        draws=query.draws,
        replicate=query.replicates,
        seed=scenario.plan.seed,
        share=query.interval,
        matters=scenario.matters,
        workers=query.workers,
        progress=query.progress,
    )
    return _information_records(scenario, value)


def _information_from_draws(
    scenario: subjects.TargetedPlan,
    query: Question,
    parameters: Array,
    raw: Array,
    weights: Array | None,
) -> RecordsAndNow:
    """The value of information about each parameter."""
    answer = targets.finite_values(scenario.target, raw)[0]
    times = bootstrap.bootstrap_counts(len(answer), query.replicates, scenario.plan.seed)
    value = value_of_information.value_from_draws(
        scenario.varying, parameters, answer, times, query.interval, question.BINS, weights
    )
    return _information_records(scenario, value)


def _given_data(
    scenario: subjects.TargetedPlan,
    query: Question,
    parameters: Array,
    raw: Array,
    weights: Array | None,
) -> RecordsAndNow:
    """Rank correlations, first order by conditional means and PAWN; of a series, year by year."""
    answers = targets.finite_values(scenario.target, raw)
    times = bootstrap.bootstrap_counts(answers.shape[1], query.replicates, scenario.plan.seed)
    draws = range(answers.shape[1])
    dummies = np.column_stack(
        [independent_levels(scenario.plan.sampling, f"(dummy {i})", draws) for i in range(DUMMIES)]
    )
    measures: Records = []
    for year, answer in zip(scenario.target.years, answers, strict=True):
        if answer.std() <= 1e-12 * max(abs(answer.mean()), 1.0):
            continue
        read = given_data.given_data_measures(
            scenario.varying, parameters, answer, times, query.interval, weights
        )
        columns: dict[str, Interval | None] = {"first_order": read.first_order, "total_order": None}
        columns |= {"rank_correlation": read.rank_correlation}
        columns |= {"partial_rank_correlation": read.partial_rank_correlation, "pawn": read.pawn}
        lifted = {k: v and Interval(*(x[:, np.newaxis] for x in v)) for k, v in columns.items()}
        one = replace(scenario, target=replace(scenario.target, years=(year,)))
        floor = given_data.noise_floor(dummies, answer, times, weights)
        records = _index_records(one, read.names, lifted)
        measures += [record | {"pawn_noise_floor": floor} for record in records]
    return measures, {}


def _boxes(
    scenario: subjects.TargetedPlan,
    query: Question,
    parameters: Array,
    raw: Array,
    weights: Array | None,
) -> RecordsAndNow:
    """Boxes of the draws in which a milestone arrives early, or never."""
    met = targets.is_met(scenario.target, raw)
    cases = met if scenario.target.kind == targets.BEFORE else ~met
    question.require_cases(cases, scenario.target)
    reaching = [i for i, name in enumerate(scenario.varying) if name in scenario.reaching]
    names = [scenario.varying[i] for i in reaching]
    boxes = prim.find_boxes(names, parameters[:, reaching], cases, weights)
    rows: Records = []
    for number, box in enumerate(boxes, 1):
        record: dict[str, Any] = {"box": number}
        for name in ("coverage", "density"):
            estimate = getattr(box, name)
            record |= {name: estimate.value, f"mcse_{name}": estimate.mcse}
        limits = {name: [_end(low), _end(high)] for name, (low, high) in box.limits.items()}
        levels = {
            name: _levels(scenario, parameters, name, ends) for name, ends in box.limits.items()
        }
        rows.append(record | {"mass": box.mass, "limits": limits, "levels": levels})
    weight = np.ones(len(cases)) if weights is None else weights
    return rows, {"share_of_cases": float(weight[cases].sum() / weight.sum())}


def _levels(
    scenario: subjects.TargetedPlan, parameters: Array, name: str, ends: tuple[float, float]
) -> list[float]:
    """Shares of the draws below each end of a box's side."""
    values = parameters[:, scenario.varying.index(name)]
    return [float((values < end).mean()) for end in ends]


def _end(limit: float) -> float | None:
    return limit if np.isfinite(limit) else None


SIMULATED_METHODS: dict[str, Callable[..., RecordsAndNow]] = {
    SOBOL: _sobol,
    CORRELATED: _sobol,
    SHAPLEY: _shapley,
    TORNADO: _tornado,
    INFORMATION: _information_from_simulation,
}

GIVEN_DATA_METHODS: dict[str, Callable[..., RecordsAndNow]] = {
    GIVEN: _given_data,
    DISCOVERY: _boxes,
    INFORMATION: _information_from_draws,
}


@dataclass(frozen=True)
class Analysis:
    """The answer of a method.

    Attributes
    ----------
    plan, target : of which it is
    query : the question, with every default filled in
    records : one a parameter, driver or box (and year, of a series); numbers unrounded
    now : the answer as it stands: median, probability or width of the 80 % interval, where the method says it; and the
        effective number of draws of a posterior
    of : "posterior" or "prior"
    """

    plan: Plan
    target: Target
    query: question.Question
    records: Records
    now: dict[str, Any]
    of: str


def analyse(source: Plan | Result, target: str, **options: Any) -> Analysis:
    """Say what drives a target.

    Parameters
    ----------
    source : a plan, whose draws are simulated, or a finished run
    target : `milestone`, `milestone@2031`, `series@2030` or `series`
    options : of `question.Question`: by, method, draws, replicates, interval, weights, prior, workers, progress. A
        plan that conditions is asked about its posterior, unless `prior` is true

    Raises
    ------
    InputFault
        when the target is unknown or does not vary, or the method cannot take what it is given
    """
    plan = source if isinstance(source, Plan) else source.plan
    parsed = targets.read_target(plan, target)
    raw_question = Question(**options)
    scenario = subjects.targeted_plan(
        plan, parsed, observed.observations_of(plan, raw_question.prior)
    )
    question = with_defaults(raw_question, scenario, source)
    require_variation(scenario)
    if reads_draws(question, source):
        read = (
            given_draws.finished_draws(scenario, source, question)
            if isinstance(source, Result)
            else given_draws.simulated_draws(scenario, question)
        )
        parameters, raw, weights = given_draws.possible_draws(scenario, *read)
        records, now = GIVEN_DATA_METHODS[question.method](
            scenario, question, parameters, raw, weights
        )
        if weights is not None:
            now |= {"effective_draws": effective_sample_size(weights)}
    else:
        groups = varying_groups(scenario, question.by)
        records, now = SIMULATED_METHODS[question.method](scenario, question, groups)
    if question.method != DISCOVERY:
        members = subjects.parameter_groups(plan, question.by)
        for record in records:
            record["reaches_target"] = not scenario.reaching.isdisjoint(members[record["name"]])
    posterior = is_of_posterior(question, source)
    of = observed.POSTERIOR if posterior else observed.PRIOR
    return Analysis(plan, parsed, question, records, now, of)


def varying_groups(scenario: subjects.TargetedPlan, by: str) -> Groups:
    """Groups of the parameters that vary; a group of none has an index of exactly 0."""
    vary = set(scenario.varying)
    whole = subjects.parameter_groups(scenario.plan, by)
    return {name: tuple(n for n in group if n in vary) for name, group in whole.items()}


def ranked_records(findings: Analysis) -> Records:
    """Records of one number, the strongest first, without those that are exactly 0."""
    key = {
        SHAPLEY: "shapley",
        GIVEN: "pawn",
        INFORMATION: "width_left",
        TORNADO: "median_change_p10",
    }.get(findings.query.method, "total_order")
    if findings.query.method == INFORMATION:
        informative = [record for record in findings.records if is_informative(record)]
        return sorted(informative, key=lambda record: record[key])
    if findings.query.method == TORNADO:
        stem = "probability" if findings.target.kind == BEFORE else "median"
        return sorted(findings.records, key=lambda r: -swing_size(r, stem))
    nonzero = [r for r in findings.records if r[key] != 0.0 or (r.get("first_order") or 0.0) != 0.0]
    if findings.query.method == GIVEN:
        nonzero = [record for record in nonzero if not is_chance(record)]
    return sorted(nonzero, key=lambda record: -record[key])


def swing_size(record: dict[str, Any], stem: str) -> float:
    """How far a median or a probability moves between the two ends at which a group is held.

        |change at p90 - change at p10|

    Parameters
    ----------
    record : of the tornado
    stem : "median" or "probability"

    Returns
    -------
    [the target's unit, or fraction]
    """
    return abs(record[f"{stem}_change_p90"] - record[f"{stem}_change_p10"])


def width_removed(record: dict[str, Any]) -> tuple[float, float, float]:
    """Share of the 80 % interval that goes when a parameter is known: 1 less the share that is left.

    Parameters
    ----------
    record : of the value of information

    Returns
    -------
    value, low and high [fraction]
    """
    return (
        1.0 - record["width_left"],
        1.0 - record["width_left_high"],
        1.0 - record["width_left_low"],
    )


def yearly_shares(
    findings: Analysis, key: str, most: int, least: float
) -> tuple[Array, dict[str, Array]]:
    """Indices of a series after the anchor, as shares of their sum in each year.

        share_i(year) = max(0, S_i(year)) / sum over j of max(0, S_j(year))

    Parameters
    ----------
    findings : of a series, year by year
    key : the index
    most, least : how many names stand alone, and the least mean share of one that does [fraction]

    Returns
    -------
    years : (year) [year]
    shares : name -> (year) [fraction], the largest mean first; the rest is added up as "others"; NaN where all are 0
    """
    names = list(dict.fromkeys(record["name"] for record in findings.records))
    years = np.array(list(dict.fromkeys(record["year"] for record in findings.records)))
    after = years > findings.plan.anchor_year
    indices = {
        name: np.array([r[key] for r in findings.records if r["name"] == name])[after]
        for name in names
    }
    positive = {name: np.maximum(values, 0.0) for name, values in indices.items()}
    total = np.sum(list(positive.values()), axis=0)
    shares = {name: v / np.where(total > 0.0, total, np.nan) for name, v in positive.items()}
    order = sorted(shares, key=lambda name: -float(np.nanmean(shares[name])))
    alone = [name for name in order[:most] if np.nanmean(shares[name]) >= least]
    layers = {name: shares[name] for name in alone}
    if rest := order[len(alone) :]:
        layers["others"] = np.sum([shares[name] for name in rest], axis=0)
    return years[after], layers
