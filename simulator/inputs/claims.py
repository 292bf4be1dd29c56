"""The ledger of claims: what the seed documents said, as each world says it, and what happened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.drivers.driver import Series
from simulator.errors import Fault, InputFault, did_you_mean, listed
from simulator.inputs.files import overlay_folders, read_toml, shown_path
from simulator.inputs.schema import ClaimEntry, validated

CLAIMS_FILE = "claims.toml"

KINDS = {
    "milestone": ("milestone", "before"),
    "range": ("series", "at", "unit"),
    "change": ("series", "since", "until", "unit"),
    "parameter": ("parameter", "unit"),
}

OF_A_RANGE = ("low", "high")

SAYING = {key for keys in KINDS.values() for key in keys} | set(OF_A_RANGE)


@dataclass(frozen=True)
class Claim:
    """A sentence of a seed document, and its disposition.

    Attributes
    ----------
    kind : how a world says it, one of `KINDS`; "settled" when only what happened is known; or "not modelable"
    by : date of which it speaks [decimal year]
    low, high : range of a series or a parameter, or of a series' change [its unit]
    """

    id: str
    claim: str
    source: str
    kind: str
    milestone: str
    series: str
    parameter: str
    unit: str
    since: float | None
    by: float | None
    low: float
    high: float
    outcome: bool | None
    happened: str
    evidence: str
    reason: str


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
    entry = validated(ClaimEntry, table, file, name, faults)
    if entry is None:
        return None
    given = {key for key in SAYING if getattr(entry, key) is not None}
    kind = _kind(entry, given)
    if not kind:
        ways = "; ".join(f"{k}: {', '.join(keys)}" for k, keys in KINDS.items())
        allowed = (
            f"one of {ways} (with low, high or both, but a milestone); or not_modelable; or outcome"
        )
        faults.append(Fault(file, name, "", listed(sorted(given)) or "nothing", allowed))
    if entry.outcome is not None and not (entry.happened and entry.evidence):
        allowed = "happened and evidence beside an outcome"
        faults.append(Fault(file, name, "outcome", str(entry.outcome).lower(), allowed))
    low = -math.inf if entry.low is None else entry.low
    high = math.inf if entry.high is None else entry.high
    if low > high:
        faults.append(Fault(file, name, "low", f"{low:g}, above high = {high:g}", "low below high"))
    return Claim(
        id=name,
        claim=entry.claim,
        source=entry.source,
        kind=kind,
        milestone=entry.milestone or "",
        series=entry.series or "",
        parameter=entry.parameter or "",
        unit=entry.unit or "",
        since=entry.since,
        by=next((y for y in (entry.before, entry.at, entry.until) if y is not None), None),
        low=low,
        high=high,
        outcome=entry.outcome,
        happened=entry.happened or "",
        evidence=entry.evidence or "",
        reason=entry.not_modelable or "",
    )


def _kind(entry: ClaimEntry, given: set[str]) -> str:
    if entry.not_modelable:
        return "" if given or entry.outcome is not None else "not modelable"
    if not given:
        return "settled" if entry.outcome is not None else ""
    for kind, keys in KINDS.items():
        ends = given & set(OF_A_RANGE)
        if given - ends == set(keys) and bool(ends) == (kind != "milestone"):
            return kind
    return ""


def check_claims(
    claims: Sequence[Claim],
    milestones: Sequence[str],
    series: Mapping[str, Series],
    parameters: Mapping[str, str],
    sources: Sequence[str],
    faults: list[Fault],
) -> None:
    """Hold claims against the names and units of the baseline; `parameters` are names and units."""

    def unknown(claim: Claim, key: str, found: str, known: Sequence[str]) -> None:
        mend = did_you_mean(found, known)
        faults.append(
            Fault(f"evidence/{CLAIMS_FILE}", claim.id, key, f'"{found}"', listed(known, 40), mend)
        )

    units = {**{name: s.unit for name, s in series.items()}, **parameters}
    for claim in claims:
        for key, known in (
            ("milestone", milestones),
            ("series", list(series)),
            ("parameter", list(parameters)),
        ):
            found = getattr(claim, key)
            if found and found not in known:
                unknown(claim, key, found, known)
        of = units.get(claim.series or claim.parameter)
        if of and claim.unit != of:
            unknown(claim, "unit", claim.unit, [of])
        for key in ("source", "evidence"):
            if getattr(claim, key) and getattr(claim, key) not in sources:
                unknown(claim, key, getattr(claim, key), sources)
