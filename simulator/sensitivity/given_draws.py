"""Draws that methods take as they are: those of a finished run, or draws simulated for the question."""

from __future__ import annotations

import numpy as np

from simulator.arrays import Array
from simulator.errors import Fault, InputFault
from simulator.sensitivity import observed, subjects, targets
from simulator.sensitivity.question import Question
from simulator.simulate.engines import in_order
from simulator.summaries.result import Result


def finished_draws(
    scenario: subjects.TargetedPlan, result: Result, question: Question
) -> tuple[Array, Array, Array | None]:
    """Parameters, target and weights of the draws of a finished run that are read.

    Parameters
    ----------
    scenario : the run's plan narrowed to the target
    result : the finished run
    question : with the number of draws, and their weights

    Returns
    -------
    parameters : (draw, parameter) [each in its own unit]
    values : (output, draw) [the target's unit]; an arrival after the horizon is inf
    weights : (draw) [1]; None where all weigh the same
    """
    arrivals, paths = result.arrivals[: question.draws], result.trajectories[: question.draws]
    raw = targets.target_of_kept_draws(scenario.target, result.plan, arrivals, paths, result.series)
    columns = [p.name for p in result.plan.priors]
    chosen = [columns.index(name) for name in scenario.varying]
    draws = raw.shape[1]
    weights = None if question.weights is None else question.weights[:draws]
    return np.asarray(result.parameters[:draws], float)[:, chosen], raw, weights


def simulated_draws(
    scenario: subjects.TargetedPlan, question: Question
) -> tuple[Array, Array, Array | None]:
    """Parameters, target and weights of draws that are simulated to be read.

    Parameters
    ----------
    scenario : a plan narrowed to the target and the observed series
    question : with the number of draws and workers

    Returns
    -------
    parameters : (draw, parameter) [each in its own unit]
    values : (output, draw) [the target's unit]; an arrival after the horizon is inf
    weights : (draw) [1]; None where all weigh the same
    """
    subject, parameters = subjects.subject(scenario, cut=False), len(scenario.varying)

    def block(piece: range) -> Array:
        levels = subject.levels(piece)
        values = subjects.varying_parameters(scenario, levels)
        return np.vstack([values, subjects.answer_and_log_likelihood(scenario, levels)])

    blocks = in_order(block, question.draws, question.workers, question.progress)
    rows = np.concatenate(list(blocks), axis=1)
    weights = None
    if scenario.observations:
        weighed = observed.draw_weights(scenario.plan.name, scenario.observations, rows[-1])
        weights = weighed.whole.astype(float)
    return rows[:parameters].T, rows[parameters:-1], weights


def possible_draws(
    scenario: subjects.TargetedPlan, parameters: Array, raw: Array, weights: Array | None
) -> tuple[Array, Array, Array | None]:
    """The draws without those of weight 0.

    Parameters
    ----------
    scenario : a plan narrowed to the target
    parameters : (draw, parameter) [each in its own unit]
    raw : (output, draw) [the target's unit]; an arrival after the horizon is inf
    weights : (draw) [1]; None where all weigh the same

    Returns
    -------
    the same three of the draws that are left

    Raises
    ------
    InputFault
        when the target is the same in all that are left
    """
    if weights is None:
        return parameters, raw, None
    kept = weights > 0.0
    answers = targets.finite_values(scenario.target, raw[:, kept])
    if not (np.ptp(answers, axis=1) > 0.0).any():
        what = f"the same in each of {int(kept.sum()):,} draws that the evidence leaves"
        raise InputFault([Fault("--target", "", scenario.target.text, what, "one that varies")])
    return parameters[kept], raw[:, kept], weights[kept]
