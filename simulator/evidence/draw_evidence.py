"""One draw and what evidence says of it: its weight, and the observation that it agrees with least."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.errors import Fault, InputFault
from simulator.evidence import likelihood
from simulator.inputs.plan import Plan
from simulator.simulate.replay import replay
from simulator.summaries.counts import FITTED_TO
from simulator.summaries.result import Result


def replay_with_evidence(
    source: Plan | Result, draw: int, unfinished: bool = False
) -> dict[str, Any]:
    """One draw as `simulate.replay` gives it and, if the plan conditions, what evidence says of it.

    Parameters
    ----------
    source : a plan, whose draws have no weights yet; or a result
    draw : its number
    unfinished : whether the plan is of a run under way, whose grids are fitted to more draws than it may have

    Returns
    -------
    the record, with `evidence` as `draw_evidence` gives it where the plan has observations

    Raises
    ------
    InputFault
        when the run has no such draw, or a tempered one, which does not follow from its number, is asked of a plan
        or is not kept
    """
    plan = source.plan if isinstance(source, Result) else source
    tempered = plan.is_tempered
    if tempered and not isinstance(source, Result):
        problem, fix = "a plan whose draws are tempered", "replay the run's result"
        raise InputFault([Fault(plan.name, "", "", problem, "its result", fix)])
    values = source.parameters if tempered and isinstance(source, Result) else None
    draws = plan.draws if values is None else len(values)
    last = (max(draws, FITTED_TO) if unfinished else draws) - 1
    if not 0 <= draw <= last:
        fix = "" if values is None else "fewer draws are kept than the run has"
        fix = fix if draw < plan.draws else "take a run of more draws"
        raise InputFault(
            [Fault(plan.name, "", "--draw", f"{draw}", f"0 to {last}, draws of the run", fix)]
        )
    record = replay(plan, draw, None if values is None else values[draw])
    if not plan.observations:
        return record
    weights = source.weights if isinstance(source, Result) else None
    weight = float(weights.whole[draw] / weights.whole.mean()) if weights else None
    return record | {"evidence": draw_evidence(plan, record, weight)}


def draw_evidence(plan: Plan, record: dict[str, Any], weight: float | None) -> dict[str, Any]:
    """What each observation says of one draw.

    The log-likelihood of an observation is given the others, and the relative one is `log L_i - max log L_i`, with the
    maximum over all conceivable draws: `-z^2 / 2` of a value, `log Phi(z)` of a censored one, and of a milestone 0, or
    log(missed) where the draw disagrees with the record.

    Parameters
    ----------
    plan : with observations
    record : of the draw, as `simulate.replay` gives it
    weight : relative to the mean over all draws; None when it is not known

    Returns
    -------
    weight : as given; 1 is that of a draw of mean weight
    log_likelihood : [nats], of all observations together
    weakest : the observation with the lowest relative log-likelihood; None where the draw agrees with all entirely
    refuted_by : the weakest, if the draw has weight 0 or cannot be; else None
    observations : a record each, with its name, log_likelihood and relative_log_likelihood [nats]
    """
    series = {name: np.array(values)[:, np.newaxis] for name, values in record["series"].items()}
    parameters = {name: np.array([value]) for name, value in record["parameters"].items()}
    years = np.array(record["year"])
    observations, of_draw = plan.observations, (series, parameters, years)
    rows: list[dict[str, Any]] = []
    logs = likelihood.leave_each_out(observations, *of_draw).given_others[:, 0].tolist()
    for each, log in zip(observations, logs, strict=True):
        relative = log - likelihood.largest_log_likelihood(each, observations)
        rows.append({"name": each.name, "log_likelihood": log, "relative_log_likelihood": relative})
    least = min(rows, key=lambda row: row["relative_log_likelihood"])
    weakest = least["name"] if least["relative_log_likelihood"] < 0.0 else None
    total = float(likelihood.log_likelihood(observations, *of_draw)[0])
    refuted = weight == 0.0 or np.isneginf(total)
    return {
        "weight": weight,
        "log_likelihood": total,
        "weakest": weakest,
        "refuted_by": weakest if refuted else None,
        "observations": rows,
    }
