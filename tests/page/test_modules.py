"""The page's JavaScript against oomcast's own numbers: levels, inverse cdfs, weights, quantiles."""

import subprocess
import tomllib

import numpy as np
import pytest
from checkout import ROOT
from page_scripts import printed, script_output
from programs import install_from_npm, needs_node
from scipy.special import ndtr, ndtri

from simulator import sampling
from simulator.distributions.distribution import FAMILIES
from simulator.evidence.likelihood import log_likelihood
from simulator.evidence.weights import smoothed_weights
from simulator.inputs.load import load_plan, plans_by_name
from simulator.inputs.priors import StatedTable, resolve_prior
from simulator.page.javascript import program
from simulator.page.run_files import prior_table
from simulator.page.scenarios import prior_record, sampling_record, scenario_record
from simulator.page.trace import trace
from simulator.simulate import blocks
from simulator.summaries.counts import REPORTED_LEVELS

pytestmark = needs_node


def test_the_normal_distribution_is_exact():
    z = np.concatenate([np.linspace(-8.5, 8.5, 1001), [-30.0, -20.0, -5.0, 5.0]])
    script = printed("given.map((z) => [normalCdf(z), normalQuantile(normalCdf(z))])")
    cdf, back = np.array(script_output("normal", script, z.tolist())).T
    np.testing.assert_allclose(cdf, ndtr(z), rtol=1e-11)
    inner = z < 5.5
    np.testing.assert_allclose(back[inner], z[inner], atol=1e-9)
    levels = np.concatenate([10.0 ** -np.arange(1.0, 17.0), np.linspace(0.01, 0.99, 99)])
    scores = script_output("normal", printed("given.map(normalQuantile)"), levels.tolist())
    np.testing.assert_allclose(scores, ndtri(levels), atol=1e-9)


@pytest.mark.parametrize("sets", [(), ("hold.feedback_multiplier=0.3", "seed=7")])
def test_levels_are_those_of_a_run(sets):
    plan = load_plan("baseline", sets)
    compiled = blocks.compile_plan(plan)
    names = [prior.name for prior in plan.priors if prior.family != "fixed"]
    expected = sampling.correlated_levels(plan.sampling, compiled.copula, names, range(50))
    script = "const columns = correlatedLevels(given, 50);"
    script += "for (const name in columns) columns[name] = [...columns[name].levels];"
    levels = script_output("levels", script + printed("columns"), sampling_record(plan))
    for name in names:
        np.testing.assert_allclose(levels[name], expected[name], rtol=1e-12, err_msg=name)


PRIORS = {
    "fixed": {"value": 3.0},
    "uniform": {"low": 1.0, "high": 2.5},
    "loguniform": {"low": 1.0, "high": 100.0},
    "normal": {"p05": 1.0, "p95": 2.0},
    "lognormal": {"p05": 1.0, "p95": 2.0},
    "student_t": {"p05": 1.0, "p95": 2.0, "df": 4.0},
    "triangular": {"low": 1.0, "mode": 1.2, "high": 2.0},
    "pert": {"low": 1.0, "mode": 1.2, "high": 2.0},
    "beta": {"alpha": 2.0, "beta": 3.0},
    "gamma": {"shape": 2.0, "scale": 3.0},
    "bernoulli": {"p": 0.3},
    "discrete": {"values": [3.0, 1.0, 2.0], "weights": [1.0, 2.0, 0.5]},
    "quantiles": {"p05": 1.0, "p50": 1.2, "p95": 2.0},
    "mixture": {
        "weights": [2.0, 1.0, 0.5],
        "components": [
            {"family": "normal", "mean": 1.3, "sd": 0.2, "lower": 1.0},
            {"family": "lognormal", "p05": 1.0, "p95": 2.0, "shift": 0.1},
            {"family": "uniform", "low": 1.1, "high": 1.5, "upper": 1.4},
        ],
    },
}
ATOMIC = ("fixed", "bernoulli", "discrete")
LIMITED = [
    (family, limits)
    for family in FAMILIES
    for limits in ({}, {"lower": 1.15}, {"lower": 1.15, "upper": 1.6}, {"shift": 0.5})
    if not (limits and family in (*ATOMIC, "beta"))
]


def resolved(family, keys):
    faults = []
    entry = {"unit": "1", "source": "judgement", "family": family, **keys}
    made = resolve_prior("x", StatedTable(entry, "a file", "x"), faults)
    assert not faults, faults
    return made


PARTS = [
    {"family": "gamma", "shape": 2.0, "scale": 3.0},
    {"family": "normal", "mean": 1.0, "sd": 2.0},
]


@pytest.mark.parametrize(
    ("family", "limits"),
    [
        *LIMITED,
        ("beta", {"lower": 0.2, "upper": 0.9}),
        ("mixture", {"components": PARTS, "weights": [1.0, 2.0]}),
    ],
)
def test_inverse_cdfs_are_those_of_the_families(family, limits):
    assert family in PRIORS, f"add an example of the family {family} to PRIORS"
    prior = resolved(family, {**PRIORS[family], **limits})
    record = prior_record(prior)
    ends = [1e-9, 1e-5, 0.001], [0.999, 1 - 1e-5]
    levels = np.concatenate([ends[0], np.linspace(0.0101, 0.9899, 99), ends[1]])
    script = printed("priorQuantiles(given[0], given[1])")
    values = script_output("distributions", script, [record, levels.tolist()])
    expected = prior.distribution.inverse_cdf(levels)
    tolerance = 2e-4 * np.ptp(expected) if "table" in record else 1e-9
    np.testing.assert_allclose(values, expected, rtol=1e-9, atol=tolerance)


@pytest.mark.parametrize("family", ["mixture", "beta", "quantiles"])
def test_a_prior_s_table_in_a_run_file_gives_it_back(family):
    prior = resolved(family, PRIORS[family])
    (table,) = tomllib.loads(prior_table(prior))["priors"].values()
    again = resolved(family, {k: v for k, v in table.items() if k != "note"})
    assert again.distribution == prior.distribution


def test_weights_are_those_of_a_run():
    stream = np.random.Generator(np.random.Philox(1))
    logs = -4.5 * stream.standard_normal(2048) ** 2
    logs[::50] = -np.inf
    expected = smoothed_weights(logs)
    script = "const w = importanceWeights(Float64Array.from(given, (v) => v ?? -Infinity));"
    script += printed("[[...w.weights], w.effective, w.paretoK]")
    plain = [value if np.isfinite(value) else None for value in logs]
    weights, effective, k = script_output("weights", script, plain)
    np.testing.assert_allclose(np.array(weights) * 2**24, expected.whole, atol=1.0)
    assert effective == pytest.approx(expected.effective, rel=1e-5)
    assert k == pytest.approx(expected.pareto_k, abs=1e-9)


ANSWER = """
const answer = answerer([given], PROGRAMS, (a) => console.log(JSON.stringify(a)));
answer({id: 1, scenario: 0, changes: {}, evidence: true, series: "effective_compute", stages: [1500]});
"""


def test_the_worker_answers_as_a_run_does():
    plan = load_plan("baseline", ["draws=1500"])
    scenario = scenario_record(plan, 0, plans_by_name([]))
    programs = f"const PROGRAMS = [{program(trace(plan)).source}];"
    answer = script_output("simulation", programs + ANSWER, scenario)
    block = blocks.simulate_block(blocks.compile_plan(plan), range(1500))
    years, observed = plan.grid.years, plan.observations
    logs = log_likelihood(observed, block.series, block.parameters, years)
    weights = smoothed_weights(logs)
    assert answer["effective"] == pytest.approx(weights.effective, rel=1e-4)

    levels = list(REPORTED_LEVELS.values())
    options = {"weights": weights.whole, "method": "inverted_cdf"}
    for i, milestone in enumerate(plan.milestones):
        expected = np.quantile(block.arrivals[i], levels, **options)
        told_years = [np.inf if v is None else v for v in answer["quantiles"][milestone.name]]
        np.testing.assert_allclose(told_years, expected, atol=1e-6, err_msg=milestone.name)
        before = (block.arrivals[i] < years[:, np.newaxis]) @ weights.whole / weights.whole.sum()
        np.testing.assert_allclose(answer["reached"][milestone.name], before, atol=1e-6)
    for i, row in enumerate(scenario["rows"]):
        expected = np.quantile(block.series["effective_compute"][row], levels, **options)
        np.testing.assert_allclose(answer["bands"][i], expected, atol=1e-9)
        money = (block.series["binding_constraint"][row] == 0) @ weights.whole
        share = answer["shares"]["binding_constraint"][i][0]
        assert share == pytest.approx(money / weights.whole.sum(), abs=1e-6)


WRITTEN_BEFORE = "declare const SCENARIOS: any[]; declare const PROGRAMS: any[];"
STRICT = (
    "--allowJs --checkJs --noEmit --strict --target es2022 --module es2022 "
    "--moduleResolution bundler --lib es2023,dom,dom.iterable"
)


@pytest.mark.slow
def test_types_in_comments_are_right(tmp_path):
    install_from_npm("typescript@5", tmp_path)
    (tmp_path / "before.d.ts").write_text(WRITTEN_BEFORE)
    modules = sorted((ROOT / "simulator/page/modules").glob("*.js"))
    compiler = tmp_path / "node_modules/.bin/tsc"
    command = [compiler, *STRICT.split(), tmp_path / "before.d.ts", *modules]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
