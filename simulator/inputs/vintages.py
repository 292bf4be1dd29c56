"""Evidence is newer than the priors that it moves: what a prior's numbers rest on is no evidence again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from simulator.errors import Fault, did_you_mean, listed
from simulator.inputs.files import decimal_year
from simulator.inputs.observations import Observation
from simulator.inputs.priors import Prior

JUDGEMENT = "judgement"  # the source of what no publication states, which nothing is shared through


def double_use(prior: Prior, observation: Observation) -> str:
    """Why a run that draws from a prior may not condition on an observation; empty where it may.

    A prior rests on the observations that `rests_on` names, and on those of its own source up to its vintage.

    Parameters
    ----------
    prior : that the run draws from
    observation : that it would condition on
    """
    if observation.name in prior.rests_on:
        return f"which {prior.name} rests on"
    if not prior.vintage or prior.source == JUDGEMENT or prior.source != observation.source:
        return ""
    if observation.year > vintage_year(prior):
        return ""
    return f'of {observation.year:.2f} from "{prior.source}", which {prior.name} knows up to {prior.vintage}'


def undated_source(prior: Prior, observation: Observation) -> bool:
    """Whether a prior and an observation have a source in common and the prior does not say up to when it knows it."""
    shared = prior.source == observation.source != JUDGEMENT
    return shared and not prior.vintage and observation.name not in prior.rests_on


def vintage_year(prior: Prior) -> float:
    """The vintage of a prior that states one [decimal year]."""
    return decimal_year(date.fromisoformat(prior.vintage))


def check_evidence_is_newer(
    priors: Iterable[Prior], observations: Iterable[Observation], file: str, faults: list[Fault]
) -> None:
    """Find observations that the numbers of a prior rest on already.

    Parameters
    ----------
    priors : of the run
    observations : that it conditions on
    file : where the run says so
    """
    priors = list(priors)
    for observation in observations:
        for prior in priors:
            if why := double_use(prior, observation):
                problem = f'"{observation.name}", {why}'
                allowed = "observations newer than the priors that they move"
                fix = f"leave it out, or restate {prior.name} without it (--set {prior.name}=... fixes it)"
                faults.append(Fault(file, "condition", "observations", problem, allowed, fix))
                break


def check_rests_on(
    priors: Mapping[str, Prior],
    tables: Mapping[str, tuple[str, str]],
    known: Collection[str],
    faults: list[Fault],
) -> None:
    """Find names in `rests_on` that no observation has.

    Parameters
    ----------
    priors : by name
    tables : file and table of each
    known : names of all observations
    """
    for name, prior in priors.items():
        for each in prior.rests_on:
            if each not in known:
                fix = did_you_mean(each, known)
                where = (*tables[name], "rests_on", f'"{each}"')
                faults.append(Fault(*where, listed(known, 60), fix))
