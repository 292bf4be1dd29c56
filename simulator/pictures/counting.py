"""Results -> pictures: gathers finished numbers and hands them to the plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from simulator import beliefs, observations, plots, readings
from simulator.milestones import Milestone
from simulator.plots import Band, Believed, Point, Rung
from simulator.priors import Prior
from simulator.store import Result
from simulator.summaries import LEVELS

RUNGS = {"gpt2": "preschooler", "gpt3": "elementary schooler", "gpt4": "smart high-schooler"}
NOTE = (
    "observed training FLOP over GPT-4's, plus this world's median of what algorithms, unhobbling "
    "and inference had added by then; bar: 80 % interval"
)


def effective_compute(result: Result, path: Path) -> None:
    """Draw the essay's figure with error bars: effective compute, observed models, thresholds, and what binds."""
    plan, shape = result.plan, result.shape
    bands = readings.band(result.counts, shape, "effective_compute")
    points = _points(result)
    ladder = [
        Rung(RUNGS[name], point.value, point.value, point.value)
        for name, point in points.items()
        if name in RUNGS
    ]
    plots.effective_compute(
        path,
        title="Counting the OOMs, with error bars",
        subtitle=f"{plan.title}: {plan.draws:,} draws, seed {plan.seed}",
        band=Band(shape.years, {name: bands[name] for name in LEVELS}),
        points=list(points.values()),
        points_note=NOTE,
        ladder=ladder,
        thresholds=_thresholds(result),
        shares=_shares(result),
        shares_years=shape.years,
        as_of=plan.as_of_year,
        anchor_year=plan.anchor_year,
    )


def densities(
    path: Path, title: str, priors: Sequence[Prior], replaced: Mapping[str, Prior]
) -> None:
    """Draw priors, each beside the one of the prior files that it replaces."""
    panels = []
    for prior in priors:
        before = replaced.get(prior.name)
        was = beliefs.density(before) if before else None
        panels.append(Believed(prior.name, prior.unit, beliefs.density(prior), was))
    subtitle = "shaded: p05 to p95; line: p50; atoms to their probability"
    if any(panel.replaced for panel in panels):
        subtitle += "; blue, dashed: the prior files'; brown: the run's own"
    plots.densities(path, title=title, subtitle=subtitle, panels=panels)


def _points(result: Result) -> dict[str, Point]:
    """Observed runs at their FLOP over the anchor's, plus what this world had added by then."""
    plan, found = result.plan, {}
    weights = result.weights.whole if result.weights else None
    anchor = next(p for p in plan.priors if p.name == "anchor_compute").distribution
    at_anchor = float(anchor.values(np.array([0.5]))[0])
    for seen in observations.known() if len(result.trajectories) else ():
        if (
            seen.label
            and seen.series == "training_flop"
            and plan.start <= seen.year <= plan.horizon
        ):
            low, middle, high = readings.added(
                result.trajectories, result.series, plan.grid.years, seen.year, weights
            )
            over = seen.value - at_anchor
            found[seen.name] = Point(seen.label, seen.year, over + middle, over + low, over + high)
    return found


def _thresholds(result: Result) -> list[Rung]:
    """Thresholds of effective compute that stand among the parameters."""
    return [
        rung(result, milestone)
        for milestone in result.plan.milestones
        if milestone.series == "effective_compute" and isinstance(milestone.threshold, str)
    ]


def rung(result: Result, milestone: Milestone) -> Rung:
    """A milestone's threshold: p10, p50 and p90 of one that is uncertain, one number of any other."""
    label, threshold = milestone.name.replace("_", " "), milestone.threshold
    if not isinstance(threshold, str):
        return Rung(label, threshold, threshold, threshold)
    prior = next(prior for prior in result.plan.priors if prior.name == threshold)
    held = result.plan.hold.get(threshold)
    levels = [0.1, 0.5, 0.9] if held is None else [held] * 3
    return Rung(label, *(float(value) for value in prior.distribution.values(np.array(levels))))


def _shares(result: Result) -> dict[str, np.ndarray]:
    """Share of draws by the constraint that binds: name -> (year)."""
    if "binding_constraint" not in result.counts.codes:
        return {}
    parts = readings.shares(result.counts, "binding_constraint")
    names = result.codes["binding_constraint"]
    return {name: parts[:, i] for i, name in enumerate(names)}
