"""Formulas of computed parameters: arithmetic as NumPy does it, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import formulas
from simulator.formulas import FormulaFault

DRAWS = {
    "a": np.array([1.0, -2.0, 0.0]),
    "b": np.array([3.0, 4.0, 0.5]),
    "k": np.array([0.0, 1.0, 2.0]),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + 2 * b", DRAWS["a"] + 2 * DRAWS["b"]),
        ("-(a - b) / b", -(DRAWS["a"] - DRAWS["b"]) / DRAWS["b"]),
        ("min(a, b) + max(a, 0)", np.minimum(DRAWS["a"], DRAWS["b"]) + np.maximum(DRAWS["a"], 0)),
        ("choose(k, a, b, 7)", [1.0, 4.0, 7.0]),
        ("choose(k, a, b)", [1.0, 4.0, 0.5]),
        ("+1e-3 - b", 1e-3 - DRAWS["b"]),
        ("log(exp(k) * exp(k))", 2 * DRAWS["k"]),
        ("log10(1000 * exp(0 * a))", [3.0, 3.0, 3.0]),
    ],
)
def test_a_formula_is_its_arithmetic(text, expected):
    assert formulas.evaluate(text, DRAWS).tolist() == np.asarray(expected).tolist()


def written(tree):
    """A tree of numbers and operations, as text and as its value."""
    if isinstance(tree, float):
        return f"({tree!r})", tree
    sign, left, right = tree
    (one, x), (other, y) = written(left), written(right)
    return f"({one} {sign} {other})", {"+": x + y, "-": x - y, "*": x * y}[sign]


@given(
    st.recursive(
        st.floats(-1e3, 1e3),
        lambda parts: st.tuples(st.sampled_from("+-*"), parts, parts),
        max_leaves=8,
    )
)
def test_brackets_and_signs_are_python_s(tree):
    text, value = written(tree)
    if len(text) <= formulas.LONGEST:
        assert float(formulas.evaluate(text, {})) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "__import__('os').system('true')",
        "a.b",
        "a[0]",
        "a ** b",
        "a if b else k",
        "a < b",
        "lambda: a",
        "[a for a in b]",
        "'a'",
        "True + a",
        "1j * a",
        "a := 2",
        "f'{a}'",
        "sin(a)",
        "exp(a, b)",
        "log()",
        "min(a)",
        "min(a, b, k)",
        "choose(k, a)",
        "choose(*a)",
        "max(a, key=b)",
        "1e400",
        "9" * 400,
        "(" * 60 + "a" + ")" * 60 + "+" * 10,
        "-" * 60 + "a",
        "a + " * 300 + "a",
        "a\0",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(FormulaFault):
        formulas.parse(text)


def test_names_come_once_in_their_order_and_functions_are_none():
    assert formulas.names("choose(k, b - a, b, min(a, 2))") == ("k", "b", "a")


def test_computed_parameters_follow_what_they_need_and_a_circle_has_no_order():
    assert formulas.in_order({"x": "y + a", "y": "z", "z": "a"}) == ("z", "y", "x")
    with pytest.raises(FormulaFault, match="each of which needs another"):
        formulas.in_order({"x": "y", "y": "x", "z": "a"})


def test_a_parameter_that_is_there_is_not_computed():
    known = formulas.values([("x", "a + 1"), ("y", "2 * x")], {"a": np.ones(2), "x": np.zeros(2)})
    assert known["y"].tolist() == [0.0, 0.0]
