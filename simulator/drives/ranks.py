"""Findings in the order of how much they matter."""

from __future__ import annotations

from typing import Any

from simulator.drives.asking import GIVEN, INFORMATION, SHAPLEY, TORNADO
from simulator.drives.findings import Findings
from simulator.drives.records import Records
from simulator.targets import BEFORE


def ranked(findings: Findings) -> Records:
    """Records of one number, the strongest first, without those that are exactly 0."""
    key = {
        SHAPLEY: "shapley",
        GIVEN: "pawn",
        INFORMATION: "width_left",
        TORNADO: "median_change_p10",
    }.get(findings.asked.method, "total_order")
    if findings.asked.method == INFORMATION:
        return sorted(findings.records, key=lambda record: record[key])
    if findings.asked.method == TORNADO:
        stem = "probability" if findings.target.kind == BEFORE else "median"
        return sorted(findings.records, key=lambda r: -reach(r, stem))
    found = [r for r in findings.records if r[key] != 0.0 or (r.get("first_order") or 0.0) != 0.0]
    return sorted(found, key=lambda record: -record[key])


def reach(record: dict[str, Any], stem: str) -> float:
    """How far a median or a probability swings between the two ends."""
    return abs(record[f"{stem}_change_p90"] - record[f"{stem}_change_p10"])
