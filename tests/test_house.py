"""The laws of the house: which room imports which, how long things are, what they are called."""

import ast
import re
import subprocess
import sys

import pytest
from checkout import ROOT, checkout_files

PACKAGE = "simulator"

# A room is a module or a package of simulator; each imports only from rooms before it.
ROOMS = (
    "errors",
    "arrays",
    "distributions",
    "sampling",
    "formulas",
    "drivers",
    "model",
    "inputs",
    "simulate",
    "summaries",
    "evidence",
    "store",
    "sensitivity",
    "output",
    "page",
    "api",
    "cli",
)
DOORS = ("__init__", "__main__")  # of the package itself: they stand behind every room

FILE_LINES = 500
FUNCTION_LINES = 45  # docstrings not counted

FORBIDDEN_FUNCTION = re.compile(r"_*(get|compute|calculate)_")
FORBIDDEN_MODULE = re.compile(r"(^|_)(util|helper|manager)s?($|_)")
FORBIDDEN_PARAMETER = "random_state"

# Patterns are spelt so that they do not find themselves.
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:home|mnt|root|tmp|work|Users)/\w")
SHARED_FOLDER = re.compile(r"(?<![\w/.-])(?:\.{1,2}/)*shared[/]")

HEAVY = ("arviz", "matplotlib", "numpy", "pandas", "scipy", "xarray")

SOURCES = sorted((ROOT / PACKAGE).rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8"), str(path)) for path in SOURCES}
per_source = pytest.mark.parametrize(
    "path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / PACKAGE))
)


def module_parts(path):
    """("simulator", "drivers", "compute") for simulator/drivers/compute.py."""
    return path.relative_to(ROOT).with_suffix("").parts


def room(path):
    return module_parts(path)[1]


def imports(path):
    """Line, dotted name and room of whatever a file imports from simulator, late imports too."""
    parts = module_parts(path)
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(parts[: -node.level]) if node.level else ""
            base = ".".join(filter(None, (base, node.module)))
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, imported, *_ = *name.split("."), "__init__"
            if package == PACKAGE:
                yield node.lineno, name, imported


def may_import(importer, imported):
    if importer in DOORS or importer == imported or imported.startswith("__version"):
        return True
    return importer in ROOMS and imported in ROOMS[: ROOMS.index(importer)]


def functions(path):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(TREES[path]) if isinstance(node, kinds)]


def code_lines(function):
    """How many lines a function has, from `def`, without its docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        lines -= docstring.end_lineno - docstring.lineno + 1
    return lines


def parameters(function):
    found = function.args
    starred = filter(None, (found.vararg, found.kwarg))
    return [each.arg for each in (*found.posonlyargs, *found.args, *found.kwonlyargs, *starred)]


@per_source
def test_every_module_is_in_a_room(path):
    assert room(path) in (*ROOMS, *DOORS), (
        f"{path.relative_to(ROOT)} is in no room: add {room(path)!r} to ROOMS in "
        "tests/test_house.py, after every room it imports and before every room that imports it"
    )


@per_source
def test_imports_run_one_way(path):
    importer = room(path)
    wrong = [
        f"  line {line}: {name}"
        for line, name, imported in imports(path)
        if not may_import(importer, imported)
    ]
    assert not wrong, (
        f"{path.relative_to(ROOT)} may import only from rooms before {importer!r} in ROOMS, each "
        "by its own name (not through the package); move what it needs to an earlier room:\n"
        + "\n".join(wrong)
    )


@per_source
def test_files_are_short(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= FILE_LINES, (
        f"{path.relative_to(ROOT)} has {lines} lines, {FILE_LINES} are allowed: it is two rooms"
    )


@per_source
def test_functions_are_short(path):
    long = [
        f"  line {function.lineno}: {function.name}, {code_lines(function)} lines"
        for function in functions(path)
        if code_lines(function) > FUNCTION_LINES
    ]
    assert not long, (
        f"{path.relative_to(ROOT)} has functions past {FUNCTION_LINES} lines (docstring not "
        "counted); split them into what they do one after another:\n" + "\n".join(long)
    )


@per_source
def test_names_say_what_things_are(path):
    wrong = [
        f"  line {function.lineno}: {function.name}: a quantity's function is a noun, without get, "
        "compute or calculate"
        for function in functions(path)
        if FORBIDDEN_FUNCTION.match(function.name)
    ]
    wrong += [
        f"  line {function.lineno}: {function.name}({FORBIDDEN_PARAMETER}): say seed, or levels"
        for function in functions(path)
        if FORBIDDEN_PARAMETER in parameters(function)
    ]
    wrong += [
        f"  module {name}: name it after what it is about"
        for name in module_parts(path)
        if FORBIDDEN_MODULE.search(name)
    ]
    assert not wrong, f"{path.relative_to(ROOT)} has names to change:\n" + "\n".join(wrong)


def test_no_file_knows_the_machine_it_was_written_on():
    wrong = []
    for path in checkout_files():
        try:
            text = (ROOT / path).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line) or SHARED_FOLDER.search(line):
                wrong.append(f"  {path}:{number}: {line.strip()[:80]}")
    assert not wrong, (
        "these lines name a place that a fresh clone does not have; make the path relative to the "
        "checkout, or say what is meant without it:\n" + "\n".join(wrong)
    )


def test_the_command_line_starts_light():
    program = (
        "import sys, simulator.cli\n"
        f"print(*sorted({{name.split('.')[0] for name in sys.modules}} & {set(HEAVY)}))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"`import simulator.cli` fails:\n{done.stderr}"
    assert not done.stdout.split(), (
        f"`import simulator.cli` imports {done.stdout.strip()}, and `oomcast --help` waits for it: "
        "import it, or the room that needs it, inside the function that uses it (find who does "
        "with `python -X importtime -c 'import simulator.cli'`)"
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("see " + "/ho" + "me/ada/data.csv", True),
        ("open('" + "/t" + "mp/x')", True),
        ("read ../" + "shared" + "/facts", True),
        ("https://example.org/" + "work/x/" + "shared" + "/y", False),
        ("draws/home/x", False),
    ],
)
def test_paths_of_machines_are_recognised(line, found):
    assert bool(MACHINE_PATH.search(line) or SHARED_FOLDER.search(line)) is found


def test_imports_against_the_street_are_recognised():
    assert may_import("model", "drivers")
    assert may_import("drivers", "drivers")
    assert may_import("__init__", "cli")
    assert not may_import("drivers", "model")
    assert not may_import("cli", "__init__")


def package_names(source):
    """Names that the source of a package binds, and those that it offers in dicts of lazy imports."""
    bound = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom | ast.Import):
            bound |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            bound |= {
                name.id
                for name in ast.walk(node)
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
            }
            if isinstance(node.value, ast.Dict):
                keys = (key for key in node.value.keys if isinstance(key, ast.Constant))
                bound |= {key.value for key in keys}
    return bound


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.name == "__init__.py"],
    ids=lambda path: str(path.parent.relative_to(ROOT)),
)
def test_no_name_is_both_a_module_and_something_else(path):
    """A name that a package takes from elsewhere would change its meaning once the module is imported."""
    modules = {each.stem for each in path.parent.glob("*.py")}
    modules |= {each.parent.name for each in path.parent.glob("*/__init__.py")}
    own = f"{'.'.join(path.parent.relative_to(ROOT).parts)}"
    source = path.read_text("utf-8")
    imported_modules = {
        alias.name
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom) and node.module == own
        for alias in node.names
        if alias.asname is None
    }
    assert not (package_names(source) - imported_modules) & modules


def test_names_of_packages_are_recognised():
    source = "from a.b import c as d\nx = 1\nLAZY = {'run': 'store'}\ndef f(): pass\n"
    assert package_names(source) == {"d", "x", "LAZY", "run", "f"}


def test_no_two_test_files_share_a_name():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})


BANNED_WORDS = frozenset(
    [
        "asked",
        "card",
        "cards",
        "everything",
        "found",
        "luck",
        "place",
        "places",
        "said",
        "seen",
        "told",
        "walk",
        "walked",
        "walks",
        "world",
        "worlds",
    ]
)
FAULT_FIELDS = frozenset({("errors.py", "found")})  # an error states what was found in the file


def identifiers(tree):
    """Line and name of every function, class, argument, variable and attribute that a file assigns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


@per_source
def test_names_say_what_a_thing_is(path):
    named = {
        (line, name)
        for line, name in identifiers(TREES[path])
        if name in BANNED_WORDS and (path.name, name) not in FAULT_FIELDS
    }
    assert named == set()
