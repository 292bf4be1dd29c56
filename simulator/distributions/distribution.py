"""A family's member, shifted, then truncated: levels -> values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array
from simulator.distributions.discrete import DISCRETE
from simulator.distributions.domain import Domain
from simulator.distributions.family import Family, Natural
from simulator.distributions.location_scale import LOCATION_SCALE
from simulator.distributions.quantile_curve import QUANTILE_CURVE
from simulator.distributions.shaped import SHAPED

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (DISCRETE[0], *LOCATION_SCALE, *SHAPED, *DISCRETE[1:], QUANTILE_CURVE)
}

HIGHEST_LEVEL = math.nextafter(1.0, 0.0)  # rounding may reach 1, at which a tail is infinite


@dataclass(frozen=True)
class Distribution:
    """A family's member, shifted, then truncated in final units."""

    family: str
    natural: Mapping[str, Natural]
    shift: float = 0.0
    lower: float = -math.inf
    upper: float = math.inf

    def _at_limits(self, of: Callable[..., Array]) -> tuple[float, float]:
        """A cdf or a survival, untruncated, just before `lower` and at `upper`."""
        ends = np.array([np.nextafter(self.lower, -math.inf), self.upper]) - self.shift
        with np.errstate(all="ignore"):
            low, high = of(ends, **self.natural)
        return float(low), float(high)

    @property
    def _kept(self) -> tuple[bool, float, float]:
        """Whether levels count from above, as they do where little but an upper tail is left; levels at the limits."""
        family = FAMILIES[self.family]
        low, high = self._at_limits(family.cdf)
        from_above = low > 0.5
        return (from_above, *(self._at_limits(family.survival) if from_above else (low, high)))

    @property
    def kept(self) -> float:
        """Share of the family's mass that truncation keeps."""
        _, low, high = self._kept
        return abs(high - low)

    @property
    def support(self) -> Domain:
        """The interval in which values lie."""
        whole = FAMILIES[self.family].support(**self.natural)
        low, high = whole.low + self.shift, whole.high + self.shift
        return Domain(
            max(low, self.lower),
            min(high, self.upper),
            whole.low_open and low >= self.lower,
            whole.high_open and high <= self.upper,
        )

    def inverse_cdf(self, levels: Array) -> Array:
        """Turn probability levels into values.

        Parameters
        ----------
        levels : (draw) [probability], in (0, 1)

        Returns
        -------
        (draw) [the prior's unit]
        """
        family, inverse = FAMILIES[self.family], FAMILIES[self.family].inverse_cdf
        if math.isfinite(self.lower) or math.isfinite(self.upper):
            from_above, low, high = self._kept
            inverse = family.inverse_survival if from_above else family.inverse_cdf
            levels = np.minimum(low + levels * (high - low), HIGHEST_LEVEL)
        support = self.support  # which rounding may overstep
        return np.clip(inverse(levels, **self.natural) + self.shift, support.low, support.high)

    def cdf(self, values: Array) -> Array:
        """Turn values into the probability levels up to them.

        Parameters
        ----------
        values : (draw) [the prior's unit]

        Returns
        -------
        (draw) [probability]
        """
        family, (from_above, low, high) = FAMILIES[self.family], self._kept
        of = family.survival if from_above else family.cdf
        inside = (of(np.asarray(values, float) - self.shift, **self.natural) - low) / (high - low)
        inside = np.where(values < self.lower, 0.0, np.where(values >= self.upper, 1.0, inside))
        return np.clip(inside, 0.0, 1.0)
