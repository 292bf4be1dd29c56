"""The tables of two scenarios: how they differ, and which drivers the difference comes from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from simulator.inputs.plan import Plan
from simulator.output.digits import number, percent, year
from simulator.output.rendering import Answer, Table
from simulator.sensitivity.attribution import Attribution
from simulator.sensitivity.targets import BEFORE


def comparison_answer(
    a: Plan, b: Plan, differences: list[dict[str, Any]], answers: list[dict[str, Any]]
) -> Answer:
    """How two plans differ, and their median arrivals with the difference."""
    titles = (f"{a.title} (A)", f"{b.title} (B)")
    header = ["", *titles, "B - A"]
    lines = [[d["what"], d["a"], d["b"], d["driver"]] for d in differences]
    lines = [
        ["what differs", *titles, "driver"],
        *lines,
        [""] * 4,
        ["median arrival", *titles, "B - A [years]"],
    ]
    for row in answers:
        medians = [
            year(row[f"p50_{w}"], row[f"mcse_p50_{w}"], plan.horizon)
            for w, plan in (("a", a), ("b", b))
        ]
        moved, error = row["difference"], row["mcse_difference"]
        shown = "-" if math.isnan(moved) else f"{number(moved, max(error, 1e-3), 2)} ± {error:.2g}"
        lines.append([row["name"], *medians, shown])
    if not differences:
        lines.insert(1, ["nothing", "", "", ""])
    paired = "paired draw by draw" if a.seed == b.seed else "not paired: the seeds differ"
    caption = f"Differences of medians, {paired}; ±: Monte Carlo standard error."
    document = {"a": a.name, "b": b.name, "plans": differences, "milestones": answers}
    return Answer(Table(f"{a.title} and {b.title}", header, lines, caption), answers, document)


def attribution_answer(found: Attribution, a: Plan, b: Plan, share: float) -> Answer:
    """The difference of the target, split over drivers."""
    probability = found.target.kind == BEFORE
    records = _part_records(found)
    moving = [r for r in records if r["part"] or r["mcse_part"]]
    keys = ("part", "part_low", "part_high", "mcse_part")
    lines = [[r["name"], *_part_cells([r[key] for key in keys], probability)] for r in moving]
    value, low, high, mcse = whole = [float(each) for each in found.whole]
    lines.append(["whole", *_part_cells(whole, probability)])
    nothing = [r["name"] for r in records if r not in moving]
    horizon = found.target.horizon
    shown = [
        percent(x, mcse) if probability else year(x, mcse, horizon) for x in (found.a, found.b)
    ]
    caption = (
        f"{found.statistic.capitalize()} {shown[0]} in {a.title}, {shown[1]} in {b.title}; "
        f"parts sum to the whole. Exactly 0: {', '.join(nothing) or 'none'}. "
        f"{100 * share:g} % intervals; {found.how}, {found.walks:,} walks, seed {a.seed}."
    )
    title = f"From {a.title} to {b.title}: {found.statistic} of the {found.target.said}"
    table = Table(title, ["driver", f"part [{found.unit}]", "interval"], lines, caption)
    document = {
        "a": a.name,
        "b": b.name,
        "target": found.target.text,
        "statistic": found.statistic,
        "answer_a": found.a,
        "answer_b": found.b,
        "difference": value,
        "difference_low": low,
        "difference_high": high,
        "mcse_difference": mcse,
        "exact": found.exact,
        "walks": found.walks,
        "attribution": records,
    }
    return Answer(table, records, document)


def _part_records(found: Attribution) -> list[dict[str, Any]]:
    """One record a driver, the largest part first."""
    keys = ("part", "part_low", "part_high", "mcse_part")
    records = [
        {"name": name} | dict(zip(keys, (float(each[i]) for each in found.parts), strict=True))
        for i, name in enumerate(found.drivers)
    ]
    return sorted(records, key=lambda record: -abs(record["part"]))


def _part_cells(found: Sequence[float], probability: bool) -> list[str]:
    """A part and its interval, of (value, low, high, mcse)."""
    value, low, high, mcse = found
    scale = 100.0 if probability else 1.0
    error = max(scale * mcse, 0.001) / 5.0  # the interval stands beside it
    ends = f"{number(scale * low, error, 2)} to {number(scale * high, error, 2)}"
    return [number(scale * value, error, 2), ends]
