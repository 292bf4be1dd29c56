"""What a family of distributions is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.distributions.domain import Domain

QUANTILES = {
    "p01": 0.01, "p025": 0.025, "p05": 0.05, "p10": 0.10, "p20": 0.20, "p25": 0.25, "p50": 0.50,
    "p75": 0.75, "p80": 0.80, "p90": 0.90, "p95": 0.95, "p975": 0.975, "p99": 0.99,
}  # fmt: skip


Numbers = float | tuple[float, ...]


@dataclass(frozen=True)
class Component:
    """A part of a mixture: a family's member, shifted, then truncated."""

    family: str
    natural: dict[str, Numbers]
    shift: float = 0.0
    lower: float | None = None
    upper: float | None = None


Natural = Numbers | tuple[Component, ...]


class CannotFit(ValueError):
    """No member of the family has these quantiles; the message says what is allowed."""


def identity(x: Array) -> Array:
    """The scale on which the quantiles of most families are compared.

    Parameters
    ----------
    x : (...) [any unit]

    Returns
    -------
    x itself
    """
    return x


@dataclass(frozen=True)
class Family:
    """A family of distributions.

    Attributes
    ----------
    natural : names of its natural parameters
    inverse_cdf : (levels, natural parameters by name) -> values
    cdf : (values, natural parameters by name) -> levels
    inverse_survival, survival : the same with levels counted from above, exact where they are tiny
    support : natural parameters by name -> the interval that values lie in
    wrong : natural parameters by name -> what is wrong with them, or ""
    about : what it is and what its natural parameters mean
    fit : (levels, values, the parameters of `beside` that are given) -> natural parameters, by name; None when only
        natural parameters describe it
    beside : natural parameters that may stand beside quantiles
    bounded : its `low` and `high` are the prior's `lower` and `upper`
    scale : function of values on which quantiles are compared; the logarithm for families of ratios
    """

    name: str
    natural: tuple[str, ...]
    inverse_cdf: Callable[..., Array]
    cdf: Callable[..., Array]
    inverse_survival: Callable[..., Array]
    survival: Callable[..., Array]
    support: Callable[..., Domain]
    wrong: Callable[..., str]
    about: str
    fit: Callable[..., dict[str, Any]] | None = None
    beside: tuple[str, ...] = ()
    bounded: bool = False
    scale: Callable[[Array], Array] = identity

    @property
    def written(self) -> tuple[str, ...]:
        """The natural parameters that a prior writes under their own names."""
        return tuple(n for n in self.natural if not (self.bounded and n in ("low", "high")))

    def misfit(self, levels: Array, values: Array, natural: dict[str, Any]) -> float:
        """The largest distance between stated and fitted quantiles, over the range of those stated.

        Distances are measured on the family's `scale`: max |s(F^-1(level)) - s(value)| / (max s(value) - min s(value)).

        Parameters
        ----------
        levels : (quantile) [probability], rising
        values : (quantile) [the prior's unit], as stated
        natural : the fitted natural parameters, by name

        Returns
        -------
        [1]; 0 where the distance is rounding alone
        """
        with np.errstate(all="ignore"):
            stated = self.scale(values)
            fitted = self.scale(self.inverse_cdf(levels, **natural))
            miss = np.max(np.abs(fitted - stated))
            rounding = 8.0 * np.spacing(np.max(np.abs(stated)))
            return 0.0 if miss <= rounding else float(miss / np.ptp(stated))
