"""The table of one draw."""

from __future__ import annotations

from typing import Any

from simulator.inputs.plan import Plan
from simulator.output.rendering import Answer, Table


def draw_answer(plan: Plan, record: dict[str, Any]) -> Answer:
    """One draw, or the one at the medians: its series every five years, its arrivals, its parameters."""
    name = "every parameter at its median" if record["draw"] is None else f"draw {record['draw']}"
    shown_years = [
        i for i, y in enumerate(record["year"]) if y % 5 == 0 or y == record["anchor_year"]
    ]
    header = ["", *(f"{record['year'][i]:g}" for i in shown_years)]
    rows = [
        [name, *(f"{values[i]:.4g}" for i in shown_years)]
        for name, values in record["series"].items()
    ]
    rows += [[""] * len(header), ["milestone", "arrival", *[""] * (len(shown_years) - 1)]]
    for name, arrival in record["arrivals"].items():
        year = f"> {record['year'][-1]:g}" if arrival == float("inf") else f"{arrival:.2f}"
        rows.append([name, year, *[""] * (len(shown_years) - 1)])
    rows += [[""] * len(header), ["parameter", "value", *[""] * (len(shown_years) - 1)]]
    rows += [
        [n, f"{v:.6g}", *[""] * (len(shown_years) - 1)] for n, v in record["parameters"].items()
    ]
    records = [
        {"series": name, "year": year, "value": value}
        for name, values in record["series"].items()
        for year, value in zip(record["year"], values, strict=True)
    ]
    return Answer(Table(f"{plan.title}: {name}", header, rows), records, record)
