"""The tables of two scenarios: how they differ, and which drivers the difference comes from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from simulator.inputs.plan import Plan
from simulator.output.digits import number, percent, year
from simulator.output.messages import of_in_words
from simulator.output.rendering import Answer, Table
from simulator.sensitivity.attribution import Attribution, attribution_records
from simulator.sensitivity.comparison import Comparison
from simulator.sensitivity.targets import BEFORE


def comparison_answer(
    a: Plan, b: Plan, differences: list[dict[str, Any]], compared: Comparison
) -> Answer:
    """How two plans differ, and their median arrivals with the difference."""
    answers, effective = compared.records, [each.effective for each in compared.weights]
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
    caption = f"Differences of medians, {paired}; ±: Monte Carlo standard error. "
    caption += of_in_words(compared.of, effective)
    document = {
        "a": a.name,
        "b": b.name,
        "of": compared.of,
        "effective_a": effective[0],
        "effective_b": effective[1],
        "plans": differences,
        "milestones": answers,
    }
    return Answer(Table(f"{a.title} and {b.title}", header, lines, caption), answers, document)


def attribution_answer(attribution: Attribution, a: Plan, b: Plan, share: float) -> Answer:
    """The difference of the target, split over drivers."""
    probability = attribution.target.kind == BEFORE
    records = attribution_records(attribution)
    moving = [r for r in records if r["part"] or r["mcse_part"]]
    keys = ("part", "part_low", "part_high", "mcse_part")
    lines = [[r["name"], *_part_cells([r[key] for key in keys], probability)] for r in moving]
    value, low, high, mcse = whole = [float(each) for each in attribution.whole]
    lines.append(["whole", *_part_cells(whole, probability)])
    unchanged = [r["name"] for r in records if r not in moving]
    horizon = attribution.target.horizon
    shown = [
        percent(x, mcse) if probability else year(x, mcse, horizon)
        for x in (attribution.a, attribution.b)
    ]
    caption = (
        f"{attribution.statistic.capitalize()} {shown[0]} in {a.title}, {shown[1]} in {b.title}; "
        f"parts sum to the whole. Exactly 0: {', '.join(unchanged) or 'none'}. "
        f"{100 * share:g} % intervals; {attribution.how}, {attribution.simulations:,} simulations, seed {a.seed}. "
        f"{of_in_words(attribution.of, [each.effective for each in attribution.weights])}"
    )
    title = (
        f"From {a.title} to {b.title}: {attribution.statistic} of the {attribution.target.in_words}"
    )
    table = Table(title, ["driver", f"part [{attribution.unit}]", "interval"], lines, caption)
    document = {
        "a": a.name,
        "b": b.name,
        "target": attribution.target.text,
        "of": attribution.of,
        "statistic": attribution.statistic,
        "answer_a": attribution.a,
        "answer_b": attribution.b,
        "difference": value,
        "difference_low": low,
        "difference_high": high,
        "mcse_difference": mcse,
        "exact": attribution.exact,
        "walks": attribution.simulations,
        "attribution": records,
    }
    return Answer(table, records, document)


def _part_cells(part: Sequence[float], probability: bool) -> list[str]:
    """A part and its interval, of (value, low, high, mcse)."""
    value, low, high, mcse = part
    scale = 100.0 if probability else 1.0
    error = max(scale * mcse, 0.001) / 5.0  # one more digit, for the interval stands beside it
    ends = f"{number(scale * low, error, 2)} to {number(scale * high, error, 2)}"
    return [number(scale * value, error, 2), ends]
