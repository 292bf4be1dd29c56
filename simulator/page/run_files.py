"""Plans as run files that give the same plans: each extends the run of its name and states what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from simulator.distributions.family import Component
from simulator.inputs.computed import ComputedParameter
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Prior


class RestatedPlan(NamedTuple):
    """A plan as text.

    Attributes
    ----------
    toml : keys and tables of the run file, without title, draws and priors
    priors : name -> table of a prior that the run file it extends has not, or has otherwise
    """

    toml: str
    priors: dict[str, str]


def restated(plan: Plan, stated: Mapping[str, Plan]) -> RestatedPlan:
    """The run file of a plan: it extends the run of the plan's name, or the baseline, and says what differs.

    Parameters
    ----------
    plan : to restate
    stated : name -> plan of the run file of that name; the baseline is one of them
    """
    base = _base(plan, stated)
    known = {each.name: each for each in base.parameters}
    lines = [f"extends = {json.dumps(base.name)}"]
    lines += [
        f"{key} = {toml_value(getattr(plan, key))}"
        for key in ("seed", "start", "anchor_year", "horizon")
    ]
    lines.append(f"as_of = {plan.as_of}")
    names = [milestone.name for milestone in plan.milestones]
    if names != [milestone.name for milestone in base.milestones]:
        lines.append(f"milestones = {toml_value(names)}")
    if plan.series != base.series:
        lines.append(f"series = {toml_value(list(plan.series))}")
    lines += [
        "",
        "[condition]",
        f"observations = {toml_value([each.name for each in plan.observations])}",
    ]
    if plan.sampler != base.sampler:
        lines.append(f"sampler = {toml_value(plan.sampler)}")
    if plan.hold:
        lines += [
            "",
            "[hold]",
            *(f"{json.dumps(name)} = {toml_value(level)}" for name, level in plan.hold.items()),
        ]
    priors = {
        each.name: prior_table(each) for each in plan.parameters if known.get(each.name) != each
    }
    return RestatedPlan("\n".join(lines), priors)


def _base(plan: Plan, stated: Mapping[str, Plan]) -> Plan:
    base = stated.get(plan.name, stated["baseline"])
    extra = {each.name for each in base.parameters} - {each.name for each in plan.parameters}
    return stated["baseline"] if extra else base


def prior_table(prior: Prior | ComputedParameter) -> str:
    """A prior as a table of a run file, by its natural parameters; a computed parameter by its formula."""
    entry: dict[str, Any] = {"unit": prior.unit}
    if isinstance(prior, ComputedParameter):
        entry |= {"family": prior.family, "formula": prior.formula}
    else:
        entry |= _member_table(prior)
    entry |= {"source": prior.source, "note": prior.note}
    lines = [f"{key} = {toml_value(value)}" for key, value in entry.items()]
    if isinstance(prior, ComputedParameter):
        return "\n".join([f"[priors.{json.dumps(prior.name)}]", *lines])
    lines += [f"vintage = {prior.vintage}"] if prior.vintage else []
    lines += [f"labels = {toml_value(prior.labels)}"] if prior.labels else []
    lines += [f"rests_on = {toml_value(prior.rests_on)}"] if prior.rests_on else []
    return "\n".join([f"[priors.{json.dumps(prior.name)}]", *lines])


def _member_table(member: Prior | Component) -> dict[str, Any]:
    """The keys that describe a family's member, a prior's or a component's."""
    bounded = {"low", "high"} if member.family == "beta" else set()
    table: dict[str, Any] = {"family": member.family}
    table |= {key: value for key, value in member.natural.items() if key not in bounded}
    table |= {"shift": member.shift} if member.shift else {}
    limits = {"lower": member.lower, "upper": member.upper}
    return table | {key: value for key, value in limits.items() if value is not None}


def toml_value(value: Any) -> str:
    """A string, number, list or component of a mixture as TOML writes it."""
    if isinstance(value, Component):
        keys = (f"{key} = {toml_value(each)}" for key, each in _member_table(value).items())
        return f"{{ {', '.join(keys)} }}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return repr(value)
