"""The table of one draw."""

from __future__ import annotations

from typing import Any

from simulator.inputs.plan import Plan
from simulator.output.rendering import Answer, Table


def draw_answer(plan: Plan, record: dict[str, Any]) -> Answer:
    """One draw, or the one at the medians: its series every five years, its arrivals, its parameters."""
    draw, years = record["draw"], record["year"]
    shown = [i for i, year in enumerate(years) if year % 5 == 0 or year == record["anchor_year"]]
    header = ["", *(f"{years[i]:g}" for i in shown)]
    blank, rest = [""] * len(header), [""] * (len(shown) - 1)
    rows = [
        [name, *(f"{values[i]:.4g}" for i in shown)] for name, values in record["series"].items()
    ]
    rows += [blank, ["milestone", "arrival", *rest]]
    for name, arrival in record["arrivals"].items():
        reached = arrival != float("inf")
        rows.append([name, f"{arrival:.2f}" if reached else f"> {years[-1]:g}", *rest])
    rows += [blank, ["parameter", "value", *rest]]
    rows += [[name, f"{value:.6g}", *rest] for name, value in record["parameters"].items()]
    records = [
        {"series": name, "year": year, "value": value}
        for name, values in record["series"].items()
        for year, value in zip(years, values, strict=True)
    ]
    which = "every parameter at its median" if draw is None else f"draw {draw}"
    return Answer(Table(f"{plan.title}: {which}", header, rows), records, record)
