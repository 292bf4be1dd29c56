"""A resolved prior."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

from simulator.families import Distribution, Natural


class Prior(BaseModel):
    """One resolved prior: a distribution with a unit and a source.

    Attributes
    ----------
    natural : the family's natural parameters
    stated : the quantiles as they were written, if that is how it was described
    misfit : largest distance of a fitted quantile from a stated one, as a share of the stated range [1]
    """

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str
    family: str
    natural: dict[str, Natural]
    stated: dict[str, float]
    misfit: float = 0.0
    shift: float
    lower: float | None
    upper: float | None
    source: str
    note: str

    @property
    def distribution(self) -> Distribution:
        lower = -math.inf if self.lower is None else self.lower
        upper = math.inf if self.upper is None else self.upper
        return Distribution(self.family, self.natural, self.shift, lower, upper)
