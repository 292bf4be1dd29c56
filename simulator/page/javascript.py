"""A traced model as JavaScript: one function that computes a draw, in plain loops over the years.

Values that are the same in every draw are tables, values that do not depend on the year are constants of the draw, and
an expression that occurs twice is computed once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.page.graph import Graph, Node, Statement, TraceFailed
from simulator.page.schedule import (
    Schedule,
    Steps,
    depends_on_index,
    reachable,
    rolled,
    whole_vectors,
)
from simulator.page.trace import TracedModel

INFIX = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "equal": "===", "not_equal": "!==", "less": "<",
    "less_equal": "<=", "greater": ">", "greater_equal": ">=", "logical_and": "&&", "logical_or": "||",
}  # fmt: skip

CALLS = {
    "absolute": "Math.abs", "arctan": "Math.atan", "arctan2": "Math.atan2", "ceil": "Math.ceil", "cos": "Math.cos",
    "exp": "Math.exp", "expm1": "Math.expm1", "floor": "Math.floor", "hypot": "Math.hypot", "log": "Math.log",
    "log10": "Math.log10", "log1p": "Math.log1p", "log2": "Math.log2", "maximum": "Math.max", "minimum": "Math.min",
    "fmax": "Math.max", "fmin": "Math.min", "power": "Math.pow", "sign": "Math.sign", "sin": "Math.sin",
    "sqrt": "Math.sqrt", "tan": "Math.tan", "tanh": "Math.tanh", "log_ndtr": "logNormalCdf", "ndtr": "normalCdf",
}  # fmt: skip

FORMS = {
    "negative": "(-{0})",
    "positive": "{0}",
    "logical_not": "(!{0})",
    "square": "({0} * {0})",
    "reciprocal": "(1 / {0})",
    "exp2": "Math.pow(2, {0})",
    "expit": "(1 / (1 + Math.exp(-{0})))",
    "floor_divide": "Math.floor({0} / {1})",
    "remainder": "({0} - {1} * Math.floor({0} / {1}))",
    "where": "({0} ? {1} : {2})",
}


@dataclass(frozen=True)
class Program:
    """JavaScript of a plan's model.

    Attributes
    ----------
    source : an expression: a function that gives `{draw, series, arrivals}`
    parameters, series, arrivals : names, in the order of the arrays
    """

    source: str
    parameters: tuple[str, ...]
    series: tuple[str, ...]
    arrivals: tuple[str, ...]


def program(traced: TracedModel) -> Program:
    """Emit a traced model.

    The source is a function without arguments. It gives `draw(parameters, d)`, which computes draw `d` from columns of
    parameters, fills `series` (an array of years each) and `arrivals`, and returns the log-likelihood. What it calls by
    name is Math or in the module `normal`.
    """
    writer = _Writer(traced)
    body = writer.body()
    names = {name: i for i, name in enumerate(traced.parameters)}
    head = [f"const T{i} = {_numbers(values)};" for i, values in writer.tables()]
    head += [f"const v{number} = new Float64Array({length});" for number, length in writer.arrays()]
    series = ", ".join(f"v{node.number}" for node in traced.series.values())
    head += [
        f"const series = [{series}];",
        f"const arrivals = new Float64Array({len(traced.arrivals)});",
    ]
    used = {node.detail: node.number for node in writer.nodes if node.operation == "parameter"}
    loads = [f"const s{number} = P[{names[name]}][d];" for name, number in used.items()]
    ends = [
        f"arrivals[{i}] = {writer.scalar(node)};" for i, node in enumerate(traced.arrivals.values())
    ]
    ends.append(f"return {writer.scalar(traced.log_likelihood)};")
    draw = "\n".join(["function draw(P, d) {", *loads, *body, *ends, "}"])
    source = "\n".join(["function () {", *head, draw, "return {draw, series, arrivals};", "}"])
    return Program(source, traced.parameters, tuple(traced.series), tuple(traced.arrivals))


def _numbers(values: Iterable[float]) -> str:
    listed = ", ".join(literal(value) for value in values)
    return f"Float64Array.of({listed})"


def literal(value: float | bool) -> str:
    """A number as JavaScript writes it, to the last bit."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "(-Infinity)"
    text = json.dumps(float(value)).removesuffix(".0")
    return f"({text})" if value < 0 or text.startswith("-") else text


@dataclass
class _Writer:
    """The parts of a traced model as JavaScript."""

    traced: TracedModel
    graph: Graph = field(init=False)
    schedule: Schedule = field(init=False)
    nodes: list[Node] = field(init=False)
    whole: set[int] = field(init=False)
    used: set[int] = field(init=False)
    compared: set[int] = field(init=False)

    def __post_init__(self) -> None:
        traced = self.traced
        self.graph = traced.graph
        self.schedule = Schedule(self.graph, rolled(self.graph.statements))
        roots = [*traced.series.values(), *traced.arrivals.values(), traced.log_likelihood]
        self.nodes = reachable(roots, self.schedule)
        self.whole = whole_vectors(self.nodes, traced.series.values(), self.schedule)
        self.used = {node.number for node in self.nodes}
        self.compared = self._only_compared()

    def tables(self) -> list[tuple[int, Iterable[float]]]:
        """Tables that are used."""
        return [(i, [v.item() for v in values]) for i, values in enumerate(self.graph.tables)]

    def arrays(self) -> list[tuple[int, int]]:
        """Vectors that are kept over all years: number and length."""
        kept = [node for node in self.nodes if node.length is not None and self._is_whole(node)]
        return [
            (node.number, node.length or 0)
            for node in kept
            if node.operation != "table" or self._is_output(node)
        ]

    def _is_output(self, node: Node) -> bool:
        return any(node is each for each in self.traced.series.values())

    def _is_whole(self, node: Node) -> bool:
        return node.number in self.whole or node.operation == "storage"

    def body(self) -> list[str]:
        """The statements of a draw, phase by phase."""
        active = [i for i, each in enumerate(self.schedule.steps) if self._is_needed(each)]
        last = max(
            [self.schedule.phase(node) for node in self.nodes]
            + [self.schedule.step_phase(i) for i in active]
        )
        lines: list[str] = []
        filled: set[int] = set()
        for phase in range(last + 1):
            lines += self._scalars(phase)
            for i in active:
                if self.schedule.step_phase(i) == phase:
                    lines += self._initials(self.schedule.steps[i], filled)
                    lines += self._steps(self.schedule.steps[i])
            lines += self._loops(phase)
        return lines

    def _is_needed(self, steps: Steps) -> bool:
        return all(self.graph.storage_node(number).number in self.used for number in steps.storages)

    def _scalars(self, phase: int) -> list[str]:
        chosen = [n for n in self.nodes if n.length is None and self.schedule.phase(n) == phase]
        lines: list[str] = []
        for node in chosen:
            if node.operation in ("number", "parameter"):
                continue
            if node.operation == "first":
                lines += self._first(node)
            else:
                parts = [self.scalar(each) for each in node.arguments]
                lines.append(f"const s{node.number} = {self._scalar_form(node, parts)};")
        return lines

    def _scalar_form(self, node: Node, parts: list[str]) -> str:
        if node.operation == "load":
            return f"{self.array(node.arguments[0])}[{node.detail}]"
        if node.operation == "gather":
            return f"{self.array(node.arguments[0])}[{parts[1]}]"
        return form(node.operation, parts)

    def scalar(self, node: Node) -> str:
        """A scalar as JavaScript, where it is used."""
        if node.operation == "number":
            return literal(node.detail)
        return self.array(node) if node.length is not None else f"s{node.number}"

    def array(self, node: Node) -> str:
        """The name of a vector that is kept over all years."""
        return f"T{node.detail}" if node.operation == "table" else f"v{node.number}"

    def _first(self, node: Node) -> list[str]:
        """Look for the first year in which a comparison holds."""
        met = node.arguments[0]
        parts = [self._at(each, "k") for each in met.arguments]
        name = f"s{node.number}"
        return [
            f"let {name} = 0;",
            f"for (let k = 0; k < {met.length}; k++) {{ if {form(met.operation, parts)} {{ {name} = k; break; }} }}",
        ]

    def _at(self, node: Node, index: str) -> str:
        return self.scalar(node) if node.length is None else f"{self.array(node)}[{index}]"

    def _initials(self, steps: Steps, filled: set[int]) -> list[str]:
        """Fill arrays that are written element by element with their initial values."""
        lines = []
        for number in sorted(steps.storages - filled):
            initial = self.graph.storages[number].initial
            if initial is not None:
                storage = self.graph.storage_node(number)
                lines.append(f"v{storage.number}.set({self.array(initial)});")
        filled |= steps.storages
        return lines

    def _steps(self, steps: Steps) -> list[str]:
        base = steps.statements[0].index
        body = _StepBody(self, base if steps.times > 1 else None)
        lines = [line for each in steps.statements for line in body.statement(each)]
        if steps.times == 1:
            return ["{", *lines, "}"]
        return [f"for (let k = {base}; k < {base + steps.times}; k++) {{", *lines, "}"]

    def _loops(self, phase: int) -> list[str]:
        """Elementwise work of a phase, all in one loop for each length."""
        chosen = [n for n in self.nodes if n.length is not None and self.schedule.phase(n) == phase]
        chosen = [n for n in chosen if n.operation != "storage" and n.number not in self.compared]
        lines: list[str] = []
        for length in sorted({node.length or 0 for node in chosen}):
            inside = [
                line
                for node in chosen
                if node.length == length
                for line in self._element(node, phase)
            ]
            if inside:
                lines += [f"for (let k = 0; k < {length}; k++) {{", *inside, "}"]
        return lines

    def _only_compared(self) -> set[int]:
        """Numbers of the vectors that nothing but the look for a first year uses, which compares in place."""
        users: dict[int, set[str]] = {}
        for node in self.nodes:
            for argument in node.arguments:
                users.setdefault(argument.number, set()).add(node.operation)
        return {number for number, kinds in users.items() if kinds == {"first"}} - self.whole

    def _element(self, node: Node, phase: int) -> list[str]:
        whole = node.number in self.whole
        if node.operation == "table":
            return (
                [f"v{node.number}[k] = T{node.detail}[k];"]
                if whole and self._is_output(node)
                else []
            )
        if node.operation == "shift":
            value = f"{self.array(node.arguments[0])}[k + {node.detail}]"
        else:
            parts = [self._in_loop(each, phase) for each in node.arguments]
            value = parts[0] if node.operation == "spread" else form(node.operation, parts)
        if whole:
            return [f"const x{node.number} = {value};", f"v{node.number}[k] = x{node.number};"]
        return [f"const x{node.number} = {value};"]

    def _in_loop(self, node: Node, phase: int) -> str:
        local = node.operation not in ("table", "storage") and self.schedule.phase(node) == phase
        if node.length is not None and local:
            return f"x{node.number}"
        return self._at(node, "k")


@dataclass
class _StepBody:
    """The statements of one step; `base` is the first step's index, None when there is only one."""

    writer: _Writer
    base: int | None
    known: dict[int, str] = field(default_factory=dict)

    def statement(self, statement: Statement) -> list[str]:
        lines: list[str] = []
        value = self._value(statement.value, lines)
        storage = self.writer.graph.storage_node(statement.storage.number)
        lines.append(f"v{storage.number}[{self._index_text(statement.index)}] = {value};")
        return lines

    def _index_text(self, index: int) -> str:
        if self.base is None:
            return str(index)
        moved = index - self.base
        return "k" if moved == 0 else f"k + {moved}" if moved > 0 else f"k - {-moved}"

    def _value(self, node: Node, lines: list[str]) -> str:
        if node.number in self.known:
            return self.known[node.number]
        if not depends_on_index(node):
            return self.writer.scalar(node)
        if node.operation == "load":
            value = f"{self.writer.array(node.arguments[0])}[{self._index_text(node.detail)}]"
        else:
            value = form(node.operation, [self._value(each, lines) for each in node.arguments])
        name = f"y{node.number}"
        lines.append(f"const {name} = {value};")
        self.known[node.number] = name
        return name


def form(operation: str, parts: list[str]) -> str:
    """An elementwise function of written arguments."""
    if operation in INFIX:
        return f"({parts[0]} {INFIX[operation]} {parts[1]})"
    if operation in CALLS:
        return f"{CALLS[operation]}({', '.join(parts)})"
    if operation in FORMS:
        return FORMS[operation].format(*parts)
    raise TraceFailed(f"calls {operation}, which JavaScript here does not know")
