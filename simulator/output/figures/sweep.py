"""The answer against a swept parameter: quantiles of arrival years at each point of a sweep, one panel a milestone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
from matplotlib.axes import Axes

from simulator.errors import Fault, InputFault
from simulator.output import digits, units
from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import (
    drawing,
    heading,
    lettering,
    message,
    value_axis,
    with_unit,
)
from simulator.output.figures.compare import SHOWN_MILESTONES
from simulator.summaries.result import Result

HEAD, ROW, FOOT = 0.5, 2.3, 0.12

MOST_PANELS = 4

MOST_SHARES = 8  # points whose shares are written


@dataclass(frozen=True)
class SweepPanel:
    """One milestone along the sweep.

    Attributes
    ----------
    label : the milestone's name
    quantiles : key -> (point) [year], inf where it is not reached by the horizon
    never : (point), the share of draws that do not reach it by the horizon, in words
    """

    label: str
    quantiles: dict[str, np.ndarray]
    never: Sequence[str]


def draw_sweep(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    parameter: str,
    unit: str,
    values: np.ndarray,
    panels: Sequence[SweepPanel],
    horizon: float,
) -> None:
    """Draw each milestone's p50 with its 50 and 80 % intervals against the parameter.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    values : (point) ascending [unit]
    horizon : [year]
    """
    rows = max(1, -(-len(panels) // 2))
    tall = HEAD + ROW * rows + FOOT
    words = items((panel.label, _panel_in_words(panel, values, unit, horizon)) for panel in panels)
    with drawing(path, (7.5, tall), title, subtitle, f"Years of arrival, {words}") as figure:
        if not panels:
            message(figure, "Nothing to draw: these results share no milestone.")
        for index, panel in enumerate(panels):
            row, column = divmod(index, 2)
            foot = (FOOT + 0.4 + ROW * (rows - 1 - row)) / tall
            axes = figure.add_axes((0.085 + 0.495 * column, foot, 0.39, (ROW - 0.9) / tall))
            _sweep_panel(axes, panel, values, horizon)
            margin = 0.06 * float(values[-1] - values[0])
            axes.set_xlim(float(values[0]) - margin, float(values[-1]) + margin)
            ticks = values.tolist() if len(values) <= MOST_SHARES else None
            value_axis(axes.xaxis, unit, 5, ticks)
            axes.set_xlabel(with_unit(parameter.replace("_", " "), unit), labelpad=2)


def _panel_in_words(panel: SweepPanel, values: np.ndarray, unit: str, horizon: float) -> str:
    points = []
    for i, value in enumerate(values):
        middle, low, high = (
            digits.year(float(panel.quantiles[key][i]), 0.1, horizon)
            for key in ("p50", "p10", "p90")
        )
        points.append(
            f"at {units.quantity(float(value), unit)} {middle} ({low} to {high}), "
            f"not by {horizon:g} {panel.never[i]}"
        )
    return ", ".join(points)


def _sweep_panel(axes: Axes, panel: SweepPanel, values: np.ndarray, horizon: float) -> None:
    """Draw the bands; what lies beyond the horizon stands on it, marked by an arrow."""
    heading(axes, panel.label)
    shown = {key: np.minimum(years, horizon) for key, years in panel.quantiles.items()}
    for (low, high), tint in ((("p10", "p90"), style.FAN[1]), (("p25", "p75"), style.FAN[2])):
        axes.fill_between(values, shown[low], shown[high], color=tint, lw=0)
    axes.plot(values, shown["p50"], color=style.MEDIAN, lw=1.5, zorder=3)
    reached = np.isfinite(panel.quantiles["p50"])
    axes.plot(values[reached], shown["p50"][reached], "o", ms=4, color=style.MEDIAN, zorder=4)
    beyond = values[~reached]
    axes.plot(beyond, np.full(len(beyond), horizon), "^", ms=5, color=style.MEDIAN, zorder=4)
    lowest = float(np.min(shown["p10"]))
    highest = float(np.max(shown["p90"]))
    margin = 0.08 * max(highest - lowest, 1.0)
    axes.set_ylim(lowest - margin, highest + margin)
    value_axis(axes.yaxis, "year")
    if highest >= horizon:
        axes.axhline(horizon, color=style.MUTED, lw=0.6, ls=(0, (4, 3)), zorder=1)
    if len(values) <= MOST_SHARES:
        for value, share in zip(values, panel.never, strict=True):
            at = (float(value), 1.0)
            where = axes.get_xaxis_transform()
            lettering(axes, share, at, (0, -2), where, ha="center", va="top", size=5.8)
        axes.set_ylim(top=highest + 2.5 * margin)


def sweep(results: Sequence[Result], path: str | PathLike[str]) -> None:
    """Draw results that differ in one parameter: their milestones against its value."""
    parameter, unit, values = swept_parameter(results)
    order = np.argsort(values, kind="stable")
    ordered = [results[i] for i in order]
    first = ordered[0].plan
    horizon = min(result.plan.horizon for result in ordered)
    estimates = [{e["name"]: e for e in result.milestone_estimates} for result in ordered]
    shared = [n for n in estimates[0] if all(n in each for each in estimates)]
    chosen = [n for n in SHOWN_MILESTONES if n in shared] or shared
    draws = " or ".join(sorted({f"{result.plan.draws:,}" for result in ordered}))
    key = (
        f"line and dots: p50; bands: 50 and 80 % intervals; triangle: p50 > {horizon:g}; "
        f"percentages: not by {horizon:g}"
    )
    draw_sweep(
        path,
        title=f"Years of arrival against {parameter.replace('_', ' ')}",
        subtitle=f"{first.name.partition('@')[0]}: {len(ordered)} points of {draws} draws, "
        f"seed {first.seed}; {key}",
        parameter=parameter,
        unit=unit,
        values=np.asarray(values)[order],
        panels=[
            _sweep_row(name, [each[name] for each in estimates]) for name in chosen[:MOST_PANELS]
        ],
        horizon=horizon,
    )


def _sweep_row(name: str, estimates: Sequence[dict[str, float]]) -> SweepPanel:
    return SweepPanel(
        name.replace("_", " "),
        {key: np.array([e[key] for e in estimates]) for key in ("p10", "p25", "p50", "p75", "p90")},
        [digits.percent(1.0 - e["reached"], e["mcse_reached"]) for e in estimates],
    )


def swept_parameter(results: Sequence[Result]) -> tuple[str, str, list[float]]:
    """The one parameter in which results differ, its unit, and its value in each.

    Returns
    -------
    name, unit, and (point) values [unit]; of a parameter held at a level, the prior's value there

    Raises
    ------
    InputFault
        when they differ in none or in several, or it is left to vary in one of them
    """
    priors = [{prior.name: prior for prior in result.plan.priors} for result in results]
    holds = [result.plan.hold for result in results]
    names = [name for name in priors[0] if all(name in each for each in priors)]
    varied = [
        name
        for name in names
        if any(each[name].distribution != priors[0][name].distribution for each in priors)
        or any(hold.get(name) != holds[0].get(name) for hold in holds)
    ]
    allowed = "the points of a sweep, which differ in one parameter"
    if len(varied) != 1:
        problem = f"results that differ in {', '.join(varied) or 'no parameter'}"
        raise InputFault([Fault("sweep", "", "", problem, allowed)])
    (name,) = varied
    values = []
    for result, each, hold in zip(results, priors, holds, strict=True):
        law = each[name].distribution
        if name not in hold and law.family != "fixed":
            problem = f"{result.plan.name}, in which {name} varies"
            raise InputFault([Fault("sweep", "", "", problem, allowed)])
        values.append(float(law.inverse_cdf(np.array([hold.get(name, 0.5)]))[0]))
    return name, priors[0][name].unit, values
