"""Text alternatives of figures: what a picture shows, with its main numbers, for people who do not see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from simulator.output import units
from simulator.output.figures.records import Band


def items(rows: Iterable[tuple[str, str]]) -> str:
    """Names with what is said of each, such as `a: 1; b: 2.`."""
    return "; ".join(f"{name.replace('_', ' ')}: {text}" for name, text in rows) + "."


def reported_years(first: float, last: float, as_of: float) -> list[float]:
    """The as-of date, a whole year halfway to the end, and the end, of those that are shown."""
    years = [as_of, float(round((max(as_of, first) + last) / 2)), last]
    return sorted({year for year in years if first <= year <= last})


def band_in_words(band: Band, unit: str, as_of: float) -> str:
    """Medians and 80 % intervals of a band in a few years."""
    parts = []
    for year in reported_years(float(band.years[0]), float(band.years[-1]), as_of):
        low, middle, high = (band.at(year, key) for key in ("p10", "p50", "p90"))
        parts.append(f"{year:.6g}: {units.interval(low, middle, high, unit)}")
    return "median (p10 to p90) in " + ", ".join(parts)


def shares_in_words(shares: Mapping[str, np.ndarray], years: np.ndarray, as_of: float) -> str:
    """Shares of draws by name in a few years, without those that are zero."""
    parts = []
    for year in reported_years(float(years[0]), float(years[-1]), as_of):
        now = {name: float(np.interp(year, years, share)) for name, share in shares.items()}
        named = [f"{name} {_percent(share)}" for name, share in now.items() if share > 0.0]
        parts.append(f"{year:.6g}: {', '.join(named) or 'nothing'}")
    return "; ".join(parts)


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.005 else f"{100 * share:.0f} %"
