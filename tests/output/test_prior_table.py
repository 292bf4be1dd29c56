"""The table of priors, and priors in a few words."""

import json

from simulator.inputs.load import load_plan
from simulator.sensitivity import comparison


def test_a_prior_that_is_0_or_1_prints_its_probability(oomcast):
    (line,) = [
        row for row in oomcast("priors", "regime_occurs").out.splitlines() if "2024-12-13" in row
    ]
    (row,) = json.loads(oomcast("priors", "regime_occurs", "--format", "json").out)["priors"]
    plan = load_plan("baseline")
    (prior,) = [each for each in plan.priors if each.name == "regime_occurs"]
    assert row["p"] == prior.natural["p"] == 1.0 - prior.distribution.cdf(0.5)
    assert f"bernoulli, p = {row['p']:g}" in line


def test_the_median_of_a_logarithm_stands_in_words_beside_it(oomcast):
    (row,) = json.loads(oomcast("priors", "power_start", "--format", "json").out)["priors"]
    assert row["unit"] == "log10 MW"
    line = next(x for x in oomcast("priors", "power_start").out.splitlines() if "log10 MW" in x)
    assert line.split()[-3:] == [f"{10 ** row['p50']:.0f}", "MW", "-"]
    line = next(
        x for x in oomcast("priors", "algorithms_growth").out.splitlines() if "OOM/year" in x
    )
    assert line.split()[-2:] == ["-", "-"]


def test_a_note_ends_with_the_observations_that_a_prior_rests_on(oomcast):
    said = oomcast("priors", "benchmark_math_slope").out
    assert said.splitlines()[-1].strip() == "rests on math_gpt4, math_gpt4o, math_o1"


def test_differences_say_a_probability_and_a_level():
    a = load_plan("baseline")
    b = load_plan("baseline", ["priors.regime_occurs.p=0.9", "hold.algorithms_growth=0.9"])
    rows = {row["what"]: row["b"] for row in comparison.plan_differences(a, b)}
    assert rows["regime_occurs"] == "bernoulli p = 0.9"
    assert "held at level 0.9" in rows["algorithms_growth"]
