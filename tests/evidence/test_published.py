"""Forecasts of others: each is sound and cited, and what stands beside it is the result's own estimate."""

import csv
import io
import json
import math

import pytest

from simulator.evidence.published import own_estimates
from simulator.inputs import inspection, load
from simulator.inputs.published import QUANTILE_KEYS, load_published
from simulator.output.digits import year
from simulator.store import running
from simulator.summaries.bands import quantile_levels, select_series, select_years, series_band
from simulator.summaries.estimates import probability_before

SOUND = (
    '[soon]\nname = "Soon"\nforecaster = "Them"\ndate = 2026-01-01\nnote = "A note."\nsource = "judgement"\n'
    'milestone = "run_1e28"\np50 = 2028.0\n'
)
OF_A_MILESTONE = 'milestone = "run_1e28"\np50 = 2028.0'
OF_A_SERIES = 'series = "ai_power"\nyear = 2030.0\nunit = "log10 MW"\np50 = 5.0'

FAULTS = [
    ("p50 =", "p05 =", 'p05: found an unknown key'),
    ('"judgement"', '"nobody"', 'source: found "nobody"'),
    ("run_1e28", "run_1e288", 'did you mean "run_1e28"?'),
    ("p50 = 2028.0", "p10 = 2030.0\np50 = 2028.0", "p50: found quantiles [2030.0, 2028.0]"),
    ("p50 = 2028.0", "", "p50: found no number"),
    ("p50 = 2028.0", "probability = 0.5", "probability: found one of"),
    ("p50 = 2028.0", "probability = 1.5\nbefore = 2030.0", "probability: found 1.5"),
    (OF_A_MILESTONE, "p50 = 2028.0", "milestone: found neither"),
    (OF_A_MILESTONE, f"{OF_A_MILESTONE}\nyear = 2030.0", "year: found year beside a milestone"),
    (OF_A_MILESTONE, 'series = "ai_power"\np50 = 5.0', "year: found nothing"),
    (OF_A_MILESTONE, OF_A_SERIES.replace("log10 MW", "MW"), 'unit: found "MW"; allowed: log10 MW'),
    (OF_A_MILESTONE, OF_A_SERIES.replace("ai_power", "ai_powers"), 'did you mean "ai_power"?'),
    (OF_A_MILESTONE, f"{OF_A_SERIES}\nlow = 6.0\nhigh = 5.0", "low: found 6, above high = 5"),
]  # fmt: skip


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    target = tmp_path_factory.mktemp("results") / "baseline"
    plan = load.load_plan("baseline", ["draws=1200", "condition.observations=[]"])
    return running.run(plan, str(target)), target


def test_the_shipped_forecasts_are_sound_and_cited(oomcast):
    forecasts = load_published()
    assert len(forecasts) == len({each.id for each in forecasts}) == 12
    assert not inspection.evidence_faults()
    assert "published.toml: sound" in oomcast("check").out


@pytest.mark.parametrize("series", [OF_A_MILESTONE, OF_A_SERIES])
def test_a_sound_entry_has_no_fault(folder, oomcast, series):
    (folder / "mine.toml").write_text(SOUND.replace(OF_A_MILESTONE, series))
    done = oomcast("check", "mine.toml")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_a_fault_names_file_table_and_key(folder, oomcast, old, new, said):
    (folder / "mine.toml").write_text(SOUND.replace(old, new))
    done = oomcast("check", "mine.toml")
    assert done.code == 2
    assert "mine.toml" in done.err
    assert "[soon]" in done.err
    assert said in done.err


def test_an_overlaid_file_is_checked_with_the_rest(folder):
    (folder / "evidence").mkdir()
    (folder / "evidence" / "published.toml").write_text(SOUND.replace("run_1e28", "run_1e288"))
    assert 'did you mean "run_1e28"?' in "\n".join(map(str, inspection.evidence_faults()))


def test_every_printed_number_is_the_results_own_estimate(outcome, oomcast):
    result, target = outcome
    message = json.loads(oomcast("compare", target, "--published", "--format", "json").out)
    assert [each["id"] for each in message["forecasts"]] == [each.id for each in load_published()]
    rows = {row["name"]: row for row in result.milestone_estimates}
    for forecast, each in zip(load_published(), message["forecasts"], strict=True):
        assert each["theirs"] == {key: getattr(forecast, key) for key in each["theirs"]}
        if forecast.milestone:
            expected = {key: rows[forecast.milestone][key] for key in QUANTILE_KEYS}
        else:
            (series,) = select_series(result, [forecast.series])
            at = select_years(result, [f"{forecast.year:g}"])
            band = series_band(result, series, quantile_levels(QUANTILE_KEYS), at)
            expected = {key: band.quantiles[key][0] for key in QUANTILE_KEYS}
        if forecast.before:
            index = result.shape.milestones.index(forecast.milestone)
            at = result.counts, result.shape, index, forecast.before
            expected["probability"] = probability_before(*at).value
        for key, value in expected.items():  # json has no infinity, "not before the horizon"
            assert each["ours"][key] == (float(value) if math.isfinite(value) else None)


def test_every_format_says_the_same(outcome, oomcast):
    result, target = outcome
    texts = {
        form: oomcast("compare", target, "--published", "--format", form).out
        for form in ("table", "csv", "json", "md")
    }
    document = json.loads(texts["json"])
    records = list(csv.DictReader(io.StringIO(texts["csv"])))
    for record, each in zip(records, document["forecasts"], strict=True):
        assert float(record["ours_p50"]) == each["ours"]["p50"]
        theirs = each["theirs"]["p50"]
        assert record["theirs_p50"] == ("" if theirs is None else str(theirs))
    row = result.milestone_estimates[result.shape.milestones.index("automated_researcher")]
    shown = year(row["p50"], row["mcse_p50"], result.plan.horizon)
    for form in ("table", "md"):
        (kwa,) = [line for line in texts[form].splitlines() if "2032.9" in line]
        assert shown in kwa.replace("|", " ").split()


def test_what_a_result_lacks_is_left_empty(outcome):
    result, _ = outcome
    share = next(each for each in load_published() if each.series)
    assert own_estimates(share.model_copy(update={"year": 2070.0}), result) == {}
    assert own_estimates(share.model_copy(update={"series": "", "milestone": "none"}), result) == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["baseline"], "B: found nothing"),
        (["baseline", "peak-data", "--published"], "--published: found peak-data beside it"),
        (["baseline", "--published", "--attribute"], "--published: found --attribute beside it"),
        (["baseline", "--published", "--prior"], "--published: found --prior beside it"),
    ],
)
def test_what_does_not_go_together_is_refused(oomcast, words, said):
    done = oomcast("compare", *words)
    assert (done.code, said in done.err) == (2, True), done.err
