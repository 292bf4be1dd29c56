"""What the page has to know of a scenario, as plain values: priors, where levels come from, milestones, the program."""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtr, stdtrit

from simulator import model
from simulator.distributions.distribution import Distribution, component_distribution
from simulator.distributions.domain import REAL, Domain
from simulator.distributions.family import Component
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Prior
from simulator.page.run_files import restated
from simulator.sampling import LOWEST_LEVEL
from simulator.simulate import blocks
from simulator.summaries.summarise import band_rows

ANALYTIC = frozenset({
    "fixed", "uniform", "loguniform", "normal", "lognormal", "triangular", "bernoulli", "discrete", "quantiles",
})  # fmt: skip

MIXED = frozenset({"uniform", "loguniform", "normal", "lognormal", "triangular"})
"""Families of which the page computes mixtures; a mixture of others comes with a table."""

TABLE_SCORES = np.linspace(-8.2, 8.2, 657)

DIGITS = 10  # of a table's values


def sampling_record(plan: Plan) -> dict[str, Any]:
    """Where the page takes a plan's levels from: the key of each name's stream, the copula, and what is held."""
    copula = blocks.compile_plan(plan).copula
    varied = [prior.name for prior in plan.priors if prior.family != "fixed"]
    streams = list(dict.fromkeys([*varied, *copula.names]))
    number = {name: i for i, name in enumerate(streams)}
    rows = zip(copula.names, copula.rows, strict=True)
    return {
        "names": [prior.name for prior in plan.priors],
        "streams": streams,
        "keys": [_key(plan.seed, name) for name in streams],
        "copula": [
            {"stream": number[name], "row": [[number[other], weight] for other, weight in row]}
            for name, row in rows
            if row != ((name, 1.0),)
        ],
        "hold": plan.hold,
    }


def _key(seed: int, name: str) -> list[int]:
    return list(struct.unpack("<4I", hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16]))


def prior_record(prior: Prior) -> dict[str, Any]:
    """A prior, with the tables of what the page cannot compute by itself."""
    declared = model.declaration(prior.name)
    return {
        "name": prior.name,
        "unit": prior.unit,
        **_member_record(prior, prior.distribution),
        "domain": _domain_record(declared.domain if declared else REAL),
        "source": prior.source,
        "note": prior.note,
        "vintage": prior.vintage,
    }


def _member_record(member: Prior | Component, distribution: Distribution) -> dict[str, Any]:
    """A family's member, a prior's or a component's, with the table of what the page cannot compute by itself."""
    record: dict[str, Any] = {
        "family": member.family,
        "natural": {key: _plain(value) for key, value in member.natural.items()},
        "shift": member.shift,
        "lower": member.lower,
        "upper": member.upper,
    }
    levels = np.clip(ndtr(TABLE_SCORES), LOWEST_LEVEL, 1.0 - LOWEST_LEVEL)
    if member.family == "student_t":
        record["table"] = _table(stdtrit(member.natural["df"], levels))
    elif member.family not in ANALYTIC:
        if not _is_mixed_by_the_page(member):
            record["table"] = _table(distribution.inverse_cdf(levels))
        record["support"] = _domain_record(distribution.support)
    return record


def _is_mixed_by_the_page(member: Prior | Component) -> bool:
    components = member.natural.get("components")
    return isinstance(components, tuple) and all(
        isinstance(part, Component) and part.family in MIXED for part in components
    )


def _plain(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return [
        _member_record(part, component_distribution(part)) if isinstance(part, Component) else part
        for part in value
    ]


def _table(values: np.ndarray) -> list[list[float]]:
    shown = [float(f"{value:.{DIGITS}g}") for value in values]
    return [[float(f"{z:.6g}") for z in TABLE_SCORES], shown]


def _domain_record(domain: Domain) -> dict[str, Any]:
    low, high = (value if math.isfinite(value) else None for value in (domain.low, domain.high))
    return {"low": low, "high": high, "lowOpen": domain.low_open, "highOpen": domain.high_open}


def scenario_record(plan: Plan, program: int | None, stated: Mapping[str, Plan]) -> dict[str, Any]:
    """What the page has to know of a scenario.

    Parameters
    ----------
    plan : of the scenario
    program : the number of its program; None where its model could not be traced
    stated : name -> plan of the run file of that name; the baseline is one of them
    """
    known = model.join_drivers(prior.name for prior in plan.priors).series
    return {
        "program": program,
        "seed": plan.seed,
        "draws": plan.draws,
        "asOf": plan.as_of_year,
        "anchor": plan.anchor_year,
        "horizon": plan.horizon,
        "years": plan.grid.years.tolist(),
        "rows": band_rows(plan).tolist(),
        "sampling": sampling_record(plan),
        "series": [
            {
                "name": name,
                "meaning": series.long_name,
                "unit": series.unit,
                "codes": list(series.codes),
            }
            for name, series in known.items()
        ],
        "arrivals": [milestone.name for milestone in plan.milestones],
        "milestones": [
            {
                "name": milestone.name,
                "series": milestone.series,
                "direction": milestone.direction,
                "threshold": milestone.threshold,
                "meaning": milestone.meaning,
            }
            for milestone in plan.milestones
        ],
        "sampler": plan.sampler,
        "observations": [observation.name for observation in plan.observations],
        **stated_scenario(plan, stated),
    }


def stated_scenario(plan: Plan, stated: Mapping[str, Plan]) -> dict[str, Any]:
    """What links and run files have to know of a scenario."""
    toml, tables = restated(plan, stated)
    return {
        "name": plan.name,
        "title": plan.title,
        "conditioned": bool(plan.observations),
        "priors": [prior_record(prior) for prior in plan.priors],
        "toml": toml,
        "restated": tables,
    }
