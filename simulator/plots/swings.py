"""A tornado: what holding each parameter or driver at its p10 and p90 does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from simulator import style
from simulator.plots.canvas import drawing
from simulator.plots.lines import FOOT, HEAD, WIDTH, caption, sheet
from simulator.plots.ranking import Bar

ENDS = (("held at p10", "#7FB0D8"), ("held at p90", style.OKABE_ITO["vermilion"]))


@dataclass(frozen=True)
class Swing:
    """A name with the change at p10 and at p90, panel by panel."""

    name: str
    panels: Sequence[tuple[Bar, Bar]]


def tornado(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    panels: Sequence[str],
    swings: Sequence[Swing],
    note: str,
) -> None:
    """Draw one panel beside another, the widest swing of the first panel on top."""
    with drawing(path, sheet(len(swings), 0.3)) as figure:
        caption(figure, title, subtitle, note)
        patches = [Patch(color=colour, label=text, lw=0) for text, colour in ENDS]
        figure.legend(
            handles=patches,
            loc="upper right",
            bbox_to_anchor=(0.98, 1 - 0.24 / figure.get_figheight()),
            ncols=2,
            frameon=False,
            handlelength=1.2,
        )
        height, left, gap = figure.get_figheight(), 1.75 / WIDTH, 0.05
        wide = (0.97 - left - gap * (len(panels) - 1)) / len(panels)
        for k, name in enumerate(panels):
            at = (left + k * (wide + gap), FOOT / height, wide, 1 - (HEAD + FOOT + 0.1) / height)
            axes = figure.add_axes(at)
            _panel(axes, name, [(swing.name, *swing.panels[k]) for swing in swings])
            if k:
                axes.set_yticklabels([])


def _panel(axes: Axes, name: str, rows: Sequence[tuple[str, Bar, Bar]]) -> None:
    axes.set_title(name, size=style.NORMAL, weight="bold", loc="left", pad=5)
    for y, (_, *bars) in enumerate(rows):
        same_side = bars[0].value * bars[1].value > 0
        for k, (bar, (_, colour)) in enumerate(zip(bars, ENDS, strict=True)):
            shift, tall = ((k - 0.5) * 0.36, 0.34) if same_side else (0.0, 0.62)
            axes.barh(y + shift, bar.value, tall, color=colour, lw=0)
            axes.plot([bar.low, bar.high], [y + shift] * 2, color=style.INK, lw=0.8)
    axes.axvline(0.0, color=style.INK, lw=0.7)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="x", color=style.HAIRLINE, lw=0.4, alpha=0.6)
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(rows)), [row[0].replace("_", " ") for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
