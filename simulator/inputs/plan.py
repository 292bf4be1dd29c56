"""The plan of a run: everything that a result depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from simulator import formulas
from simulator.arrays import Array
from simulator.inputs.computed import ComputedParameter
from simulator.inputs.files import decimal_year
from simulator.inputs.observations import Observation, restored_observation
from simulator.inputs.priors import Prior
from simulator.inputs.schema import SourceEntry
from simulator.model import Milestone, TimeGrid
from simulator.sampling import Sampling


def _restored(observation: Any) -> Any:
    return restored_observation(observation) if isinstance(observation, dict) else observation


class Plan(BaseModel):
    """Everything that a result depends on.

    Attributes
    ----------
    priors : in the order in which the copula mixes their levels
    computed : parameters that draws compute from the others, each after those that it needs
    correlations : pairs of parameters and their rank correlation
    series : names of the series whose bands are kept
    observations : what the run conditions on, by name; their order is no part of the plan
    sampler : how it conditions: weights of the draws, or tempered SMC
    design : how levels are drawn: `random`, or `sobol` for scrambled Sobol' points
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    seed: int
    draws: int
    start: float
    anchor_year: float
    horizon: float
    as_of: str
    priors: tuple[Prior, ...]
    computed: tuple[ComputedParameter, ...] = ()
    correlations: tuple[tuple[str, str, float], ...]
    hold: dict[str, float]
    milestones: tuple[Milestone, ...]
    series: tuple[str, ...]
    observations: tuple[Annotated[Observation, BeforeValidator(_restored)], ...]
    sampler: str
    design: str = "random"
    sources: dict[str, SourceEntry]

    @property
    def parameters(self) -> tuple[Prior | ComputedParameter, ...]:
        """Every parameter of a draw: those that are drawn, then those that are computed from them."""
        return (*self.priors, *self.computed)

    def with_computed(self, drawn: Mapping[str, Array]) -> dict[str, Array]:
        """Parameters of draws with those that are computed from them.

        Parameters
        ----------
        drawn : name -> (draw) [each in its own unit]; a computed parameter that is there is left as it is

        Returns
        -------
        name -> (draw) [each in its own unit], of every parameter
        """
        return formulas.values([(each.name, each.formula) for each in self.computed], drawn)

    @property
    def is_tempered(self) -> bool:
        """Whether draws reach the posterior in stages, so that they do not follow from their numbers alone."""
        return bool(self.observations) and self.sampler == "sequential"

    @property
    def grid(self) -> TimeGrid:
        return TimeGrid(self.start, self.anchor_year, self.horizon)

    @property
    def sampling(self) -> Sampling:
        return Sampling(self.seed, self.hold)

    @property
    def as_of_year(self) -> float:
        """The as-of date as a decimal year."""
        return decimal_year(date.fromisoformat(self.as_of))

    def document(self) -> dict[str, Any]:
        """The plan in plain values; the design is named when it is not the default."""
        values = self.model_dump(mode="json")
        if self.design == "random":
            del values["design"]
        return values

    def canonical(self) -> str:
        """The plan as JSON in which equal plans are equal text."""
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of everything but the number of draws, because a result can be extended by more draws."""
        rest = self.model_copy(update={"draws": 0})
        return hashlib.sha256(rest.canonical().encode()).hexdigest()
