"""Symbols that stand for a draw's arrays: NumPy's functions take them, and what they do is noted in a graph.

A parameter has the shape (1,), a series (year, 1): one draw. Arrays that hold no symbol stay NumPy's, so whatever is
the same in every draw is computed while tracing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from simulator.page.graph import Graph, Node, TraceFailed

ELEMENTWISE = frozenset({
    "absolute", "add", "arctan", "arctan2", "ceil", "cos", "divide", "equal", "exp", "exp2", "expit", "expm1",
    "floor", "floor_divide", "fmax", "fmin", "greater", "greater_equal", "hypot", "less", "less_equal", "log", "log10",
    "log1p", "log2", "log_ndtr", "logical_and", "logical_not", "logical_or", "maximum", "minimum", "multiply",
    "ndtr", "negative", "not_equal", "positive", "power", "reciprocal", "remainder", "sign", "sin", "sqrt", "square",
    "subtract", "tan", "tanh",
})  # fmt: skip

LOGICAL = {"bitwise_and": "logical_and", "bitwise_or": "logical_or", "invert": "logical_not"}

COMPARISONS = frozenset({"equal", "greater", "greater_equal", "less", "less_equal", "not_equal"})

Function = Callable[..., Any]


class Symbol(NDArrayOperatorsMixin):
    """An array whose numbers differ from draw to draw."""

    __array_priority__ = 1000.0

    def __init__(self, graph: Graph, node: Node, shape: tuple[int, ...] | None = None):
        self.graph, self.node = graph, node
        self.shape = shape or ((1,) if node.length is None else (node.length, 1))

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return self.shape[0]

    def __len__(self) -> int:
        return self.shape[0]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        name = LOGICAL.get(ufunc.__name__, ufunc.__name__)
        if method != "__call__":
            raise TraceFailed(f"calls numpy.{ufunc.__name__}.{method}, which goes across the years")
        if options:
            raise TraceFailed(
                f"calls {ufunc.__name__} with {', '.join(options)}, or changes an array in place"
            )
        if name not in ELEMENTWISE:
            raise TraceFailed(f"calls {ufunc.__name__}, which the page does not know")
        return elementwise(self.graph, name, inputs)

    def __array_function__(self, function: Function, types: Any, args: Any, kwargs: Any) -> Any:
        known = FUNCTIONS.get(function.__name__)
        if known is None:
            raise TraceFailed(f"calls numpy.{function.__name__}, which the page does not know")
        return known(self.graph, *args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return item(self.graph, self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        set_item(self.graph, self, key, value)

    def astype(self, *_: Any, **__: Any) -> Symbol:
        """The same numbers; JavaScript has one kind."""
        return Symbol(self.graph, self.node, self.shape)

    def copy(self) -> Symbol:
        """A symbol that can be written on without changing this one."""
        return Symbol(self.graph, self.graph.whole(self.node), self.shape)

    def __bool__(self) -> bool:
        raise TraceFailed("branches on a value (use numpy.where)")

    def _number(self) -> Any:
        raise TraceFailed("turns a value into a plain number")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TraceFailed("turns a value into a plain array")

    def __iter__(self) -> Any:
        raise TraceFailed("goes through a value element by element")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise TraceFailed(f"calls .{name}(), which the page does not know")

    __float__ = __int__ = __index__ = __complex__ = _number


def node_of(graph: Graph, value: Any) -> Node:
    """The node of a symbol, a number, or an array over the years that is the same in every draw."""
    if isinstance(value, Symbol):
        return graph.whole(value.node)
    array = np.asarray(value)
    if array.size == 1:
        return graph.number(array.ravel()[0])
    if array.ndim == 2 and array.shape[1] == 1:
        return graph.table(array)
    raise TraceFailed(
        f"uses an array of shape {array.shape}, where (year, 1) or one number is allowed"
    )


def elementwise(graph: Graph, name: str, inputs: Any) -> Symbol:
    """A function of each element."""
    nodes = tuple(node_of(graph, each) for each in inputs)
    node = graph.elementwise(name, nodes)
    flat = all(np.ndim(each) < 2 for each in inputs)
    return Symbol(graph, node, (node.length,) if flat and node.length is not None else None)


def item(graph: Graph, symbol: Symbol, key: Any) -> Symbol:
    """What `symbol[key]` is: a year, years from an index on, or the year at a computed index."""
    node = symbol.node
    if isinstance(key, tuple):
        key = _first_of(key)
    if node.length is None:
        raise TraceFailed("indexes a parameter")
    if isinstance(key, int | np.integer):
        return Symbol(graph, graph.load(node, _inside(int(key), node.length)))
    if isinstance(key, Symbol):
        if key.node.length is not None:
            raise TraceFailed("picks elements by a condition (use numpy.where)")
        return Symbol(graph, _gather(graph, graph.whole(node), key.node))
    indices = range(node.length)[key] if isinstance(key, slice) else _listed(key, node.length)
    if isinstance(indices, range) and indices.step == 1 and len(indices):
        shifted = graph.node("shift", (graph.whole(node),), indices.start, len(indices))
        return Symbol(graph, shifted)
    picked = [graph.load(node, index) for index in indices]
    return Picked(graph, picked)


def _first_of(key: tuple[Any, ...]) -> Any:
    """The part of a key that is about years; its other part must take the one draw."""
    years, *rest = key
    whole = all(isinstance(each, slice) and each == slice(None) for each in rest)
    draws = all(isinstance(each, np.ndarray) and each.tolist() == [0] for each in rest)
    if len(rest) == 1 and (whole or draws):
        return years
    raise TraceFailed("indexes an array in a way that the page does not know")


def _inside(index: int, length: int) -> int:
    if not -length <= index < length:
        raise TraceFailed(f"asks for element {index} of {length}")
    return index % length


def _listed(key: Any, length: int) -> list[int]:
    if isinstance(key, list | np.ndarray | range) and np.asarray(key).dtype.kind in "iu":
        return [_inside(int(index), length) for index in key]
    raise TraceFailed("indexes an array in a way that the page does not know")


def _gather(graph: Graph, node: Node, index: Node) -> Node:
    if node.operation in COMPARISONS:  # compared where it is needed, not everywhere before
        parts = (_gather(graph, each, index) for each in node.arguments)
        return graph.elementwise(node.operation, tuple(parts))
    return node if node.length is None else graph.node("gather", (node, index))


class Picked(Symbol):
    """Elements at listed indices, each a scalar; a function is applied to each of them."""

    def __init__(self, graph: Graph, nodes: list[Node]):
        super().__init__(graph, graph.number(0.0), (len(nodes), 1))
        self.nodes = nodes

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        apart = [[self._at(each, i) for each in inputs] for i in range(len(self.nodes))]
        parts = [Symbol.__array_ufunc__(self, ufunc, method, *each, **options) for each in apart]
        return Picked(self.graph, [part.node for part in parts])

    def _at(self, value: Any, i: int) -> Any:
        if isinstance(value, Picked):
            return Symbol(self.graph, value.nodes[i])
        if np.ndim(value) == 2 and len(value) > 1:
            raise TraceFailed("puts listed years and whole arrays together")
        return value

    def __array_function__(self, function: Function, types: Any, args: Any, kwargs: Any) -> Any:
        raise TraceFailed(f"calls numpy.{function.__name__} on listed years")

    def __getitem__(self, key: Any) -> Any:
        raise TraceFailed("indexes listed years")


def set_item(graph: Graph, symbol: Symbol, key: Any, value: Any) -> None:
    """Write one year, or listed years."""
    if symbol.node.length is None:
        raise TraceFailed("writes into a parameter")
    if symbol.node.operation != "storage":
        symbol.node = graph.storage(symbol.node.length, symbol.node)
    length = symbol.shape[0]
    if isinstance(key, int | np.integer):
        graph.store(symbol.node, _inside(int(key), length), node_of(graph, value))
        return
    indices = list(range(length)[key]) if isinstance(key, slice) else _listed(key, length)
    for i, index in enumerate(indices):
        part = value.nodes[i] if isinstance(value, Picked) else node_of(graph, value)
        if part.length is not None:
            part = graph.load(part, i)
        graph.store(symbol.node, index, part)


def _where(graph: Graph, condition: Any, yes: Any, no: Any) -> Symbol:
    return elementwise(graph, "where", (condition, yes, no))


def _clip(graph: Graph, value: Any, low: Any = None, high: Any = None) -> Symbol:
    if low is not None:
        value = elementwise(graph, "maximum", (value, low))
    return value if high is None else elementwise(graph, "minimum", (value, high))


def _diff(graph: Graph, value: Any, n: int = 1, axis: int = -1) -> Any:
    if n != 1 or axis not in (0, -value.ndim) or isinstance(value, Picked):
        raise TraceFailed("calls numpy.diff other than once along the years")
    return value[1:] - value[:-1]


def _argmax(graph: Graph, value: Any, axis: Any = None) -> Symbol:
    met = node_of(graph, value)
    if axis != 0 or met.operation not in COMPARISONS or met.length is None:
        raise TraceFailed("calls numpy.argmax other than on a comparison, along the years")
    return Symbol(graph, graph.node("first", (met,)))


def _broadcast_to(graph: Graph, value: Any, shape: tuple[int, ...]) -> Symbol:
    return Symbol(graph, graph.spread(node_of(graph, value), shape[0]))


def _interp(graph: Graph, x: float, grid: Any, values: Any) -> float:
    if isinstance(x, Symbol) or isinstance(values, Symbol) or grid.node.operation != "table":
        raise TraceFailed("interpolates among values of a draw")
    return float(np.interp(x, graph.tables[grid.node.detail], values))


def _empty_like(graph: Graph, value: Any, **_: Any) -> Symbol:
    if value.node.length is None:
        raise TraceFailed("makes room for a parameter")
    return Symbol(graph, graph.storage(value.node.length, None))


def _full_like(graph: Graph, value: Any, fill: Any, **_: Any) -> Any:
    return np.full(value.shape, fill) if not isinstance(fill, Symbol) else fill


FUNCTIONS: dict[str, Function] = {
    "where": _where,
    "clip": _clip,
    "diff": _diff,
    "argmax": _argmax,
    "broadcast_to": _broadcast_to,
    "empty_like": _empty_like,
    "full_like": _full_like,
    "zeros_like": lambda graph, value, **_: np.zeros(value.shape),
    "ones_like": lambda graph, value, **_: np.ones(value.shape),
    "interp": _interp,
    "shape": lambda graph, value: value.shape,
    "ndim": lambda graph, value: value.ndim,
    "size": lambda graph, value: value.size,
}
