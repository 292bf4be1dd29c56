"""The table of what the series of a run mean."""

from __future__ import annotations

from typing import Any

from simulator import model
from simulator.inputs.plan import Plan
from simulator.output.rendering import Answer, Table


def series_list_answer(plan: Plan) -> Answer:
    """The series of a plan: name, meaning, unit, names of the values of a code, and the milestones that stand on it."""
    known = model.series_of_names(prior.name for prior in plan.priors)
    records: list[dict[str, Any]] = [
        {
            "name": each.name,
            "meaning": each.long_name,
            "unit": each.unit,
            "codes": list(each.codes),
            "milestones": [m.name for m in plan.milestones if m.series == each.name],
        }
        for each in known.values()
    ]
    rows = [[r["name"], _meaning_with_codes(r), r["unit"]] for r in records]
    caption = (
        "OOM: orders of magnitude, powers of ten. The anchor: the largest training run of "
        f"{plan.anchor_year:g}. What has a unit with log10 is a logarithm."
    )
    table = Table(f"Series: {plan.title}", ["series", "meaning", "unit"], rows, caption, names=3)
    flat = [
        {**r, "codes": ", ".join(r["codes"]), "milestones": ", ".join(r["milestones"])}
        for r in records
    ]
    return Answer(table, flat, {"run": plan.name, "series": records})


def _meaning_with_codes(record: dict[str, Any]) -> str:
    return ": ".join(filter(None, (record["meaning"], ", ".join(record["codes"]))))
