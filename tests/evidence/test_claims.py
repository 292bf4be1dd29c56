"""The ledger: every claim has its disposition, and a probability is that of the draws."""

import datetime
import json
import math
import re

import numpy as np
import pytest

from simulator.errors import InputFault
from simulator.evidence import claims
from simulator.inputs import inspection, load
from simulator.inputs.claims import KINDS, Claim, load_claims
from simulator.inputs.files import decimal_year
from simulator.output.figures import densities
from simulator.store import running
from simulator.summaries.estimates import Estimate

COUNTS = {"000": 49, "001": 25, "002": 24, "003": 7}
"""How many claims each seed document makes, and what was taken from the tables of the essay itself."""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "baseline"
    made = load.load_plan("baseline", ["draws=1200", "condition.observations=['grok4']"])
    return running.run(made, str(folder)), folder


def claim(id):
    return next(each for each in load_claims() if each.id == id)


def test_every_claim_of_the_seeds_has_a_disposition():
    ids = [each.id for each in load_claims()]
    assert ids == [f"{seed}-{n:02d}" for seed, count in COUNTS.items() for n in range(1, count + 1)]
    for each in load_claims():
        assert each.kind in {*KINDS, "settled", "not modelable"}
        assert (each.kind == "not modelable") == bool(each.not_modelable)
        assert (each.outcome is None) == (not each.happened)
        assert each.made is not None


def test_the_evidence_fits_the_baseline(oomcast):
    assert not inspection.evidence_faults()
    assert "claims.toml: sound" in oomcast("check").out


def test_a_claim_that_names_what_is_not_there_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "claims.toml").write_text(
        '[x-01]\nclaim = "So."\nsource = "nobody"\nmilestone = "run_1e277"\nbefore = 2027.0\n'
        '[x-02]\nclaim = "So."\nsource = "judgement"\nseries = "ai_revenue"\nat = 2027.0\nlow = 11.0\nunit = "USD"\n'
    )
    said = "\n".join(map(str, inspection.evidence_faults()))
    assert 'found "nobody"' in said
    assert 'did you mean "run_1e27"' in said
    assert 'found "USD"' in said


def test_by_a_year_is_before_the_next():
    said = [
        each for each in load_claims() if re.search(r"by 2\d{3}", each.claim) and each.milestone
    ]
    assert len(said) >= 5
    for each in said:
        (year,) = re.findall(r"by (2\d{3})", each.claim)
        assert each.by == int(year) + 1


def test_a_milestones_probability_is_that_of_the_draws(scenario):
    result, _ = scenario
    each = claim("000-24")
    shown = claims.claim_probability(each, result)
    column = result.shape.milestones.index("investment_1t")
    met = np.asarray(result.arrivals[:, column]) < 2028.0
    share = np.average(met, weights=result.weights.whole)
    assert shown.value == pytest.approx(share, abs=1e-9)
    error = math.sqrt(share * (1 - share) / result.weights.effective)
    assert shown.mcse == pytest.approx(error, rel=0.05)


def test_a_change_and_a_parameter_are_weighed_too(scenario):
    result, _ = scenario
    grown = claim("000-15")
    flop = np.asarray(result.trajectories[:, result.series.index("training_flop")])
    years = result.plan.grid.years.tolist()
    change = flop[:, years.index(2025.5)] - flop[:, years.index(2023.25)]
    inside = (change >= grown.low) & (change <= grown.high)
    share = np.average(inside, weights=result.weights.whole[: len(flop)])
    assert claims.claim_probability(grown, result).value == pytest.approx(share)
    assert claims.claim_probability(claim("001-01"), result) is None
    rate = claim("000-33")
    column = [prior.name for prior in result.plan.priors].index("algorithms_growth")
    values = np.asarray(result.parameters[:, column])
    inside = (values >= 0.4) & (values <= 0.6)
    share = np.average(inside, weights=result.weights.whole)
    assert claims.claim_probability(rate, result).value == pytest.approx(share)


def test_scores_of_claims():
    assert claims.brier_score([1.0, 0.0, 0.5], [True, False, True]) == pytest.approx(0.25 / 3)
    shown = [Estimate(0.8, 0.01), Estimate(0.25, 0.01)]
    assert claims.claims_log_score(shown, [True, False]) == pytest.approx(
        (math.log(0.8) + math.log(0.75)) / 2
    )
    never = claims.claims_log_score([Estimate(0.0, 0.001)], [True])
    assert never == pytest.approx(math.log(0.001))


def test_the_ledger_as_other_programs_read_it(scenario, oomcast):
    _, folder = scenario
    done = oomcast("claims", folder, "--format", "json")
    assert done.code == 0
    shown = json.loads(done.out)
    assert len(shown["claims"]) == sum(COUNTS.values())
    keys = {"id", "claim", "source", "kind", "by", "probability", "mcse", "outcome"}
    assert keys <= set(shown["claims"][0])
    scored = [(each["probability"], each["outcome"]) for each in shown["claims"] if each["scored"]]
    assert (
        shown["settled"] == len(scored) == 0
    )  # nothing was settled after the baseline's as-of date
    assert shown["brier"] is None
    both = json.loads(oomcast("claims", folder, folder, "--format", "json").out)
    assert both == [shown, shown]


def test_a_scenario_is_scored_on_claims_that_it_forecasts(tmp_path, oomcast):
    folder = tmp_path / "hindcast-2024"
    made = load.load_plan("hindcast-2024", ["draws=600", "horizon=2030.0"])
    assert max(each.year for each in made.observations) <= made.as_of_year
    running.run(made, str(folder))
    shown = json.loads(oomcast("claims", folder, "--format", "json").out)
    scored = {each["id"]: each for each in shown["claims"] if each["scored"]}
    assert shown["settled"] == len(scored) >= 9
    assert {each["kind"] for each in scored.values()} <= {"milestone", "range", "change"}
    assert all(each["made"] >= shown["as_of"] for each in scored.values())
    assert "000-08" not in scored  # its date had passed
    outcomes = [each["outcome"] for each in scored.values()]
    assert 0.0 < np.mean(outcomes) < 1.0
    squares = [(each["probability"] - each["outcome"]) ** 2 for each in scored.values()]
    assert shown["brier"] == pytest.approx(np.mean(squares))
    assert shown["base_rate"] == pytest.approx(np.mean(outcomes))
    assert shown["always_yes"] == pytest.approx(1.0 - shown["base_rate"])
    assert shown["always_base_rate"] == pytest.approx(shown["base_rate"] * (1 - shown["base_rate"]))
    caption = oomcast("claims", folder).out
    assert f"n = {len(scored)}" in caption
    assert f"always yes has Brier {shown['always_yes']:.2f}" in caption


@pytest.mark.parametrize(
    ("changes", "as_of", "scored"),
    [
        ({}, 2024.0, True),
        ({}, decimal_year(datetime.date(2024, 6, 4)), True),
        ({}, 2024.5, False),  # the scenario knows more than the claimant did
        ({"before": 2024.3}, 2024.4, False),  # its date had passed
        ({"outcome": None}, 2024.0, False),
        ({"made": None}, 2024.0, False),
        ({"milestone": "", "before": None, "parameter": "x", "low": 0.0}, 2024.0, False),
        ({"milestone": "", "before": None, "series": "x", "at": 2026.0, "low": 0.0}, 2024.0, True),
    ],
)
def test_which_claims_a_scenario_forecasts(changes, as_of, scored):
    base = {
        "id": "x-01", "claim": "So.", "source": "judgement", "made": datetime.date(2024, 6, 4),
        "milestone": "run_1e26", "before": 2026.0, "outcome": True,
    }  # fmt: skip
    changed = base | changes | ({"unit": "OOM"} if "low" in changes else {})
    each = Claim(**{key: value for key, value in changed.items() if value not in ("", None)})
    assert each.kind
    assert each.forecast_from(as_of) is scored


def test_the_ledger_is_drawn(scenario, oomcast, tmp_path):
    _, folder = scenario
    assert oomcast("plot", folder, "claims", "-o", tmp_path / "ledger.svg").code == 0
    text = (tmp_path / "ledger.svg").read_text()
    assert "000-44" in text
    assert "001-01" not in text


def test_prior_and_posterior_are_drawn(scenario, tmp_path, oomcast):
    result, folder = scenario
    drawn = (
        "plot",
        folder,
        "prior-posterior",
        "--series",
        "spending_growth",
        "-o",
        tmp_path / "a.svg",
    )
    assert oomcast(*drawn).code == 0
    assert "spending growth" in (tmp_path / "a.svg").read_text()
    with pytest.raises(InputFault, match='did you mean "spending_growth"'):
        densities.prior_posterior(result, tmp_path / "b.svg", ["spending_groth"])
    assert not (tmp_path / "b.svg").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('milestone = "run_1e27"', "found milestone; allowed"),
        ('series = "ai_revenue"\nat = 2026.0\nunit = "log10 USD/year"', "with low, high or both"),
        ('milestone = "run_1e27"\nbefore = 2027.0\nlow = 1.0', "found"),
        ('not_modelable = "no"\noutcome = true', "found"),
        ("outcome = true", "happened and evidence"),
        ('parameter = "x"\nunit = "1"\nlow = 2.0\nhigh = 1.0', "low: found 2, above high = 1"),
        ("", "found nothing"),
    ],
)
def test_a_wrong_claim_is_a_fault(tmp_path, monkeypatch, lines, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence").mkdir()
    head = '[x-01]\nclaim = "It will be."\nsource = "judgement"\n'
    (tmp_path / "evidence" / "claims.toml").write_text(head + lines)
    with pytest.raises(InputFault) as caught:
        load_claims()
    assert said in str(caught.value)
    assert "[x-01]" in str(caught.value)
