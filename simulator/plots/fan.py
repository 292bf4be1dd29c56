"""The fan: nested bands of quantiles around the median."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from simulator import style
from simulator.plots.canvas import PLATE, lettering
from simulator.plots.records import Band

PAIRS = (("p05", "p95"), ("p10", "p90"), ("p25", "p75"))
NAMES = ("p05", "p10", "p25", "median", "p75", "p90", "p95")


def fan_bands(axes: Axes, band: Band) -> None:
    """Draw the bands and the median, and say where p95 goes if it leaves the panel."""
    for (low, high), tint in zip(PAIRS, style.FAN, strict=True):
        axes.fill_between(band.years, band.quantiles[low], band.quantiles[high], color=tint, lw=0)
    axes.plot(band.years, band.quantiles["p50"], color=style.MEDIAN, lw=1.5, zorder=3)
    right = axes.get_xlim()[1]
    end = band.at(right, "p95")
    if end > axes.get_ylim()[1]:
        text = f"p95 goes on to {end:+.0f} in {right:.0f} ↑"
        lettering(axes, text, (1, 1), (0, 3), "axes fraction", ha="right", va="bottom")


def fan_key(axes: Axes) -> None:
    """Draw a slice of the fan, its quantiles named."""
    key = axes.inset_axes((0.035, 0.7, 0.04, 0.22))
    key.set(xlim=(0, 1), ylim=(0, 6))
    key.axis("off")
    for step, tint in enumerate(style.FAN):
        key.add_patch(Rectangle((0, step), 1, 6 - 2 * step, color=tint, lw=0))
    key.axhline(3, color=style.MEDIAN, lw=1.5)
    for height, name in enumerate(NAMES):
        lettering(key, name, (1, height), (4, 0), va="center", bbox=PLATE)
    lettering(key, "quantiles", (0, 6), (0, 8), color=style.MUTED)
