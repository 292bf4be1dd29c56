"""The table of where the values of runs come from."""

from __future__ import annotations

from simulator.inputs.inspection import explain_values
from simulator.inputs.merge import MergedInputs
from simulator.output.rendering import Answer, Table


def provenance_answer(runs: list[MergedInputs], names: list[str]) -> Answer:
    """Where every value of these runs comes from, or the values of these names alone."""
    records = [
        {
            "run": run.name,
            "name": origin.name,
            "kind": origin.kind,
            "value": origin.value,
            "place": origin.stated_at,
            "replaces": list(origin.replaces),
        }
        for run in runs
        for origin in explain_values(run, names)
    ]
    header = ["name", "what", "value", "from", "in place of"]
    rows = [
        [str(r["name"]), str(r["kind"]), str(r["value"]), str(r["place"]), ", ".join(r["replaces"])]
        for r in records
    ]
    title = "Where values come from: " + ", ".join(run.name for run in runs)
    return Answer(Table(title, header, rows, names=5), records, records)
