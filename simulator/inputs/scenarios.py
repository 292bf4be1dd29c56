"""Run files: where they are, what they extend, and what `--set` changes, each value with the file that states it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from simulator.errors import Fault, InputFault, did_you_mean
from simulator.inputs import names
from simulator.inputs.files import out_of_bounds, read_toml, shipped_folder, shown_path
from simulator.inputs.priors import StatedTable
from simulator.inputs.schema import RunEntry, valid_part, validated

SET_OPTION = "--set"

FREE = "free"  # in [hold]: what a file that is extended holds is not held


class StatedValue(NamedTuple):
    """A value of a run, and the file that states it."""

    value: Any
    file: str


class ScenarioFiles(NamedTuple):
    """A run as its files state it, from what it extends to what `--set` changes.

    Attributes
    ----------
    stated : values of the run's keys but its priors, the last file's over the others'
    priors : tables of priors, one dictionary a file
    layers : every file and its content as it was written
    """

    name: str
    stated: dict[str, StatedValue]
    priors: tuple[dict[str, StatedTable], ...] = ()
    layers: tuple[tuple[str, Mapping[str, Any]], ...] = ()


def find_run(run: str) -> Path | None:
    """Find a run file: a path, else `./runs/NAME.toml`, else the shipped run of that name."""
    return next((path for path in _candidate_paths(run) if path.is_file()), None)


def locate_run(run: str) -> Path:
    """Find a run file.

    Raises
    ------
    InputFault
        that lists the known runs, when this is none
    """
    path = find_run(run)
    if path is None:
        folders = (Path("runs"), shipped_folder("runs"))
        known = sorted({file.stem for folder in folders for file in folder.glob("*.toml")})
        allowed = f"a path, or one of {', '.join(known)}"
        fix = did_you_mean(run, known)
        raise InputFault([Fault(run, found="no such run", allowed=allowed, fix=fix)])
    return path


def _candidate_paths(run: str) -> list[Path]:
    return [Path(run), Path("runs") / f"{run}.toml", shipped_folder("runs") / f"{run}.toml"]


TEMPLATE = """\
# {name}: what differs from the scenario that it extends. Run it with: oomcast run {name}
# Lines that begin with # are examples and defaults: take the # away to change one.

title = "{name}"
extends = "baseline"       # a path or a run's name; everything below is laid over it

# seed = {seed}          # of every draw's probability levels
# draws = {draws}
# start = {start}             # first year of the grid, in quarters
# horizon = {horizon}           # last year; what has not arrived by then counts as "not by {horizon:g}"
# design = "{design}"          # or "sobol": scrambled Sobol' points, of smaller Monte Carlo errors
# as_of = {as_of}         # the date that the evidence is as of
# milestones = ["automated_researcher"]      # all when left out
# series = ["effective_compute"]             # whose bands to keep; all when left out

# A prior of this scenario replaces the one of that name. Its family is described by two or more of
# p01 p025 p05 p10 p20 p25 p50 p75 p80 p90 p95 p975 p99, or by natural parameters (oomcast priors --families);
# then shift moves it, then lower and upper cut it. See what comes of it: oomcast priors --run {name}
# [priors.algorithms_growth]
# unit = "OOM/year"
# family = "lognormal"
# p05 = 0.3
# p95 = 0.7
# source = "judgement"
# note = "Why you believe this."
# vintage = 2026-06-30                       # nothing later went into it, and nothing older of its source is evidence
# rests_on = ["gpt4"]                        # nor is what it names
# correlation = {{ price_decline = 0.5 }}      # rank correlation; a pair is stated once, on either side

# Parameters held at a probability level, in every draw.
# [hold]
# feedback_multiplier = 0.5                  # or "free", where a file that this one extends holds it

# Draws are weighed by what was observed. The list is inherited; another replaces it, [] drops it.
# Names are tables of evidence/observations.toml, in your own ./evidence too; what each did: oomcast condition {name}
# [condition]
# observations = ["grok4", "revenue_2026", "no_researcher"]
# sampler = "weights"                        # or "sequential", for evidence that few draws agree with

# Simulate one run for each point: a parameter fixed at values, or held at probability levels.
# [sweep.algorithms_growth]
# values = [0.3, 0.5]                        # or levels = [0.1, 0.5, 0.9]
"""


def run_template(name: str) -> str:
    """A commented run file that runs as it is."""
    return TEMPLATE.format(name=name, **RunEntry().model_dump())


def write_run_template(name: str) -> Path:
    """Write a commented run file, ./runs/NAME.toml, and give its path.

    Raises
    ------
    InputFault
        if that is no name, or there is a file of that name
    """
    path = Path("runs") / f"{name}.toml"
    if not names.is_name(name):
        raise InputFault([Fault("NAME", found=f'"{name[:60]}"', allowed=names.ALLOWED)])
    if path.exists():
        fix = "take another name, or take that file away"
        raise InputFault(
            [Fault(str(path), found="a file of that name", allowed="none yet", fix=fix)]
        )
    path.parent.mkdir(exist_ok=True)
    path.write_text(run_template(name), encoding="utf-8")
    return path


def read_scenario(run: str, faults: list[Fault]) -> ScenarioFiles:
    """Read a run file and all that it extends.

    Raises
    ------
    InputFault
        when there is no such run; every other fault is appended to `faults`
    """
    path = locate_run(run)
    if not names.is_name(path.stem):  # it is to be a folder's name
        what = names.misnamed(path.stem)
        faults.append(Fault(shown_path(path), found=what, fix="give the file another name"))
    scenario = ScenarioFiles(path.stem, {})
    for file, raw in _extended_files(path, [], faults):
        raw, freed = _freed(raw)
        entry = validated(RunEntry, raw, file, "", faults)
        scenario = overlaid(
            _without_holds(scenario, freed, file, faults),
            raw if entry else valid_part(RunEntry, raw),
            file,
        )
    return scenario


def _freed(raw: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A file's content without the names that its `[hold]` frees, and these names."""
    hold = raw.get("hold")
    freed = (
        [name for name, level in hold.items() if level == FREE] if isinstance(hold, dict) else []
    )
    if not freed:
        return raw, []
    return {**raw, "hold": {n: level for n, level in raw["hold"].items() if n not in freed}}, freed


def _without_holds(
    scenario: ScenarioFiles, freed: Iterable[str], file: str, faults: list[Fault]
) -> ScenarioFiles:
    """A run of which these names are no longer held."""
    stated = scenario.stated.get("hold")
    held = dict(stated.value) if stated else {}
    for name in freed:
        if held.pop(name, None) is None:
            fix = did_you_mean(name, held) or "leave it out"
            faults.append(Fault(file, "hold", name, f'"{FREE}"', "a name that is held before", fix))
    if stated is None:
        return scenario
    return scenario._replace(stated={**scenario.stated, "hold": stated._replace(value=held)})


def _extended_files(
    path: Path, extending: list[Path], faults: list[Fault]
) -> list[tuple[str, dict[str, Any]]]:
    """A file and all that it extends, the last extended first; `extending` are the files that lead to it."""
    raw, file = read_toml(path, faults), shown_path(path)
    base = raw.get("extends")
    if not isinstance(base, str):
        return [(file, raw)]
    visited = [file.resolve() for file in (*extending, path)]
    candidates = [path.parent / f"{base}.toml", path.parent / base, *_candidate_paths(base)]
    existing = [file for file in candidates if file.is_file()]
    extended = next((file for file in existing if file.resolve() not in visited), None)
    if extended is None:
        problem = f'"{base}", ' + ("which comes back to this file" if existing else "no such run")
        faults.append(
            Fault(file, "", "extends", problem, "a path or a run's name, without a circle")
        )
        return [(file, raw)]
    return [*_extended_files(extended, [*extending, path], faults), (file, raw)]


def overlaid(scenario: ScenarioFiles, raw: Mapping[str, Any], file: str) -> ScenarioFiles:
    """A run with one more file over it: values and priors are replaced, `[hold]` and `[condition]` are joined."""
    stated = dict(scenario.stated)
    for key, value in raw.items():
        if key in ("hold", "condition") and key in stated:
            value = {**stated[key].value, **value}
        if key != "priors":
            stated[key] = StatedValue(value, file)
    priors = {n: StatedTable(p, file, f"priors.{n}") for n, p in raw.get("priors", {}).items()}
    layers = (*scenario.layers, (file, raw))
    return ScenarioFiles(scenario.name, stated, (*scenario.priors, priors), layers)


def apply_sets(
    scenario: ScenarioFiles,
    sets: Iterable[str],
    priors: Mapping[str, StatedTable],
    faults: list[Fault],
) -> ScenarioFiles:
    """A run with `KEY=VALUE` settings over it, the last winning.

    `priors` are those of the prior files, so that one key of a prior can be set.
    """
    for text in sets:
        key, _, written = text.partition("=")
        path = [part.strip() for part in key.split(".")]
        known = {**priors, **{n: table for layer in scenario.priors for n, table in layer.items()}}
        value = _toml_value(written, text, faults)
        if value is None:
            continue
        if (wrong := names.first_misnamed(path)) is not None:
            faults.append(Fault(SET_OPTION, "", text[:60], names.misnamed(wrong)))
            continue
        if len(path) == 1 and path[0] in known:
            path = ["priors", path[0]]
            value = _fixed_prior(known[path[1]], value)
        elif path[0] not in RunEntry.model_fields:
            fix = did_you_mean(path[0], [*RunEntry.model_fields, *known])
            allowed = "a key of the run file, or a parameter's name"
            faults.append(Fault(SET_OPTION, "", text, "an unknown key", allowed, fix))
            continue
        elif path[0] == "priors" and len(path) == 3 and path[1] in known:
            path, value = path[:2], {**known[path[1]].raw, path[2]: value}
        raw = value
        for part in reversed(path):
            raw = {part: raw}
        raw, freed = _freed(raw)
        if validated(RunEntry, raw, SET_OPTION, "", faults):
            freer = _without_holds(scenario, freed, SET_OPTION, faults)
            scenario = overlaid(freer, raw, SET_OPTION)
    return scenario


def _toml_value(written: str, text: str, faults: list[Fault]) -> Any:
    try:
        tables = tomllib.loads(f"value = {written}")
        if out_of_bounds(tables) is None:
            return tables["value"]
    except (ValueError, RecursionError):
        if written.replace("-", "").replace("_", "").isalnum():
            return written
    allowed = 'KEY=VALUE with a TOML value, such as horizon=2060 or title="My scenario"'
    faults.append(Fault(SET_OPTION, "", text, "no TOML value", allowed))
    return None


def _fixed_prior(table: StatedTable, value: Any) -> dict[str, Any]:
    unit = table.raw.get("unit", "")
    note = "Fixed for this run."
    return {"family": "fixed", "value": value, "unit": unit, "source": "judgement", "note": note}
