"""What a driver is: a pure function whose argument names are its priors' names.

An annotated argument is a parameter, and its annotation gives unit and domain. An argument that is a dict of named
tuples has members, such as benchmarks: the files may describe any number of them, each by parameters
`<argument>_<member>_<field>`. Every other argument is time or a series that another driver gives.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from simulator.arrays import Array
from simulator.distributions.domain import (
    BELOW_ONE,
    NOT_NEGATIVE,
    POSITIVE,
    REAL,
    UP_TO_ONE,
    ZERO_TO_ONE,
    Domain,
)


@dataclass(frozen=True)
class Parameter:
    """Unit and domain of an uncertain scalar.

    Attributes
    ----------
    above : a field of the same member, all of whose values lie below all of this parameter's; empty where none has to
    """

    unit: str
    domain: Domain
    above: str = ""


Rate = Annotated[Array, Parameter("OOM/year", NOT_NEGATIVE)]

Gain = Annotated[Array, Parameter("OOM", NOT_NEGATIVE)]

Limit = Annotated[Array, Parameter("OOM", POSITIVE)]

Level = Annotated[Array, Parameter("OOM", REAL)]

Fraction = Annotated[Array, Parameter("fraction", ZERO_TO_ONE)]

Ceiling = Annotated[Array | float, Parameter("fraction", UP_TO_ONE, above="floor")]

LostShare = Annotated[Array, Parameter("fraction", BELOW_ONE)]

Factor = Annotated[Array, Parameter("1", NOT_NEGATIVE)]

Exponent = Annotated[Array, Parameter("1", POSITIVE)]

Date = Annotated[Array, Parameter("year", REAL)]

Ramp = Annotated[Array, Parameter("years", POSITIVE)]

PerYear = Annotated[Array, Parameter("1/year", NOT_NEGATIVE)]

PerOOM = Annotated[Array, Parameter("1/OOM", POSITIVE)]

Share = Annotated[Array, Parameter("log10 fraction", REAL)]

LogFlop = Annotated[Array, Parameter("log10 FLOP", REAL)]

LogUsd = Annotated[Array, Parameter("log10 USD", REAL)]

LogUsdPerYear = Annotated[Array, Parameter("log10 USD/year", REAL)]

LogMw = Annotated[Array, Parameter("log10 MW", REAL)]

LogChips = Annotated[Array, Parameter("log10 H100e", REAL)]

LogChipsPerYear = Annotated[Array, Parameter("log10 H100e/year", REAL)]

LogTokens = Annotated[Array, Parameter("log10 tokens", REAL)]

LogMinutes = Annotated[Array, Parameter("log10 minutes", REAL)]

LogMinutesPerOOM = Annotated[Array, Parameter("log10 minutes/OOM", POSITIVE)]


class Quantity(NamedTuple):
    """What a driver says of a series that it gives.

    Attributes
    ----------
    unit : such as `OOM`
    meaning : what the series is, in words; its name stands for it where it is empty
    codes : names of the values 0, 1, 2 and so on of a series that is a code
    """

    unit: str
    meaning: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """A quantity over the years of a draw; `codes` names the values of one that is a code."""

    name: str
    unit: str
    codes: tuple[str, ...] = ()
    meaning: str = ""

    @property
    def long_name(self) -> str:
        """What the series is, in words."""
        return self.meaning or self.name.replace("_", " ")


@dataclass(frozen=True)
class MemberParameters:
    """Parameters `<prefix>_<member>_<field>`: a new member is entries in a file and no code.

    Attributes
    ----------
    prefix : the driver's argument, such as `benchmark`
    record : the named tuple of one member's parameters
    fields : unit and domain of each field of the record
    defaults : values of the fields that a member may leave out
    """

    prefix: str
    record: type
    fields: Mapping[str, Parameter]
    defaults: Mapping[str, float]

    @property
    def required(self) -> tuple[str, ...]:
        """The fields that a member may not leave out."""
        return tuple(field for field in self.fields if field not in self.defaults)

    def name(self, member: str, field: str) -> str:
        """The parameter's name of a member's field."""
        return f"{self.prefix}_{member}_{field}"

    def split(self, name: str) -> tuple[str, str] | None:
        """Member and field in a parameter's name, or None when it belongs to no member."""
        head, _, field = name.rpartition("_")
        if field in self.fields and head.startswith(self.prefix + "_"):
            return head.removeprefix(self.prefix + "_"), field
        return None


@dataclass(frozen=True)
class Driver:
    """One force of growth: a function, what it needs and what it gives.

    Attributes
    ----------
    function : arguments by name -> one series, or a tuple or dict of several
    gives : the series by name; one that starts with an underscore is for other drivers only, and `score_<benchmark>`
        stands for one series of each benchmark
    needs : names of the function's arguments
    parameters : those of them that are parameters
    members : those of them that have members
    logistic : stems of the parameters that go through `growth.logistic`
    stepped : whether the model calls it once a step through time, instead of once a draw
    """

    function: Callable[..., Any]
    gives: Mapping[str, Series]
    needs: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    members: Mapping[str, MemberParameters]
    logistic: tuple[str, ...]
    stepped: bool

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


def gives(
    series: Mapping[str, str | Quantity],
    *,
    logistic: tuple[str, ...] = (),
    stepped: bool = False,
) -> Callable[[Callable[..., Any]], Driver]:
    """Make a driver of a function that gives these series.

    Parameters
    ----------
    series : name -> unit, or unit, meaning and codes
    logistic : stems `x` of which `x_start`, `x_growth`, `x_ceiling` go through `growth.logistic`, range checked
    stepped : called once a quarter by the model, instead of once a draw
    """

    def declare(function: Callable[..., Any]) -> Driver:
        hints = get_type_hints(function, include_extras=True)
        needs = tuple(inspect.signature(function).parameters)
        parameters = {n: _parameter(hints[n]) for n in needs if _parameter(hints.get(n))}
        members = {
            n: _member_parameters(n, hints[n]) for n in needs if get_origin(hints.get(n)) is dict
        }
        given = {name: _series(name, each) for name, each in series.items()}
        return Driver(function, given, needs, parameters, members, logistic, stepped)

    return declare


def _series(name: str, given: str | Quantity) -> Series:
    unit, meaning, codes = Quantity(given) if isinstance(given, str) else given
    return Series(name, unit, codes, meaning)


def _parameter(hint: Any) -> Any:
    return next((arg for arg in get_args(hint)[1:] if isinstance(arg, Parameter)), None)


def _member_parameters(prefix: str, hint: Any) -> MemberParameters:
    record = get_args(hint)[1]
    fields = get_type_hints(record, include_extras=True)
    parameters = {name: _parameter(field) for name, field in fields.items()}
    return MemberParameters(prefix, record, parameters, record._field_defaults)
