"""Small panels of parameters: the densities of priors, and what the evidence did to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TypeVar

import numpy as np
from matplotlib.axes import Axes

from simulator.distributions import density
from simulator.distributions.density import Density
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Prior
from simulator.output import units
from simulator.output.digits import draws_and_seed
from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import (
    MARGIN,
    drawing,
    lettering,
    message,
    value_axis,
)
from simulator.output.figures.records import PriorPanel
from simulator.summaries.posterior import (
    ParameterUpdate,
    most_moved_parameters,
    parameter_update,
)
from simulator.summaries.result import Result


@dataclass(frozen=True)
class Sheet:
    """Sizes of a figure of small panels [inch]: of a panel with its lettering, and of the axes in it."""

    columns: int
    width: float
    height: float
    head: float
    foot: float
    axes_width: float
    axes_height: float


PRIORS = Sheet(4, 1.85, 1.02, 0.72, 0.12, 1.85 - 0.2, 0.46)

POSTERIORS = Sheet(3, 2.5, 1.45, 0.6, 0.06, 2.5 - 0.25, 0.6)

SIDE = MARGIN + 0.05  # inch, left of the first panel

FILED, OWN = (style.MEDIAN, style.FAN[1]), style.THRESHOLDS[0]
"""Line and tint of a prior of the prior files, and of a run's own."""

PRIOR, POSTERIOR = (style.MUTED, style.HAIRLINE), (style.MEDIAN, style.FAN[1])
"""Line and tint of a parameter before and after the evidence."""

Panel = TypeVar("Panel")


def _draw_panels(
    path: str | PathLike[str],
    title: str,
    subtitle: str,
    panels: Sequence[Panel],
    sheet: Sheet,
    draw: Callable[[Axes, Panel], None],
    words: str,
) -> None:
    """Draw panels row by row."""
    columns = min(sheet.columns, max(len(panels), 2))
    rows = -(-len(panels) // columns)
    width, height = columns * sheet.width + SIDE, sheet.head + rows * sheet.height + sheet.foot
    with drawing(path, (width, height), title, subtitle, words) as figure:
        if not panels:
            message(figure, "Nothing to draw: no parameter.")
        for i, panel in enumerate(panels):
            row, column = divmod(i, columns)
            left = SIDE + column * sheet.width
            foot = height - sheet.head - (row + 1) * sheet.height + 0.27
            size = (sheet.axes_width / width, sheet.axes_height / height)
            draw(figure.add_axes((left / width, foot / height, *size)), panel)


def draw_densities(
    path: str | PathLike[str], *, title: str, subtitle: str, panels: Sequence[PriorPanel]
) -> None:
    """Draw the density of each prior.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    panels : each with its prior, and with the one it replaces if there is one
    """
    words = items((panel.name, _density_in_words(panel)) for panel in panels)
    _draw_panels(path, title, subtitle, panels, PRIORS, _density_panel, words)


def _density_in_words(panel: PriorPanel) -> str:
    now, before = (
        each and units.interval(each.low, each.middle, each.high, panel.unit)
        for each in (panel.prior, panel.replaced)
    )
    return f"p50 (p05 to p95) {now}" + (f", in the prior files {before}" if before else "")


def _density_panel(axes: Axes, panel: PriorPanel) -> None:
    shown = [panel.prior] if panel.replaced is None else [panel.replaced, panel.prior]
    for each in shown:
        own = each is panel.prior and panel.replaced is not None
        line, tint = OWN if own else FILED
        dashes = "--" if each is panel.replaced else "-"
        (_atoms if each.atoms else _curve)(axes, each, line, tint, dashes)
    _value_limits(axes, shown)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    if panel.unit == "fraction" and all(_is_yes_or_no(each) for each in shown):
        axes.set_xticks([0, 1], ["no", "yes"])
    else:
        value_axis(axes.xaxis, panel.unit, 3)
    axes.tick_params(axis="x", labelsize=style.SMALL, pad=1.5)
    lettering(
        axes,
        panel.name.replace("_", " "),
        (0, 1),
        (0, 10),
        "axes fraction",
        weight="bold",
        size=6.6,
    )
    lettering(
        axes,
        units.plain_unit(panel.unit),
        (0, 1),
        (0, 2.5),
        "axes fraction",
        color=style.MUTED,
        size=6.0,
    )


def _is_yes_or_no(density: Density) -> bool:
    return density.atoms and set(density.values.tolist()) <= {0.0, 1.0}


def _curve(axes: Axes, density: Density, line: str, tint: str, dashes: str) -> None:
    heights = density.heights / np.max(density.heights)
    inside = (density.values >= density.low) & (density.values <= density.high)
    axes.fill_between(density.values, heights, where=inside.tolist(), color=tint, lw=0, alpha=0.8)
    axes.plot(density.values, heights, color=line, lw=0.9, ls=dashes)
    middle = np.interp(density.middle, density.values, heights)
    axes.vlines(density.middle, 0, middle, color=line, lw=1.2, ls=dashes)


def _atoms(axes: Axes, density: Density, line: str, tint: str, dashes: str) -> None:
    axes.vlines(density.values, 0, density.heights, color=line, lw=1.6, ls=dashes)
    axes.plot(density.values, density.heights, "o", color=line, ms=3.0, clip_on=False)


def _value_limits(axes: Axes, shown: Sequence[Density]) -> None:
    """Limits that show the body of every density, with a margin about atoms."""
    low = min(float(np.min(each.values)) for each in shown)
    high = max(float(np.max(each.values)) for each in shown)
    margin = 0.04 * (high - low) or min(max(abs(low) / 2, 0.5), 2.0)
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(0, 1.05)


@dataclass(frozen=True)
class UpdatePanel:
    """A parameter before and after the evidence: shares over the same bins, and p10, p50 and p90 in words.

    edges : (bin + 1) [unit]; prior, posterior : (bin) [fraction]
    """

    name: str
    unit: str
    edges: np.ndarray
    prior: np.ndarray
    posterior: np.ndarray
    prior_text: str
    posterior_text: str


def draw_prior_posterior(
    path: str | PathLike[str], *, title: str, subtitle: str, panels: Sequence[UpdatePanel]
) -> None:
    """Draw each parameter's prior in grey, and its posterior over it.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    panels : one a parameter
    """
    words = items(
        (p.name, f"{p.prior_text}, {p.posterior_text}{_unit_after(p.unit)}") for p in panels
    )
    _draw_panels(path, title, subtitle, panels, POSTERIORS, _posterior_panel, words)


def _unit_after(unit: str) -> str:
    return "" if unit in (*units.SCALES, "1", "fraction") else f" [{unit}]"


def _posterior_panel(axes: Axes, panel: UpdatePanel) -> None:
    for shares, (line, tint) in ((panel.prior, PRIOR), (panel.posterior, POSTERIOR)):
        axes.stairs(shares, panel.edges, color=tint, fill=True, alpha=0.75, lw=0)
        axes.stairs(shares, panel.edges, color=line, lw=1.0)
    axes.set_ylim(0, 1.08 * max(float(panel.prior.max()), float(panel.posterior.max())))
    axes.set_xlim(float(panel.edges[0]), float(panel.edges[-1]))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    value_axis(axes.xaxis, panel.unit, 4)
    axes.tick_params(axis="x", labelsize=style.SMALL, pad=1.5)
    name = panel.name.replace("_", " ") + _unit_after(panel.unit)
    lettering(axes, name, (0, 1), (0, 23), "axes fraction", weight="bold")
    lettering(axes, panel.prior_text, (0, 1), (0, 13), "axes fraction", color=style.MUTED)
    lettering(axes, panel.posterior_text, (0, 1), (0, 3), "axes fraction", color=style.MEDIAN)


def densities(
    plan: Plan, priors: Sequence[Prior], filed: Mapping[str, Prior], path: str | PathLike[str]
) -> None:
    """Draw priors of a plan, each beside the prior of the same name in the prior files if it differs."""
    panels = []
    for prior in priors:
        other = filed.get(prior.name, prior)
        replaced = density.density(other.distribution) if other != prior else None
        panels.append(
            PriorPanel(prior.name, prior.unit, density.density(prior.distribution), replaced)
        )
    subtitle = "shaded: p05 to p95; line: p50; atoms to their probability"
    if any(panel.replaced for panel in panels):
        subtitle += "; blue, dashed: the prior files'; brown: the run's own"
    draw_densities(path, title=f"Priors: {plan.title}", subtitle=subtitle, panels=panels)


SHOWN_PARAMETERS = 9  # when none is named


def prior_posterior(
    result: Result, path: str | PathLike[str], parameters: Sequence[str] = ()
) -> None:
    """Draw these parameters before and after the evidence, or those that it moved most when none is named."""
    plan = result.plan
    names = [prior.name for prior in plan.priors]
    faults = [
        Fault("parameter", "", "", f'"{name}"', listed(names, 100), did_you_mean(name, names))
        for name in parameters
        if name not in names
    ]
    if result.weights is None:
        fix = "oomcast condition makes one that is"
        faults.append(Fault(plan.name, "", "", "a run on no evidence", "a conditioned result", fix))
    if faults:
        raise InputFault(faults)
    shown = parameters or most_moved_parameters(result, SHOWN_PARAMETERS)
    panels = [_update_panel(parameter_update(result, name)) for name in shown]
    draw_prior_posterior(
        path,
        title="What the evidence changed",
        subtitle=f"{plan.title}: grey prior, blue posterior; median (80 % interval); "
        f"{draws_and_seed(plan.draws, plan.seed)}",
        panels=panels,
    )


def _update_panel(update: ParameterUpdate) -> UpdatePanel:
    return UpdatePanel(
        update.prior.name,
        update.prior.unit,
        update.edges,
        update.prior_shares,
        update.posterior_shares,
        f"prior {_quantiles_in_words(*update.prior_quantiles, update.prior.unit)}",
        f"posterior {_quantiles_in_words(*update.posterior_quantiles, update.prior.unit)}",
    )


def _quantiles_in_words(low: float, middle: float, high: float, unit: str) -> str:
    if unit in (*units.SCALES, "fraction"):
        return units.interval(low, middle, high, unit)
    decimals = max(0, int(np.ceil(1.5 - np.log10(max(high - low, 1e-9)))))
    return f"{middle:.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})"
