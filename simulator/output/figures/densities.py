"""Densities of priors as small multiples; a run's replacements over what they replace.

What evidence did to parameters: prior and posterior, a panel each.

Pictures of evidence: gathers finished numbers and hands them to the plots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from simulator.distributions import density
from simulator.distributions.density import Density
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs.plan import Plan
from simulator.inputs.priors import Prior
from simulator.output.figures import style
from simulator.output.figures.canvas import drawing, lettering
from simulator.output.figures.records import PriorPanel
from simulator.summaries.posterior import (
    ParameterUpdate,
    most_moved_parameters,
    parameter_update,
)
from simulator.summaries.result import Result

COLUMNS, WIDTH, HEIGHT = 4, 1.85, 1.02

HEAD, FOOT, SIDE = 0.72, 0.12, 0.2
"""Sizes in inches."""

FILED, OWN = (style.MEDIAN, style.FAN[1]), style.THRESHOLDS[0]
"""Line and tint of a prior file's prior, and of a run's own."""


def draw_densities(
    path: str | PathLike[str], *, title: str, subtitle: str, panels: Sequence[PriorPanel]
) -> None:
    """Draw a panel a prior.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    panels : each with its prior, and with the one it replaces if there is one
    """
    columns = min(COLUMNS, max(len(panels), 2))
    rows = -(-len(panels) // columns)
    width, height = columns * WIDTH + SIDE, HEAD + rows * HEIGHT + FOOT
    with drawing(path, (width, height)) as figure:
        figure.text(
            SIDE / width, 1 - 0.13 / height, title, size=style.LARGE, weight="bold", va="top"
        )
        figure.text(SIDE / width, 1 - 0.36 / height, subtitle, color=style.MUTED, va="top")
        for i, panel in enumerate(panels):
            row, column = divmod(i, columns)
            left, foot = SIDE + column * WIDTH, height - HEAD - (row + 1) * HEIGHT
            box = (left / width, (foot + 0.27) / height, (WIDTH - 0.2) / width, 0.46 / height)
            _density_panel(figure.add_axes(box), panel)


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
    axes.xaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2, steps=[1, 2, 2.5, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)
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
    lettering(axes, panel.unit, (0, 1), (0, 2.5), "axes fraction", color=style.MUTED, size=6.0)


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
    """The body of every prior shown, with room about atoms."""
    low = min(float(np.min(each.values)) for each in shown)
    high = max(float(np.max(each.values)) for each in shown)
    room = 0.04 * (high - low) or min(max(abs(low) / 2, 0.5), 2.0)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(0, 1.05)


POSTERIOR_COLUMNS, POSTERIOR_WIDTH, POSTERIOR_HEIGHT = 3, 2.5, 1.45

POSTERIOR_HEAD, POSTERIOR_FOOT, POSTERIOR_SIDE = 0.6, 0.06, 0.2
"""Sizes in inches."""

PRIOR, POSTERIOR = (style.MUTED, style.HAIRLINE), (style.MEDIAN, style.FAN[1])
"""Line and tint."""


@dataclass(frozen=True)
class Updated:
    """A parameter before and after: shares over the same bins, and p10, p50, p90 as text.

    edges : (bin + 1) [unit]; prior, posterior : (bin) [fraction]
    """

    name: str
    unit: str
    edges: np.ndarray
    prior: np.ndarray
    posterior: np.ndarray
    told_prior: str
    told_posterior: str


def draw_prior_posterior(
    path: str | PathLike[str], *, title: str, subtitle: str, panels: Sequence[Updated]
) -> None:
    """Draw a panel a parameter, its prior in grey and its posterior over it."""
    columns = min(POSTERIOR_COLUMNS, max(len(panels), 2))
    rows = -(-len(panels) // columns)
    width, height = (
        columns * POSTERIOR_WIDTH + POSTERIOR_SIDE,
        POSTERIOR_HEAD + rows * POSTERIOR_HEIGHT + POSTERIOR_FOOT,
    )
    with drawing(path, (width, height)) as figure:
        at = POSTERIOR_SIDE / width
        figure.text(at, 1 - 0.12 / height, title, size=style.LARGE, weight="bold", va="top")
        figure.text(at, 1 - 0.36 / height, subtitle, color=style.MUTED, va="top")
        for i, panel in enumerate(panels):
            row, column = divmod(i, columns)
            left, foot = (
                POSTERIOR_SIDE + column * POSTERIOR_WIDTH,
                height - POSTERIOR_HEAD - (row + 1) * POSTERIOR_HEIGHT,
            )
            box = (
                left / width,
                (foot + 0.27) / height,
                (POSTERIOR_WIDTH - 0.25) / width,
                0.6 / height,
            )
            _posterior_panel(figure.add_axes(box), panel)


def _posterior_panel(axes: Axes, panel: Updated) -> None:
    for shares, (line, tint) in ((panel.prior, PRIOR), (panel.posterior, POSTERIOR)):
        axes.stairs(shares, panel.edges, color=tint, fill=True, alpha=0.75, lw=0)
        axes.stairs(shares, panel.edges, color=line, lw=1.0)
    axes.set_ylim(0, 1.08 * max(float(panel.prior.max()), float(panel.posterior.max())))
    axes.set_xlim(float(panel.edges[0]), float(panel.edges[-1]))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2, steps=[1, 2, 2.5, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)
    axes.tick_params(axis="x", labelsize=style.SMALL, pad=1.5)
    name = f"{panel.name.replace('_', ' ')} [{panel.unit}]"
    lettering(axes, name, (0, 1), (0, 23), "axes fraction", weight="bold")
    lettering(axes, panel.told_prior, (0, 1), (0, 13), "axes fraction", color=style.MUTED)
    lettering(axes, panel.told_posterior, (0, 1), (0, 3), "axes fraction", color=style.MEDIAN)


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


SHOWN_PARAMETERS = 9  # parameters when none is asked for: those that moved most


def prior_posterior(
    result: Result, path: str | PathLike[str], parameters: Sequence[str] = ()
) -> None:
    """Draw parameters before and after the evidence; those that moved most when none is named."""
    plan = result.plan
    names = [prior.name for prior in plan.priors]
    faults = [
        Fault("parameter", "", "", f'"{name}"', listed(names, 100), did_you_mean(name, names))
        for name in parameters
        if name not in names
    ]
    if result.weights is None:
        mend = "oomcast condition makes one that is"
        faults.append(
            Fault(plan.name, "", "", "a run on no evidence", "a conditioned result", mend)
        )
    if faults:
        raise InputFault(faults)
    shown = parameters or most_moved_parameters(result, SHOWN_PARAMETERS)
    panels = [_updated(parameter_update(result, name)) for name in shown]
    draw_prior_posterior(
        path,
        title="What the evidence changed",
        subtitle=f"{plan.title}: grey prior, blue posterior; median (80 % interval); "
        f"{plan.draws:,} draws, seed {plan.seed}",
        panels=panels,
    )


def _updated(update: ParameterUpdate) -> Updated:
    return Updated(
        update.prior.name,
        update.prior.unit,
        update.edges,
        update.prior_shares,
        update.posterior_shares,
        f"prior {_quantiles_in_words(*update.prior_quantiles)}",
        f"posterior {_quantiles_in_words(*update.posterior_quantiles)}",
    )


def _quantiles_in_words(low: float, middle: float, high: float) -> str:
    places = max(0, int(np.ceil(1.5 - np.log10(max(high - low, 1e-9)))))
    return f"{middle:.{places}f} ({low:.{places}f} to {high:.{places}f})"
