"""What priors come to after fits, shifts and limits: quantiles and densities, for tables and figures."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from simulator.entries import SourceEntry
from simulator.families import QUANTILES, Distribution
from simulator.faults import Fault, InputFault, did_you_mean
from simulator.growth import Array
from simulator.priors import Prior

SHOWN = ("p05", "p10", "p25", "p50", "p75", "p90", "p95")
ATOMIC = ("fixed", "bernoulli", "discrete")
CELLS = 240
BODY = np.array([0.005, 0.985])  # levels between which a density is drawn
MARGIN = 0.03


class Density(NamedTuple):
    """How a prior's probability lies.

    values : (value) [the prior's unit]; heights : (value) [1 over the unit], or probabilities where `atoms`
    low, middle, high : p05, p50, p95 [the prior's unit]
    """

    values: Array
    heights: Array
    atoms: bool
    low: float
    middle: float
    high: float


def chosen(priors: Sequence[Prior], names: Sequence[str]) -> list[Prior]:
    """The priors of these names, or whose names these patterns match; all when none is given."""
    known = [prior.name for prior in priors]
    faults = [
        Fault(name, found="no such prior", allowed="a prior's name, or a pattern such as 'stock_*'",
              fix=did_you_mean(name, known))
        for name in names
        if not fnmatch.filter(known, name)
    ]  # fmt: skip
    if faults:
        raise InputFault(faults)
    return [p for p in priors if not names or any(fnmatch.fnmatch(p.name, n) for n in names)]


def quantiles(prior: Prior) -> dict[str, float]:
    """Quantiles of a prior after everything [its unit]."""
    values = prior.distribution.values(np.array([QUANTILES[key] for key in SHOWN]))
    return dict(zip(SHOWN, values.tolist(), strict=True))


def record(prior: Prior, sources: Mapping[str, SourceEntry]) -> dict[str, Any]:
    """One prior as a flat record, its source spelt out."""
    source = sources[prior.source].model_dump(include={"authors", "year", "title", "url"})
    return {
        "name": prior.name,
        "unit": prior.unit,
        "family": prior.family,
        **quantiles(prior),
        "misfit": prior.misfit,
        "source": prior.source,
        **{f"source_{key}": value for key, value in source.items()},
        "note": prior.note,
    }


def density(prior: Prior) -> Density:
    """How a prior's probability lies, over its body."""
    distribution = prior.distribution
    low, middle, high = distribution.values(np.array([0.05, 0.5, 0.95])).tolist()
    atoms = prior.family in ATOMIC
    values, heights = _atoms(distribution) if atoms else _curve(distribution)
    return Density(values, heights, atoms, low, middle, high)


def _atoms(distribution: Distribution) -> tuple[Array, Array]:
    levels = (np.arange(CELLS) + 0.5) / CELLS
    values = np.unique(distribution.values(levels))
    return values, np.diff(distribution.levels(values), prepend=0.0)


def _curve(distribution: Distribution) -> tuple[Array, Array]:
    """Mean density of narrow cells, from the difference of their ends' levels."""
    low, high = distribution.values(BODY)
    margin = MARGIN * (high - low)
    ends = np.linspace(low - margin, high + margin, CELLS + 1)
    heights = np.diff(distribution.levels(ends)) / np.diff(ends)
    return 0.5 * (ends[1:] + ends[:-1]), heights
