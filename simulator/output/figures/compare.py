"""Several scenarios: their effective compute in one panel, and their milestones side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from simulator.errors import Fault, InputFault
from simulator.output.digits import draws_and_seed, percent, year
from simulator.output.figures import style
from simulator.output.figures.alternatives import band_in_words, items
from simulator.output.figures.canvas import (
    anchor_in_words,
    date_line,
    date_note,
    drawing,
    heading,
    lettering,
    signed,
    spread,
    wrapped,
    year_axis,
)
from simulator.output.figures.records import (
    ArrivalSpread,
    Band,
    ScenarioPanel,
    scenario_labels,
)
from simulator.summaries.bands import select_series, series_band
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.result import Result

LAST_YEAR = 2035.0

FIRST_YEAR = 2022.0

HEAD, TOP, GAP, FOOT, STEP = 0.75, 2.9, 0.75, 0.6, 0.135


def draw_compare(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    scenarios: Sequence[ScenarioPanel],
    milestones: Sequence[str],
    as_of: float,
    anchor_year: float,
) -> None:
    """Draw each scenario's effective compute, and when each reaches these milestones.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    scenarios : at most as many as `style.CYCLE` has colours; effective compute [OOM over the anchor]
    milestones : names, the topmost first
    as_of, anchor_year : [year]
    """
    row = STEP * (len(scenarios) + 1.2)
    bottom = row * len(milestones)
    tall = HEAD + TOP + GAP + bottom + FOOT
    words = " ".join(_scenario_in_words(each, milestones, as_of) for each in scenarios)
    with drawing(path, (7.5, tall), title, subtitle, words) as figure:
        top = figure.add_axes((0.24, (FOOT + bottom + GAP) / tall, 0.52, TOP / tall))
        _fans(top, scenarios, as_of, anchor_year)
        axes = figure.add_axes((0.24, FOOT / tall, 0.52, bottom / tall))
        _arrival_rows(axes, scenarios, milestones, as_of)
        note = "dot: p50; thick: p25 to p75; thin: p10 to p90; arrow: > the horizon"
        figure.text(0.02, 0.08 / tall, note, size=style.SMALL, color=style.MUTED, va="bottom")


def _scenario_in_words(scenario: ScenarioPanel, milestones: Sequence[str], as_of: float) -> str:
    rows = []
    for name in milestones:
        if arrival := scenario.arrivals.get(name):
            middle, low, high = (
                year(arrival.quantiles[key], 0.1, scenario.horizon) for key in ("p50", "p10", "p90")
            )
            rows.append((name, f"{middle} ({low} to {high}), not by its horizon {arrival.never}"))
    band = band_in_words(scenario.band, "OOM", as_of)
    years = f" Years of arrival, p50 (p10 to p90), {items(rows)}" if rows else ""
    return f"{scenario.label}: effective compute, {band}.{years}"


def _fans(axes: Axes, scenarios: Sequence[ScenarioPanel], as_of: float, anchor_year: float) -> None:
    first = min(float(scenario.band.years[0]) for scenario in scenarios)
    end = min(max(LAST_YEAR, first + 10.0), max(scenario.horizon for scenario in scenarios))
    shown = [scenario.band.until(end) for scenario in scenarios]
    axes.set_xlim(first, end)
    ends = []
    for band, colour in zip(shown, style.CYCLE, strict=False):
        low, high = band.quantiles["p10"], band.quantiles["p90"]
        axes.fill_between(band.years, low, high, color=colour, alpha=0.16, lw=0)
        axes.plot(band.years, low, color=colour, lw=0.5, alpha=0.7)
        axes.plot(band.years, high, color=colour, lw=0.5, alpha=0.7)
        axes.plot(band.years, band.quantiles["p50"], color=colour, lw=1.8, zorder=3)
        ends.append(float(band.quantiles["p50"][-1]))
    axes.margins(y=0.04)
    axes.yaxis.set_major_formatter(FuncFormatter(signed))
    year_axis(axes, "")
    date_line(axes, as_of, zorder=0)
    over = f"OOM over {anchor_in_words(anchor_year)}"
    heading(axes, f"effective compute [{over}]: median, and p10 to p90", -0.4)
    pixel = axes.figure.dpi / 72
    wanted = [float(axes.transData.transform((end, value))[1]) for value in ends]
    labels = [wrapped(scenario.label, LABEL_LINE) for scenario in scenarios]
    heights = spread(wanted, [(2 + 9 * len(lines)) * pixel for lines in labels])
    for lines, colour, value, want, height in zip(
        labels, style.CYCLE, ends, wanted, heights, strict=False
    ):
        at, move = (end, value), (6, (height - want) / pixel)
        lettering(axes, "\n".join(lines), at, move, color=colour, va="center", weight="bold")


LABEL_LINE = 25  # letters in a line of a scenario's name


def _arrival_rows(
    axes: Axes, scenarios: Sequence[ScenarioPanel], milestones: Sequence[str], as_of: float
) -> None:
    row = len(scenarios) + 1.2
    end = max(scenario.horizon for scenario in scenarios)
    first = min(FIRST_YEAR, as_of - 1.0, end - 1.0)
    axes.set_xlim(first, end)
    axes.set_ylim(row * len(milestones), 0)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    year_axis(axes)
    date_line(axes, as_of, zorder=0)
    heading(axes, "year of arrival", -0.4)
    date_note(axes, as_of, 0.0)
    lettering(axes, "not by its horizon", (1, 1), (6, 3), "axes fraction", color=style.MUTED)
    for index, name in enumerate(milestones):
        axes.axhline(row * index, color=style.HAIRLINE, lw=0.4)
        middle = row * index + row / 2
        label = name.replace("_", " ")
        lettering(axes, label, (first, middle), (-8, 0), ha="right", va="center", size=8)
        for line, (scenario, colour) in enumerate(zip(scenarios, style.CYCLE, strict=False)):
            if name in scenario.arrivals:
                height = row * index + line + 1.1
                _arrival_bar(axes, scenario.arrivals[name], height, colour, scenario.horizon)


def _arrival_bar(
    axes: Axes, arrival: ArrivalSpread, height: float, colour: str, horizon: float
) -> None:
    left, right = axes.get_xlim()
    for (low, high), width in ((("p10", "p90"), 0.9), (("p25", "p75"), 3.2)):
        ends = [min(max(arrival.quantiles[key], left), horizon) for key in (low, high)]
        if math.isfinite(arrival.quantiles[low]):
            axes.plot(ends, [height] * 2, color=colour, lw=width, solid_capstyle="butt")
    if math.isinf(arrival.quantiles["p90"]):
        axes.plot([horizon], [height], ">", ms=3.2, color=colour, clip_on=False)
    if left <= arrival.quantiles["p50"] <= right:
        axes.plot(
            arrival.quantiles["p50"], height, "o", ms=4.0, color=colour, mec=style.PAPER, mew=0.6
        )
    share = {"color": colour, "size": 6.5, "va": "center"}
    lettering(axes, arrival.never, (right, height), (8, 0), **share)


SHOWN_MILESTONES = (
    "automated_researcher",
    "remote_work",
    "gpt4_in_a_minute",
    "data_exhausted",
    "pretraining_ends",
    "cluster_100b",
    "power_share_20",
)


def compare(results: Sequence[Result], path: Path, names: Sequence[str]) -> None:
    """Draw several scenarios under their titles, or under these names where two titles are the same."""
    _require_one_anchor(results, names)
    labels = scenario_labels(results, names)
    known = {m.name for result in results for m in result.plan.milestones}
    shown = [n for n in SHOWN_MILESTONES if n in known] or sorted(known)[: len(SHOWN_MILESTONES)]
    scenarios = []
    for result, label in zip(results, labels, strict=True):
        (series,) = select_series(result, ["effective_compute"])
        numbers = series_band(result, series, REPORTED_LEVELS, range(len(result.shape.years)))
        band = Band(numbers.years, numbers.quantiles)
        scenarios.append(
            ScenarioPanel(label, band, _arrival_spreads(result, shown), result.plan.horizon)
        )
    draw_compare(
        path,
        title="Scenarios compared",
        subtitle=_sizes(results, labels),
        scenarios=scenarios,
        milestones=shown,
        as_of=max(result.plan.as_of_year for result in results),
        anchor_year=results[0].plan.anchor_year,
    )


def _require_one_anchor(results: Sequence[Result], names: Sequence[str]) -> None:
    """Refuse scenarios whose effective compute is counted from different years: their zeros differ."""
    first = results[0].plan.anchor_year
    fix = "draw it with scenarios of its own anchor; `oomcast milestones` puts years side by side"
    faults = [
        Fault(name, "", "anchor_year", f"{result.plan.anchor_year:g}", f"{first:g}", fix)
        for name, result in zip(names, results, strict=True)
        if result.plan.anchor_year != first
    ]
    if faults:
        raise InputFault(faults)


def _sizes(results: Sequence[Result], labels: Sequence[str]) -> str:
    sizes = [draws_and_seed(result.plan.draws, result.plan.seed) for result in results]
    named = list(zip(labels, results, strict=True))
    weighed = [label for label, result in named if result.plan.observations]
    mixed = f"; conditioned: {', '.join(weighed)} alone" if 0 < len(weighed) < len(results) else ""
    if len(set(sizes)) == 1:
        return f"{len(results)} scenarios, {sizes[0]}: the same probability levels in each{mixed}"
    each = "; ".join(f"{label}: {size}" for label, size in zip(labels, sizes, strict=True))
    return each + mixed


def _arrival_spreads(result: Result, milestones: Sequence[str]) -> dict[str, ArrivalSpread]:
    return {
        estimate["name"]: ArrivalSpread(
            {level: estimate[level] for level in REPORTED_LEVELS},
            percent(1.0 - estimate["reached"], estimate["mcse_reached"]),
        )
        for estimate in result.milestone_estimates
        if estimate["name"] in milestones
    }
