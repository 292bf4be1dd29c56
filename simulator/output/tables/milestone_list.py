"""The table of what the milestones of a run mean."""

from __future__ import annotations

from typing import Any

from simulator import model
from simulator.inputs.plan import Plan
from simulator.output import units
from simulator.output.rendering import Answer, Table
from simulator.summaries.estimates import threshold_quantiles


def milestone_list_answer(plan: Plan) -> Answer:
    """The milestones of a plan: name, meaning, series, direction, and threshold with the series' unit."""
    known = model.join_drivers(prior.name for prior in plan.priors).series
    records: list[dict[str, Any]] = []
    for milestone in plan.milestones:
        low, middle, high = threshold_quantiles(plan, milestone)
        records.append(
            {
                "name": milestone.name,
                "meaning": milestone.meaning,
                "series": milestone.series,
                "direction": milestone.direction,
                "threshold_p10": low,
                "threshold_p50": middle,
                "threshold_p90": high,
                "unit": known[milestone.series].unit,
                "lag": milestone.lag,
                "source": milestone.source,
            }
        )
    header = ["milestone", "meaning", "reached when"]
    rows = [[r["name"], r["meaning"], _condition_in_words(r)] for r in records]
    caption = "An uncertain threshold is given as its prior's p50 (p10 to p90)."
    table = Table(f"Milestones: {plan.title}", header, rows, caption, names=3)
    return Answer(table, records, {"run": plan.name, "milestones": records})


def _condition_in_words(record: dict[str, Any]) -> str:
    low, middle, high = (record[f"threshold_{key}"] for key in ("p10", "p50", "p90"))
    threshold = f"{middle:.4g}" if low == high else f"{middle:.3g} ({low:.3g} to {high:.3g})"
    unit = "" if record["unit"] == "1" else f" {record['unit']}"
    return f"{record['series']} {record['direction']} {threshold}{unit}{units.lag_in_words(record['lag'])}"
