"""The ledger of claims: the probability of each in every scenario, and what happened."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator

from simulator.evidence.claims import claim_probability
from simulator.inputs.claims import load_claims
from simulator.output.digits import percent
from simulator.output.figures import style
from simulator.output.figures.canvas import drawing, heading, lettering, message
from simulator.output.figures.records import scenario_labels
from simulator.summaries.result import Result

LINE, GAP, HEAD, FOOT = 0.125, 0.07, 1.12, 0.4
"""Sizes in inches."""

KEY_LINE = 105  # letters beside one another in the key

DODGE = 0.05  # between scenarios, so that equal probabilities do not hide one another

LONGEST_LINE = 66  # letters in a line of a claim

MARKERS = "os^DvP"


@dataclass(frozen=True)
class ClaimRow:
    """A claim with its probabilities; None where a scenario does not model what the claim is about.

    probabilities : (scenario) of (probability, Monte Carlo error) [fraction]
    """

    id: str
    claim: str
    outcome: bool | None
    probabilities: Sequence[tuple[float, float] | None]


def draw_claims(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    scenarios: Sequence[str],
    entries: Sequence[ClaimRow],
) -> None:
    """Draw one row a claim, in the order given."""
    texts = [textwrap.wrap(entry.claim, LONGEST_LINE) for entry in entries]
    sizes = [LINE * len(text) + GAP for text in texts]
    columns = max(1, KEY_LINE // max(len(name) + 4 for name in scenarios))
    height = HEAD + LINE * (-(-len(scenarios) // columns) - 1) + sum(sizes) + FOOT
    words = " ".join(_claim_in_words(entry, scenarios) for entry in entries)
    with drawing(path, (7.5, height), title, subtitle, words) as figure:
        if not entries:
            message(figure, "Nothing to draw: these scenarios model none of the claims.")
            return
        box = (0.575, FOOT / height, 0.335, sum(sizes) / height)
        axes = figure.add_axes(box)
        axes.set(xlim=(0, 100), ylim=(sum(sizes), 0))
        _claim_frame(axes, scenarios, columns)
        top = 0.0
        for i, (entry, text, size) in enumerate(zip(entries, texts, sizes, strict=True)):
            if i % 2:
                axes.axhspan(
                    top,
                    top + size,
                    xmin=-1.67,
                    xmax=1.26,
                    color=style.HAIRLINE,
                    alpha=0.2,
                    lw=0,
                    clip_on=False,
                )
            _claim_row(axes, entry, "\n".join(text), top + size / 2)
            top += size


def _claim_in_words(entry: ClaimRow, scenarios: Sequence[str]) -> str:
    pairs = zip(scenarios, entry.probabilities, strict=True)
    shares = [f"{name} {percent(*each)}" for name, each in pairs if each]
    met = {True: "; it was met", False: "; it was not met", None: ""}[entry.outcome]
    return f"{entry.id}, {entry.claim}: {', '.join(shares)}{met}."


def _claim_frame(axes: Axes, scenarios: Sequence[str], columns: int) -> None:
    heading(axes, "probability [%]")
    for at in (0, 25, 50, 75, 100):
        axes.axvline(at, color=style.HAIRLINE, lw=0.5, zorder=0.5)
    axes.xaxis.set_major_locator(MultipleLocator(25))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0)
    lettering(axes, "met?", (1, 1), (12, 7), "axes fraction", weight="bold", size=style.NORMAL)
    keys = [
        Line2D([], [], color=colour, marker=mark, ls="", ms=4.5, label=scenario)
        for scenario, mark, colour in zip(scenarios, MARKERS, style.CYCLE, strict=False)
    ]
    axes.legend(
        handles=keys,
        loc="lower right",
        bbox_to_anchor=(1.27, 1.0),
        bbox_transform=axes.transAxes,
        borderaxespad=2.2,
        ncols=min(columns, len(keys)),
        frameon=False,
        fontsize=style.SMALL,
        handletextpad=0.1,
    )


def _claim_row(axes: Axes, entry: ClaimRow, text: str, at: float) -> None:
    lettering(
        axes,
        entry.id,
        (-1.67, at),
        (2, 0),
        axes.get_yaxis_transform(),
        va="center",
        color=style.MUTED,
    )
    lettering(axes, text, (-1.49, at), (0, 0), axes.get_yaxis_transform(), va="center")
    middle = (len(entry.probabilities) - 1) / 2
    dodge = min(DODGE, 0.8 * LINE / max(2 * middle, 1))  # no mark leaves its row
    for i, (probability, mark, colour) in enumerate(
        zip(entry.probabilities, MARKERS, style.CYCLE, strict=False)
    ):
        if probability:
            share, error = probability
            height = at + dodge * (i - middle)
            axes.plot(
                100 * share,
                height,
                mark,
                ms=4.5,
                color=colour,
                mec=style.PAPER,
                mew=0.5,
                clip_on=False,
                zorder=3,
            )
            axes.hlines(height, 100 * (share - error), 100 * (share + error), color=colour, lw=0.8)
    if entry.outcome is not None:
        outcome, colour = ("yes", style.MEDIAN) if entry.outcome else ("no", style.CYCLE[1])
        lettering(
            axes,
            outcome,
            (1, at),
            (14, 0),
            axes.get_yaxis_transform(),
            va="center",
            color=colour,
            weight="bold",
        )


def claims(results: Sequence[Result], path: str | PathLike[str], names: Sequence[str] = ()) -> None:
    """Draw the claims that at least one of these scenarios gives a probability of."""
    entries = []
    for claim in load_claims():
        estimates = [claim_probability(claim, result) for result in results]
        if any(estimates):
            pairs = [(each.value, each.mcse) if each else None for each in estimates]
            entries.append(ClaimRow(claim.id, claim.claim.rstrip("."), claim.outcome, pairs))
    draw_claims(
        path,
        title="The ledger of claims",
        subtitle="What the essay (000), the talk (001) and the podcast (002) said, with its probability in each "
        "scenario; a range counts as met only inside. Bars: Monte Carlo error",
        scenarios=scenario_labels(results, names),
        entries=entries,
    )
