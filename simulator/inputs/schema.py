"""The shapes of the files that people write; anything else in them is a fault with a place and a mend."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from simulator.errors import Fault, did_you_mean, listed

Finite = Annotated[float, Field(allow_inf_nan=False)]

Correlation = Annotated[float, Field(ge=-1.0, le=1.0, allow_inf_nan=False)]

Level = Annotated[float, Field(gt=0.0, lt=1.0)]

Text = Annotated[str, Field(min_length=1)]


class Entry(BaseModel):
    """A table of a file: strict types, no unknown keys, nothing infinite."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PriorEntry(Entry):
    """One prior as written: a family with two or more quantiles, or with its natural parameters."""

    unit: Text
    family: Text
    source: Text
    note: str = ""
    p01: Finite | None = None
    p025: Finite | None = None
    p05: Finite | None = None
    p10: Finite | None = None
    p20: Finite | None = None
    p25: Finite | None = None
    p50: Finite | None = None
    p75: Finite | None = None
    p80: Finite | None = None
    p90: Finite | None = None
    p95: Finite | None = None
    p975: Finite | None = None
    p99: Finite | None = None
    value: Finite | None = None
    low: Finite | None = None
    high: Finite | None = None
    mean: Finite | None = None
    sd: Finite | None = None
    median: Finite | None = None
    sigma: Finite | None = None
    p: Finite | None = None
    scale: Finite | None = None
    df: Finite | None = None
    mode: Finite | None = None
    alpha: Finite | None = None
    beta: Finite | None = None
    shape: Finite | None = None
    levels: list[Finite] | None = None
    values: list[Finite] | None = None
    weights: list[Finite] | None = None
    shift: Finite = 0.0
    lower: Finite | None = None
    upper: Finite | None = None
    correlation: dict[str, Correlation] = {}


class SourceEntry(Entry):
    """One reference."""

    authors: Text
    year: int
    title: Text
    url: str = ""
    note: str = ""


class MilestoneEntry(Entry):
    """One milestone: a condition on a series, what it means and where it comes from."""

    series: Text
    direction: Literal[">=", "<="]
    threshold: Finite | Text
    meaning: Text
    source: Text


class ObservationEntry(Entry):
    """One observation at a date: a series' value with its deviations, or a milestone that was met or not by then."""

    label: str = ""
    date: datetime.date
    series: Text | None = None
    value: Finite | None = None
    sd: Annotated[float, Field(gt=0.0, allow_inf_nan=False)] | None = None
    discrepancy: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = 0.0
    unit: Text | None = None
    milestone: Text | None = None
    met: bool | None = None
    missed: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    source: Text
    note: str = ""


class ClaimEntry(Entry):
    """One claim: how a world says it, what happened, or why no world can."""

    claim: Text
    source: Text
    milestone: Text | None = None
    before: Finite | None = None
    series: Text | None = None
    at: Finite | None = None
    since: Finite | None = None
    until: Finite | None = None
    parameter: Text | None = None
    low: Finite | None = None
    high: Finite | None = None
    unit: Text | None = None
    outcome: bool | None = None
    happened: Text | None = None
    evidence: Text | None = None
    not_modelable: Text | None = None


class ConditionEntry(Entry):
    """What a run conditions on, and how: names of observations; draws weighed, or walked there in stages."""

    observations: list[Text] = []
    sampler: Literal["weights", "sequential"] = "weights"


class SweepEntry(Entry):
    """The points of one swept parameter: values that it is fixed at, or levels that it is held at."""

    values: Annotated[list[Finite], Field(min_length=1)] | None = None
    levels: Annotated[list[Level], Field(min_length=1)] | None = None

    @property
    def kind(self) -> str:
        return "levels" if self.values is None else "values"

    @property
    def points(self) -> list[float]:
        return [float(point) for point in self.values or self.levels or ()]

    @model_validator(mode="after")
    def _one_kind(self) -> SweepEntry:
        if (self.values is None) == (self.levels is None):
            raise ValueError("values = [...] or levels = [...], one of the two")
        if len(set(self.points)) < len(self.points):
            raise ValueError("points that differ from one another")
        return self


class RunEntry(Entry):
    """A run: what differs from the defaults, which stand here."""

    title: str = ""
    extends: Text | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 20240613
    draws: Annotated[int, Field(ge=1, le=10**12)] = 10_000
    start: Finite = 2019.0
    anchor_year: Finite = 2023.25
    horizon: Finite = 2050.0
    as_of: datetime.date = datetime.date(2026, 11, 1)
    milestones: list[Text] | None = None
    series: list[Text] | None = None
    priors: dict[str, dict[str, Any]] = {}
    hold: dict[str, Level] = {}
    sweep: dict[str, SweepEntry] = {}
    condition: ConditionEntry = ConditionEntry()


EntryType = TypeVar("EntryType", bound=Entry)


def validated(
    shape: type[EntryType], raw: Mapping[str, Any], file: str, table: str, faults: list[Fault]
) -> EntryType | None:
    """Hold a table against its shape; every misfit is a fault."""
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        for misfit in error.errors(include_url=False):
            faults.append(_fault(shape, misfit, file, table))
        return None


def valid_part(shape: type[Entry], raw: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a table without its keys at fault, so that the rest is checked in the same go."""
    left = dict(raw)
    try:
        shape.model_validate(raw)
    except ValidationError as error:
        for misfit in error.errors(include_url=False):
            key, *inner = misfit["loc"]
            table = left.get(str(key))
            if inner and isinstance(table, dict):
                left[str(key)] = {k: v for k, v in table.items() if k != inner[0]}
            else:
                left.pop(str(key), None)
    return left


def _fault(shape: type[Entry], misfit: Mapping[str, Any], file: str, table: str) -> Fault:
    path = [str(part) for part in misfit["loc"]]
    key, known = ".".join(path), list(shape.model_fields)
    if misfit["type"] == "extra_forbidden":
        mend = did_you_mean(path[-1], known)
        return Fault(file, table, key, "an unknown key", listed(known, 30), mend)
    if misfit["type"] == "missing":
        return Fault(file, table, key, "nothing", "this key is needed", f"add {key} = ...")
    allowed = misfit["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return Fault(file, table, key, _quoted(misfit["input"]), allowed)


def _quoted(found: Any) -> str:
    text = f'"{found}"' if isinstance(found, str) else str(found)
    return text if len(text) <= 60 else text[:57] + "..."
