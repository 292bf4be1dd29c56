"""Runs a plan in memory, and what such a run shares with one that writes its result into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from simulator.arrays import Array
from simulator.evidence import tempered
from simulator.evidence.weights import RangeLikelihoods, layout_and_likelihoods
from simulator.inputs.plan import Plan
from simulator.simulate import blocks, engines
from simulator.simulate.blocks import CompiledPlan
from simulator.simulate.engines import Engine, Workers
from simulator.store import results
from simulator.store.manifest import KeptDraws, ResultHead
from simulator.summaries import summarise
from simulator.summaries.counts import CountLayout, empty_counts, merge_counts
from simulator.summaries.result import ImportanceWeights, Result
from simulator.summaries.summarise import RangeSummary


def run_in_memory(
    plan: Plan,
    workers: Workers = 1,
    progress: Callable[[int], None] = lambda draws: None,
    weighed: Callable[[int], None] = lambda draws: None,
    keep: KeptDraws = KeptDraws(),  # noqa: B008  (it is immutable)
) -> Result:
    """Simulate every draw of a plan and keep its result in memory; no file is written.

    Parameters
    ----------
    plan : what to simulate
    workers : threads, or an open engine
    progress : called with the number of draws done since the last call
    weighed : called before, with the number of draws weighed since the last call, where observations weigh them
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
    with engines.opened_engine(workers) as engine:
        known = [first] if first else []
        conditioned, weights = conditioned_draws(compiled, engine, known, weighed)
        ranges = engines.cut_ranges(range(plan.draws), engine.workers, engine.longest)
        for summary in range_summaries(conditioned, shape, keep, weights, engine, ranges):
            counts = merge_counts(counts, summary.counts, into_b=True)
            rows = {name: getattr(summary, name) for name in results.DRAW_FILES}
            kept[summary.draws.start] = rows
            progress(len(summary.draws))
    if weights:
        counts = tempered.with_effective_size(plan, counts, weights)
    ordered = [kept[start] for start in sorted(kept)]
    draws = {name: np.concatenate([rows[name] for rows in ordered]) for name in results.DRAW_FILES}
    return results.assemble_result(ResultHead(plan, keep), shape, counts, weights, draws)


def conditioned_draws(
    compiled: CompiledPlan,
    engine: Engine,
    known: Sequence[RangeLikelihoods],
    weighed: Callable[[int], None],
    recorded: Callable[[Iterator[RangeLikelihoods]], Iterator[RangeLikelihoods]] = iter,
) -> tuple[CompiledPlan, ImportanceWeights | None]:
    """The draws to count, and their weights when the plan has observations; `recorded` sees new likelihoods pass."""

    def run_ranges(
        task: Callable[[range], RangeLikelihoods], draws: range
    ) -> Iterator[RangeLikelihoods]:
        ranges = engines.cut_ranges(draws, engine.workers, engine.longest)
        for each in recorded(engine.run(task, ranges)):
            weighed(len(each.draws))
            yield each

    weighed(sum(len(each.draws) for each in known))
    return tempered.conditioned_draws(compiled, run_ranges, known)


def range_summaries(
    compiled: CompiledPlan,
    shape: CountLayout,
    keep: KeptDraws,
    weights: ImportanceWeights | None,
    engine: Engine,
    ranges: Iterable[range],
) -> Iterator[RangeSummary]:
    """Simulate, count and keep ranges of draws on an engine, in any order."""
    of_seed = replace(compiled, levels=None)
    task = partial(summarise.summarise_piece, of_seed, shape, keep.draws, keep.trajectories)
    whole = weights.whole if weights else None
    return engine.run(task, summarise.range_pieces(ranges, whole, compiled.levels))
