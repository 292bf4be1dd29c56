"""Runs that double their draws until the Monte Carlo errors are as small as wanted."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from simulator.errors import InputFault
from simulator.inputs.plan import Plan
from simulator.store import manifest, running
from simulator.store.manifest import MANIFEST
from simulator.summaries.precision import (
    Precision,
    PrecisionTarget,
    precision,
    require_target,
)
from simulator.summaries.result import Result


def run_until(
    plan: Plan,
    folder: str | PathLike[str],
    target: PrecisionTarget,
    run: Callable[..., Result] = running.run,
    doubling: Callable[[Precision, int], None] = lambda precision, draws: None,
    resume: bool = False,
    overwrite: bool = False,
    **options: Any,
) -> tuple[Result, Precision]:
    """Run a plan, and extend its result to twice the draws until it is as precise as wanted.

    Every result on the way is whole, and has the bytes of a run of that many draws.

    Parameters
    ----------
    plan : with the number of draws to begin with; a result of the same plan with more draws is gone on with
    folder : the result's folder
    target : how small the errors of medians and probabilities are to be, of which milestones, with how many draws
    run : runs a plan into a folder, as `running.run` does
    doubling : called with the precision reached and the number of draws to come, before they are simulated
    resume, overwrite, options : of `running.run`

    Returns
    -------
    the result, and its precision, which falls short of the target when all draws that are allowed are taken

    Raises
    ------
    InputFault
        when the target cannot be had, or something else is in the folder
    RunFailed, Interrupted
        as from `running.run`; with `resume` the same call goes on
    """
    require_target(target, plan)
    existing = _existing_draws(Path(folder), plan)
    may_extend = resume or overwrite or not existing
    if existing and (resume or not overwrite):
        plan = plan.model_copy(update={"draws": max(existing, plan.draws)})
        overwrite = False
    while True:
        result = run(plan, folder, resume=resume, overwrite=overwrite, **options)
        draws = result.plan.draws
        reached = precision(result.milestone_estimates, draws, target.milestones)
        if reached.reaches(target) or draws >= target.most_draws:
            return result, reached
        del result  # its files are open, and Windows would not let them be replaced
        plan = plan.model_copy(update={"draws": min(2 * draws, target.most_draws)})
        doubling(reached, plan.draws)
        resume, overwrite = may_extend, False


def _existing_draws(folder: Path, plan: Plan) -> int:
    """How many draws the result of the same plan in a folder has; 0 when there is none."""
    if not (folder / MANIFEST).is_file():
        return 0
    try:
        document = manifest.read_manifest(folder)
    except InputFault:  # the run says what is wrong with it
        return 0
    return int(document["draws"]) if document["plan_sha256"] == plan.digest() else 0
