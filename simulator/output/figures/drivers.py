"""What each driver adds to effective compute: a stack of means, and each part with its band."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import (
    anchor_in_words,
    drawing,
    heading,
    lettering,
    signed,
    spread,
    year_axis,
)
from simulator.output.figures.records import (
    Part,
    run_subtitle,
)
from simulator.summaries import decomposition
from simulator.summaries.result import Result

WIDE, TALL = 7.5, 8.6

COLUMNS = 3

LEAST_PART = 1e-9  # [OOM]; what is smaller is rounding error of a part that is 0


def draw_drivers(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    years: np.ndarray,
    parts: Sequence[Part],
    total: np.ndarray,
    anchor_year: float,
) -> None:
    """Stack the parts' means, losses below 0; beneath, draw each part with its 80 % interval.

    Parameters
    ----------
    path : file to write; its ending is one of `FIGURE_ENDINGS`
    years : (year) [year]
    parts : what each driver adds, the lowest of the stack first [OOM over the anchor]
    total : (year), the mean of effective compute, the sum of the parts' means [OOM over the anchor]
    anchor_year : [year]
    """
    ends = items((part.label, _part_in_words(part)) for part in parts)
    words = f"Mean (p10 to p90) of what each adds by {years[-1]:.0f} [OOM], {ends}"
    words += f" Together {_gain(total[-1])}."
    with drawing(path, (WIDE, TALL), title, subtitle, words) as figure:
        stack = figure.add_axes((0.075, 0.545, 0.68, 0.355))
        stack.set_xlim(float(years[0]), float(years[-1]))
        label = f"mean of what each driver adds [OOM over {anchor_in_words(anchor_year)}]"
        heading(stack, label, -0.081)
        _stack(stack, years, parts, total)
        _panels(figure, years, parts, anchor_year)


def _stack(axes: Axes, years: np.ndarray, parts: Sequence[Part], total: np.ndarray) -> None:
    """Stack gains upward from 0 and losses downward, year by year; a line is their sum."""
    above, below = np.zeros(len(years)), np.zeros(len(years))
    ends: dict[str, float] = {}
    for part, (colour, hatch) in zip(parts, style.PARTS, strict=False):
        gain, loss = np.maximum(part.mean, 0.0), np.minimum(part.mean, 0.0)
        for foot, step in ((above, gain), (below, loss)):
            if np.any(np.abs(step) > LEAST_PART):
                look: dict[str, Any] = {
                    "facecolor": colour,
                    "edgecolor": style.PAPER,
                    "hatch": hatch,
                }
                axes.fill_between(years, foot, foot + step, **look, lw=0.5)
        foot = above if gain[-1] > 0 else below
        if np.any(np.abs(part.mean) > LEAST_PART):
            label = f"{part.label} {_gain(part.mean[-1])}"
            ends[label] = float(foot[-1] + part.mean[-1] / 2)
        above, below = above + gain, below + loss
    axes.plot(years, total, color=style.INK, lw=1.6)
    axes.axhline(0, color=style.INK, lw=0.6)
    axes.yaxis.set_major_formatter(FuncFormatter(signed))
    year_axis(axes, "")
    ends[f"together {_gain(total[-1])}"] = float(total[-1])
    _names(axes, list(ends), list(ends.values()))
    lettering(axes, f"in {years[-1]:.0f}", (1, 1), (14, 7), "axes fraction", color=style.MUTED)


def _part_in_words(part: Part) -> str:
    return f"{_gain(part.mean[-1])} ({_gain(part.low[-1])} to {_gain(part.high[-1])})"


def _gain(value: float) -> str:
    return "0.0" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


def _names(axes: Axes, labels: Sequence[str], ends: Sequence[float]) -> None:
    """Name each area at the right edge, as near its height as the other names allow."""
    right, pixel = axes.get_xlim()[1], axes.figure.dpi / 72
    wanted = [float(axes.transData.transform((right, end))[1]) for end in ends]
    heights = spread(wanted, [11.0 * pixel] * len(ends))
    for label, end, want, height in zip(labels, ends, wanted, heights, strict=True):
        line = {"arrowstyle": "-", "color": style.MUTED, "lw": 0.5, "shrinkA": 0, "shrinkB": 0}
        lettering(
            axes,
            label,
            (right, end),
            (14, (height - want) / pixel),
            va="center",
            weight="bold" if label == labels[-1] else "normal",
            arrowprops=line | {"relpos": (0, 0.5)},
        )


def _panels(figure: Figure, years: np.ndarray, parts: Sequence[Part], anchor: float) -> None:
    """Draw each part in a panel of its own, all on one scale: its mean and its 80 % interval over draws."""
    rows = -(-len(parts) // COLUMNS)
    shown = years >= anchor
    low = min(float(part.low[shown].min()) for part in parts)
    high = max(float(part.high[shown].max()) for part in parts)
    for index, (part, (colour, _)) in enumerate(zip(parts, style.PARTS, strict=False)):
        row, column = divmod(index, COLUMNS)
        wide, tall = 0.25, 0.315 / rows
        box = (0.075 + column * 0.315, 0.05 + (rows - 1 - row) * (tall + 0.035), wide, tall)
        axes = figure.add_axes(box)
        axes.set_xlim(anchor, float(years[-1]))
        axes.set_ylim(low - 0.3, high + 0.3)
        axes.axhline(0, color=style.INK, lw=0.5)
        axes.fill_between(years, part.low, part.high, color=colour, alpha=0.45, lw=0)
        axes.plot(years, part.mean, color=style.INK, lw=1.2)
        axes.yaxis.set_major_formatter(FuncFormatter(signed))
        year_axis(axes, "")
        axes.tick_params(labelleft=column == 0, labelbottom=row == rows - 1)
        lettering(axes, part.label, (0, 1), (0, 3), "axes fraction", weight="bold")
    note = "each by itself, on one scale: mean and 80 % interval over draws [OOM]"
    figure.text(0.02, 0.477, note, size=style.NORMAL, weight="bold")


def drivers(result: Result, path: Path) -> None:
    """Draw what each driver adds to effective compute, by year."""
    decomposed = decomposition.decompose(result)
    error = float(np.max(decomposed.total_mcse))
    draw_drivers(
        path,
        title="What drives effective compute",
        subtitle=f"{run_subtitle(result)}; means over the {decomposed.draws:,} draws whose trajectories are "
        f"kept, Monte Carlo error of their sum at most {error:.2g} OOM",
        years=decomposed.years,
        parts=[
            Part(
                decomposition.LABELS[name],
                decomposed.mean[name],
                decomposed.low[name],
                decomposed.high[name],
            )
            for name in decomposed.mean
        ],
        total=decomposed.total,
        anchor_year=result.plan.anchor_year,
    )
