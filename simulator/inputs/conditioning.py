"""A plan on other observations: by name, from a file of one's own, or written in a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from simulator import model
from simulator.drivers.driver import Series
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs import names
from simulator.inputs.checks import check_design
from simulator.inputs.files import decimal_year, shown_path, with_lines
from simulator.inputs.merge import prior_folders
from simulator.inputs.observations import (
    LEAST_SD,
    SHIPPED_FILE,
    Observation,
    check_contradictions,
    check_weighable,
    observations_of_file,
    read_observations,
    resolve_observation,
)
from simulator.inputs.plan import Plan
from simulator.inputs.priors import LARGEST_VALUE, read_prior_folders, resolve_sources
from simulator.inputs.vintages import check_evidence_is_newer

OBSERVE = "--observe"

WRITTEN = re.compile(
    r"(?P<what>[A-Za-z0-9_-]+)\s+(?P<date>\d{4}-\d\d-\d\d)\s+"
    r"(?:(?P<met>(?:not\s+)?met)"
    r"|(?:(?P<bound>[<>]=)\s*)?(?P<value>[-+.\deE]+)\s*(?:\+-|\+/-|±)\s*(?P<sd>[.\deE+-]+)(?:\s+(?P<unit>\S.*))?)"
)

ALLOWED = (
    '"SERIES DATE VALUE +- SD", such as "training_flop 2026-03-01 26.7 +- 0.2"; '
    'with >= or <= before a value that is a bound; or "MILESTONE DATE met" or "MILESTONE DATE not met"'
)

CENSORED = {"": "", ">=": "right", "<=": "left"}


class EvidenceChange(NamedTuple):
    """How the observations of a plan are to change.

    Attributes
    ----------
    replaced : names, and files ending in .toml, that replace the plan's own observations; None keeps them
    added : names and files that are added
    observed : observations written as text, one each, that are added too
    """

    replaced: Sequence[str] | None = None
    added: Sequence[str] = ()
    observed: Sequence[str] = ()


def conditioned_plan(plan: Plan, change: EvidenceChange, sampler: str | None = None) -> Plan:
    """The same plan on other observations, its name ending in `-conditioned`.

    The observations that it keeps are those stored in the plan, whatever the files say now.

    Parameters
    ----------
    plan : of a finished run
    change : how its observations are to change
    sampler : `weights` or `sequential`; the plan's own when left out

    Raises
    ------
    InputFault
        with every fault of the observations
    """
    faults: list[Fault] = []
    sampler = sampler or plan.sampler
    series = model.series_of_names(prior.name for prior in plan.priors)
    kept = plan.observations if change.replaced is None else ()
    stated = [*_stated(change.replaced or (), faults), *_stated(change.added, faults)]
    stated += [
        (observation, OBSERVE)
        for text in change.observed
        if (observation := written_observation(text, series, faults))
    ]
    chosen = (*kept, *_resolved(stated, plan, series, {each.name for each in kept}, faults))
    if change == EvidenceChange() and not chosen:
        allowed = "--add NAME, --observe TEXT or --observations NAME,..."
        faults.append(Fault(plan.name, "condition", "", "no observation", allowed))
    name = f"{plan.name}-conditioned"
    if not names.is_run_name(name):
        allowed = f"at most {names.LONGEST_RUN_NAME}"
        faults.append(Fault(plan.name, "", "", f"a name of {len(name)} letters", allowed))
    if chosen:
        check_weighable(plan.draws, sampler, plan.name, faults)
        check_design(plan.design, sampler, plan.draws, plan.name, faults)
    check_contradictions(chosen, faults)
    check_evidence_is_newer(plan.priors, chosen, plan.name, faults)
    sources = resolve_sources(read_prior_folders(prior_folders(), faults), faults)
    sources = {**sources, **plan.sources}
    for observation, file in stated:
        if observation.source not in sources:
            fix = did_you_mean(observation.source, sources) or 'take "judgement"'
            problem = f'"{observation.source}"'
            faults.append(
                Fault(file, observation.name, "source", problem, "a key of sources.toml", fix)
            )
    if faults:
        raise InputFault(with_lines(faults))
    cited = {observation.source: sources[observation.source] for observation in chosen}
    changes = {
        "name": name,
        "title": f"{plan.title}, conditioned",
        "observations": tuple(sorted(chosen, key=lambda each: each.name)),
        "sampler": sampler,
        "sources": dict(sorted({**plan.sources, **cited}.items())),
    }
    return plan.model_copy(update=changes)


def _stated(words: Iterable[str], faults: list[Fault]) -> list[tuple[Observation, str]]:
    """Observations of these names and files, each with the file that states it."""
    stated: list[tuple[Observation, str]] = []
    known: Mapping[str, Observation] | None = None
    for word in dict.fromkeys(words):
        if word.endswith(".toml"):
            of_file = observations_of_file(Path(word), faults)
            stated += [(observation, shown_path(Path(word))) for observation in of_file.values()]
            continue
        known = read_observations(faults) if known is None else known
        if word in known:
            stated.append((known[word], SHIPPED_FILE))
        else:
            fix = did_you_mean(word, known) or "or a file of your own that ends in .toml"
            faults.append(Fault("condition", "", "", f'"{word}"', listed(known, 60), fix))
    return stated


def _resolved(
    stated: Iterable[tuple[Observation, str]],
    plan: Plan,
    series: Mapping[str, Series],
    taken: set[str],
    faults: list[Fault],
) -> list[Observation]:
    """Observations that are sound in the plan, each once."""
    milestones = {milestone.name: milestone for milestone in plan.milestones}
    taken, chosen = set(taken), []
    for observation, file in stated:
        if observation.name in taken:
            problem = "an observation that the run is conditioned on already"
            fix = "leave it out, or give another observation another name"
            faults.append(Fault(file, observation.name, "", problem, "each once", fix))
            continue
        taken.add(observation.name)
        span = (plan.start, plan.horizon)
        resolved = resolve_observation(observation, series, milestones, span, faults, file)
        chosen += [resolved] if resolved else []
    return chosen


def written_observation(
    text: str, series: Mapping[str, Series], faults: list[Fault]
) -> Observation | None:
    """An observation written in a line: `SERIES DATE VALUE +- SD`, or `MILESTONE DATE met` or `not met`.

    With `>=` or `<=` before the value it is a bound. The standard deviation is that of measurement and discrepancy
    together, and no part of it is shared with other observations. A unit may follow; it is the series' own when left
    out. The observation is named after its series or milestone and its date.
    """
    parts = WRITTEN.fullmatch(text.strip())
    if parts is None:
        faults.append(Fault(OBSERVE, "", "", f'"{text}"', ALLOWED))
        return None
    what, name = parts["what"], f"{parts['what']}_{parts['date'].replace('-', '_')}"
    if not names.is_name(name):
        faults.append(Fault(OBSERVE, "", "", names.misnamed(name)))
        return None
    try:
        year = decimal_year(date.fromisoformat(parts["date"]))
        value, sd = float(parts["value"] or 0.0), float(parts["sd"] or 0.0)
    except ValueError as error:
        faults.append(Fault(OBSERVE, "", "", f'"{text}", {error}', ALLOWED))
        return None
    stated: dict[str, Any] = {"name": name, "year": year, "source": "judgement"}
    stated["note"] = "Given on the command line."
    if parts["met"]:
        return Observation(**stated, milestone=what, met=parts["met"] == "met")
    if not LEAST_SD <= sd <= LARGEST_VALUE:
        allowed = f"a number from {LEAST_SD:g} to {LARGEST_VALUE:g}"
        faults.append(Fault(OBSERVE, name, "sd", f"{sd:g}", allowed))
        return None
    if not abs(value) <= LARGEST_VALUE:
        allowed = f"a number from -{LARGEST_VALUE:g} to {LARGEST_VALUE:g}"
        faults.append(Fault(OBSERVE, name, "value", f"{value:g}", allowed))
        return None
    unit = parts["unit"] or (series[what].unit if what in series else "")
    stated |= {"unit": unit} if unit else {}
    stated["censored"] = CENSORED[parts["bound"] or ""]
    return Observation(**stated, series=what, value=value, sd=sd)
