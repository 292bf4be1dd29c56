"""Runs a plan in memory, and what such a run shares with one that writes its result into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.evidence import tempered
from simulator.evidence.weights import RangeLikelihoods, layout_and_likelihoods
from simulator.inputs.plan import Plan
from simulator.simulate import blocks, engines
from simulator.simulate.blocks import CompiledPlan
from simulator.store import results
from simulator.store.manifest import KeptDraws, ResultHead
from simulator.summaries import summarise
from simulator.summaries.counts import CountLayout, empty_counts, merge_counts
from simulator.summaries.result import ImportanceWeights, Result
from simulator.summaries.summarise import RangeSummary

RunRanges = Callable[..., Iterator[Any]]
"""Runs a task over ranges of draws and gives their results, in any order."""


def run_in_memory(
    plan: Plan,
    workers: int = 1,
    progress: Callable[[int], None] = lambda draws: None,
    keep: KeptDraws = KeptDraws(),  # noqa: B008  (it is immutable)
) -> Result:
    """Simulate every draw of a plan and keep its result in memory; no file is written.

    Parameters
    ----------
    plan : what to simulate
    workers : threads
    progress : called with the number of draws done since the last call
    keep : of how many first draws parameters, arrivals and trajectories are kept

    Returns
    -------
    the result, with the numbers that a run into a folder gives, bit for bit

    Raises
    ------
    InputFault
        when no draw agrees with the observations
    DrawFailed
        naming the first draw with a value that is not finite
    """
    compiled = blocks.compile_plan(plan)
    shape, first = layout_and_likelihoods(compiled)
    counts = empty_counts(shape)
    kept: dict[int, dict[str, Array]] = {}
    with ranges_runner(workers) as run_ranges:
        conditioned, weights = conditioned_draws(compiled, run_ranges, workers, first)
        task = summary_task(conditioned, shape, keep, weights)
        for summary in run_ranges(task, engines.cut_ranges(range(plan.draws), workers)):
            counts = merge_counts(counts, summary.counts)
            rows = {name: getattr(summary, name) for name in results.DRAW_FILES}
            kept[summary.draws.start] = rows
            progress(len(summary.draws))
    if weights:
        counts = tempered.with_effective_size(plan, counts, weights)
    ordered = [kept[start] for start in sorted(kept)]
    draws = {name: np.concatenate([rows[name] for rows in ordered]) for name in results.DRAW_FILES}
    return results.assemble_result(ResultHead(plan, keep), shape, counts, weights, draws)


@contextmanager
def ranges_runner(workers: int) -> Iterator[RunRanges]:
    """Give a function that runs a task over ranges of draws, on threads when there are several workers."""
    executor = ThreadPoolExecutor(workers) if workers > 1 else None
    try:
        yield partial(engines.run_ranges, executor=executor, ahead=workers + 1)
    finally:
        if executor:
            executor.shutdown(cancel_futures=True)


def conditioned_draws(
    compiled: CompiledPlan, run_ranges: RunRanges, workers: int, first: RangeLikelihoods | None
) -> tuple[CompiledPlan, ImportanceWeights | None]:
    """The draws to count, and their weights when the plan has observations."""
    return tempered.conditioned_draws(
        compiled, lambda task, draws: run_ranges(task, engines.cut_ranges(draws, workers)), first
    )


def summary_task(
    compiled: CompiledPlan, shape: CountLayout, keep: KeptDraws, weights: ImportanceWeights | None
) -> Callable[[range], RangeSummary]:
    """The task that simulates, counts and keeps a range of draws."""
    return partial(
        summarise.summarise_range,
        compiled,
        shape,
        keep_draws=keep.draws,
        keep_trajectories=keep.trajectories,
        weights=weights.whole if weights else None,
    )
