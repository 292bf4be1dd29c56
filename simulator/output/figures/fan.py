"""The essay's figure with error bars: effective compute by year, with observed models and the capability ladder.

Models have their names beneath the bands, thresholds of milestones stand at the right, and a panel beneath shows which
constraint binds.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from simulator.inputs.observations import Observation, known_observations
from simulator.output import units
from simulator.output.figures import style
from simulator.output.figures.alternatives import band_in_words, items, shares_in_words
from simulator.output.figures.binding import binding_areas
from simulator.output.figures.canvas import (
    DASHES,
    PLATE,
    anchor_in_words,
    drawing,
    fan_bands,
    fan_key,
    heading,
    lettering,
    month,
    signed,
    spread,
    year_axis,
)
from simulator.output.figures.records import Band, Point, Rung, run_subtitle, threshold_rung
from simulator.summaries import estimates
from simulator.summaries.bands import select_series
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.decomposition import observed_models
from simulator.summaries.result import Result

LAST_YEAR = 2040.0


def draw_fan(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    band: Band,
    points: Sequence[Point],
    points_note: str,
    ladder: Sequence[Rung],
    thresholds: Sequence[Rung],
    shares: Mapping[str, np.ndarray],
    shares_years: np.ndarray,
    as_of: float,
    anchor_year: float,
) -> None:
    """Draw effective compute with the capability ladder, and what binds beneath.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    band, points, ladder, thresholds : effective compute [OOM over the anchor]
    shares : (year) share of draws by the constraint that binds, the lowest first [fraction]
    as_of, anchor_year : [year]
    """
    end = min(float(band.years[-1]), max(LAST_YEAR, float(band.years[0]) + 10.0))
    shown = band.until(end)
    dates = {"anchor": anchor_year, "as of": as_of}
    rungs = [*ladder, *thresholds]
    kept = shares_years <= end
    parts = {name: share[kept] for name, share in shares.items()}
    words = fan_in_words(shown, points, rungs, parts, shares_years[kept], as_of)
    with drawing(path, (7.5, 7.0), title, subtitle, words) as figure:
        fan = figure.add_axes((0.075, 0.285, 0.635, 0.595))
        side = figure.add_axes((0.722, 0.285, 0.27, 0.595), sharey=fan)
        binding = figure.add_axes((0.075, 0.06, 0.635, 0.155), sharex=fan)
        _fan_axes(fan, binding, shown, points, rungs, anchor_year)
        for rung in ladder:  # not at thresholds, which are uncertain
            fan.axhline(rung.middle, color=style.HAIRLINE, lw=0.5, ls=(0, (1, 2)), zorder=2.5)
        fan_bands(fan, shown)
        fan_key(fan)
        _date_lines(fan, binding, shown, dates)
        if points:
            model_points(fan, points, shown)
            points_key(fan, points_note)
        ladder_rungs(side, ladder, thresholds)
        binding_areas(binding, parts, shares_years[kept], list(dates.values()))


def fan_in_words(
    band: Band,
    points: Sequence[Point],
    rungs: Sequence[Rung],
    shares: Mapping[str, np.ndarray],
    years: np.ndarray,
    as_of: float,
) -> str:
    """What the fan shows, with its main numbers."""
    parts = [f"Effective compute by year, {band_in_words(band, 'OOM', as_of)}."]
    if points:
        models = items((p.label, units.interval(p.low, p.value, p.high, "OOM")) for p in points)
        parts.append(f"Observed models: {models}")
    if rungs:
        ladder = items((r.label, units.interval(r.low, r.middle, r.high, "OOM")) for r in rungs)
        parts.append(f"Capability ladder: {ladder}")
    if shares:
        parts.append(
            f"What binds training compute, {shares_in_words(shares, years, as_of)} of draws."
        )
    return " ".join(parts)


def _fan_axes(
    fan: Axes,
    binding: Axes,
    band: Band,
    points: Sequence[Point],
    rungs: Sequence[Rung],
    anchor_year: float,
) -> None:
    fan.set_xlim(float(band.years[0]), float(band.years[-1]))
    fan.set_ylim(_fan_limits(band, points, rungs))
    fan.tick_params(labelbottom=False)
    fan.yaxis.set_major_locator(MultipleLocator(5) if _span(fan) < 100 else MaxNLocator(6))
    fan.yaxis.set_major_formatter(FuncFormatter(signed))
    heading(fan, f"effective compute [OOM over {anchor_in_words(anchor_year)}]", -0.085)
    year_axis(binding)


def _span(axes: Axes) -> float:
    low, high = axes.get_ylim()
    return high - low


def _fan_limits(band: Band, points: Sequence[Point], rungs: Sequence[Rung]) -> tuple[float, float]:
    """Limits that show p05 to p75 and the ladder; p95 may leave the panel at the top."""
    tail, body = (float(np.max(band.quantiles[key])) for key in ("p95", "p75"))
    latest = max([0.0, *(point.value for point in points)])
    ahead = [rung.high for rung in rungs if rung.high > latest]  # what is still to be reached
    highest = max(ahead, default=body)
    top = max([highest, min(tail, body, 2 * highest), *(point.high for point in points)])
    lowest = float(np.min(band.quantiles["p05"]))
    bottom = min([lowest, *(point.low for point in points), *(rung.low for rung in rungs)])
    margin = 0.07 * (top - bottom)
    return bottom - margin, top + margin


DATE_ROOM = 44.0  # that the name of a date takes beside its line [point]


def _date_lines(fan: Axes, binding: Axes, band: Band, dates: Mapping[str, float]) -> None:
    """Mark dates above the lower edge of the bands, for names stand below it, and across the lower panel."""
    left, right = fan.get_xlim()
    near = DATE_ROOM / 72 * (right - left) * fan.figure.dpi / fan.get_window_extent().width
    for name, year in dates.items():
        crowded = any(
            (other, of) < (year, name) and year < other + near for of, other in dates.items()
        )
        for axes, foot in ((fan, band.at(year, "p05")), (binding, 0.0)):
            top = axes.get_ylim()[1]
            axes.vlines(year, foot, top, color=style.MUTED, lw=0.6, ls=DASHES, zorder=2.6)
        fan.annotate(
            f"{name}\n{month(year)}",
            (year, fan.get_ylim()[1]),
            (-3 if year + near > right else 3, -2.7 * style.SMALL if crowded else 0),
            textcoords="offset points",
            size=style.SMALL,
            color=style.MUTED,
            va="top",
            ha="right" if year + near > right else "left",
        )


BANDS, NAMES = 0.27, 0.38
"""Where bands end and names begin, across the panel [fraction]."""


def ladder_rungs(axes: Axes, ladder: Sequence[Rung], thresholds: Sequence[Rung]) -> None:
    """Draw plain rungs as lines and thresholds as bands side by side, all named in one column."""
    axes.set_xlim(0, 1)
    axes.axis("off")
    if ladder or thresholds:
        heading(axes, "capability ladder [OOM]")
    if thresholds:
        note = "band: 80 % interval; line: p50"
        lettering(axes, note, (0, 1), (0, -3), "axes fraction", color=style.MUTED, va="top")
    for rung in ladder:
        axes.plot([0.0, BANDS], [rung.middle] * 2, color=style.INK, lw=1.1)
    edges = [BANDS] * len(ladder)
    for index, rung in enumerate(thresholds):
        line, tint = style.THRESHOLDS[index % len(style.THRESHOLDS)]
        left = BANDS * index / len(thresholds)
        width = BANDS / len(thresholds) - 0.03
        axes.add_patch(Rectangle((left, rung.low), width, rung.high - rung.low, color=tint, lw=0))
        axes.plot([left, left + width], [rung.middle] * 2, color=line, lw=2.0)
        edges.append(left + width)
    _rung_names(axes, [*ladder, *thresholds], edges)


def _rung_names(axes: Axes, rungs: Sequence[Rung], edges: Sequence[float]) -> None:
    """Name each rung at its height, or as near as the other names allow, with a line to it."""
    texts = []
    for rung in rungs:
        label = textwrap.fill(rung.label, 18, break_on_hyphens=False)
        if rung.high > rung.low:
            label += f"\n{rung.middle:+.1f} ({rung.low:.1f} to {rung.high:.1f})"
        texts.append(axes.text(NAMES, rung.middle, label, va="center", linespacing=1.2))
    heights = [text.get_window_extent().height + 6 for text in texts]
    centres = spread([axes.transData.transform((0, rung.middle))[1] for rung in rungs], heights)
    for rung, edge, text, centre in zip(rungs, edges, texts, centres, strict=True):
        at = axes.transData.inverted().transform((0, centre))[1]
        text.set_y(at)
        line = [edge, BANDS, NAMES - 0.02], [rung.middle, rung.middle, at]
        axes.plot(*line, color=style.MUTED, lw=0.6)


def model_points(axes: Axes, points: Sequence[Point], band: Band) -> None:
    """Draw each model with its interval and name; the later a model, the higher its name.

    Intervals nearer than 4 points, about a month, are moved apart.
    """
    pixel = axes.figure.dpi / 72
    transform, back = axes.transData.transform, axes.transData.inverted().transform
    points = sorted(points, key=lambda point: (point.year, point.value, point.label))
    wanted = [transform((point.year, 0))[0] for point in points]
    xs = spread(wanted, [4 * pixel] * len(points))
    obstacles = [tuple(at) for at in transform(np.c_[band.years, band.quantiles["p05"]])]
    obstacles += [(x, transform((0, point.low))[1]) for x, point in zip(xs, points, strict=True)]
    names: list[tuple[float, float, float]] = []  # left, right and foot of each
    for x, point in zip(reversed(xs), reversed(points), strict=True):
        year = back((x, 0))[0]
        _error_bar(axes, year, point.low, point.value, point.high)
        name = axes.text(0, 0, point.label, size=style.SMALL, va="top", zorder=6, bbox=PLATE)
        extent = name.get_window_extent()
        end = x + extent.width + 6 * pixel
        above = [y for at, y in obstacles if x - pixel <= at <= end]
        above += [y for left, right, y in names if left <= end and x <= right]
        top = min(above) - 4 * pixel
        foot = top - extent.height
        names.append((x, end, foot))
        name.set_position(tuple(back((x + 2.5 * pixel, top))))
        axes.vlines(year, back((x, foot))[1], point.low, color=style.HAIRLINE, lw=0.6, zorder=2.7)


def points_key(axes: Axes, note: str) -> None:
    """Explain the points, in the lower right corner."""
    text = lettering(
        axes,
        textwrap.fill(note, 42),
        (1, 0),
        (-6, 8),
        "axes fraction",
        ha="right",
        va="bottom",
        multialignment="left",
        linespacing=1.25,
        bbox=PLATE | {"pad": 3},
    )
    box, back = text.get_window_extent(), axes.transData.inverted().transform
    year = back((box.x0 - 9, box.y1))[0]
    low, middle, high = (back((0, box.y1 - drop))[1] for drop in (18, 9, 0))
    _error_bar(axes, year, low, middle, high)


def _error_bar(axes: Axes, year: float, low: float, middle: float, high: float) -> None:
    """Draw one value with its 80 % interval."""
    axes.plot([year] * 2, [low, high], color=style.INK, lw=1.1, zorder=4)
    axes.plot([year], [middle], "o", ms=3.6, color=style.INK, mec=style.PAPER, mew=0.5, zorder=5)


MODEL_RUNGS = {"gpt2": "preschooler", "gpt3": "elementary schooler", "gpt4": "smart high-schooler"}

POINTS_NOTE = (
    "observed training FLOP over that of {anchor}, plus this scenario's median of what algorithms, unhobbling "
    "and inference had added by then; bar: 80 % interval"
)


def fan(result: Result, path: Path, observations: Sequence[Observation] | None = None) -> None:
    """Draw effective compute with observed models, thresholds, and what binds.

    Parameters
    ----------
    result : of any run that keeps the bands of effective compute
    path : of the picture
    observations : every one that is known; read from the files when left out
    """
    plan, shape = result.plan, result.shape
    select_series(result, ["effective_compute"])
    bands = estimates.band_estimates(result.counts, shape, "effective_compute")
    points = _model_points(result, observations)
    ladder = [
        Rung(MODEL_RUNGS[name], point.value, point.value, point.value)
        for name, point in points.items()
        if name in MODEL_RUNGS
    ]
    draw_fan(
        path,
        title="Counting the OOMs, with error bars",
        subtitle=run_subtitle(result),
        band=Band(shape.years, {name: bands[name] for name in REPORTED_LEVELS}),
        points=list(points.values()),
        points_note=POINTS_NOTE.format(anchor=anchor_in_words(plan.anchor_year)),
        ladder=ladder,
        thresholds=_threshold_rungs(result),
        shares=_binding_shares(result),
        shares_years=shape.years,
        as_of=plan.as_of_year,
        anchor_year=plan.anchor_year,
    )


def _model_points(result: Result, observations: Sequence[Observation] | None) -> dict[str, Point]:
    """Observed models by name, at their estimated effective compute."""
    known = known_observations() if observations is None else observations
    return {
        model.observation.name: Point(
            model.observation.label, model.observation.year, model.middle, model.low, model.high
        )
        for model in observed_models(result, known)
    }


def _threshold_rungs(result: Result) -> list[Rung]:
    """Thresholds of effective compute that are parameters."""
    return [
        threshold_rung(result, milestone)
        for milestone in result.plan.milestones
        if milestone.series == "effective_compute" and isinstance(milestone.threshold, str)
    ]


def _binding_shares(result: Result) -> dict[str, np.ndarray]:
    """Share of draws by the constraint that binds: name -> (year)."""
    if "binding_constraint" not in result.counts.codes:
        return {}
    parts = estimates.code_shares(result.counts, "binding_constraint")
    names = result.codes["binding_constraint"]
    return {name: parts[:, i] for i, name in enumerate(names)}
