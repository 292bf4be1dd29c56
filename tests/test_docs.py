"""docs/method.md and the program say the same: equations, parameters, families, methods, and the names of things."""

import ast
import re
from functools import partial

import method_page
import numpy as np
import pytest
from checkout import ROOT
from method_page import Page, equations, names_of, table

from simulator.distributions.distribution import FAMILIES
from simulator.inputs import load
from simulator.sensitivity.question import METHODS
from simulator.simulate import blocks

EQUATIONS = [each for section in method_page.MODEL_SECTIONS for each in equations(section)]
PLANS = {
    "baseline": [],
    "no trend": ["spending_growth=0", "price_performance_growth=0", "duration_growth=0"],
}


def members(parameters, prefix, fields):
    """Name of each step or benchmark -> its parameters."""
    last = f"_{fields[0]}"
    names = [
        name.removeprefix(prefix).removesuffix(last)
        for name in parameters
        if name.startswith(prefix) and name.endswith(last)
    ]
    return {n: {each: parameters[f"{prefix}{n}_{each}"] for each in fields} for n in names}


def page_of(plan, block):
    """The names that the page may use: time, parameters and the program's series."""
    year = plan.grid.years[:, np.newaxis]
    time = {"year": year, "t": year - plan.anchor_year, "dt": 0.25, "anchor_year": plan.anchor_year}
    own = block.parameters
    steps = members(own, "unhobbling_", method_page.STEP)
    benchmarks = members(own, "benchmark_", method_page.BENCHMARK)
    return Page(
        {**time, **own, **block.series},
        int(np.searchsorted(plan.grid.years, plan.anchor_year)),
        steps,
        benchmarks,
    )


@pytest.mark.parametrize("sets", PLANS.values(), ids=PLANS)
def test_the_page_s_equations_give_the_program_s_series(sets):
    plan = load.load_plan("baseline", sets)
    block = blocks.simulate_block(blocks.compile_plan(plan), range(128))
    page = page_of(plan, block)
    given = {name: np.zeros(len(plan.grid.years), bool) for name in block.series}
    for equation in EQUATIONS:
        for name, (rows, values) in page.define(equation).items():
            series = block.series[name][rows]
            np.testing.assert_allclose(
                np.broadcast_to(values, series.shape), series, 1e-9, 1e-9, err_msg=name
            )
            given[name][rows] = True
    assert not [name for name, rows in given.items() if not rows.all()], "series without equation"


def test_the_page_s_units_are_the_program_s(compiled):
    units = {name: series.unit for name, series in compiled.model.series.items()}
    units["score_<benchmark>"] = "fraction"
    stated = {each.left.partition("[")[0]: each.unit for each in EQUATIONS if each.unit}
    assert stated == {name: units[name] for name in stated}


def test_every_parameter_enters_an_equation_of_the_page_or_is_a_threshold(plan):
    used = {
        n
        for each in EQUATIONS
        for case in each.cases
        for part in case
        if part
        for n in names_of(part)
    }
    thresholds = {milestone.threshold for milestone in plan.milestones}
    for prior in plan.priors:
        name = prior.name
        for prefix, stem, fields in (
            ("unhobbling_", "s_", method_page.STEP),
            ("benchmark_", "", method_page.BENCHMARK),
        ):
            if name.startswith(prefix) and name.rpartition("_")[2] in fields:
                name = stem + name.rpartition("_")[2]
        assert name in used or name in thresholds, prior.name


def test_the_table_of_parameters_is_that_of_the_shipped_priors(plan):
    stated = [tuple(row[:3]) for row in table("Parameters", 4)]
    assert sorted(stated) == sorted((p.name, p.unit, p.source) for p in plan.priors)


def test_the_table_of_families_is_that_of_the_program():
    stated = {row[0]: row[1].split(", ") for row in table("Families of priors", 3)}
    assert stated == {name: list(family.natural) for name, family in FAMILIES.items()}


LEVELS = (1e-9, 0.01, 0.2, 0.5, 0.75, 0.99)
MEMBERS = {
    "fixed": {"value": 2.5},
    "uniform": {"low": 2.0, "high": 5.0},
    "loguniform": {"low": 0.2, "high": 50.0},
    "normal": {"mean": 1.0, "sd": 3.0},
    "lognormal": {"median": 2.0, "sigma": 0.7},
    "student_t": {"median": 1.0, "scale": 2.0, "df": 3.3},
    "triangular": {"low": 1.0, "mode": 2.0, "high": 6.0},
    "pert": {"low": 1.0, "mode": 2.0, "high": 6.0},
    "beta": {"alpha": 0.6, "beta": 3.0, "low": 1.0, "high": 3.0},
    "gamma": {"shape": 2.5, "scale": 2.0},
    "bernoulli": {"p": 0.3},
}
IN_WORDS = {"discrete", "quantiles", "mixture"}  # their rows are no formulas


def family_value(text, natural, u):
    """The value that a row of the table of families gives at level u."""
    names = natural | {"u": u}
    value = partial(method_page.evaluated, names=names)
    if cases := re.fullmatch(r"(.*) up to the mode, (.*) beyond", text):
        below = value(cases[1])
        return below if below <= natural["mode"] else value(cases[2])
    if cases := re.fullmatch(r"(.*) where (.*), else (.*)", text):
        return value(cases[1] if value(cases[2]) else cases[3])
    return value(text)


@pytest.mark.parametrize("name", MEMBERS)
def test_the_page_s_inverse_cdf_is_the_program_s(name):
    (text,) = (row[2] for row in table("Families of priors", 3) if row[0] == name)
    natural = MEMBERS[name]
    stated = [float(family_value(text, natural, u)) for u in LEVELS]
    values = FAMILIES[name].inverse_cdf(np.array(LEVELS), **natural)
    np.testing.assert_allclose(stated, values, 1e-9)


def test_every_family_is_evaluated_or_in_words():
    assert MEMBERS.keys() | IN_WORDS == FAMILIES.keys()


def test_the_table_of_methods_is_that_of_the_program():
    assert [row[0] for row in table("What drives an answer", 3)] == list(METHODS)


def code_names():
    """Identifiers of the program's sources, words of its texts, and keys and values of the data files."""
    names = set()
    for path in (ROOT / "simulator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names |= set(re.findall(r"[\w-]+", node.value)) if " " not in node.value else set()
            for attribute in ("id", "attr", "arg", "name"):
                names.add(getattr(node, attribute, None))
    for folder in ("priors", "runs", "evidence"):
        for path in (ROOT / folder).glob("*.toml"):
            names |= set(re.findall(r"\w+", re.sub(r'"[^"]* [^"]*"', "", path.read_text("utf-8"))))
    return names


def command_options():
    """Command -> its flags, for every command of the program."""
    import typer

    from simulator.cli import app

    commands = typer.main.get_command(app).commands
    return {
        name: {flag for each in command.params for flag in each.opts}
        for name, command in commands.items()
    }


QUOTED = re.findall(r"`([^`\n]+)`", method_page.PAGE)


def test_what_the_page_quotes_from_the_program_is_there():
    names = code_names() | {each.left.partition("[")[0] for each in EQUATIONS}
    commands = command_options()
    flags = set().union(*commands.values())
    missing = []
    for text in QUOTED:
        if re.fullmatch(r"[a-z]\w+", text):
            missing += [text] if text not in names else []
        elif command := re.match(r"oomcast (\w+)", text):
            unknown = set(re.findall(r"--[\w-]+", text)) - commands.get(command[1], set())
            missing += [text] if unknown or command[1] not in commands else []
        elif re.fullmatch(r"--[\w-]+", text):
            missing += [text] if text not in flags else []
        elif re.fullmatch(r"[\w-]+(/[\w-]+)*/?(\.\w+)?", text) and "/" in text:
            there = (ROOT / text).exists() or (ROOT / "simulator" / text).exists()
            missing += [] if there else [text]
    assert not missing


def test_a_name_that_is_not_in_the_program_is_recognised():
    assert "data_penalty" in code_names()
    assert "data_bonus" not in code_names()
    assert "--attribute" in command_options()["compare"]
