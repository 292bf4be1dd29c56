"""The order in which a graph is computed: phases, each with its scalars, its steps through time, and its loops.

Within a phase scalars come first, then steps, then loops over the years; what is taken from another index of a vector
is taken in a later phase, when that vector is whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from simulator.page.graph import Graph, Node, Statement

AT_A_PLACE = ("load", "gather", "shift")


@dataclass(frozen=True)
class Steps:
    """Statements that repeat year by year: those of the first year, and how many years."""

    statements: tuple[Statement, ...]
    times: int

    @property
    def storages(self) -> set[int]:
        return {each.storage.number for each in self.statements}


def rolled(statements: list[Statement]) -> list[Steps]:
    """Statements as loops: statements that repeat with the year moved on by one become one loop."""
    keys = [_relative(each) for each in statements]
    steps: list[Steps] = []
    start = 0
    while start < len(statements):
        period, times = max(
            ((p, _repeats(statements, keys, start, p)) for p in range(1, 9)),
            key=lambda each: each[0] * (each[1] - 1),
        )
        steps.append(Steps(tuple(statements[start : start + period]), times))
        start += period * times
    return steps


def _repeats(statements: list[Statement], keys: list[object], start: int, period: int) -> int:
    """How many times the statements from an index on repeat, the first included."""
    if start + period > len(statements):
        return 1 if period == 1 else 0
    i = start + period
    while (
        i < len(statements)
        and keys[i] == keys[i - period]
        and statements[i].index == statements[i - period].index + 1
    ):
        i += 1
    return max((i - start) // period, 1)


def _relative(statement: Statement) -> object:
    """A statement relative to the index that it writes: equal for statements that differ by the year alone."""
    return (statement.storage.number, _seen_from(statement.index, statement.value, {}))


def _seen_from(index: int, node: Node, known: dict[int, object]) -> object:
    if node.number not in known:
        if not depends_on_index(node):
            known[node.number] = node.number
        elif node.operation == "load":
            known[node.number] = ("load", node.arguments[0].number, node.detail - index)
        else:
            parts = tuple(_seen_from(index, each, known) for each in node.arguments)
            known[node.number] = (node.operation, node.detail, *parts)
    return known[node.number]


def depends_on_index(node: Node) -> bool:
    """Whether a scalar takes an element of a vector, and so differs from step to step."""
    todo, known = [node], set()
    while todo:
        each = todo.pop()
        if each.operation == "load":
            return True
        if (
            each.number not in known
            and each.length is None
            and each.operation not in ("gather", "first")
        ):
            known.add(each.number)
            todo += each.arguments
    return False


@dataclass
class Schedule:
    """In which phase each node is computed, the steps by phase, and the vectors that must be whole."""

    graph: Graph
    steps: list[Steps]
    phases: dict[int, int] = field(default_factory=dict)
    step_phases: dict[int, int] = field(default_factory=dict)

    def phase(self, node: Node) -> int:
        """The phase in which a node is computed."""
        if node.number not in self.phases:
            self.phases[node.number] = self._phase(node)
        return self.phases[node.number]

    def _phase(self, node: Node) -> int:
        if node.operation == "storage":
            writers = [i for i, each in enumerate(self.steps) if node.detail in each.storages]
            initial = self.graph.storages[node.detail].initial
            first = 0 if initial is None else self.phase(initial) + 1
            return max([first, *(self.step_phase(i) for i in writers)])
        if node.operation == "first":
            return max(self._whole_before(each) for each in node.arguments[0].arguments)
        if node.operation in AT_A_PLACE:
            return max(self._whole_before(each) for each in node.arguments)
        return max((self.phase(each) for each in node.arguments), default=0)

    def _whole_before(self, node: Node) -> int:
        if node.operation == "table" or node.length is None:
            return self.phase(node)
        return self.phase(node) + 1

    def step_phase(self, i: int) -> int:
        """The phase of the steps of this number: after all that they use from outside."""
        if i not in self.step_phases:
            steps = self.steps[i]
            earlier = [j for j in range(i) if self.steps[j].storages & steps.storages]
            phases = [self.step_phase(j) for j in earlier]
            for storage in {
                each.storage.number: each.storage for each in steps.statements
            }.values():
                phases += [0 if storage.initial is None else self.phase(storage.initial) + 1]
            for outer in outside(steps):
                phases.append(self._outer_phase(outer, i))
            self.step_phases[i] = max(phases, default=0)
        return self.step_phases[i]

    def _outer_phase(self, node: Node, i: int) -> int:
        if node.operation != "storage":
            return self._whole_before(node)
        writers = [j for j in range(i) if node.detail in self.steps[j].storages]
        initial = self.graph.storages[node.detail].initial
        first = 0 if initial is None else self.phase(initial) + 1
        return max([first, *(self.step_phase(j) for j in writers)])


def outside(steps: Steps) -> Iterator[Node]:
    """Vectors and scalars that steps use and do not write themselves."""
    todo = [each.value for each in steps.statements]
    known: set[int] = set()
    while todo:
        node = todo.pop()
        if node.number in known:
            continue
        known.add(node.number)
        if node.operation == "load":
            vector = node.arguments[0]
            if vector.operation != "storage" or vector.detail not in steps.storages:
                yield vector
        elif depends_on_index(node):
            todo += node.arguments
        else:
            yield node


def reachable(roots: Iterable[Node], schedule: Schedule) -> list[Node]:
    """Every node that the roots need, each after those that it needs itself; what steps hold inside stays theirs."""
    order: dict[int, Node] = {}
    todo: list[tuple[Node, bool]] = [(root, False) for root in roots]
    opened: set[int] = set()
    while todo:
        node, done = todo.pop()
        if node.number in order:
            continue
        if done:
            order[node.number] = node
            continue
        todo.append((node, True))
        needed = list(node.arguments)
        if node.operation == "storage" and node.detail not in opened:
            opened.add(node.detail)
            needed += _needed_by_storage(node, schedule)
        todo += [(each, False) for each in needed]
    return list(order.values())


def _needed_by_storage(node: Node, schedule: Schedule) -> list[Node]:
    graph = schedule.graph
    initial = graph.storages[node.detail].initial
    needed = [] if initial is None else [initial]
    for steps in schedule.steps:
        if node.detail in steps.storages:
            needed += outside(steps)
            needed += [graph.storage_node(number) for number in sorted(steps.storages)]
    return needed


def whole_vectors(nodes: Iterable[Node], outputs: Iterable[Node], schedule: Schedule) -> set[int]:
    """Numbers of the vectors that are kept over all years, because another phase, index or reader uses them."""
    kept = {node.number for node in outputs}
    for node in nodes:
        if node.operation == "first":
            kept.update(
                each.number for each in node.arguments[0].arguments if each.length is not None
            )
            continue
        for each in node.arguments:
            if each.length is not None and (
                node.operation in AT_A_PLACE or schedule.phase(each) != schedule.phase(node)
            ):
                kept.add(each.number)
        if node.operation == "storage":
            initial = schedule.graph.storages[node.detail].initial
            kept.update([] if initial is None else [initial.number])
    for steps in schedule.steps:
        kept.update(each.number for each in outside(steps) if each.length is not None)
    return kept
