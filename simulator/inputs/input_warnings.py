"""Warnings: what is allowed in an input but unlikely to be meant; each has the shape of a fault."""

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
from simulator.inputs.vintages import undated_source
from simulator.sampling import LOWEST_LEVEL

WIDEST = 6.0  # OOM between p05 and p95

WORST_FIT = 0.05  # of the range of the stated quantiles

LEAST_KEPT = 0.1

FAR = np.array([LOWEST_LEVEL, 1.0 - LOWEST_LEVEL])


def input_warnings(inputs: MergedInputs) -> list[Fault]:
    """Every warning of one run's inputs."""
    return with_lines(
        [
            *_priors(inputs),
            *_undated(inputs),
            *_steps(inputs),
            *_pairs(inputs),
            *_holds(inputs),
        ]
    )


def _priors(inputs: MergedInputs) -> Iterator[Fault]:
    tables = inputs.parts.tables
    for name, prior in inputs.parts.priors.items():
        width = _width(prior)
        if width > WIDEST:
            problem = f"an interval from p05 to p95 of {width:.1f} OOM"
            yield Fault(
                *tables[name], "family", problem, f"any, but more than {WIDEST:g} OOM is odd"
            )
        if prior.misfit > WORST_FIT:
            problem = (
                f"a {prior.family} that misses its quantiles by {prior.misfit:.0%} of their range"
            )
            fix = 'family = "quantiles" meets any list of quantiles'
            yield Fault(*tables[name], "family", problem, fix=fix)
        if prior.distribution.kept < LEAST_KEPT:
            problem = f"limits that keep {prior.distribution.kept:.2g} of the {prior.family}"
            yield Fault(*tables[name], "lower", problem, fix="is the family the one that is meant?")


def _undated(inputs: MergedInputs) -> Iterator[Fault]:
    """Priors without a vintage whose source also gives an observation that the run conditions on."""
    for name, prior in inputs.parts.priors.items():
        shared = [each for each in inputs.observations if undated_source(prior, each)]
        if shared:
            problem = f'nothing, and its source "{prior.source}" gives {shared[0].name} too'
            allowed = "a date after which nothing went into the prior"
            fix = "say it, so that what the prior rests on is no evidence again"
            yield Fault(*inputs.parts.tables[name], "vintage", problem, allowed, fix)


def _width(prior: Prior) -> float:
    """How far p95 lies from p05 [OOM]."""
    if prior.family == "fixed":
        return 0.0
    low, high = prior.distribution.inverse_cdf(np.array([0.05, 0.95]))
    if prior.unit.startswith("log10"):
        return float(high - low)
    return float(np.log10(high) - np.log10(low)) if low > 0.0 else 0.0


def _steps(inputs: MergedInputs) -> Iterator[Fault]:
    """Steps of unhobbling that are over before the first year, and so have no effect."""
    priors, start = inputs.parts.priors, inputs.entry.start
    for name in priors:
        step = name.removesuffix("_arrival")
        ramp = priors.get(f"{step}_ramp")
        if step == name or ramp is None or not model.declaration(name):
            continue
        over = priors[name].distribution.inverse_cdf(FAR)[1] + ramp.distribution.inverse_cdf(FAR)[1]
        if over <= start:
            problem = f"a step that is over by {over:.2f}, before the first year, {start:g}"
            yield Fault(*inputs.parts.tables[name], "", problem, fix="nothing comes of it")


def _pairs(inputs: MergedInputs) -> Iterator[Fault]:
    """Pairs that are stated on both sides, and pairs with a fixed prior."""
    known: dict[str, Any] = {}
    for layer in inputs.layers:
        known.update(layer)
        of_layer: set[frozenset[str]] = set()
        for name, table in layer.items():
            for other in correlations.stated_correlations(table):
                pair = frozenset((name, other))
                where = (table.file, table.table, f"correlation.{other}")
                if pair in of_layer:
                    fix = "state a pair once, on either side"
                    yield Fault(*where, "a pair that is stated on both sides", fix=fix)
                of_layer.add(pair)
                for one in (name, other):
                    if one in known and known[one].raw.get("family") == "fixed":
                        yield Fault(*where, f"a correlation, but {one} is fixed: it is ignored")


def _holds(inputs: MergedInputs) -> Iterator[Fault]:
    parts = inputs.parts
    for name in inputs.entry.hold:
        if name in parts.priors and parts.priors[name].family == "fixed":
            problem = f"{name}, which is fixed already"
            yield Fault(parts.stated_in("hold"), "hold", name, problem)


def uncited_sources(runs: Iterable[MergedInputs], evidence: Iterable[Path]) -> list[Fault]:
    """Sources that no prior, milestone, observation or claim cites, and no note names."""
    runs, cited, notes = list(runs), set(), []
    tables = [table.raw for run in runs for layer in run.layers for table in layer.values()]
    for run in runs:
        tables += [table.raw for table in run.parts.files.milestones.values()]
        tables += [table.raw for table in run.parts.files.sources.values()]
    for path in evidence:
        tables += [table for table in read_toml(path, []).values() if isinstance(table, dict)]
    for table in tables:
        cited |= {str(table.get(key, "")) for key in ("source", "evidence")}
        notes.append(str(table.get("note", "")))
    cited |= set(re.findall(r"\w+", " ".join(notes)))
    sources = {name: table for run in runs for name, table in run.parts.files.sources.items()}
    fix = "name it where it is used, or take it out"
    return with_lines(
        Fault(table.file, name, "", "a source that nobody cites", fix=fix)
        for name, table in sources.items()
        if name not in cited
    )
