"""An expression graph: what the model does to one draw, as nodes that are shared where they are equal.

A node is a scalar of the draw (`length` is None) or a vector over the years. Arrays that are written element by
element, as the step through time does, are `Storage`: the statements are kept in the order of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.arrays import Array


class TraceFailed(ValueError):
    """A driver does what cannot be traced; the message says which driver, and what."""


@dataclass(frozen=True, eq=False)
class Node:
    """One value.

    Attributes
    ----------
    operation : "number", "parameter", "table", "storage", "load" (of a vector at a fixed index), "gather" (at a
        computed one), "shift" (a vector from an index on), "first" (the first index where a vector is true, 0 if none),
        "spread" (a scalar over the years), or the name of an elementwise function
    detail : the number; the parameter's name; the table's or the storage's number; the index
    length : of a vector; None for a scalar
    """

    number: int
    operation: str
    arguments: tuple[Node, ...]
    detail: Any
    length: int | None


@dataclass
class Storage:
    """An array that a driver writes element by element."""

    number: int
    length: int
    initial: Node | None
    written: set[int] = field(default_factory=set)
    loaded: set[int] = field(default_factory=set)
    frozen: bool = False


@dataclass(frozen=True)
class Statement:
    """`storage[index] = value`."""

    storage: Storage
    index: int
    value: Node


@dataclass
class Graph:
    """Nodes by their content, tables of numbers by year, and the statements in the order of the program."""

    nodes: dict[tuple[Any, ...], Node] = field(default_factory=dict)
    tables: list[Array] = field(default_factory=list)
    storages: list[Storage] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    def node(
        self,
        operation: str,
        arguments: tuple[Node, ...] = (),
        detail: Any = None,
        length: int | None = None,
    ) -> Node:
        """The node with this content; an equal one is used again."""
        key = (operation, tuple(each.number for each in arguments), repr(detail), length)
        if key not in self.nodes:
            self.nodes[key] = Node(len(self.nodes), operation, arguments, detail, length)
        return self.nodes[key]

    def number(self, value: float | bool) -> Node:
        """A constant."""
        plain = bool(value) if isinstance(value, bool | np.bool_) else float(value)
        return self.node("number", (), plain)

    def table(self, values: Array) -> Node:
        """Numbers by year that are the same in every draw.

        Parameters
        ----------
        values : (year) [any unit]

        Returns
        -------
        a node of the graph; equal tables share one
        """
        flat = np.asarray(values).ravel()
        for number, known in enumerate(self.tables):
            if known.dtype == flat.dtype and np.array_equal(known, flat, equal_nan=True):
                return self.node("table", (), number, len(flat))
        self.tables.append(flat)
        return self.node("table", (), len(self.tables) - 1, len(flat))

    def elementwise(self, operation: str, arguments: tuple[Node, ...]) -> Node:
        """A function of each element; scalars are the same in every year."""
        lengths = {each.length for each in arguments} - {None}
        if len(lengths) > 1:
            raise TraceFailed(
                f"puts together arrays of {' and '.join(map(str, sorted(map(str, lengths))))} years"
            )
        return self.node(operation, arguments, None, next(iter(lengths), None))

    def storage(self, length: int, initial: Node | None) -> Node:
        """An array that may be written element by element."""
        made = Storage(len(self.storages), length, initial)
        self.storages.append(made)
        return self.storage_node(made.number)

    def storage_node(self, number: int) -> Node:
        """The node of the storage of this number."""
        return self.node("storage", (), number, self.storages[number].length)

    def store(self, vector: Node, index: int, value: Node) -> None:
        """Write one element, which must not have been used before."""
        into = self.storages[vector.detail]
        if into.frozen or index in into.loaded:
            raise TraceFailed("writes to an array after it used what was there")
        into.written.add(index)
        self.statements.append(Statement(into, index, value))

    def load(self, vector: Node, index: int) -> Node:
        """One element of a vector, at an index that is the same in every draw."""
        if vector.operation == "spread":
            return vector.arguments[0]
        if vector.operation == "storage":
            held = self.storages[vector.detail]
            if held.initial is None and index not in held.written:
                raise TraceFailed("uses an element of an array before it is written")
            held.loaded.add(index)
        return self.node("load", (vector,), index)

    def whole(self, vector: Node) -> Node:
        """Mark a vector as used whole, after which it cannot be written."""
        if vector.operation == "storage":
            held = self.storages[vector.detail]
            if held.initial is None and len(held.written) < held.length:
                raise TraceFailed("uses an array before all of it is written")
            held.frozen = True
        return vector

    def spread(self, node: Node, length: int) -> Node:
        """A value over all years."""
        if node.length is not None:
            return self.whole(node)
        return self.node("spread", (node,), None, length)
