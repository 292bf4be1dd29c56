"""The equations of docs/method.md, read from the page and evaluated.

An equation is an indented line `name = expression`, with a unit in brackets or a condition three spaces or more to its
right. A line without a name is another case of the equation above it, or goes on with its expression. `name[k]` is a
series at the quarters from the anchor on, `name[k+1]` at the next ones, and `name[j]` at those up to the anchor.
"""

import ast
import re
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from checkout import ROOT
from scipy import special

PAGE = (ROOT / "docs" / "method.md").read_text("utf-8")
SECTIONS = {title: text for title, _, text in (p.partition("\n") for p in PAGE.split("\n## ")[1:])}
MODEL_SECTIONS = (
    "Shapes of growth",
    "Physical training compute",
    "The data wall",
    "Unhobbling, inference, regime, feedback",
    "Readings",
)

EQUATION = re.compile(r"^    (?P<left>[a-z]\S*(?:\([\w, ]+\))?)? *= (?P<right>.*)$")
SUBSCRIPT = re.compile(r"(\w+)\[(k\+1|k|j)\]")
SUM = re.compile(r"sum over steps s of (.*)")
STEP = ("occurs", "arrival", "gain", "ramp")
BENCHMARK = ("floor", "slope", "midpoint", "ceiling")


class Equation(NamedTuple):
    """`left = right`, in one or several cases.

    Attributes
    ----------
    cases : (expression, condition), in the notation of the page; an empty condition always holds
    unit : as the page states it; empty where it does not
    """

    left: str
    cases: list[tuple[str, str]]
    unit: str


def equations(section):
    """The equations of a section, in their order."""
    read = []
    for line in SECTIONS[section].splitlines():
        if not line.startswith("    "):
            continue
        match = EQUATION.match(line)
        right, _, aside = (match["right"] if match else line.strip()).partition("   ")
        unit = re.fullmatch(r" *\[(.*)\]", aside)
        condition = "" if unit else aside.strip()
        if match and match["left"]:
            cases = [(right.strip(), condition)]
            read.append(Equation(match["left"], cases, unit[1] if unit else ""))
        elif match:
            read[-1].cases.append((right.strip(), condition))
        else:
            expression, _ = read[-1].cases.pop()
            read[-1].cases.append((f"{expression} {right.strip()}", condition))
    return read


def python(expression):
    """An expression of the page as Python: powers, subscripts and sums are written otherwise there."""
    summed = SUM.fullmatch(expression)
    if summed:
        return f"sum_over_steps({python(summed[1])!r})"
    return SUBSCRIPT.sub(r'row("\1", "\2")', expression.replace("^", "**"))


def names_of(expression):
    """Names that an expression of the page uses."""
    tree = ast.parse(python(expression), mode="eval")
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    for text in texts:
        if isinstance(text, str) and re.fullmatch(r"[a-z]\w*", text):
            used |= {text}
        elif isinstance(text, str):
            used |= names_of(text) if text not in ("k+1",) else set()
    return used - {"row", "sum_over_steps", "k", "j"}


FUNCTIONS = {
    "exp": np.exp,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "min": lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)),
    "max": lambda *values: np.maximum.reduce(np.broadcast_arrays(*values)),
    "argmin": lambda *values: np.argmin(np.array(np.broadcast_arrays(*values)), axis=0),
    "clip": np.clip,
    "z": special.ndtri,
    "student_quantile": special.stdtrit,
    "beta_quantile": special.betaincinv,
    "gamma_quantile": special.gammaincinv,
}


def evaluated(expression, names):
    """An expression's value; a name that is not among these, and no function, is an error."""
    with np.errstate(all="ignore"):
        return eval(python(expression), {"__builtins__": {}}, FUNCTIONS | names)


@dataclass
class Page:
    """The names that equations of the page may use, with what they stand for.

    Attributes
    ----------
    known : parameters (draw), time (year, 1), the program's series (year, draw), and what the page has defined
    anchor : row of the anchor
    sliced : names that the page defines for the quarters of one subscript alone
    steps, benchmarks : name of each -> its parameters
    """

    known: dict
    anchor: int
    steps: dict
    benchmarks: dict
    sliced: dict = field(default_factory=dict)

    def row(self, name, subscript):
        if name in self.sliced:
            assert self.sliced[name] == subscript, f"{name}[{subscript}] is not defined"
            return self.known[name]
        return self.known[name][self.rows(subscript)]

    def rows(self, subscript):
        start = {"j": 0, "k": self.anchor, "k+1": self.anchor + 1}[subscript]
        return slice(start, {"j": self.anchor + 1, "k": -1, "k+1": None}[subscript])

    def value(self, expression, **local):
        """An expression's value; a name that nothing on the page or in the program has is an error."""

        def sum_over_steps(text):
            total = 0.0
            for parameters in self.steps.values():
                own = {f"s_{key}": each for key, each in parameters.items()}
                total = total + self.value(text, **own)
            return total

        given = {"row": self.row, "sum_over_steps": sum_over_steps}
        names = self.known | given | local
        for name, body in self.known.items():
            if callable(body) and name.endswith("_s"):
                names[name] = lambda *values, body=body: body(*values, **local)
        return evaluated(expression, names)

    def solved(self, cases, **local):
        """The value of an equation's cases, each where its condition holds."""
        if len(cases) == 1:
            return self.value(cases[0][0], **local)
        conditions = [self.value(condition, **local) for _, condition in cases]
        values = [self.value(expression, **local) for expression, _ in cases]
        shape = np.broadcast_shapes(*map(np.shape, (*conditions, *values)))
        conditions, values = (
            [np.broadcast_to(each, shape) for each in part] for part in (conditions, values)
        )
        assert (np.sum(conditions, axis=0) == 1).all(), "cases overlap, or leave something out"
        return np.select(conditions, values)

    def define(self, equation):
        """Take an equation in, and give what it says of series: name -> (rows, values)."""
        left, cases, _ = equation
        if function := re.fullmatch(r"(\w+)\((.*)\)", left):
            names = function[2].split(", ")
            self.known[function[1]] = lambda *values, **local: self.solved(
                cases, **(dict(zip(names, values, strict=True)) | local)
            )
            return {}
        if left.endswith("<benchmark>"):
            stem = left.partition("<")[0]
            return {
                stem + name: (slice(None), self.solved(cases, **own))
                for name, own in self.benchmarks.items()
            }
        name, subscript = SUBSCRIPT.fullmatch(left).groups() if "[" in left else (left, "")
        value = self.solved(cases)
        if name in self.known:
            return {name: (self.rows(subscript) if subscript else slice(None), value)}
        self.known[name] = value
        self.sliced |= {name: subscript} if subscript else {}
        return {}


def table(section, columns):
    """Rows of the table of a section that has this many columns."""
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in rows if len(row) == columns][1:]
