"""Public numeric functions say what goes in and what comes out, in the sections of numpydoc."""

import ast
import inspect
import re

import pytest
from checkout import ROOT
from test_house import ROOMS

from simulator import drivers, model

SOURCES = sorted((ROOT / "simulator").rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in SOURCES}

# Rooms in which numbers and estimates make a function numeric; in the others only arrays do.
COMPUTING_ROOMS = (
    "arrays",
    "distributions",
    "sampling",
    "drivers",
    "model",
    "simulate",
    "summaries",
    "evidence",
    "sensitivity",
)

# Records of numbers with their errors.
RECORDS = frozenset({"Estimate", "Interval", "ImportanceWeights", "Counts", "Decomposition"})

SECTION = re.compile(r"^ *([A-Z][a-z]+)\n *-{3,}$", re.MULTILINE)
SHAPE = re.compile(r"\([^()]*\)")


def words(node):
    """Names that occur in an annotation, or in the value of an alias."""
    named = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return named | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def array_types():
    """Array types, and every name that a module of the package gives to one."""
    known, before = {"NDArray"}, 0
    while len(known) != before:
        before = len(known)
        for node in (each for tree in TREES.values() for each in tree.body):
            if isinstance(node, ast.Assign) and words(node.value) & known:
                known |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return known


ARRAY_TYPES = array_types()


def public_functions(tree):
    """Public functions of a module, and methods of its public classes."""
    bodies = [tree.body]
    bodies += [n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name[0] != "_"]
    for node in (each for body in bodies for each in body):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def typed_arguments(function):
    every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return {arg.arg: arg.annotation for arg in every if arg.arg not in ("self", "cls")}


def is_numeric(function, computing):
    """Whether arrays go in or come out, or in a computing room estimates, or numbers come out."""
    types = [each for each in (*typed_arguments(function).values(), function.returns) if each]
    named = set().union(*map(words, types))
    if not computing:
        return bool(named & ARRAY_TYPES)
    number = function.returns is not None and "float" in words(function.returns)
    return number or bool(named & (ARRAY_TYPES | RECORDS))


def own_raises(function):
    """Names of the exceptions that a function itself raises."""
    nested = {
        id(part)
        for inner in ast.walk(function)
        if isinstance(inner, ast.FunctionDef) and inner is not function
        for part in ast.walk(inner)
    }
    raised = (n.exc for n in ast.walk(function) if isinstance(n, ast.Raise) and id(n) not in nested)
    return {ast.unparse(e.func if isinstance(e, ast.Call) else e) for e in raised if e is not None}


def missing_sections(function):
    """What a function's docstring lacks: sections, arguments that are not named, shapes of arrays, exceptions."""
    parts = SECTION.split(ast.get_docstring(function) or "")
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    arguments = typed_arguments(function)
    wanted = {"Parameters"} if arguments else set()
    if function.returns is not None and ast.unparse(function.returns) != "None":
        wanted.add("Returns")
    missing = sorted(wanted - sections.keys())
    described = {
        name.strip(): rest
        for names, rest in re.findall(
            r"^(\w+(?:, \w+)*) : (.*(?:\n +.*)*)", sections.get("Parameters", ""), re.MULTILINE
        )
        for name in names.split(",")
    }
    if "Parameters" in sections:
        missing += [name for name in arguments if name not in described]
    missing += [
        f"shape of {name}"
        for name, annotation in arguments.items()
        if name in described and is_plain_array(annotation) and not SHAPE.search(described[name])
    ]
    raises = sections.get("Raises", "")
    return missing + [f"Raises {name}" for name in own_raises(function) if name not in raises]


def is_plain_array(annotation):
    return annotation is not None and ast.unparse(annotation).removesuffix(" | None") in ARRAYS


ARRAYS = frozenset({"Array", "Whole", "Array | Whole"})


@pytest.mark.parametrize("room", ROOMS)
def test_numeric_functions_have_numpydoc_sections(room):
    faults = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {', '.join(missing)}"
        for path, tree in TREES.items()
        if path.relative_to(ROOT / "simulator").parts[0].removesuffix(".py") == room
        for function in public_functions(tree)
        if is_numeric(function, room in COMPUTING_ROOMS) and (missing := missing_sections(function))
    ]
    assert not faults, "\n".join(["these docstrings lack:", *faults])


def test_numeric_types_are_recognised():
    assert {"Array", "Whole", "Levels", "BootstrapCounts", "Rate"} <= ARRAY_TYPES


@pytest.mark.parametrize("room", COMPUTING_ROOMS)
def test_every_computing_room_has_numeric_functions(room):
    files = [path for path in SOURCES if room in (path.stem, path.parent.name)]
    assert any(is_numeric(each, True) for path in files for each in public_functions(TREES[path]))


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
        ("X.\n\nParameters\n----------\nx, y : [1]\n", ["Returns", "shape of x", "shape of y"]),
        ("X.\n\nParameters\n----------\nx, y : (draw) [1]\n\nReturns\n-------\n(draw) [1]\n", []),
    ],
)
def test_missing_sections_are_recognised(docstring, missing):
    source = f"def f(x: Array, y: Array) -> Array:\n    {docstring!r}\n"
    (function,) = public_functions(ast.parse(source))
    assert is_numeric(function, False)
    assert sorted(missing_sections(function)) == sorted(missing)


def test_missing_exceptions_are_recognised():
    source = 'def f() -> float:\n    """X.\n\n    Returns\n    -------\n    [1]\n    """\n    raise ValueError("x")\n'
    (function,) = public_functions(ast.parse(source))
    assert is_numeric(function, True)
    assert not is_numeric(function, False)
    assert missing_sections(function) == ["Raises ValueError"]
