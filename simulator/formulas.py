"""Formulas of computed parameters: arithmetic on other parameters of the same draw, parsed and never run as code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from simulator.arrays import Array
from simulator.errors import did_you_mean, listed

LONGEST, DEEPEST = 500, 40  # characters; levels of brackets and operations

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}

FUNCTIONS: dict[str, np.ufunc] = {
    "min": np.minimum,
    "max": np.maximum,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
}

CHOOSE = "choose"  # of an index and two values or more


class FormulaFault(ValueError):
    """A text that is no formula: what was found, what is allowed, and a likely fix."""

    def __init__(self, stated: str, allowed: str, fix: str = "") -> None:
        super().__init__(stated, allowed, fix)


ALLOWED = (
    "numbers, names of parameters, + - * /, brackets, min(a, b), max(a, b), exp(a), log(a), log10(a) and "
    "choose(index, a, b, ...)"
)


@lru_cache(maxsize=1024)
def parse(text: str) -> ast.expr:
    """The tree of a formula, of which every node is one that `evaluate` knows.

    Raises
    ------
    FormulaFault
        when it is longer or deeper than allowed, or holds anything but arithmetic
    """
    if len(text) > LONGEST:
        raise FormulaFault(f"{len(text):,} characters", f"at most {LONGEST}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise FormulaFault(f'"{text}"', ALLOWED) from None
    _check(tree, 0)
    return tree


def _check(node: ast.expr, depth: int) -> None:
    """Check a node and all below it."""
    if depth > DEEPEST:
        raise FormulaFault(f"more than {DEEPEST} levels", "a formula of fewer brackets")
    match node:
        case ast.Name():
            return None
        case ast.Constant(value=bool() | complex()):
            pass
        case ast.Constant(value=int() | float() as value) if abs(value) < 1e300:
            return None
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            _check(left, depth + 1)
            return _check(right, depth + 1)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _check(operand, depth + 1)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _check_call(name, arguments, depth)
    raise FormulaFault(ast.unparse(node)[:60], ALLOWED)


def _check_call(name: str, arguments: list[ast.expr], depth: int) -> None:
    if name != CHOOSE and name not in FUNCTIONS:
        raise FormulaFault(f"{name}(...)", ALLOWED, did_you_mean(name, (CHOOSE, *FUNCTIONS)))
    allowed = len(arguments) > 2 if name == CHOOSE else len(arguments) == FUNCTIONS[name].nin
    if not allowed:
        raise FormulaFault(f"{name} of {len(arguments)}", ALLOWED)
    for each in arguments:
        _check(each, depth + 1)


def names(text: str) -> tuple[str, ...]:
    """Names of the parameters that a formula uses, each once, in order of appearance."""
    tree = parse(text)
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    used = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions]
    return tuple(dict.fromkeys(n.id for n in sorted(used, key=lambda n: n.col_offset)))


def evaluate(text: str, parameters: Mapping[str, Array]) -> Array:
    """The value of a formula in each draw.

        choose(index, a, b, c) = a where index < 0.5, b where 0.5 <= index < 1.5, else c

    `log` is the natural logarithm.

    Parameters
    ----------
    text : that `parse` takes
    parameters : name -> (draw) [each in its own unit], or symbols of the same arithmetic

    Returns
    -------
    (draw), or () of a formula without names; not finite where the arithmetic is not
    """
    with np.errstate(all="ignore"):
        return _value(parse(text), parameters)


def _value(node: ast.expr, parameters: Mapping[str, Array]) -> Any:
    match node:
        case ast.Name(id=name):
            return parameters[name]
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]  # `_check` lets numbers through alone
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_value(left, parameters), _value(right, parameters))
        case ast.UnaryOp(op=op, operand=operand):
            value = _value(operand, parameters)
            return np.negative(value) if isinstance(op, ast.USub) else value
        case ast.Call(func=ast.Name(id=name), args=arguments):
            values = [_value(each, parameters) for each in arguments]
            return _called(name, values)
    raise AssertionError(ast.dump(node))


def _called(name: str, values: list[Any]) -> Any:
    if name != CHOOSE:
        return FUNCTIONS[name](*values)
    index, *options = values
    chosen = options[-1]
    for number in range(len(options) - 2, -1, -1):
        chosen = np.where(index < number + 0.5, options[number], chosen)
    return chosen


def in_order(formulas: Mapping[str, str]) -> tuple[str, ...]:
    """Names of computed parameters, each after those that its formula uses.

    Raises
    ------
    FormulaFault
        naming parameters that are computed from one another
    """
    waiting, order = dict(formulas), []
    while waiting:
        ready = [name for name, text in waiting.items() if not set(names(text)) & set(waiting)]
        if not ready:
            raise FormulaFault(
                f"{listed(waiting)}, each of which needs another", "formulas without a circle"
            )
        order += ready
        waiting = {name: text for name, text in waiting.items() if name not in ready}
    return tuple(order)


def values(
    formulas: Iterable[tuple[str, str]], parameters: Mapping[str, Array]
) -> dict[str, Array]:
    """Computed parameters beside those that they are computed from.

    Parameters
    ----------
    formulas : names and formulas, in the order of `in_order`
    parameters : name -> (draw) [each in its own unit]; one that is there is not computed

    Returns
    -------
    name -> (draw), of all
    """
    known = dict(parameters)
    for name, text in formulas:
        if name not in known:
            known[name] = evaluate(text, known)
    return known
