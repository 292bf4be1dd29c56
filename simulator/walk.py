"""A plan and a range of draws -> cards and counts; a few calls in a row, no arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from simulator import luck, model, summaries
from simulator.faults import DrawFailed
from simulator.growth import Array
from simulator.luck import Copula
from simulator.milestones import first_passage, threshold
from simulator.model import Model
from simulator.plan import Plan
from simulator.summaries import FITTED_TO, Counts, Shape, Whole

BLOCK = 1024  # draws whose arrays fit the cache together


@dataclass(frozen=True)
class Walker:
    """A plan made ready to walk: its model joined, its copula factored."""

    plan: Plan
    model: Model
    copula: Copula
    given: Mapping[str, Array] | None = (
        None  # name -> (draw) levels in place of the plan's own luck
    )


class Block(NamedTuple):
    """Draws walked together: their cards, and all of their series.

    parameters : name -> (draw); series : name -> (year, draw); arrivals : (milestone, draw) [year]
    """

    draws: range
    parameters: dict[str, Array]
    series: dict[str, Array]
    arrivals: Array


class Walked(NamedTuple):
    """What a range of draws leaves behind.

    parameters : (draw, parameter) and arrivals : (draw, milestone), of the draws whose cards are kept;
    trajectories : (draw, series, year), of the draws whose trajectories are kept
    """

    draws: range
    counts: Counts
    parameters: Array
    arrivals: Array
    trajectories: Array


def ready(plan: Plan) -> Walker:
    """Join and factor what every block of a plan needs."""
    names = [prior.name for prior in plan.priors]
    fixed = {prior.name for prior in plan.priors if prior.family == "fixed"}
    try:  # fixed parameters keep their luck, so that their partners' is the same in every world
        copula = luck.copula(names, plan.correlations)
    except luck.NotPositive:
        pairs = [pair for pair in plan.correlations if not {pair[0], pair[1]} & fixed]
        copula = luck.copula(names, pairs)
    return Walker(plan, model.join(names), copula)


def walk_block(walker: Walker, draws: range, checked: bool = True) -> Block:
    """Walk draws from their luck to their arrivals.

    Raises
    ------
    DrawFailed
        naming the first draw with a value that is no number, when it is `checked` for that
    """
    plan = walker.plan
    names = [prior.name for prior in plan.priors]
    if walker.given is None:
        levels = luck.mixed(plan.luck, walker.copula, names, draws)
    else:
        levels = {name: walker.given[name][draws.start : draws.stop] for name in names}
    return unfold(walker, draws, valued(plan, levels), checked)


def walk_medians(walker: Walker) -> Block:
    """One draw with every parameter at its median, but those that are held."""
    names = [prior.name for prior in walker.plan.priors]
    levels = {name: np.array([walker.plan.hold.get(name, 0.5)]) for name in names}
    return unfold(walker, range(1), valued(walker.plan, levels))


def valued(plan: Plan, levels: Mapping[str, Array]) -> dict[str, Array]:
    """Parameters at these levels: name -> (draw) [each in its own unit]."""
    return {p.name: p.distribution.values(levels[p.name]) for p in plan.priors}


def unfold(
    walker: Walker, draws: range, parameters: dict[str, Array], checked: bool = True
) -> Block:
    """Walk draws whose parameters are known to their arrivals."""
    plan = walker.plan
    series = model.simulate(walker.model, parameters, plan.grid)
    if checked:
        _check(series, plan, draws)
    years = plan.grid.years
    arrivals = [
        first_passage(series[m.series], m.direction, threshold(m, parameters), years)
        for m in plan.milestones
    ]
    return Block(draws, parameters, series, np.reshape(arrivals, (-1, len(draws))))


def _check(series: dict[str, Array], plan: Plan, draws: range) -> None:
    for name, values in series.items():
        if not np.isfinite(values).all():
            row, column = np.argwhere(~np.isfinite(values))[0]
            draw, year = draws[column], plan.grid.years[row]
            what = f"{name} is {values[row, column]} at {year:g}"
            raise DrawFailed(draw, f"{what}. This is a bug of a driver or of its prior", plan.name)


def blocks(walker: Walker, draws: range, size: int = BLOCK) -> Iterator[Block]:
    """Walk a range of draws block by block."""
    for start in range(draws.start, draws.stop, size):
        yield walk_block(walker, range(start, min(start + size, draws.stop)))


def band_rows(plan: Plan) -> Whole:
    """Indices of the grid's points whose bands are kept: whole years, and the anchor."""
    years = plan.grid.years
    return np.flatnonzero((years % 1.0 == 0.0) | (years == plan.anchor_year))


def shape(walker: Walker) -> Shape:
    """Fit the grids to draws 0 to 4095."""
    plan, rows = walker.plan, band_rows(walker.plan)
    known = walker.model.series
    codes = {name: len(known[name].codes) for name in plan.series if known[name].codes}
    numbers = [name for name in plan.series if name not in codes]
    seen: dict[str, list[Array]] = {name: [] for name in numbers}
    for block in blocks(walker, range(FITTED_TO)):
        for name in numbers:
            seen[name].append(block.series[name][rows])
    grids = {name: summaries.fit_grid(np.concatenate(v, axis=1)) for name, v in seen.items()}
    milestones = tuple(m.name for m in plan.milestones)
    return Shape(plan.grid.years[rows], grids, codes, milestones, plan.start, plan.horizon)


def walk(
    walker: Walker,
    shape: Shape,
    draws: range,
    cards: int,
    trajectories: int,
    weights: Whole | None = None,
) -> Walked:
    """Walk and count a range of draws; keep the cards and trajectories of those below these numbers.

    `weights` are whole numbers, one for each draw of the plan; every draw counts once when they are left out.
    """
    plan, rows = walker.plan, band_rows(walker.plan)
    counts = summaries.nothing(shape)
    kept: list[list[Array]] = [[], [], []]
    for block in blocks(walker, draws):
        at_years = {name: block.series[name][rows] for name in plan.series}
        of_block = None if weights is None else weights[block.draws.start : block.draws.stop]
        counts = summaries.add(counts, shape, at_years, block.arrivals, of_block)
        card, path = _below(block.draws, cards), _below(block.draws, trajectories)
        kept[0].append(np.array([block.parameters[p.name][:card] for p in plan.priors]).T)
        kept[1].append(block.arrivals[:, :card].T)
        whole = np.array([block.series[name][:, :path] for name in walker.model.series])
        kept[2].append(np.moveaxis(whole, 2, 0))
        del block, at_years, whole  # or two blocks are held while the next one is walked
    return Walked(draws, counts, *(np.ascontiguousarray(np.concatenate(parts)) for parts in kept))


def _below(draws: range, number: int) -> int:
    return min(max(number - draws.start, 0), len(draws))


def replay(plan: Plan, draw: int, card: Array | None = None) -> dict[str, Any]:
    """One draw: its parameters, every series, its arrivals; the same numbers as in its place in the whole.

    A draw that fails is told too. One that was walked to the evidence in stages is known by its card alone,
    (parameter).
    """
    walker, draws = ready(plan), range(draw, draw + 1)
    if card is None:
        return story(walker, walk_block(walker, draws, checked=False), draw)
    values = zip(plan.priors, card, strict=True)
    parameters = {prior.name: np.array([value]) for prior, value in values}
    return story(walker, unfold(walker, draws, parameters, checked=False), draw)


def best(plan: Plan) -> dict[str, Any]:
    """One draw at the medians, told as `replay` does."""
    walker = ready(plan)
    return story(walker, walk_medians(walker), None)


def story(walker: Walker, block: Block, draw: int | None) -> dict[str, Any]:
    """Tell a block of one draw in plain numbers; inf is a milestone not reached."""
    plan, known = walker.plan, walker.model.series
    marks = {
        m.name: {
            "series": m.series,
            "direction": m.direction,
            "threshold": float(np.ravel(threshold(m, block.parameters))[0]),
        }
        for m in plan.milestones
    }
    values = {
        name: [int(v) if known[name].codes else float(v) for v in block.series[name][:, 0]]
        for name in known
    }
    return {
        "draw": draw,
        "anchor_year": plan.anchor_year,
        "parameters": {name: float(value[0]) for name, value in block.parameters.items()},
        "year": plan.grid.years.tolist(),
        "series": values,
        "milestones": marks,
        "arrivals": {m: float(a[0]) for m, a in zip(marks, block.arrivals, strict=True)},
    }
