"""Plans read back from the folders of results, which anyone may have made or edited.

A plan that was written by this program holds together; one that was edited need not. What the program relies on is
checked here, before anything of the plan's size is computed. Whether the plan is the one that was run is not checked
here: the manifest has its hash.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import ValidationError

from simulator import formulas, model
from simulator.distributions.distribution import FAMILIES
from simulator.distributions.family import Component
from simulator.errors import listed
from simulator.inputs import names
from simulator.inputs.files import out_of_bounds
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Misstated, Prior, check_numbers
from simulator.inputs.schema import quoted
from simulator.sampling import MOST_SOBOL_DRAWS

LARGEST_TEXT = 20_000_000
"""Bytes of a plan's JSON; a scenario of 500 priors and 2,000 milestones has about 1,000,000."""

MOST_DRAWS, LONGEST_SPAN = 10**12, 1000.0


class NotAPlan(ValueError):
    """The text is no plan of this version; the message says what is wrong with it."""


def parse_plan(text: str) -> Plan:
    """Read a plan back from its JSON.

    Raises
    ------
    NotAPlan
        when the text is none, or its parts do not hold together
    """
    if len(text) > LARGEST_TEXT:
        raise NotAPlan(f"{len(text):,} characters")
    try:
        raw: dict[str, Any] = json.loads(text)
        plan = Plan.model_validate(raw)
    except ValidationError as error:
        raise NotAPlan(_misfit(error)) from None
    except RecursionError:
        raise NotAPlan("lists or tables nested too deeply") from None
    except ValueError as error:
        raise NotAPlan(str(error)) from None
    if excess := out_of_bounds(raw):
        raise NotAPlan(f"{'.'.join(excess[1])}: {excess[0]}")
    if wrong := list(_problems(plan)):
        raise NotAPlan(listed(wrong, 3))
    return plan


def _misfit(error: ValidationError) -> str:
    """The first key of a plan that is not of its type."""
    first = error.errors(include_url=False)[0]
    key, value = ".".join(map(str, first["loc"])), quoted(first["input"])
    return (
        f"{key}: {first['msg']}, not {value}" if first["type"] != "missing" else f"{key}: missing"
    )


def _problems(plan: Plan) -> Iterator[str]:
    """What of a plan does not hold together."""
    if problem := _size_problem(plan):
        yield problem
        return
    if (wrong := names.first_misnamed(_names(plan))) is not None:
        yield names.misnamed(wrong)
        return
    drawn = [prior.name for prior in plan.priors]
    series = model.series_of_names(drawn)
    needed = model.parameters_needed(model.join_drivers(drawn))
    every = [parameter.name for parameter in plan.parameters]
    of_milestones = {name for milestone in plan.milestones for name in milestone.parameters}
    correlated = {name for a, b, _ in plan.correlations for name in (a, b)}
    yield from _unknown("priors", needed, every)
    yield from _unknown("hold", plan.hold, drawn)
    yield from _unknown("correlations", correlated, drawn)
    yield from _unknown("milestones", of_milestones, every)
    yield from _unknown("milestones", (m.series for m in plan.milestones), series)
    yield from _unknown("series", plan.series, series)
    yield from _unknown("sources", (each.source for each in plan.parameters), plan.sources)
    yield from _unknown("sources", (m.source for m in plan.milestones), plan.sources)
    yield from _repeated("priors", every)
    yield from _formula_problems(plan, drawn)
    yield from _repeated("milestones", [m.name for m in plan.milestones])
    yield from _repeated("series", plan.series)
    yield from filter(None, map(_prior_problem, plan.priors))
    if not all(0.0 < level < 1.0 for level in plan.hold.values()):
        yield "hold: levels between 0 and 1"
    if not all(-1.0 <= rank <= 1.0 for _, _, rank in plan.correlations):
        yield "correlations: from -1 to 1"
    if plan.sampler not in ("weights", "sequential"):
        yield f"sampler: {plan.sampler!r}"
    if plan.design not in ("random", "sobol"):
        yield f"design: {plan.design!r}"
    if plan.design == "sobol" and (plan.sampler != "weights" or plan.draws > MOST_SOBOL_DRAWS):
        yield f"design: sobol, with {plan.sampler} and {plan.draws:,} draws"
    yield from _observation_problems(plan, series)


def _names(plan: Plan) -> Iterator[str]:
    """Names of what files of tables and columns are made of; those of keys are checked with the keys."""
    for part in (plan.priors, plan.computed, plan.milestones, plan.observations):
        yield from (each.name for each in part)


def _formula_problems(plan: Plan, known: Iterable[str]) -> Iterator[str]:
    """What is wrong with computed parameters, each of which may use those before it."""
    before = set(known)
    for each in plan.computed:
        try:
            used = formulas.names(each.formula)
        except formulas.FormulaFault as error:
            yield f"computed: {each.name[:60]!a}: {error.args[0][:60]!a}"
            return
        yield from _unknown("computed", used, before)
        before.add(each.name)


def _size_problem(plan: Plan) -> str:
    """What is wrong with the numbers that say how much is simulated."""
    grid = (plan.start, plan.anchor_year, plan.horizon)
    try:
        date.fromisoformat(plan.as_of)
    except ValueError:
        return f"as_of: {plan.as_of!r}"
    if not 1 <= plan.draws <= MOST_DRAWS:
        return f"draws: {plan.draws:,}, not from 1 to {MOST_DRAWS:,}"
    if not 0 <= plan.seed < 2**63:
        return f"seed: {plan.seed}"
    if not all(math.isfinite(year) and year % model.DT == 0.0 for year in grid):
        return "start, anchor_year and horizon: quarters of a year"
    if not (plan.start <= plan.anchor_year < plan.horizon <= plan.start + LONGEST_SPAN):
        return f"start, anchor_year and horizon: not in order, or more than {LONGEST_SPAN:g} years"
    if not names.is_run_name(plan.name):
        return f"name: {plan.name[:60]!a}"
    return ""


def _prior_problem(prior: Prior) -> str:
    """What is wrong with a prior's numbers; nothing, if it is a member of its family."""
    family = FAMILIES.get(prior.family)
    if family is None:
        return f"{prior.name}: family {prior.family[:60]!a}"
    if set(prior.natural) != set(family.natural):
        return f"{prior.name}: a {family.name} described by {listed(prior.natural)}"
    parts = [n for v in prior.natural.values() for n in (v if isinstance(v, tuple) else (v,))]
    components = [part for part in parts if isinstance(part, Component)]
    if wrong := next(filter(None, (_component_problem(prior, c) for c in components)), ""):
        return wrong
    numbers = [part for part in parts if not isinstance(part, Component)]
    numbers += [prior.shift, *(end for end in (prior.lower, prior.upper) if end is not None)]
    if not all(map(math.isfinite, numbers)):
        return f"{prior.name}: numbers that are not finite"
    try:
        wrong = family.wrong(**prior.natural) or _vintage_problem(prior)
        if not wrong:
            check_numbers(prior)
    except Misstated as error:
        wrong = f"{error.args[1]}, where there must be {error.args[2]}"
    except (TypeError, ValueError, ArithmeticError):  # such as a list where a number belongs
        wrong = f"a {family.name} of other numbers"
    return f"{prior.name}: {wrong}" if wrong else ""


def _component_problem(prior: Prior, component: Component) -> str:
    """What is wrong with a mixture's component."""
    keys = ("family", "natural", "shift", "lower", "upper")
    return _prior_problem(prior.model_copy(update={key: getattr(component, key) for key in keys}))


def _vintage_problem(prior: Prior) -> str:
    try:
        date.fromisoformat(prior.vintage or "2023-06-30")
    except ValueError:
        return f"vintage {prior.vintage[:60]!a}"
    return ""


def _observation_problems(plan: Plan, series: Iterable[str]) -> Iterator[str]:
    values = [o for o in plan.observations if o.series]
    events = [o for o in plan.observations if not o.series]
    yield from _unknown("observations", (o.series for o in values), series)
    yield from _unknown("sources", (o.source for o in plan.observations), plan.sources)
    yield from _repeated("observations", [o.name for o in plan.observations])
    if any(o.condition is None or o.condition.series not in series for o in events):
        yield "observations: a milestone that is not known"
    if not all(o.spread > 0.0 and not o.is_too_exact for o in values):
        yield "observations: a value without a standard deviation"
    if not all(plan.start <= o.year <= plan.horizon for o in plan.observations):
        yield "observations: before the start or after the horizon"


def _unknown(key: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    missing = sorted(set(names) - set(known))
    if missing:
        yield f"{key}: {listed((name[:60] for name in missing), 3)}, not in the plan"


def _repeated(key: str, names: Iterable[str]) -> Iterator[str]:
    names = list(names)
    if len(set(names)) < len(names):
        yield f"{key}: a name twice"
