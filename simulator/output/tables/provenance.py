"""The table of where values come from."""

from __future__ import annotations

from simulator.inputs.inspection import explain_values
from simulator.inputs.load import LoadedInputs
from simulator.output.rendering import Answer, Table


def provenance_answer(worlds: list[LoadedInputs], names: list[str]) -> Answer:
    """Where each value of runs came from, or each that is about one of these names."""
    records = [
        {"run": world.scene.run.name, **origin._asdict(), "replaces": list(origin.replaces)}
        for world in worlds
        for origin in explain_values(world, names)
    ]
    header = ["name", "what", "value", "from", "in place of"]
    rows = [
        [str(r["name"]), str(r["kind"]), str(r["value"]), str(r["place"]), ", ".join(r["replaces"])]
        for r in records
    ]
    title = "Where values come from: " + ", ".join(world.scene.run.name for world in worlds)
    return Answer(Table(title, header, rows, names=5), records, records)
