"""One self-contained file: the template, filled with results, their scenarios, programs, styles and scripts."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from simulator.errors import Fault, InputFault
from simulator.inputs.files import shipped_folder
from simulator.inputs.load import plans_by_name
from simulator.inputs.observations import Observation, known_observations
from simulator.inputs.plan import Plan
from simulator.inputs.schema import SourceEntry
from simulator.output.tables.milestones import milestones_answer
from simulator.output.units import SCALES, plain_unit, tick_marks
from simulator.page import sections
from simulator.page.answers import answer_record, observed_points
from simulator.page.graph import TraceFailed
from simulator.page.javascript import program
from simulator.page.markup import Markup, element, escaped, joined
from simulator.page.modules import bundle
from simulator.page.scenarios import scenario_record
from simulator.page.trace import trace
from simulator.summaries.result import Result

WORKER_NEEDS = (
    "program", "sampling", "priors", "series", "arrivals", "years", "rows", "conditioned",
)  # fmt: skip


def report(results: Sequence[Result], presets: bool = True) -> tuple[str, list[str]]:
    """A page of results, in which priors move.

    Parameters
    ----------
    results : the first is what the page starts with; the others stand beside it
    presets : whether a reader can also start from any shipped scenario, which makes the page larger

    Returns
    -------
    the page as HTML, and warnings: why it has no controls, or not for every scenario
    """
    programs: list[str] = []
    warnings: list[str] = []
    observations = known_observations()
    plans, stated = _plans([result.plan for result in results], presets)
    scenarios = [
        scenario_record(plan, _program(plan, programs, warnings), stated) for plan in plans
    ]
    controls = all(each["program"] is not None for each in scenarios[: len(results)])
    extra = [each for each in scenarios[len(results) :] if controls and each["program"] is not None]
    scenarios = [*scenarios[: len(results)], *extra]
    drivers, order = sections.drivers_section(results[0])
    data = {
        "scenarios": scenarios,
        "answers": [answer_record(result) for result in results],
        "sources": {
            key: _source_in_words(source) for plan in plans for key, source in plan.sources.items()
        },
        "order": order,
        "points": observed_points(results[0], observations),
        "axes": _axes(),
        "controls": controls,
    }
    routes, spread = sections.routes_section(results)
    static = _static_parts(results, routes, drivers, observations)
    return _filled(results, data, programs, spread, static, warnings), warnings


def write_report(results: Sequence[Result], path: Path, presets: bool = True) -> list[str]:
    """Write the page of some results, and give its warnings."""
    text, warnings = report(results, presets)
    path.write_text(text, encoding="utf-8")
    return warnings


def check_output(path: Path) -> None:
    """Refuse a file that a page cannot be.

    Raises
    ------
    InputFault
        when its ending is another, or its folder is not there
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputFault([Fault(str(path), found=f"the ending {path.suffix!r}", allowed=".html")])
    if not path.parent.is_dir():
        raise InputFault(
            [Fault(str(path), found="no such folder", allowed="a folder that is there")]
        )


DECADES = (-12.0, 60.0)


def _axes() -> dict[str, dict[str, Any]]:
    """Heading and marks of an axis of each logarithmic unit: positions [unit] with their labels."""
    most = int(DECADES[1] - DECADES[0])
    return {
        unit: {"heading": plain_unit(unit), "marks": tick_marks(*DECADES, unit, most)}
        for unit in SCALES
    }


def _plans(plans: Sequence[Plan], presets: bool) -> tuple[list[Plan], dict[str, Plan]]:
    """The plans of the results and of presets, the other shipped scenarios; and all that run files give, by name."""
    own = [plan.name for plan in plans]
    shipped = sorted(path.stem for path in shipped_folder("runs").glob("*.toml")) if presets else []
    stated = plans_by_name([*own, *shipped])  # a person's own files may not fit a scenario
    others = [stated[name] for name in shipped if name in stated and name not in own]
    return [*plans, *others], stated


def _program(plan: Plan, programs: list[str], warnings: list[str]) -> int | None:
    """The number of the plan's program, traced and written once for all that share it."""
    if plan.design != "random":
        warnings.append(
            f"{plan.name} has no controls in the page, which draws at random: its design is {plan.design}"
        )
        return None
    try:
        source = program(trace(plan)).source
    except TraceFailed as error:
        warnings.append(f"{plan.name} has no controls in the page: {error}")
        return None
    if source not in programs:
        programs.append(source)
    return programs.index(source)


def _source_in_words(source: SourceEntry) -> str:
    return f"{source.authors} ({source.year}), {source.title}"


def _filled(
    results: Sequence[Result],
    data: dict[str, Any],
    programs: list[str],
    spread: Markup,
    static: Markup,
    warnings: Sequence[str],
) -> str:
    style, script = page_file("page.css"), f"(() => {{\n{bundle('page')}\n}})();\n"
    worker = _worker(data["scenarios"], programs) if data["controls"] else ""
    first = results[0].plan
    values = {
        "policy": _policy(style, script),
        "title": escaped(f"{first.title}: AI milestones by oomcast"),
        "scenario": escaped(" · ".join(result.plan.title for result in results)),
        "as_of": escaped(first.as_of),
        "style": style,
        "script": script,
        "data": _json(data),
        "worker": _script_text(worker),
        "controls_class": "with-controls" if data["controls"] else "without-controls",
        "no_controls": escaped(" ".join(warnings)),
        "milestone_options": _options(
            [(m.name, sections.spoken(m.name)) for m in first.milestones]
        ),
        "series_options": _options([(name, sections.spoken(name)) for name in _series_names(data)]),
        "scenario_options": _options(
            [(str(i), each["title"]) for i, each in enumerate(data["scenarios"])]
        ),
        "routes": spread,
        "year_heads": _year_heads(first),
        "horizon": f"{first.horizon:g}",
        "static_table": sections.finished_table(
            milestones_answer(results, [r.plan.name for r in results]).table
        ),
        "static": static,
        "navigation": _navigation(static),
        "version": escaped(results[0].version),
    }
    return Template(page_file("page.html")).substitute(values)


def _static_parts(
    results: Sequence[Result],
    routes: Markup,
    drivers: Markup,
    observations: Sequence[Observation],
) -> Markup:
    """The parts of the page that stay as they are when priors move."""
    first = results[0].plan
    return joined([
        routes,
        drivers,
        sections.evidence_section(results[0]),
        sections.claims_section(results),
        sections.hindcast_section(results, observations),
        sections.published_section(results[0]),
        sections.side_by_side_section(results),
        sections.priors_section(first),
        sections.provenance_section(results),
    ])  # fmt: skip


def _worker(scenarios: Sequence[dict[str, Any]], programs: Sequence[str]) -> str:
    """What the worker runs: what it needs of the scenarios, the programs, and the modules."""
    needed = [{key: each[key] for key in WORKER_NEEDS} for each in scenarios]
    written = f"const SCENARIOS = {_json(needed)};\nconst PROGRAMS = [\n{','.join(programs)}\n];"
    return f"{written}\n{bundle('worker')}"


def _series_names(data: dict[str, Any]) -> list[str]:
    """Series that the page can draw as a fan, those that milestones stand on first."""
    drawn = list(data["answers"][0]["bandsOf"])
    first = [m["series"] for m in data["scenarios"][0]["milestones"] if m["series"] in drawn]
    return list(dict.fromkeys([*first, *drawn]))


PARTS = {
    "explore": "explore",
    "milestones": "milestones",
    "routes": "routes",
    "drives": "drivers",
    "evidence": "evidence",
    "claims": "claims",
    "hindcast": "hindcast",
    "published": "published",
    "compare": "side by side",
    "priors": "priors",
    "provenance": "provenance",
}


def _navigation(static: Markup) -> Markup:
    """Links to the parts that this page has."""
    always = ("explore", "milestones")
    there = [part for part in PARTS if part in always or f'id="{part}"' in static]
    return joined(element("a", PARTS[part], href=f"#{part}") for part in there)


def _year_heads(plan: Plan) -> Markup:
    heads = (f"by end {year - 1}" for year in _shown_years(plan))
    return joined(element("th", head, scope="col", class_="number") for head in heads)


def _shown_years(plan: Plan) -> list[int]:
    """Years by which probabilities are shown: one, four and nine after the next turn of the year."""
    first = -int(-plan.as_of_year // 1) + 1
    return [year for year in (first, first + 3, first + 8) if year <= plan.horizon]


def page_file(name: str) -> str:
    """A template, or a style sheet."""
    return (files("simulator.page") / "templates" / name).read_text("utf-8")


def _options(choices: Sequence[tuple[str, str]]) -> Markup:
    return joined(element("option", text, value=value) for value, text in choices)


def _json(value: Any) -> str:
    """JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _script_text(source: str) -> str:
    """A script for an element of its own; one that would end the element is an error."""
    if "</script" in source.lower() or "<!--" in source:
        raise ValueError("a script that would end its element early")
    return source


def _policy(style: str, script: str) -> str:
    """The content security policy: this script, this style, a worker made of the page; nothing from anywhere else."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; worker-src blob:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
