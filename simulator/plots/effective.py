"""The essay's figure with error bars: counting the OOMs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from simulator import style
from simulator.plots.binding import binding_areas
from simulator.plots.canvas import drawing, heading, month, signed, titles
from simulator.plots.fan import fan_bands, fan_key
from simulator.plots.ladder import ladder_rungs
from simulator.plots.models import model_points, points_key
from simulator.plots.records import Band, Point, Rung

LAST_YEAR = 2040.0


def effective_compute(
    path: str | PathLike[str],
    *,
    title: str,
    subtitle: str,
    band: Band,
    points: Sequence[Point],
    points_note: str,
    ladder: Sequence[Rung],
    thresholds: Sequence[Rung],
    shares: Mapping[str, np.ndarray],
    shares_years: np.ndarray,
    as_of: float,
    anchor_year: float,
) -> None:
    """Draw effective compute with the capability ladder, and what binds beneath.

    Parameters
    ----------
    path : file to write; its ending is one of `ENDINGS`
    band, points, ladder, thresholds : effective compute [OOM over the anchor]
    shares : (year) share of draws by the constraint that binds, the lowest first [fraction]
    as_of, anchor_year : [year]
    """
    end = min(float(band.years[-1]), LAST_YEAR)
    shown = band.until(end)
    dates = {"anchor": anchor_year, "as of": as_of}
    rungs = [*ladder, *thresholds]
    with drawing(path, (7.5, 7.0)) as figure:
        titles(figure, title, subtitle)
        fan = figure.add_axes((0.075, 0.285, 0.635, 0.595))
        side = figure.add_axes((0.722, 0.285, 0.27, 0.595), sharey=fan)
        binding = figure.add_axes((0.075, 0.06, 0.635, 0.155), sharex=fan)
        _axes(fan, binding, shown, points, rungs)
        for rung in ladder:  # not at thresholds: where the median path crosses one says nothing
            fan.axhline(rung.middle, color=style.HAIRLINE, lw=0.5, ls=(0, (1, 2)), zorder=2.5)
        fan_bands(fan, shown)
        fan_key(fan)
        _dates(fan, binding, shown, dates)
        if points:
            model_points(fan, points, shown)
            points_key(fan, points_note)
        ladder_rungs(side, ladder, thresholds)
        kept = shares_years <= end
        parts = {name: share[kept] for name, share in shares.items()}
        binding_areas(binding, parts, shares_years[kept], list(dates.values()))


def _axes(
    fan: Axes, binding: Axes, band: Band, points: Sequence[Point], rungs: Sequence[Rung]
) -> None:
    fan.set_xlim(float(band.years[0]), float(band.years[-1]))
    fan.set_ylim(_limits(band, points, rungs))
    fan.tick_params(labelbottom=False)
    fan.yaxis.set_major_locator(MultipleLocator(5))
    fan.yaxis.set_major_formatter(FuncFormatter(signed))
    heading(fan, "effective compute [OOM over GPT-4]", -0.085)
    binding.xaxis.set_major_locator(MultipleLocator(5))
    binding.xaxis.set_minor_locator(MultipleLocator(1))
    binding.set_xlabel("year", labelpad=2)


def _limits(band: Band, points: Sequence[Point], rungs: Sequence[Rung]) -> tuple[float, float]:
    """Limits that keep the body of the fan and the ladder readable; the upper tail may leave."""
    tail, body = (float(np.max(band.quantiles[key])) for key in ("p95", "p75"))
    highest = max((rung.high for rung in rungs), default=body)
    top = max([highest, min(tail, body, 2 * highest), *(point.high for point in points)])
    lowest = float(np.min(band.quantiles["p05"]))
    bottom = min([lowest, *(point.low for point in points), *(rung.low for rung in rungs)])
    margin = 0.07 * (top - bottom)
    return bottom - margin, top + margin


def _dates(fan: Axes, binding: Axes, band: Band, dates: Mapping[str, float]) -> None:
    """Mark dates from the fan upward, for names hang below it, and across what binds."""
    for name, year in dates.items():
        for axes, foot in ((fan, band.at(year, "p05")), (binding, 0.0)):
            top = axes.get_ylim()[1]
            axes.vlines(year, foot, top, color=style.MUTED, lw=0.6, ls=(0, (4, 3)), zorder=2.6)
        place = (year, fan.get_ylim()[1])
        fan.annotate(
            f"{name}\n{month(year)}",
            place,
            (3, 0),
            textcoords="offset points",
            size=style.SMALL,
            color=style.MUTED,
            va="top",
        )
