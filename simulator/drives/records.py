"""What a method found as records: one a name (and year, of a series), numbers unrounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.sensitivity import information, worlds
from simulator.sensitivity.replicates import Interval
from simulator.targets import SERIES

Records = list[dict[str, Any]]
Found = tuple[Records, dict[str, Any]]


def spread(name: str, interval: Interval, at: tuple[int, ...]) -> dict[str, float]:
    """Value, interval and error of one estimate as a record's keys."""
    value, low, high, mcse = (float(each[at]) for each in interval)
    return {name: value, f"{name}_low": low, f"{name}_high": high, f"mcse_{name}": mcse}


def records(
    world: worlds.World, names: Sequence[str], columns: dict[str, Interval | None]
) -> Records:
    """Records of (name, output) intervals; those of a series have a year."""
    target = world.target
    found = []
    for i, name in enumerate(names):
        for k in range(len(target.years)):
            record: dict[str, Any] = {"name": name}
            record |= {"year": target.years[k]} if target.kind == SERIES else {}
            for column, interval in columns.items():
                keys = (column, f"{column}_low", f"{column}_high")
                record |= spread(column, interval, (i, k)) if interval else dict.fromkeys(keys)
            found.append(record)
    return found


def knowledge(world: worlds.World, found: information.Knowledge) -> Found:
    """What knowing each group would do."""
    lifted = (Interval(*(x[:, np.newaxis] for x in i)) for i in (found.left, found.low, found.high))
    columns = dict(zip(("width_left", "median_low", "median_high"), lifted, strict=True))
    return records(world, found.names, {**columns}), {"width_80": found.width}
