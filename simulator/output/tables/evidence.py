"""The tables of what evidence did: what was used, what each observation moved, and power scaling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from simulator.evidence.influence import Influence, Influences
from simulator.evidence.power_scaling import SENSITIVE, PowerScaling, Sensitivity
from simulator.evidence.weights import WORST_K
from simulator.inputs.observations import Observation
from simulator.output.rendering import Answer, Table
from simulator.summaries.estimates import Estimate
from simulator.summaries.result import Result

SURPRISING = 0.05  # prior predictive probability below which an observation and the prior conflict

CLEAR = 2.0  # Monte Carlo errors that a move must exceed to count


def with_evidence(answer: Answer, after: Result, evidence: Influences) -> Answer:
    """The milestone table with what the evidence did below it.

    The document of the conditioned result, which is the last, also has the key `evidence`; the records also have a row
    for each observation and milestone.
    """
    run = after.plan.name
    tables = [_observations_table(evidence)]
    tables += [_moves_table(after, evidence, name) for name in evidence.scaling]
    tables.append(_scaling_table(evidence))
    documents = list(answer.document)
    documents[-1] = {**documents[-1], "evidence": _document(evidence)}
    records = [{"run": run, "name": e.milestone, **_record(e)} for e in evidence.each]
    return replace(answer, records=[*answer.records, *records], document=documents, more=tables)


def _document(evidence: Influences) -> dict[str, Any]:
    scaling = [
        {
            "milestone": name,
            "diagnosis": each.diagnosis,
            "likelihood": each.likelihood._asdict(),
            "prior": each.prior._asdict(),
            "priors": [prior._asdict() for prior in each.priors],
        }
        for name, each in evidence.scaling.items()
    ]
    observations = [{"milestone": e.milestone, **_record(e)} for e in evidence.each]
    return {"draws": evidence.draws, "observations": observations, "power_scaling": scaling}


def _record(influence: Influence) -> dict[str, Any]:
    moved = influence.before_moved.items()
    return {
        "observation": influence.observation.name,
        "source": influence.observation.source,
        "prior_p": influence.prior_p,
        "rest_p": influence.rest_p,
        "p50_moved": influence.p50_moved.value,
        "mcse_p50_moved": influence.p50_moved.mcse,
        **{f"before_{year}_moved": estimate.value for year, estimate in moved},
        **{f"mcse_before_{year}_moved": estimate.mcse for year, estimate in moved},
        "power_sensitivity": influence.sensitivity,
        "pareto_k_without": influence.pareto_k,
    }


def _observations_table(evidence: Influences) -> Table:
    first = evidence.each[0].milestone
    used = [each for each in evidence.each if each.milestone == first]
    rows = [
        [
            each.observation.name,
            record_in_words(each.observation),
            f"{each.observation.year:.2f}",
            _probability(each.prior_p) + ("!" if each.prior_p < SURPRISING else ""),
            _probability(each.rest_p),
        ]
        for each in used
    ]
    caption = (
        "How well the prior, and the posterior of the rest of the observations, predict each: two-sided tail "
        "probability of a value, probability of the record of a bound or a milestone."
    )
    if any(each.prior_p < SURPRISING for each in used):
        caption += f" !: below {SURPRISING:g}, the prior and this observation conflict."
    header = ["observation", "record", "year", "prior", "rest"]
    return Table("The evidence", header, rows, caption, names=2)


BOUNDS = {"": "", "right": ">= ", "left": "<= "}


def record_in_words(observation: Observation) -> str:
    """What an observation records: a value with its standard deviation, or a milestone that was met or not."""
    if observation.milestone:
        return f"{observation.milestone} {'met' if observation.met else 'not met'}"
    bound = BOUNDS[observation.censored]
    value = f"{bound}{observation.value:g} +- {observation.spread:.2g} {observation.unit}"
    return f"{observation.series} {value}"


def _probability(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _moves_table(after: Result, evidence: Influences, milestone: str) -> Table:
    moves = [each for each in evidence.each if each.milestone == milestone]
    rows = [
        [
            each.observation.name,
            _moved(each.p50_moved, 1.0, " y"),
            *(_moved(estimate, 100.0, " pp") for estimate in each.before_moved.values()),
            "-" if math.isnan(each.sensitivity) else f"{each.sensitivity:.3f}",
            "-" if not math.isfinite(each.pareto_k) else f"{each.pareto_k:.2f}",
        ]
        for each in moves
    ]
    years = [f"by end {int(year) - 1}" for year in moves[0].before_moved]
    header = ["observation", "p50", *years, "power scaling", "k without"]
    caption = (
        f"The answer with all observations less the answer without this one, by reweighting {evidence.draws:,} draws "
        f"(Pareto smoothed); ~0: below {CLEAR:g} Monte Carlo errors; -: the draws cannot say."
    )
    if any(each.pareto_k > WORST_K for each in moves):
        caption += f" Moves whose k is above {WORST_K:g} rest on a few draws."
    return Table(f"What each observation did to {milestone}", header, rows, caption)


def _moved(estimate: Estimate, scale: float, unit: str) -> str:
    if not (math.isfinite(estimate.value) and math.isfinite(estimate.mcse)):
        return "-"
    if abs(estimate.value) <= CLEAR * estimate.mcse:
        return "~0"
    digits = min(max(math.ceil(-math.log10(scale * estimate.mcse)), 0), 3) if estimate.mcse else 3
    return f"{scale * estimate.value:+.{digits}f}{unit}"


def _scaling_table(evidence: Influences) -> Table:
    rows = [row for name, each in evidence.scaling.items() for row in _scaling_rows(name, each)]
    diagnoses = [f"{name}: {each.diagnosis}" for name, each in evidence.scaling.items()]
    caption = (
        f"{'; '.join(diagnoses)}. Power scaling (priorsense): how far the distribution of the arrival, cut "
        f"at the horizon, moves when a "
        f"component is raised to a power near 1; from {SENSITIVE:g} up it counts. Noise: what a component without "
        "effect stays below in 19 of 20 cases. Priors by themselves are listed where they count."
    )
    header = ["milestone", "component", "sensitivity", "noise"]
    return Table("Sensitivity to evidence and prior", header, rows, caption, names=2)


def _scaling_rows(milestone: str, scaling: PowerScaling) -> Sequence[Sequence[str]]:
    counted = [each for each in scaling.priors if each.shown and each.value >= SENSITIVE]
    return [
        [milestone, *_sensitivity_cells(scaling.likelihood)],
        *(["", *_sensitivity_cells(each)] for each in (scaling.prior, *counted)),
    ]


def _sensitivity_cells(sensitivity: Sensitivity) -> list[str]:
    value = f"{sensitivity.value:.3f}" if sensitivity.shown else "in the noise"
    return [sensitivity.name, value, f"{sensitivity.noise:.3f}"]
