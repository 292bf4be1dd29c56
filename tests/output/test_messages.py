"""Notes on results: how far weights are trusted, what an answer describes."""

import math
from types import SimpleNamespace

import pytest

from simulator.output.messages import conditioning_in_words, warn_of_effective, warn_of_weights


def result(pareto_k, effective=812.4, tempered=False):
    observations = [SimpleNamespace(name="gpt4"), SimpleNamespace(name="revenue_2026")]
    plan = SimpleNamespace(name="x", draws=2000, is_tempered=tempered, observations=observations)
    return SimpleNamespace(
        plan=plan, weights=SimpleNamespace(effective=effective, pareto_k=pareto_k)
    )


@pytest.mark.parametrize(
    ("pareto_k", "tempered", "ending"),
    [
        (0.314, False, "Pareto k 0.31"),
        (-math.inf, False, "whose weights have no tail"),
        (math.inf, False, "too few to fit a tail to"),
        (math.nan, False, "too few to fit a tail to"),
        (0.314, True, "tempered in stages"),
    ],
)
def test_conditioning_in_words(pareto_k, tempered, ending):
    words = conditioning_in_words(result(pareto_k, tempered=tempered))
    assert words == (f"conditioned on gpt4, revenue_2026: effective draws 812 of 2,000, {ending}")


def test_a_result_without_weights_is_not_conditioned(capsys):
    plain = SimpleNamespace(plan=None, weights=None)
    assert conditioning_in_words(plain) == "not conditioned"
    warn_of_weights(plain)
    assert capsys.readouterr().err == ""


def test_weights_that_cannot_be_trusted_are_warned_of(capsys):
    warn_of_weights(result(0.2))
    assert "warning" not in capsys.readouterr().err
    warn_of_weights(result(0.9, effective=11.0))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("oomcast: x is conditioned on")
    assert len(lines) > 1
    assert all(line.startswith("oomcast: warning: x: ") for line in lines[1:])


def test_few_draws_that_carry_a_posterior_are_warned_of(capsys):
    warn_of_effective("x", None)
    warn_of_effective("x", 400.0)
    assert capsys.readouterr().err == ""
    warn_of_effective("x", 399.0)
    assert capsys.readouterr().err.startswith("oomcast: warning: x: the effective number of draws")
