"""Rolling-origin scores of one series by lead time: CRPS, coverage of 80 % intervals, and PIT values."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from simulator.errors import Fault, InputFault
from simulator.evidence.rolling import (
    FORECASTERS,
    LEADS,
    RECORD_PROCESS,
    RecordPath,
    RollingSummary,
    TargetScore,
    rolling_scores,
    rolling_summaries,
)
from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import DASHES, drawing, heading

MARKERS = "os^D"

LEFTS, WIDE, FOOT, TALL = (0.075, 0.405, 0.735), 0.25, 0.26, 0.5
"""Panels as fractions of the sheet."""


def rolling(path: RecordPath, file: str | PathLike[str]) -> None:
    """Draw the scores of one series.

    Raises
    ------
    InputFault
        where no origin has enough records
    """
    scores = rolling_scores(path)
    if not scores:
        allowed = "a series with three records over two years before some origin"
        raise InputFault([Fault("--series", found=path.series, allowed=allowed)])
    draw_rolling(file, path, scores)


def draw_rolling(
    file: str | PathLike[str], path: RecordPath, scores: Sequence[TargetScore]
) -> None:
    """Draw mean CRPS and coverage by lead, and the sorted PIT values of every forecaster.

    Parameters
    ----------
    scores : of every forecaster's targets
    """
    summaries = rolling_summaries(scores)
    targets = len(scores) // len(FORECASTERS)
    last = max(each.origin for each in scores)
    title = f"Records of {path.series.replace('_', ' ')}, forecast from past dates"
    first = min(each.origin for each in scores)
    subtitle = f"{targets} targets, from every half-year of {first:.1f} to {last:.1f}"
    words = items((s.forecaster, _in_words(s)) for s in summaries if s.lead is None)
    with drawing(file, (7.5, 3.3), title, subtitle, words) as figure:
        crps, coverage, pit = (figure.add_axes((left, FOOT, WIDE, TALL)) for left in LEFTS)
        _by_lead(crps, f"mean CRPS [{path.unit.replace('log10 ', 'OOM of ')}]", summaries)
        _coverages(coverage, summaries)
        _pit_values(pit, scores)
        handles, labels = crps.get_legend_handles_labels()
        figure.legend(
            handles,
            labels,
            loc="lower center",
            ncols=len(labels),
            frameon=False,
            fontsize=style.NORMAL,
        )


def _in_words(summary: RollingSummary) -> str:
    return (
        f"mean CRPS {summary.crps:.2f}, {100 * summary.coverage['80']:.0f} % inside 80 % intervals"
    )


def _by_lead(axes: Axes, title: str, summaries: Sequence[RollingSummary]) -> None:
    heading(axes, title)
    for forecaster, colour, mark in zip(FORECASTERS, style.CYCLE, MARKERS, strict=False):
        leads, own = _of_leads(summaries, forecaster)
        axes.plot(
            leads,
            [each.crps for each in own],
            mark,
            ls="-",
            ms=3.2,
            lw=_width(forecaster),
            color=colour,
            label=forecaster,
        )
    axes.set_ylim(0, None)
    _lead_axis(axes)


def _coverages(axes: Axes, summaries: Sequence[RollingSummary]) -> None:
    heading(axes, "inside 80 % intervals [%]")
    axes.axhline(80, color=style.MUTED, lw=0.7, ls=DASHES)
    for forecaster, colour, mark in zip(FORECASTERS, style.CYCLE, MARKERS, strict=False):
        leads, own = _of_leads(summaries, forecaster)
        inside = [100 * each.coverage["80"] for each in own]
        axes.plot(leads, inside, mark, ls="-", ms=3.2, lw=_width(forecaster), color=colour)
    axes.set_ylim(-3, 103)
    axes.yaxis.set_major_locator(MultipleLocator(20))
    _lead_axis(axes)


def _of_leads(
    summaries: Sequence[RollingSummary], forecaster: str
) -> tuple[list[float], list[RollingSummary]]:
    """Leads of one forecaster, and its summaries there."""
    own = {each.lead: each for each in summaries if each.forecaster == forecaster and each.lead}
    return list(own), list(own.values())


def _pit_values(axes: Axes, scores: Sequence[TargetScore]) -> None:
    heading(axes, "PIT values, in order [%]")
    axes.plot([0, 100], [0, 100], color=style.MUTED, lw=0.7, ls=DASHES)
    for forecaster, colour in zip(FORECASTERS, style.CYCLE, strict=False):
        pit = np.sort([100 * each.pit for each in scores if each.forecaster == forecaster])
        even = 100 * (np.arange(len(pit)) + 0.5) / len(pit)
        axes.plot(even, pit, lw=_width(forecaster), color=colour)
    axes.set(xlim=(0, 100), ylim=(-2, 102), xlabel="evenly spread [%]")
    axes.xaxis.set_major_locator(MultipleLocator(25))
    axes.yaxis.set_major_locator(MultipleLocator(25))


def _lead_axis(axes: Axes) -> None:
    axes.set_xlim(LEADS[0] - 0.2, LEADS[-1] + 0.2)
    axes.xaxis.set_major_locator(MultipleLocator(1))
    axes.set_xlabel("lead [years]")


def _width(forecaster: str) -> float:
    return 1.8 if forecaster == RECORD_PROCESS else 0.9
