"""A moved prior is the same in the page and in its run file; links and undoing bring states back."""

import numpy as np
import pytest
from page_scripts import printed, script_output
from programs import needs_node

from simulator.inputs.load import load_plan, plans_by_name
from simulator.inputs.priors import StatedTable, resolve_prior
from simulator.page.run_files import restated
from simulator.page.scenarios import prior_record, stated_scenario

pytestmark = needs_node

LEVELS = np.linspace(0.02, 0.98, 25)
PRIORS = {
    "normal": {"p05": 1.0, "p95": 2.0},
    "normal cut": {"family": "normal", "p05": 1.0, "p95": 2.0, "lower": 0.9},
    "lognormal": {"p05": 1.0, "p95": 2.0},
    "lognormal moved": {"family": "lognormal", "p05": 1.0, "p95": 2.0, "shift": 1.0},
    "uniform": {"low": 1.0, "high": 2.0},
    "loguniform": {"low": 1.0, "high": 20.0},
    "student_t": {"p05": 1.0, "p95": 2.0, "df": 4.0},
    "triangular": {"low": 1.0, "mode": 1.2, "high": 2.0},
    "bernoulli": {"p": 0.4},
    "fixed": {"value": 2.0},
    "quantiles": {"p05": 1.0, "p25": 1.2, "p50": 1.4, "p95": 2.5},
    "gamma": {"shape": 2.0, "scale": 1.0},
    "beta": {"alpha": 2.0, "beta": 3.0},
    "pert": {"low": 1.0, "mode": 1.2, "high": 2.0},
}
MOVE = """
let move;
for (const [key, by] of given.drags) {
  const along = axis(given.prior);
  const handle = handles(given.prior, move).find((each) => each.key === key);
  move = moveHandle(given.prior, move, key, valueAt(along, share(along, handle.value) + by));
}
const after = moved(given.prior, move);
"""


def resolved(family, keys):
    faults = []
    entry = {"unit": "1", "source": "judgement", "family": family, **keys}
    made = resolve_prior("x", StatedTable(entry, "a file", "x"), faults)
    assert not faults, faults
    return made


@pytest.mark.parametrize("name", PRIORS)
@pytest.mark.parametrize("by", [-0.07, 0.11])
def test_a_moved_prior_is_that_of_the_run_file(name, by):
    import tomllib

    prior = resolved(name.split()[0], {**PRIORS[name]})
    keys = script_output(
        "moves", printed("handles(given, undefined).map((each) => each.key)"), prior_record(prior)
    )
    drags = [[keys[0], by], [keys[-1], -by], [keys[len(keys) // 2], by]]
    given = {"prior": prior_record(prior), "drags": drags}
    values_at = f"{LEVELS.tolist()}.map((u) => inverseCdf(after)(normalQuantile(u)))"
    possible = "isPossible(given.prior, move)"
    show = printed(f"[priorToml(given.prior, move), {values_at}, {possible}, move]")
    toml, values, possible, move = script_output("moves", MOVE + show, given)
    assert possible, move
    table = tomllib.loads(toml)["priors"]["x"]
    faults = []
    made = resolve_prior("x", StatedTable(table, "the page", "x"), faults)
    assert not faults, (toml, faults)
    np.testing.assert_allclose(values, made.distribution.inverse_cdf(LEVELS), rtol=1e-6, atol=1e-9)
    before = prior.distribution.inverse_cdf(LEVELS)
    assert not np.allclose(values, before)


def test_a_prior_that_is_not_moved_is_described_by_its_own_quantiles():
    prior = resolved("lognormal", {"p05": 1.0, "p95": 2.0})
    assert script_output(
        "moves", printed("described(given)"), prior_record(prior)
    ) == pytest.approx({"p05": 1.0, "p95": 2.0})


def scenarios():
    stated = plans_by_name(["peak-data"])
    return [stated_scenario(plan, stated) for plan in stated.values()]


STATE = {
    "scenario": 1,
    "evidence": False,
    "moves": {
        "algorithms_growth": {"p05": 0.3, "p95": 0.9},
        "regime_year": {"low": 2026.5, "high": 2031.0},
    },
}


def test_a_link_holds_just_the_changes():
    script = printed("[link(given[0], given[1]), stateOfLink(given[0], link(given[0], given[1]))]")
    fragment, back = script_output("state", script, [scenarios(), STATE])
    assert (
        fragment
        == "#scenario=peak-data&algorithms_growth=p05:0.3,p95:0.9&regime_year=low:2026.5,high:2031"
    )
    assert back == {"state": STATE, "refused": []}
    assert (
        script_output("state", printed("link(given, startingState(given, 0))"), scenarios()) == ""
    )


@pytest.mark.parametrize(
    "bad",
    ["#scenario=nowhere", "#no_such_prior=p05:1,p95:2", "#algorithms_growth=p05:2,p95:1", "#algorithms_growth=p05:0.1",
     "#algorithms_growth=p05:x,p95:y", "#algorithms_growth=p05:-1,p95:1", "#feedback_width=<script>"],
)  # fmt: skip
def test_a_link_that_cannot_be_is_refused(bad):
    script = printed("stateOfLink(given[0], given[1])")
    back = script_output("state", script, [scenarios(), bad])
    assert len(back["refused"]) == 1
    assert back["state"] == {"scenario": 0, "evidence": True, "moves": {}}


def test_undo_and_redo_bring_states_back():
    script = """
    let h = begin({a: 0});
    h = changed(changed(h, {a: 1}), {a: 2});
    const same = changed(h, {a: 2}) === h;
    const back = undone(undone(h));
    const all = [same, undone(h).present, back.present, undone(back).present, redone(back).present];
    const last = changed(undone(h), {a: 3});
    """
    actual = script_output("state", script + printed("[all, last, redone(last) === last]"))
    assert actual[0] == [True, {"a": 1}, {"a": 0}, {"a": 0}, {"a": 1}]
    assert actual[1] == {"past": [{"a": 0}, {"a": 1}], "present": {"a": 3}, "future": []}
    assert actual[2]


@pytest.mark.parametrize(
    "sets", [(), ("seed=5", "horizon=2040", "algorithms_growth=0.4", "hold.regime_slope=0.2")]
)
@pytest.mark.parametrize("name", ["baseline", "peak-data", "hindcast-2023"])
def test_the_run_file_of_a_scenario_gives_its_plan(name, sets, folder):
    plan = load_plan(name, sets)
    text = script_output(
        "state",
        "console.log(JSON.stringify(runFile([given], startingState([given], 0), 500)))",
        stated_scenario(plan, plans_by_name([name])),
    )
    (folder / "again.toml").write_text(text)
    again = load_plan("again.toml")
    same = {"draws": 500, "name": "again"}
    expected = plan.model_copy(update=same)
    for key in type(plan).model_fields:
        if key not in ("priors", "sources", "correlations"):
            assert getattr(again, key) == getattr(expected, key), key
    for mine, theirs in zip(again.priors, expected.priors, strict=True):
        assert mine.distribution == theirs.distribution, mine.name
    assert sorted(again.correlations) == sorted(expected.correlations)


def test_the_run_file_drops_the_evidence():
    script = "const s = {...startingState([given], 0), evidence: false};"
    text = script_output(
        "state",
        script + printed("runFile([given], s, 10)"),
        stated_scenario(load_plan(), plans_by_name([])),
    )
    assert "observations = []" in text
    assert "gemini_ultra" not in text
    assert "gemini_ultra" in restated(load_plan(), plans_by_name([])).toml
