"""Which series, years and quantiles of a result are asked for, and their numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from simulator import model
from simulator.arrays import Array
from simulator.drivers.driver import Series
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.summaries import estimates
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.result import Result


class SeriesBand(NamedTuple):
    """One series by year: quantiles, or the shares of a code's values; `mcse_<key>` beside each key.

    Attributes
    ----------
    years : (year) [year]
    quantiles : key -> (year) [the series' unit]; empty for a code
    shares : name of the value -> (year) [fraction]; empty for a number
    errors : key -> (year), the Monte Carlo errors of either
    """

    series: Series
    years: Array
    quantiles: Mapping[str, Array]
    shares: Mapping[str, Array]
    errors: Mapping[str, Array]


def quantile_levels(requested: Sequence[str]) -> dict[str, float]:
    """Read quantiles, as percentages (`97.5`) or keys (`p975`).

    Parameters
    ----------
    requested : as a person writes them; the reported levels when empty

    Returns
    -------
    key -> probability level [fraction]

    Raises
    ------
    InputFault
        naming each that is no quantile
    """
    levels: dict[str, float] = {}
    faults = []
    for text in requested:
        try:
            level = _quantile_level(text)
        except ValueError:
            allowed = "percentages, 0 or from 1 to 100 (2.5), or keys of two digits or more (p025)"
            faults.append(
                Fault("--quantiles", "", text, "no quantile", allowed, _likely_quantile(text))
            )
            continue
        levels[quantile_key(level)] = level
    if faults:
        raise InputFault(faults)
    return levels or dict(REPORTED_LEVELS)


def _quantile_level(text: str) -> float:
    if re.fullmatch(r"p\d{2,}", text):
        return float(f"0.{text[1:]}")
    percent = float(text)
    if not (percent == 0.0 or 1.0 <= percent <= 100.0):  # 0.5 is a median mistyped
        raise ValueError(text)
    return float(f"{percent / 100.0:.12g}")


def _likely_quantile(text: str) -> str:
    if re.fullmatch(r"0?\.\d+", text):
        return f"say p{text.partition('.')[2].ljust(2, '0')}, a key, for the level {text}"
    return f"say p0{text[1]} or p{text[1]}0" if re.fullmatch(r"p\d", text) else ""


def quantile_key(level: float) -> str:
    """The key of a quantile: the digits after the point, two or more (0.5 is p50, 0.975 is p975)."""
    if level in (0.0, 1.0):
        return "least" if level == 0.0 else "most"
    digits = f"{level:.12f}".rstrip("0").partition(".")[2]
    return "p" + digits.ljust(2, "0")


def known_series(result: Result) -> Mapping[str, Series]:
    """Every series of a result's model, by name."""
    return model.join_drivers(prior.name for prior in result.plan.priors).series


def select_series(result: Result, requested: Sequence[str]) -> list[Series]:
    """The series that were asked for, all that are kept when none is.

    Raises
    ------
    InputFault
        naming each that is unknown, or that this run did not keep
    """
    known = known_series(result)
    kept, faults = result.plan.series, []
    for name in requested:
        if name not in known:
            mend = did_you_mean(name, known)
            faults.append(Fault("--series", "", name, "no such series", listed(known, 50), mend))
        elif name not in kept:
            mend = f'add "{name}" to `series` in the run file, or leave `series` out to keep all'
            problem = f"a series that {result.plan.name} did not keep"
            faults.append(Fault("--series", "", name, problem, listed(kept, 50), mend))
    if faults:
        raise InputFault(faults)
    return [known[name] for name in dict.fromkeys(requested or kept)]


def select_years(result: Result, requested: Sequence[str]) -> list[int]:
    """Indices of the years that were asked for (`2030`, `2025-2030`), all that are kept when none is.

    Raises
    ------
    InputFault
        naming each that is no year, or whose bands are not kept
    """
    kept, plan = [float(year) for year in result.shape.years], result.plan
    whole = [year for year in kept if year % 1.0 == 0.0]
    allowed = f"whole years, {whole[0]:g} to {whole[-1]:g}, and the anchor, {plan.anchor_year:g}"
    indices, faults = [], []
    for text in requested:
        first, _, last = text.partition("-")
        try:
            low, high = float(first), float(last or first)
        except ValueError:
            faults.append(Fault("--years", "", text, "no year", allowed))
            continue
        if low > high or not {low, high} <= set(kept):
            faults.append(Fault("--years", "", text, "years whose bands are not kept", allowed))
        indices += [i for i, year in enumerate(kept) if low <= year <= high]
    if faults:
        raise InputFault(faults)
    return sorted(set(indices)) if requested else list(range(len(kept)))


def series_band(
    result: Result, series: Series, at: Mapping[str, float], rows: Iterable[int]
) -> SeriesBand:
    """Estimates of one series by year, from the counts of a result.

    Parameters
    ----------
    result : of any run
    series : one whose bands it keeps
    at : key -> probability level of each quantile
    rows : indices of the years, among those whose bands are kept

    Returns
    -------
    (year) quantiles [the series' unit], or shares of a code's values [fraction], each with its Monte Carlo error; the
    error of an extreme is inf
    """
    rows = list(rows)
    years = result.shape.years[rows]
    if series.codes:
        parts, draws = result.counts.codes[series.name][rows], result.counts.draws
        shares = {name: parts[:, i] / draws for i, name in enumerate(series.codes)}
        errors = {
            name: np.array(
                [
                    estimates.probability(int(met), draws, result.counts.effective).mcse
                    for met in parts[:, i]
                ]
            )
            for i, name in enumerate(series.codes)
        }
        return SeriesBand(series, years, {}, shares, errors)
    columns = estimates.band_estimates(result.counts, result.shape, series.name, at)
    errors = {key: columns[f"mcse_{key}"][rows] for key in at}
    for key in {"least", "most"} & set(
        at
    ):  # the extreme of these draws, of which no error is known
        errors[key] = np.full(len(rows), math.inf)
    return SeriesBand(series, years, {key: columns[key][rows] for key in at}, {}, errors)
