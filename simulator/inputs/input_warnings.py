"""What is legal in an input but odd; each function gives warnings in the shape of faults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from simulator import model
from simulator.errors import Fault
from simulator.inputs import correlations
from simulator.inputs.files import read_toml, with_lines
from simulator.inputs.merge import MergedInputs
from simulator.inputs.priors import Prior
from simulator.sampling import LOWEST_LEVEL

WIDEST = 6.0  # OOM between p05 and p95

WORST_FIT = 0.05  # of the range of the stated quantiles

LEAST_KEPT = 0.1

FAR = np.array([LOWEST_LEVEL, 1.0 - LOWEST_LEVEL])


def input_warnings(inputs: MergedInputs) -> list[Fault]:
    """Every oddity of one run's inputs."""
    found = [*_priors(inputs), *_steps(inputs), *_pairs(inputs), *_holds(inputs)]
    return with_lines(found)


def _priors(inputs: MergedInputs) -> Iterator[Fault]:
    places = inputs.parts.tables
    for name, prior in inputs.parts.priors.items():
        width = _width(prior)
        if width > WIDEST:
            found = f"an interval from p05 to p95 of {width:.1f} OOM"
            yield Fault(*places[name], "family", found, f"any, but more than {WIDEST:g} OOM is odd")
        if prior.misfit > WORST_FIT:
            found = (
                f"a {prior.family} that misses its quantiles by {prior.misfit:.0%} of their range"
            )
            mend = 'family = "quantiles" meets any list of quantiles'
            yield Fault(*places[name], "family", found, fix=mend)
        if prior.distribution.kept < LEAST_KEPT:
            found = f"limits that keep {prior.distribution.kept:.2g} of the {prior.family}"
            yield Fault(*places[name], "lower", found, fix="is the family the one that is meant?")


def _width(prior: Prior) -> float:
    """How far p95 lies from p05 [OOM]."""
    if prior.family == "fixed":
        return 0.0
    low, high = prior.distribution.inverse_cdf(np.array([0.05, 0.95]))
    if prior.unit.startswith("log10"):
        return float(high - low)
    return float(np.log10(high) - np.log10(low)) if low > 0.0 else 0.0


def _steps(inputs: MergedInputs) -> Iterator[Fault]:
    """Steps of unhobbling that are over before the first year, so that nothing comes of them."""
    priors, start = inputs.parts.priors, inputs.entry.start
    for name in priors:
        step = name.removesuffix("_arrival")
        ramp = priors.get(f"{step}_ramp")
        if step == name or ramp is None or not model.declaration(name):
            continue
        over = priors[name].distribution.inverse_cdf(FAR)[1] + ramp.distribution.inverse_cdf(FAR)[1]
        if over <= start:
            found = f"a step that is over by {over:.2f}, before the first year, {start:g}"
            yield Fault(*inputs.parts.tables[name], "", found, fix="nothing comes of it")


def _pairs(inputs: MergedInputs) -> Iterator[Fault]:
    """Pairs that are stated twice alike, and those that a fixed prior takes part in."""
    known: dict[str, Any] = {}
    for layer in inputs.layers:
        known.update(layer)
        here: set[frozenset[str]] = set()
        for name, placed in layer.items():
            for other in correlations.stated_correlations(placed):
                pair = frozenset((name, other))
                place = (placed.file, placed.table, f"correlation.{other}")
                if pair in here:
                    mend = "state a pair once, on either side"
                    yield Fault(*place, "a pair that is stated on both sides", fix=mend)
                here.add(pair)
                for one in (name, other):
                    if one in known and known[one].raw.get("family") == "fixed":
                        yield Fault(*place, f"a correlation, but {one} is fixed: it is ignored")


def _holds(inputs: MergedInputs) -> Iterator[Fault]:
    parts = inputs.parts
    for name in inputs.entry.hold:
        if name in parts.priors and parts.priors[name].family == "fixed":
            found = f"{name}, which is fixed already"
            yield Fault(parts.stated_in("hold"), "hold", name, found)


def uncited_sources(worlds: Iterable[MergedInputs], evidence: Iterable[Path]) -> list[Fault]:
    """Sources that no prior, milestone, observation or claim cites, and no note names."""
    worlds, cited, notes = list(worlds), set(), []
    tables = [placed.raw for world in worlds for layer in world.layers for placed in layer.values()]
    for world in worlds:
        tables += [placed.raw for placed in world.parts.files.milestones.values()]
        tables += [placed.raw for placed in world.parts.files.sources.values()]
    for path in evidence:
        tables += [table for table in read_toml(path, []).values() if isinstance(table, dict)]
    for table in tables:
        cited |= {str(table.get(key, "")) for key in ("source", "evidence")}
        notes.append(str(table.get("note", "")))
    cited |= set(re.findall(r"\w+", " ".join(notes)))
    sources = {
        name: placed for world in worlds for name, placed in world.parts.files.sources.items()
    }
    mend = "name it where it is used, or take it out"
    return with_lines(
        Fault(placed.file, name, "", "a source that nobody cites", fix=mend)
        for name, placed in sources.items()
        if name not in cited
    )
