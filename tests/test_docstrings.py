"""Public numeric functions say what goes in and what comes out, in the sections of numpydoc."""

import ast
import inspect
import re

import pytest
from checkout import ROOT

from simulator import drivers, model

# Rooms whose public numeric functions have numpydoc sections.
NUMERIC_ROOMS = (
    "arrays",
    "distributions",
    "sampling",
    "drivers",
    "model",
    "simulate",
    "summaries",
    "sensitivity",
)

ARRAY = re.compile(r"\b(Array|Whole)\b")
SECTION = re.compile(r"^ *([A-Z][a-z]+)\n *-{3,}$", re.MULTILINE)


def sources(room):
    folder = ROOT / "simulator" / room
    return sorted(folder.glob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def numeric_functions(tree):
    """Public functions and methods of a module that take arrays, with their annotated types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_numeric(node.body)
    yield from public_numeric(tree.body)


def public_numeric(body):
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            annotations = [arg.annotation for arg in (*node.args.args, *node.args.kwonlyargs)]
            types = " ".join(ast.unparse(each) for each in (*annotations, node.returns) if each)
            if ARRAY.search(types):
                yield node


def arguments(function):
    return [a.arg for a in (*function.args.args, *function.args.kwonlyargs) if a.arg != "self"]


def missing_sections(function):
    """What a function's docstring lacks: sections, and arguments that Parameters does not name."""
    text = ast.get_docstring(function) or ""
    parts = SECTION.split(text)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    wanted = ["Parameters"] if arguments(function) else []
    if function.returns is not None and ast.unparse(function.returns) != "None":
        wanted.append("Returns")
    described = sections.get("Parameters", "")
    named = {
        name.strip()
        for line in described.splitlines()
        if re.match(r"\w+(, \w+)* : ", line)
        for name in line.partition(" : ")[0].split(",")
    }
    return [each for each in wanted if each not in sections] + [
        name for name in arguments(function) if "Parameters" in sections and name not in named
    ]


@pytest.mark.parametrize("room", NUMERIC_ROOMS)
def test_public_numeric_functions_have_numpydoc_sections(room):
    faults = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {', '.join(missing)}"
        for path in sources(room)
        for function in numeric_functions(ast.parse(path.read_text("utf-8")))
        if (missing := missing_sections(function))
    ]
    assert not faults, "these lack sections or do not describe arguments:\n" + "\n".join(faults)


def test_every_numeric_room_has_numeric_functions():
    for room in NUMERIC_ROOMS:
        trees = [ast.parse(path.read_text("utf-8")) for path in sources(room)]
        assert any(list(numeric_functions(tree)) for tree in trees), room


def test_docstrings_of_drivers_give_the_declared_units():
    for driver in (*drivers.all_drivers(), model.progress):
        text = inspect.getdoc(driver.function)
        for name, parameter in driver.parameters.items():
            (line,) = re.findall(rf"^(?:\w+, )*{name}(?:, \w+)* : .*$", text, re.MULTILINE)
            assert f"(draw) [{parameter.unit}]" in line, (driver.function.__name__, line)


@pytest.mark.parametrize(
    ("docstring", "missing"),
    [
        ("One line.", ["Parameters", "Returns"]),
        ("X.\n\nParameters\n----------\nx : (draw) [OOM]\n", ["Returns", "y"]),
        ("X.\n\nParameters\n----------\nx, y : (draw) [1]\n\nReturns\n-------\n(draw) [1]\n", []),
    ],
)
def test_missing_sections_are_recognised(docstring, missing):
    source = f"def f(x: Array, y: Array) -> Array:\n    {docstring!r}\n"
    (function,) = numeric_functions(ast.parse(source))
    assert sorted(missing_sections(function)) == sorted(missing)
