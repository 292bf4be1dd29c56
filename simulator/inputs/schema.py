"""The shapes of the files that people write; anything else is a fault, which says where it is and how to correct it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from simulator.distributions.distribution import FAMILIES
from simulator.distributions.family import QUANTILES
from simulator.errors import Fault, did_you_mean, listed

Finite = Annotated[float, Field(allow_inf_nan=False)]

Correlation = Annotated[float, Field(ge=-1.0, le=1.0, allow_inf_nan=False)]

Level = Annotated[float, Field(gt=0.0, lt=1.0)]

Text = Annotated[str, Field(min_length=1)]


def _whole(value: Any) -> Any:
    """A number without a fraction, such as 1e6, as the whole number that it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


DrawNumber = Annotated[int, Field(ge=1, le=10**12), BeforeValidator(_whole)]


class Entry(BaseModel):
    """A table of a file: strict types, no unknown keys, nothing infinite."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PriorEntry(Entry):
    """What every prior states, whatever its family; `prior_shape` adds the numbers of each family."""

    unit: Text
    family: Text
    source: Text
    note: str = ""
    vintage: datetime.date | None = None
    rests_on: list[Text] = []
    labels: list[Text] = []
    shift: Finite = 0.0
    lower: Finite | None = None
    upper: Finite | None = None
    correlation: dict[str, Correlation] = {}

    @property
    def quantiles(self) -> dict[str, float]:
        """The quantiles that are stated, by their keys, in the order of their levels."""
        return {key: v for key in QUANTILES if (v := getattr(self, key, None)) is not None}

    @property
    def parameters(self) -> dict[str, Any]:
        """The natural parameters that are stated, by name; components are still tables."""
        stated = {n: v for n in sorted(NUMBERS) if (v := getattr(self, n, None)) is not None}
        return {name: tuple(v) if isinstance(v, list) else v for name, v in stated.items()}


NUMBERS: dict[str, Any] = {
    **dict.fromkeys(("value", "low", "high", "mean", "sd", "median", "sigma", "p"), Finite),
    **dict.fromkeys(("scale", "df", "mode", "alpha", "beta", "shape"), Finite),
    **dict.fromkeys(("levels", "values", "weights"), list[Finite]),
    "components": list[dict[str, Any]],
}
"""Every natural parameter that a prior can state, with its type; `Family.written` says which are whose."""

PRIOR_KEYS = (
    *("unit", "family", "source", "note", *QUANTILES, *NUMBERS),
    *("vintage", "rests_on", "labels", "shift", "lower", "upper", "correlation"),
)


@cache
def prior_shape(family: str) -> type[PriorEntry]:
    """The entry of a family's priors: its natural parameters, and quantiles if it is fitted to them.

    An unknown family may state every number there is, so that its other keys are still checked.
    """
    known = FAMILIES.get(family)
    natural = known.written if known else tuple(NUMBERS)
    quantiles = QUANTILES if known is None or known.fit else {}
    types = {**dict.fromkeys(quantiles, Finite), **{name: NUMBERS[name] for name in natural}}
    fields: dict[str, Any] = {key: (of | None, None) for key, of in types.items()}
    return create_model(f"{family}_prior", __base__=PriorEntry, **fields)


class SourceEntry(Entry):
    """One reference."""

    authors: Text
    year: int
    title: Text
    url: str = ""
    note: str = ""


class ConditionEntry(Entry):
    """What a run conditions on, and how: names of observations; weights of the draws, or tempered SMC."""

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
    """A run: what differs from the defaults, which are given here."""

    title: str = ""
    extends: Text | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 20240613
    draws: DrawNumber = 10_000
    design: Literal["random", "sobol"] = "random"
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


EntryType = TypeVar("EntryType", bound=BaseModel)


def validated(
    shape: type[EntryType],
    raw: Mapping[str, Any],
    file: str,
    table: str,
    faults: list[Fault],
    known: Collection[str] = (),
    **derived: Any,
) -> EntryType | None:
    """Check a table against its shape; every misfit is a fault.

    Parameters
    ----------
    known : the keys that people may write; the shape's fields when left out
    derived : fields that come from elsewhere than the table, such as its header
    """
    known = known or shape.model_fields
    stated = {key: value for key, value in raw.items() if key in known}
    unknown = [_unknown_key(file, table, key, known) for key in raw if key not in known]
    faults += unknown
    try:
        entry = shape.model_validate({**stated, **derived})
    except ValidationError as error:
        for misfit in error.errors(include_url=False):
            faults.append(_fault(misfit, file, table, known))
        return None
    return None if unknown else entry


def valid_part(shape: type[Entry], raw: Mapping[str, Any]) -> dict[str, Any]:
    """A table without its keys at fault, so that the rest is checked in the same go."""
    rest = dict(raw)
    try:
        shape.model_validate(raw)
    except ValidationError as error:
        for misfit in error.errors(include_url=False):
            key, *inner = misfit["loc"]
            table = rest.get(str(key))
            if inner and isinstance(table, dict):
                rest[str(key)] = {k: v for k, v in table.items() if k != inner[0]}
            else:
                rest.pop(str(key), None)
    return rest


def _unknown_key(file: str, table: str, key: str, known: Collection[str]) -> Fault:
    fix = did_you_mean(key.rpartition(".")[2], known)
    return Fault(file, table, key, "an unknown key", listed(known, 30), fix)


def missing_key(file: str, table: str, key: str) -> Fault:
    """The fault of a table without a key that it needs."""
    return Fault(file, table, key, "nothing", "this key is needed", f"add {key} = ...")


KINDS = {
    "a valid dictionary": "a table",
    "a valid list": "a list, in [ ]",
    "a valid string": "text, in quotes",
    "a valid integer": "a whole number",
    "a valid number": "a number",
    "a valid boolean": "true or false",
}
"""What pydantic asks for -> the same in TOML's words."""


def _fault(misfit: Mapping[str, Any], file: str, table: str, known: Collection[str]) -> Fault:
    key = ".".join(str(part) for part in misfit["loc"])
    if misfit["type"] == "extra_forbidden":
        return _unknown_key(file, table, key, known)
    if misfit["type"] == "missing":
        return missing_key(file, table, key)
    allowed = misfit["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    allowed = KINDS.get(allowed, allowed)
    if misfit["type"] == "model_type":
        shapes = {shape.__name__: shape for shape in Entry.__subclasses__()}
        keys = shapes[misfit["ctx"]["class_name"]].model_fields
        allowed = f"a table, [{key}], with {listed(keys, 30)}"
    allowed = re.sub(r"10{20,}", lambda number: f"{float(number[0]):g}", allowed)
    return Fault(file, table, key, quoted(misfit["input"]), allowed)


def quoted(value: Any) -> str:
    """A value as a fault shows it."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
