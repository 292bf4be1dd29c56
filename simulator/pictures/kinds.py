"""The kinds of picture beside the first: gathers finished numbers and hands them to the plots."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simulator import bands as room
from simulator import decomposition, plots, readings
from simulator.export import percent, year
from simulator.milestones import Milestone
from simulator.pictures.counting import rung
from simulator.plots import Arrival, Band, Panel, Part, Reach, Rung, World
from simulator.store import Result
from simulator.summaries import LEVELS

SHOWN_LEVELS = ("p50", "p10", "p90")
SHOWN_SERIES = (
    "effective_compute",
    "training_flop",
    "cluster_cost",
    "cluster_power",
    "human_data_headroom",
    "time_horizon",
)
SHOWN_MILESTONES = (
    "automated_researcher",
    "remote_work",
    "gpt4_in_a_minute",
    "data_exhausted",
    "pretraining_ends",
    "cluster_100b",
    "power_share_20",
)


def arrivals(result: Result, path: Path) -> None:
    """Draw the probability that each milestone has been reached, by year, the earliest first."""
    plan, shape = result.plan, result.shape
    rows = []
    for place, (milestone, told) in enumerate(
        zip(plan.milestones, readings.milestone_rows(result.counts, shape), strict=True)
    ):
        asked = rung(result, milestone)
        years, reached = _reached(result, place)
        ends = [year(told[p], max(told[f"mcse_{p}"], 0.1), plan.horizon) for p in SHOWN_LEVELS]
        rows.append(
            Arrival(
                label=asked.label,
                condition=_condition(result, milestone),
                uncertain=asked.high > asked.low,
                years=years,
                reached=reached,
                median=told["p50"],
                interval=f"{ends[0]} ({ends[1]} to {ends[2]})" if len(set(ends)) > 1 else ends[0],
                never=percent(1.0 - told["reached"], told["mcse_reached"]),
            )
        )
    rows.sort(key=lambda row: (row.median, -row.reached[-1], row.label))
    most = readings.probability(1, 2, result.counts.effective).mcse
    error = f"Monte Carlo error of a probability at most {100 * most:.2g} %"
    plots.arrivals(
        path,
        title="Probability that each milestone has been reached",
        subtitle=f"{_subtitle(result)}; {error}",
        rows=rows,
        horizon=plan.horizon,
        as_of=plan.as_of_year,
    )


def _reached(result: Result, milestone: int) -> tuple[np.ndarray, np.ndarray]:
    """Probability of having been reached, by quarter of a year: (quarter) [year], [fraction]."""
    years = result.plan.grid.years
    estimates = [
        readings.reached_before(result.counts, result.shape, milestone, float(at)) for at in years
    ]
    return years, np.array([estimate.value for estimate in estimates])


def _condition(result: Result, milestone: Milestone) -> str:
    sign = "≥" if milestone.direction == ">=" else "≤"
    unit = room.units(result)[milestone.series].removeprefix("fraction")
    asked = rung(result, milestone)
    number = f"{asked.middle:g}"
    if isinstance(milestone.threshold, str):
        width = f" ({asked.low:.1f} to {asked.high:.1f})" if asked.high > asked.low else ""
        number = f"{asked.middle:.1f}{width}"
    return f"{milestone.series} {sign} {number} {unit}".strip()


def drivers(result: Result, path: Path) -> None:
    """Draw what each driver adds to effective compute, by year."""
    found = decomposition.decomposed(result)
    error = float(np.max(found.total_mcse))
    plots.drivers(
        path,
        title="What drives effective compute",
        subtitle=f"{_subtitle(result)}; means over the {found.draws:,} draws whose trajectories are "
        f"kept, Monte Carlo error of their sum at most {error:.2g} OOM",
        years=found.years,
        parts=[
            Part(decomposition.LABELS[name], found.mean[name], found.low[name], found.high[name])
            for name in found.mean
        ],
        total=found.total,
        anchor_year=result.plan.anchor_year,
    )


def binding(result: Result, path: Path) -> None:
    """Draw which constraint binds training compute, by year."""
    (series,) = room.series_named(result, ["binding_constraint"])
    every = range(len(result.shape.years))
    found = room.band(result, series, {}, every)
    error = max(float(values.max()) for values in found.errors.values())
    plots.binding(
        path,
        title="What binds training compute",
        subtitle=f"{_subtitle(result)}; Monte Carlo error at most {100 * error:.2g} % of draws",
        shares=found.shares,
        years=found.years,
        as_of=result.plan.as_of_year,
    )


def bands(result: Result, path: Path, series: Sequence[str]) -> None:
    """Draw bands of some series, a panel each."""
    asked = list(series) or [name for name in SHOWN_SERIES if name in result.plan.series]
    panels, every = [], range(len(result.shape.years))
    for each in room.series_named(result, asked):
        found = room.band(result, each, LEVELS, every)
        band = None if each.codes else Band(found.years, found.quantiles)
        unit = "% of draws" if each.codes else each.unit
        label = f"{each.long_name} [{unit}]"
        panels.append(Panel(label, band, found.shares, found.years, _marks(result, each.name)))
    plots.bands(
        path,
        title="Uncertainty bands",
        subtitle=_subtitle(result),
        panels=panels,
        as_of=result.plan.as_of_year,
    )


def _marks(result: Result, series: str) -> list[Rung]:
    return [rung(result, m) for m in result.plan.milestones if m.series == series]


def compare(results: Sequence[Result], path: Path, labels: Sequence[str]) -> None:
    """Draw several worlds: effective compute, and the milestones that most is said of."""
    known = {m.name for result in results for m in result.plan.milestones}
    wanted = [n for n in SHOWN_MILESTONES if n in known] or sorted(known)[: len(SHOWN_MILESTONES)]
    worlds = []
    for result, label in zip(results, labels, strict=True):
        (series,) = room.series_named(result, ["effective_compute"])
        found = room.band(result, series, LEVELS, range(len(result.shape.years)))
        band = Band(found.years, found.quantiles)
        worlds.append(World(label, band, _reaches(result, wanted), result.plan.horizon))
    plots.compare(
        path,
        title="Worlds compared",
        subtitle=_sizes(results, labels),
        worlds=worlds,
        milestones=wanted,
        as_of=max(result.plan.as_of_year for result in results),
    )


def _sizes(results: Sequence[Result], labels: Sequence[str]) -> str:
    sizes = [f"{result.plan.draws:,} draws, seed {result.plan.seed}" for result in results]
    named = list(zip(labels, results, strict=True))
    weighed = [label for label, result in named if result.plan.observations]
    mixed = f"; conditioned: {', '.join(weighed)} alone" if 0 < len(weighed) < len(results) else ""
    if len(set(sizes)) == 1:
        return f"{len(results)} worlds, {sizes[0]}: the same luck in each{mixed}"
    told = "; ".join(f"{label}: {size}" for label, size in zip(labels, sizes, strict=True))
    return told + mixed


def _reaches(result: Result, wanted: Sequence[str]) -> dict[str, Reach]:
    found = {}
    for told in readings.milestone_rows(result.counts, result.shape):
        if told["name"] in wanted:
            never = percent(1.0 - told["reached"], told["mcse_reached"])
            found[told["name"]] = Reach({level: told[level] for level in LEVELS}, never)
    return found


def _subtitle(result: Result) -> str:
    plan = result.plan
    return f"{plan.title}: {plan.draws:,} draws, seed {plan.seed}"
