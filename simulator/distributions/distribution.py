"""A family's member, shifted, then truncated: levels -> values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array
from simulator.distributions.discrete import DISCRETE
from simulator.distributions.domain import Domain
from simulator.distributions.family import Component, Family, Natural
from simulator.distributions.location_scale import LOCATION_SCALE
from simulator.distributions.mixture import MIXTURE
from simulator.distributions.quantile_curve import QUANTILE_CURVE
from simulator.distributions.shaped import SHAPED

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (DISCRETE[0], *LOCATION_SCALE, *SHAPED, *DISCRETE[1:], QUANTILE_CURVE, MIXTURE)
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

    def _at_limits(self, function: Callable[..., Array]) -> tuple[float, float]:
        """The untruncated cdf or survival function just before `lower` and at `upper`."""
        ends = np.array([np.nextafter(self.lower, -math.inf), self.upper]) - self.shift
        with np.errstate(all="ignore"):
            low, high = function(ends, **self.natural)
        return float(low), float(high)

    def _levels_at_limits(self) -> tuple[bool, float, float]:
        """Whether levels are counted from above, as where only an upper tail is left; levels at `lower` and `upper`."""
        family = FAMILIES[self.family]
        low, high = self._at_limits(family.cdf)
        from_above = low > 0.5
        return (from_above, *(self._at_limits(family.survival) if from_above else (low, high)))

    @property
    def kept(self) -> float:
        """Share of the family's mass that truncation keeps.

        Returns
        -------
        [fraction]
        """
        _, low, high = self._levels_at_limits()
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
        """Values at probability levels, `shift + F^-1(F(lower) + level * (F(upper) - F(lower)))`.

        F is the family's cdf, and `lower` and `upper` are taken before the shift.

        Parameters
        ----------
        levels : (draw) [probability], in (0, 1)

        Returns
        -------
        (draw) [the prior's unit], within the support
        """
        return self.prepared_inverse_cdf()(levels)

    def prepared_inverse_cdf(self) -> InverseCdf:
        """The inverse cdf with its support and the levels at its limits computed once."""
        truncated = math.isfinite(self.lower) or math.isfinite(self.upper)
        return InverseCdf(self, self._levels_at_limits() if truncated else None, self.support)

    def cdf(self, values: Array) -> Array:
        """Probability of values up to these, `(F(x - shift) - F(lower)) / (F(upper) - F(lower))`.

        Parameters
        ----------
        values : (draw) [the prior's unit]

        Returns
        -------
        (draw) [probability], 0 below `lower` and 1 from `upper` up
        """
        family = FAMILIES[self.family]
        from_above, low, high = self._levels_at_limits()
        function = family.survival if from_above else family.cdf
        level = function(np.asarray(values, float) - self.shift, **self.natural)
        inside = (level - low) / (high - low)
        inside = np.where(values < self.lower, 0.0, np.where(values >= self.upper, 1.0, inside))
        return np.clip(inside, 0.0, 1.0)

    def survival(self, values: Array) -> Array:
        """Probability of values above these, `(S(x - shift) - S(upper)) / (S(lower) - S(upper))`.

        Parameters
        ----------
        values : (draw) [the prior's unit]

        Returns
        -------
        (draw) [probability], 1 below `lower` and 0 from `upper` up
        """
        function = FAMILIES[self.family].survival
        level = function(np.asarray(values, float) - self.shift, **self.natural)
        inside = (level - self._at_limits(function)[1]) / self.kept
        inside = np.where(values < self.lower, 1.0, np.where(values >= self.upper, 0.0, inside))
        return np.clip(inside, 0.0, 1.0)

    def inverse_survival(self, levels: Array) -> Array:
        """Values above which levels lie, `shift + S^-1(S(upper) + level * (S(lower) - S(upper)))`.

        Parameters
        ----------
        levels : (draw) [probability], in (0, 1)

        Returns
        -------
        (draw) [the prior's unit], within the support
        """
        family, support = FAMILIES[self.family], self.support
        _, last = self._at_limits(family.survival)
        values = family.inverse_survival(last + levels * self.kept, **self.natural) + self.shift
        return np.clip(values, support.low, support.high)


def component_distribution(component: Component) -> Distribution:
    """The distribution of a mixture's component."""
    lower = -math.inf if component.lower is None else component.lower
    upper = math.inf if component.upper is None else component.upper
    return Distribution(component.family, component.natural, component.shift, lower, upper)


@dataclass(frozen=True)
class InverseCdf:
    """A distribution's inverse cdf, ready for any number of calls.

    Attributes
    ----------
    distribution : whose inverse cdf this is
    limits : whether levels count from above, and the levels at `lower` and `upper`; None when nothing is truncated
    support : the interval in which values lie, which rounding may overstep
    """

    distribution: Distribution
    limits: tuple[bool, float, float] | None
    support: Domain

    def __call__(self, levels: Array) -> Array:
        """Values at probability levels, as `Distribution.inverse_cdf` gives them.

        Parameters
        ----------
        levels : (draw) [probability], in (0, 1)

        Returns
        -------
        (draw) [the prior's unit]
        """
        of, family = self.distribution, FAMILIES[self.distribution.family]
        inverse = family.inverse_cdf
        if self.limits is not None:
            from_above, low, high = self.limits
            inverse = family.inverse_survival if from_above else family.inverse_cdf
            levels = np.minimum(low + levels * (high - low), HIGHEST_LEVEL)
        values = inverse(levels, **of.natural) + of.shift
        return np.clip(values, self.support.low, self.support.high)
