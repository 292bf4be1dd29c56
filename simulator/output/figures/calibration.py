"""Calibration of a hindcast: each observation in its predicted intervals, and the PIT values of every predictor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from simulator.errors import Fault, InputFault
from simulator.evidence import hindcast
from simulator.inputs.observations import known_observations
from simulator.output.figures import style
from simulator.output.figures.alternatives import items
from simulator.output.figures.canvas import drawing, heading
from simulator.summaries.result import Result

DRAWN_INTERVALS = (("p025", "p975"), ("p10", "p90"), ("p25", "p75"))

ROW, HEAD, FOOT = 0.165, 0.8, 0.5
"""Sizes in inches."""


@dataclass(frozen=True)
class Forecast:
    """One observation: predicted quantiles and the observed value, in predicted standard deviations."""

    label: str
    quantiles: Mapping[str, float]
    observed: float


def draw_calibration(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    rows: Sequence[Forecast],
    pit: Mapping[str, np.ndarray],
) -> None:
    """Draw the scored observations, the earliest on top, and the sorted PIT values of all predictors.

    Parameters
    ----------
    pit : predictor -> (observation), the predicted probability of less than was observed [fraction]
    """
    height = HEAD + max(ROW * len(rows), 2.7) + FOOT
    words = items((row.label, _forecast_in_words(row)) for row in rows)
    with drawing(path, (7.5, height), title, subtitle, words) as figure:
        foot, tall = FOOT / height, 1 - (HEAD + FOOT) / height
        _intervals(figure.add_axes((0.245, foot, 0.345, tall)), rows)
        side = 2.35
        box = (0.665, 1 - (HEAD + side) / height, side / 7.5, side / height)
        _pit_curves(figure.add_axes(box), pit)


def _forecast_in_words(row: Forecast) -> str:
    low, high = row.quantiles["p10"], row.quantiles["p90"]
    side = "inside" if low <= row.observed <= high else "below" if row.observed < low else "above"
    return f"observed {row.observed:+.1f} sd, {side} the 80 % interval {low:+.1f} to {high:+.1f}"


def _intervals(axes: Axes, rows: Sequence[Forecast]) -> None:
    heading(axes, "observed [sd of the prediction]")
    for i, row in enumerate(rows):
        for (low, high), tint in zip(DRAWN_INTERVALS, style.FAN, strict=True):
            width = row.quantiles[high] - row.quantiles[low]
            axes.barh(i, width, 0.74, row.quantiles[low], color=tint, lw=0)
        axes.plot([row.quantiles["p50"]] * 2, [i - 0.37, i + 0.37], color=style.MEDIAN, lw=1.3)
    axes.plot([row.observed for row in rows], range(len(rows)), "o", color=style.INK, ms=3.6)
    axes.set_yticks(range(len(rows)), [row.label for row in rows], size=style.SMALL)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    reach = max([3.0, *(abs(row.observed) + 0.2 for row in rows)])
    axes.set_xlim(-reach, reach)
    axes.set_xlabel("bars: 50, 80 and 95 % intervals; line: median; dot: observed", labelpad=3)


def _pit_curves(axes: Axes, pit: Mapping[str, np.ndarray]) -> None:
    heading(axes, "PIT values, sorted")
    axes.plot([0, 100], [0, 100], color=style.MUTED, lw=0.7, ls=(0, (4, 3)), label="calibrated")
    marks = iter("os^Dv")
    for (predictor, values), colour in zip(pit.items(), style.CYCLE, strict=False):
        n = len(values)
        even = 100 * (np.arange(n) + 0.5) / max(n, 1)
        name = "this scenario" if predictor == hindcast.SCENARIO else predictor
        label = f"{name}, {n} observations"
        axes.plot(
            even,
            100 * np.sort(values),
            next(marks),
            ms=3.2,
            color=colour,
            label=label,
            ls="-",
            lw=0.8,
        )
    axes.set(xlim=(0, 100), ylim=(-2, 102))
    axes.xaxis.set_major_locator(MultipleLocator(25))
    axes.yaxis.set_major_locator(MultipleLocator(25))
    axes.set_xlabel("evenly spread [%]")
    axes.set_ylabel("predicted P(less than observed) [%]")
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.45, -0.24), frameon=False, fontsize=style.SMALL
    )


def calibration(result: Result, path: str | PathLike[str]) -> None:
    """Draw a result against the observations after its as-of date."""
    scored = hindcast.hindcast_scores(result, known_observations())
    if not scored.observations:
        allowed = "a run whose as-of date lies before some observation of its series"
        raise InputFault(
            [Fault(result.plan.name, "", "as_of", result.plan.as_of, allowed, "score a hindcast")]
        )
    rows = []
    for score in scored.scores[hindcast.SCENARIO]:
        assert score is not None
        observation = score.observation
        name = observation.label or observation.name.replace("_", " ")
        rows.append(
            Forecast(f"{name}, {observation.year:.1f}", *hindcast.standardised_score(score))
        )
    summary = hindcast.score_summaries(scored)["all"]
    draw_calibration(
        path,
        title=f"{result.plan.title}: what came, against what was predicted",
        subtitle=f"80 % intervals hold {100 * summary['coverage_80']:.0f} % of {summary['n']} observations, "
        f"worth {scored.effective:.1f} independent ones; as of {result.plan.as_of}",
        rows=rows,
        pit={
            predictor: np.array([score.pit for score in scores if score])
            for predictor, scores in scored.scores.items()
        },
    )
