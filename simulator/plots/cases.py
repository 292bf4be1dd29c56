"""Discovery boxes: the few limits that worlds of one outcome have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from simulator import style
from simulator.plots.canvas import drawing
from simulator.plots.lines import FOOT, HEAD, WIDTH, caption


@dataclass(frozen=True)
class Side:
    """One parameter's limits: as shares of draws below them, and in words."""

    name: str
    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Case:
    """A box: its heading and its sides."""

    heading: str
    sides: Sequence[Side]


def boxes(
    path: str | PathLike[str], *, title: str, subtitle: str, cases: Sequence[Case], note: str
) -> None:
    """Draw each box as rows of what it keeps of each parameter's range."""
    row, top = 0.27, 0.42
    heights = [top + row * max(len(case.sides), 1) for case in cases]
    size = (WIDTH, HEAD - 0.15 + FOOT + sum(heights))
    with drawing(path, size) as figure:
        caption(figure, title, subtitle, note)
        down = HEAD - 0.15
        for k, (case, height) in enumerate(zip(cases, heights, strict=True)):
            tall = height - top
            bottom = size[1] - down - top - tall
            axes = figure.add_axes((2.0 / WIDTH, bottom / size[1], 3.3 / WIDTH, tall / size[1]))
            colour = style.CYCLE[k % len(style.CYCLE)]
            _box(axes, case, colour, last=k == len(cases) - 1)
            down += height


def _box(axes: Axes, case: Case, colour: str, last: bool) -> None:
    axes.set_title(case.heading, size=style.NORMAL, weight="bold", loc="left", x=-0.55, pad=6)
    for y, side in enumerate(case.sides):
        axes.add_patch(Rectangle((0, y - 0.17), 1, 0.34, color="#ECECEC", lw=0))
        axes.add_patch(
            Rectangle((side.low, y - 0.28), side.high - side.low, 0.56, color=colour, lw=0)
        )
        axes.annotate(side.text, (1.0, y), (8, 0), textcoords="offset points", va="center")
    axes.set_xlim(0, 1)
    axes.set_ylim(len(case.sides) - 0.5, -0.5)
    axes.set_yticks(range(len(case.sides)), [s.name.replace("_", " ") for s in case.sides])
    axes.tick_params(axis="y", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xticks([0, 0.5, 1], ["lowest", "median", "highest"] if last else [""] * 3)
    axes.tick_params(axis="x", length=2.5 if last else 0)
