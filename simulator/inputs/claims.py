"""The ledger of claims: what the seed documents said, how a scenario says it, and what happened."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.drivers.driver import Series
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs.files import decimal_year, overlay_folders, read_toml, shown_path
from simulator.inputs.schema import Entry, Finite, Text, validated

CLAIMS_FILE = "claims.toml"

KINDS = {
    "milestone": ("milestone", "before"),
    "range": ("series", "at", "unit"),
    "change": ("series", "since", "until", "unit"),
    "parameter": ("parameter", "unit"),
}

OF_A_RANGE = ("low", "high")

STATEMENT = {key for keys in KINDS.values() for key in keys} | set(OF_A_RANGE)


class Claim(Entry):
    """A sentence of a seed document: how a scenario says it, what happened, or why no scenario can say it.

    Attributes
    ----------
    made : the day on which it was made
    before, at, since, until : dates of which it speaks [decimal year]
    low, high : range of a series or a parameter, or of a series' change [its unit]
    not_modelable : why no scenario says it
    """

    id: str
    claim: Text
    source: Text
    made: datetime.date | None = None
    milestone: Text = ""
    before: Finite | None = None
    series: Text = ""
    at: Finite | None = None
    since: Finite | None = None
    until: Finite | None = None
    parameter: Text = ""
    low: Finite = -math.inf
    high: Finite = math.inf
    unit: Text = ""
    outcome: bool | None = None
    happened: Text = ""
    evidence: Text = ""
    not_modelable: Text = ""

    @property
    def stated(self) -> set[str]:
        """The keys that say how a scenario states it."""
        return {
            key for key in STATEMENT if getattr(self, key) not in ("", None, -math.inf, math.inf)
        }

    @property
    def kind(self) -> str:
        """How a scenario says it: one of `KINDS`, "settled", "not modelable", or "" where its keys fit none.

        A claim is settled when only what happened is known.
        """
        stated = self.stated
        if self.not_modelable:
            return "" if stated or self.outcome is not None else "not modelable"
        if not stated:
            return "settled" if self.outcome is not None else ""
        ends = stated & set(OF_A_RANGE)
        for kind, keys in KINDS.items():
            if stated - ends == set(keys) and bool(ends) == (kind != "milestone"):
                return kind
        return ""

    @property
    def by(self) -> float | None:
        """The last date of which it speaks [decimal year]."""
        return next((y for y in (self.before, self.at, self.until) if y is not None), None)

    def forecast_from(self, as_of: float) -> bool:
        """Whether a scenario as of a date [decimal year] can be scored on it, fairly to both.

        It is settled, of a milestone or a series, speaks of a later date, and was made no earlier than that date. A
        parameter is what a scenario assumes, and no forecast.
        """
        forecast = self.outcome is not None and self.kind in ("milestone", "range", "change")
        if not forecast or self.made is None or self.by is None:
            return False
        return as_of <= decimal_year(self.made) and as_of < self.by


CLAIM_KEYS = tuple(key for key in Claim.model_fields if key != "id")


def load_claims() -> tuple[Claim, ...]:
    """Every claim, in the order of the file.

    Raises
    ------
    InputFault
        with every fault of the file
    """
    faults: list[Fault] = []
    ledger: dict[str, Claim] = {}
    for folder in overlay_folders("evidence"):
        path = folder / CLAIMS_FILE
        ledger |= claims_of_file(path, faults) if path.is_file() else {}
    if faults:
        raise InputFault(faults)
    return tuple(ledger.values())


def claims_of_file(path: Path, faults: list[Fault]) -> dict[str, Claim]:
    """The claims of one file that are sound, by name."""
    stated = {
        name: _claim(name, table, shown_path(path), faults)
        for name, table in read_toml(path, faults).items()
    }
    return {name: claim for name, claim in stated.items() if claim}


def _claim(name: str, table: Any, file: str, faults: list[Fault]) -> Claim | None:
    if not isinstance(table, dict):
        faults.append(Fault(file, "", name, f"{name} = {table!r}", "a table"))
        return None
    claim = validated(Claim, table, file, name, faults, CLAIM_KEYS, id=name)
    if claim is None:
        return None
    if not claim.kind:
        ways = "; ".join(f"{kind}: {', '.join(keys)}" for kind, keys in KINDS.items())
        allowed = (
            f"one of {ways} (with low, high or both, but a milestone); or not_modelable; or outcome"
        )
        stated = listed(sorted(claim.stated)) or "nothing"
        faults.append(Fault(file, name, "", stated, allowed))
    if claim.outcome is not None and not (claim.happened and claim.evidence):
        allowed = "happened and evidence beside an outcome"
        faults.append(Fault(file, name, "outcome", str(claim.outcome).lower(), allowed))
    if claim.low > claim.high:
        ends = f"{claim.low:g}, above high = {claim.high:g}"
        faults.append(Fault(file, name, "low", ends, "low below high"))
    return claim


def check_claims(
    claims: Sequence[Claim],
    milestones: Sequence[str],
    series: Mapping[str, Series],
    parameters: Mapping[str, str],
    sources: Sequence[str],
    faults: list[Fault],
) -> None:
    """Check claims against the names and units of the baseline; `parameters` are names and units."""

    def unknown(claim: Claim, key: str, stated: str, known: Sequence[str]) -> None:
        fix = did_you_mean(stated, known)
        faults.append(
            Fault(f"evidence/{CLAIMS_FILE}", claim.id, key, f'"{stated}"', listed(known, 40), fix)
        )

    units = {**{name: s.unit for name, s in series.items()}, **parameters}
    for claim in claims:
        for key, known in (
            ("milestone", milestones),
            ("series", list(series)),
            ("parameter", list(parameters)),
        ):
            stated = getattr(claim, key)
            if stated and stated not in known:
                unknown(claim, key, stated, known)
        of = units.get(claim.series or claim.parameter)
        if of and claim.unit != of:
            unknown(claim, "unit", claim.unit, [of])
        for key in ("source", "evidence"):
            if getattr(claim, key) and getattr(claim, key) not in sources:
                unknown(claim, key, getattr(claim, key), sources)
