"""Simulates a range of draws block by block and counts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, Whole
from simulator.inputs.plan import Plan
from simulator.simulate.blocks import Block, CompiledPlan, simulate_blocks
from simulator.simulate.cpus import CpuFamily, this_family
from simulator.summaries.counts import (
    FITTED_TO,
    BinnedBlock,
    CountLayout,
    Counts,
    bin_block,
    count_blocks,
    fit_grid,
)


class RangeSummary(NamedTuple):
    """What is kept of a range of draws.

    Attributes
    ----------
    draws : the range
    counts : of all its draws
    parameters : (draw, parameter) [each in its own unit], of the draws whose parameters are kept
    arrivals : (draw, milestone) [year], of the same draws
    trajectories : (draw, series, year) [each series in its own unit], of the draws whose trajectories are kept
    family : of the machine that simulated it
    """

    draws: range
    counts: Counts
    parameters: Array
    arrivals: Array
    trajectories: Array
    family: CpuFamily


def band_rows(plan: Plan) -> Whole:
    """Indices of the grid's points whose bands are kept: whole years, and the anchor.

    Parameters
    ----------
    plan : with its grid of years

    Returns
    -------
    (band)
    """
    years = plan.grid.years
    return np.flatnonzero((years % 1.0 == 0.0) | (years == plan.anchor_year))


def count_layout(compiled: CompiledPlan) -> CountLayout:
    """What is counted, with grids fitted to draws 0 to 4095, which are simulated for it.

    Parameters
    ----------
    compiled : of any plan, of however many draws

    Returns
    -------
    a layout that depends on the plan's model, priors and seed alone

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is not finite
    """
    blocks = simulate_blocks(compiled, range(FITTED_TO))
    return fitted_layout(compiled, list(map(partial(values_at_bands, compiled), blocks)))


def values_at_bands(compiled: CompiledPlan, block: Block) -> dict[str, Array]:
    """Values of a block's series at the years whose bands are kept.

    Parameters
    ----------
    compiled : of the plan whose series are kept
    block : of its draws

    Returns
    -------
    name -> (band, draw) [the series' unit], of series that are no codes
    """
    plan, rows = compiled.plan, band_rows(compiled.plan)
    numbers = [name for name in plan.series if not compiled.model.series[name].codes]
    return {name: block.series[name][rows] for name in numbers}


def fitted_layout(compiled: CompiledPlan, values: Sequence[Mapping[str, Array]]) -> CountLayout:
    """What is counted, with grids fitted to the values of draws 0 to 4095.

    Parameters
    ----------
    compiled : of any plan
    values : block by block, in order, name -> (band, draw) [the series' unit], as `values_at_bands` gives them

    Returns
    -------
    a layout that depends on the plan's model, priors and seed alone
    """
    plan, series = compiled.plan, compiled.model.series
    codes = {name: len(series[name].codes) for name in plan.series if series[name].codes}
    grids = {
        name: fit_grid(np.concatenate([block[name] for block in values], axis=1))
        for name in values[0]
    }
    milestones = tuple(milestone.name for milestone in plan.milestones)
    years = plan.grid.years[band_rows(plan)]
    return CountLayout(years, grids, codes, milestones, plan.start, plan.horizon)


def summarise_range(
    compiled: CompiledPlan,
    shape: CountLayout,
    draws: range,
    keep_draws: int,
    keep_trajectories: int,
    weights: Whole | None = None,
) -> RangeSummary:
    """Simulate and count a range of draws, and keep some of them one by one.

    Parameters
    ----------
    compiled : the plan, ready to simulate
    shape : what is counted, and over which bins
    draws : the range
    keep_draws : parameters and arrivals are kept of the draws below this number
    keep_trajectories : series are kept of the draws below this number
    weights : (draw) whole numbers, of these draws; each counts once when left out

    Returns
    -------
    the counts, and the draws that are kept

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is not finite
    """
    plan, rows = compiled.plan, band_rows(compiled.plan)
    binned: list[BinnedBlock] = []
    kept: list[list[Array]] = [[], [], []]
    for block in simulate_blocks(compiled, draws):
        of_block = None if weights is None else weights[_rows(block.draws, draws.start)]
        binned.append(bin_block(shape, block.series, block.arrivals, of_block, rows))
        first = _number_below(block.draws, keep_draws)
        kept[0].append(np.array([block.parameters[p.name][:first] for p in plan.priors]).T)
        kept[1].append(block.arrivals[:, :first].T)
        first = _number_below(block.draws, keep_trajectories)
        paths = np.array([block.series[name][:, :first] for name in compiled.model.series])
        kept[2].append(np.moveaxis(paths, 2, 0))
        del block, paths  # or two blocks are in memory while the next one is simulated
    parameters, arrivals, trajectories = (
        np.ascontiguousarray(np.concatenate(parts)) for parts in kept
    )
    counts = count_blocks(shape, binned)
    return RangeSummary(draws, counts, parameters, arrivals, trajectories, this_family())


class RangePiece(NamedTuple):
    """A range of draws, with the rows of it of what else a run knows of every draw.

    Attributes
    ----------
    draws : the range
    weights : (draw) whole numbers; each counts once when None
    levels : parameter -> (draw) [probability]; those of the plan's seed when None
    """

    draws: range
    weights: Whole | None
    levels: Mapping[str, Array] | None


def range_pieces(
    ranges: Iterable[range], weights: Whole | None, levels: Mapping[str, Array] | None
) -> Iterator[RangePiece]:
    """Ranges with their rows of the weights and levels of every draw, so that no task carries those of all.

    Parameters
    ----------
    ranges : of draws
    weights : (draw) whole numbers, of every draw; None without weights
    levels : parameter -> (draw) [probability], of every draw; None where the plan's seed gives them

    Returns
    -------
    a record a range, in the same order
    """
    for draws in ranges:
        rows = _rows(draws)
        yield RangePiece(
            draws,
            None if weights is None else weights[rows],
            None if levels is None else {name: values[rows] for name, values in levels.items()},
        )


def summarise_piece(
    compiled: CompiledPlan,
    shape: CountLayout,
    keep_draws: int,
    keep_trajectories: int,
    piece: RangePiece,
) -> RangeSummary:
    """Simulate and count a range of draws with its weights and levels, as `summarise_range` does.

    Parameters
    ----------
    compiled : the plan, ready to simulate
    shape : what is counted, and over which bins
    keep_draws, keep_trajectories : of how many first draws
    piece : the range, with its rows

    Returns
    -------
    the counts, and the draws that are kept
    """
    own = replace(compiled, levels=piece.levels, first_level=piece.draws.start)
    return summarise_range(
        own,
        shape,
        piece.draws,
        keep_draws=keep_draws,
        keep_trajectories=keep_trajectories,
        weights=piece.weights,
    )


def _rows(draws: range, first: int = 0) -> slice:
    return slice(draws.start - first, draws.stop - first)


def _number_below(draws: range, number: int) -> int:
    return min(max(number - draws.start, 0), len(draws))
