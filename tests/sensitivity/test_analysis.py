"""What drives an answer: drivers, targets, faults, attribution, the command line."""

import csv
import io
import json
import tomllib

import numpy as np
import pytest
from checkout import ROOT
from conftest import bars_by_row

from simulator.cli import call
from simulator.errors import InputFault
from simulator.inputs import load
from simulator.sensitivity import analysis, attribution, bootstrap, comparison, subjects, targets
from simulator.simulate import blocks, engines
from simulator.store import running

SMALL = ["draws=1200", "horizon=2040"]
FIXED = '{{ family = "fixed", value = {}, unit = "{}", source = "judgement" }}'
KEYS = [f"{order}_order{end}" for order in ("first", "total") for end in ("", "_low", "_high")]


@pytest.fixture(scope="module")
def baseline():
    return load.load_plan("baseline", SMALL)


@pytest.fixture(scope="module")
def result(baseline, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "small"
    return running.run(baseline, str(folder)), str(folder)


def ask(source, target, **options):
    """Of the prior, unless it is a result's: the posterior is asked about in test_posterior.py."""
    own = {"replicates": 50, "workers": 2, "prior": hasattr(source, "priors")}
    return analysis.analyse(source, target, **own | options)


def test_a_parameter_belongs_to_the_driver_whose_prior_file_states_it(baseline):
    stated = {
        name: path.stem
        for path in (ROOT / "priors").glob("*.toml")
        for name in tomllib.loads(path.read_text("utf-8"))
    }
    owners = subjects.driver_of_parameters(baseline)
    assert len(owners) == len(baseline.priors)
    assert {name: stated[name] for name in owners} == owners


@pytest.mark.parametrize("text", ["effective_compute", "data_headroom@2033.4", "score_math@2030"])
def test_a_narrowed_plan_gives_the_bits_of_the_whole_plan(baseline, text):
    target = targets.read_target(baseline, text)
    scenario = subjects.targeted_plan(baseline, target)
    subject = subjects.subject(scenario)
    block = blocks.simulate_block(blocks.compile_plan(baseline), range(7, 40))
    whole = targets.target_values(target, block, baseline.grid.years)
    assert np.array_equal(subject.answer(subject.levels(range(7, 40))), whole)
    assert len(scenario.compiled.model.order) < len(blocks.compile_plan(baseline).model.order)


def test_what_is_said_not_to_matter_does_not(baseline):
    target = targets.read_target(baseline, "automated_researcher")
    scenario = subjects.targeted_plan(baseline, target)
    idle = [name for name in scenario.varying if name not in scenario.matters]
    assert "price_decline" in idle
    subject = subjects.subject(scenario)
    full = blocks.compile_plan(baseline)
    levels = subject.levels(range(64))
    other = levels | {name: subject.levels(range(64, 128))[name] for name in idle}
    arrivals = []
    for each in (levels, other):
        still = {p.name: np.full(64, 0.5) for p in baseline.priors}
        parameters = blocks.parameter_values(full, still | each)
        arrivals.append(blocks.simulate_parameters(full, range(64), parameters).arrivals[0])
    assert np.array_equal(*arrivals)


def test_targets_are_taken_from_draws(baseline):
    block = blocks.simulate_block(blocks.compile_plan(baseline), range(300))
    years, row = baseline.grid.years, 0
    for text, expected in (
        ("automated_researcher", np.minimum(block.arrivals[row], 2040.0)),
        ("automated_researcher@2030", block.arrivals[row] < 2030.0),
        ("ai_power@2030", block.series["ai_power"][years == 2030.0][0]),
    ):
        target = targets.read_target(baseline, text)
        cut = block._replace(arrivals=block.arrivals[:1])
        actual = targets.finite_values(target, targets.target_values(target, cut, years))
        assert np.array_equal(actual[0], expected), text


def test_finished_draws_give_the_target_that_simulations_give(baseline, result):
    opened, _ = result
    for text in ("remote_work", "effective_compute@2031.1"):
        target = targets.read_target(baseline, text)
        subject = subjects.subject(subjects.targeted_plan(baseline, target), cut=False)
        simulated = subject.answer(subject.levels(range(500)))
        kept = targets.target_of_kept_draws(
            target, baseline, opened.arrivals[:500], opened.trajectories[:500], opened.series
        )
        assert kept == pytest.approx(simulated, rel=1e-12)


def test_a_held_parameter_does_not_vary_and_its_partners_do():
    held = load.load_plan("baseline", [*SMALL, "hold.researcher_threshold=0.5"])
    actual = ask(held, "automated_researcher", by="parameter", draws=256)
    rows = {row["name"]: row for row in actual.records}
    assert [rows["researcher_threshold"][key] for key in KEYS] == [0.0] * 6
    assert rows["remote_work_threshold"]["first_order"] == 0.0  # tied to what is held only


def test_every_method_speaks_of_every_driver(baseline):
    every = set(subjects.parameter_groups(baseline, "driver"))
    for method in ("correlated", "shapley", "tornado"):
        actual = ask(baseline, "automated_researcher", method=method, draws=256)
        assert {row["name"] for row in actual.records} == every, method
    shares = [
        row["shapley"] for row in ask(baseline, "remote_work", method="shapley", draws=256).records
    ]
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)


def test_the_default_method_follows_the_correlations(baseline):
    assert ask(baseline, "remote_work", draws=256).query.method == "correlated"
    apart = baseline.model_copy(update={"correlations": ()})
    assert ask(apart, "remote_work", draws=256).query.method == "sobol"
    one = ask(apart, "remote_work", draws=256, method="sobol").records
    two = ask(apart, "remote_work", draws=256, method="correlated").records
    assert one == two


@pytest.mark.parametrize(
    ("target", "options", "said"),
    [
        ("automated_reseacher", {}, 'did you mean "automated_researcher"'),
        ("binding_constraint", {}, "a code"),
        ("remote_work@1900", {}, "a year from 2019 to 2040"),
        ("remote_work@soon", {}, "a year from 2019 to 2040"),
        ("gpt4_in_a_minute@2020", {}, "try gpt4_in_a_minute@203"),
        ("run_1e26@2039", {}, "every draw of 2,048 arrives before 2039"),
        ("run_1e26@2039", {}, "try run_1e26@202"),
        ("us_generation@2023.25", {"method": "sobl"}, 'did you mean "sobol"'),
        ("remote_work", {"by": "drivers"}, 'did you mean "driver"'),
        ("remote_work", {"method": "sobol"}, "correlations tie"),
        ("remote_work", {"weights": np.ones(9), "method": "given-draws"}, "oomcast run baseline"),
        ("remote_work", {"draws": 10}, "at least 256"),
        ("remote_work", {"interval": 0.999}, "at least 2000"),
        ("remote_work", {"interval": 1.0}, "between 0 and 1"),
        ("remote_work@2030", {"method": "information"}, "80 % interval"),
        ("effective_compute", {"method": "tornado"}, "effective_compute@20"),
        ("effective_compute@2030", {"method": "discovery"}, "milestone@2031"),
        ("remote_work", {"method": "tornado", "weights": np.ones(1200)}, "no weights"),
        ("remote_work", {"weights": np.ones(1200)}, "no weights"),
    ],
)
def test_bad_questions_are_refused(baseline, result, target, options, said):
    source = result[0] if options.get("method") == "discovery" else baseline
    with pytest.raises(InputFault) as fault:
        ask(source, target, **options)
    assert said in str(fault.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "given-draws", "by": "driver"}, "--by parameter"),
        ({"method": "given-draws", "draws": 100}, "at least 800"),
        ({"method": "given-draws", "weights": np.ones(7)}, "1,200 kept draws"),
        ({"method": "given-draws", "weights": -np.ones(1200)}, "below 0"),
        ({"method": "sobol", "by": "parameter", "weights": np.ones(1200)}, "independent groups"),
        ({"method": "correlated", "weights": np.ones(1200)}, "no weights"),
    ],
)
def test_so_are_bad_questions_to_a_result(result, options, said):
    with pytest.raises(InputFault) as fault:
        ask(result[0], "remote_work", **options)
    assert said in str(fault.value)


def test_a_target_that_no_draw_reaches_has_no_boxes(result):
    with pytest.raises(InputFault, match="at least 30 cases"):
        ask(result[0], "run_1e28", method="discovery")


def edited(baseline, **priors):
    """A copy of a plan with some priors shifted."""
    moved = [p.model_copy(update={"shift": priors.get(p.name, p.shift)}) for p in baseline.priors]
    return baseline.model_copy(update={"priors": tuple(moved)})


def attributed(a, b, target, **options):
    return attribution.attribute(
        a, b, target, **{"draws": 512, "replicate": 60, "prior": True} | options
    )


@pytest.mark.parametrize("exact", [True, False])
def test_an_additive_difference_is_split_exactly(exact):
    own = np.array([1.0, -2.5, 0.0, 4.0])
    orders = None if exact else attribution.driver_orders(4, 6, seed=2)
    noise = np.linspace(-1.0, 1.0, 21)
    worth = {
        coalition: sum(own[list(coalition)]) + 2030.0 + noise
        for coalition in attribution.coalitions(4, orders)
    }
    actual = attribution.shapley_parts(4, orders, worth, 0.9, 3)
    assert actual.value == pytest.approx(own, abs=1e-9)
    assert actual.mcse == pytest.approx(np.zeros(4), abs=1e-9)


def test_a_driver_that_adds_to_the_target_has_its_own_part(baseline):
    moved = edited(baseline, horizon_start=0.4, generation_start=0.2)
    for target, driver, part in (
        ("time_horizon@2033", "horizon", 0.4),
        ("us_generation@2033.25", "electricity", 0.2),
    ):
        actual = attributed(baseline, moved, target)
        parts = dict(zip(actual.drivers, actual.parts.value, strict=True))
        assert parts.pop(driver) == pytest.approx(part, abs=1e-12)
        assert set(parts.values()) == {0.0}


@pytest.mark.parametrize("target", ["automated_researcher", "automated_researcher@2030"])
def test_parts_sum_to_the_whole_and_scenarios_are_their_own(baseline, target):
    moved = edited(baseline, algorithms_growth=-0.1, stock_start=-0.5, price_decline=0.3)
    actual = attributed(baseline, moved, target, workers=2)
    assert actual.exact
    assert actual.parts.value.sum() == pytest.approx(float(actual.whole.value), abs=1e-9)
    parts = dict(zip(actual.drivers, actual.parts.value, strict=True))
    assert parts["algorithms"] != 0.0
    assert {name for name, part in parts.items() if part} <= {"algorithms", "data"}
    errors = dict(zip(actual.drivers, actual.parts.mcse, strict=True))
    assert errors["prices"] == 0.0  # differs, and does not lead there
    read = targets.read_target(moved, target)
    subject = subjects.subject(subjects.targeted_plan(moved, read))
    answers = subject.answer(subject.levels(range(512)))[0]
    own = answers.mean() if "@" in target else np.quantile(answers, 0.5, method="inverted_cdf")
    assert actual.b == pytest.approx(own, abs=1e-12)


def test_sampled_orders_come_near_every_coalition(baseline, monkeypatch):
    moved = edited(
        baseline, algorithms_growth=-0.1, researcher_threshold=1.0, spending_growth=0.1,
        inference_start=2.0,
    )  # fmt: skip
    exact = attributed(baseline, moved, "automated_researcher")
    monkeypatch.setattr("simulator.sensitivity.attribution.MOST_EXACT", 2)
    drawn = attributed(baseline, moved, "automated_researcher", orders=12)
    assert exact.exact
    assert not drawn.exact
    assert drawn.parts.value.sum() == pytest.approx(float(drawn.whole.value), abs=1e-9)
    assert np.abs(drawn.parts.value - exact.parts.value).max() < 0.25


def test_a_correlation_alone_is_a_difference(baseline):
    apart = baseline.model_copy(update={"correlations": ()})
    actual = attributed(baseline, apart, "automated_researcher")
    parts = dict(zip(actual.drivers, actual.parts.value, strict=True))
    assert parts["unhobbling"] != 0.0
    assert parts["regime"] == parts["inference"] == 0.0


def test_scenarios_of_other_seeds_or_grids_are_not_attributed(baseline):
    for change, said in (({"seed": 1}, "seed"), ({"horizon": 2045.0}, "horizon")):
        with pytest.raises(InputFault, match=said):
            attributed(baseline, baseline.model_copy(update=change), "remote_work")
    with pytest.raises(InputFault, match="effective_compute@20"):
        attributed(baseline, baseline, "effective_compute")


def test_the_same_scenario_differs_in_nothing(baseline):
    assert comparison.plan_differences(baseline, baseline) == []
    actual = attributed(baseline, baseline, "remote_work")
    assert actual.parts.value.tolist() == [0.0] * len(actual.drivers)
    rows = comparison.answer_differences(baseline, baseline, 300, 50).records
    assert all(row["difference"] in (0.0,) or np.isnan(row["difference"]) for row in rows)


def test_differences_of_plans_and_answers_are_named(baseline):
    moved = edited(baseline, algorithms_growth=-0.1)
    other = moved.model_copy(update={"seed": 5, "hold": {"stock_start": 0.5}})
    what = {row["what"]: row for row in comparison.plan_differences(baseline, other)}
    assert set(what) == {"seed", "algorithms_growth", "stock_start"}
    assert what["algorithms_growth"]["driver"] == "algorithms"
    output = comparison.answer_differences(baseline, moved, 600, 50, prior=True).records
    rows = {row["name"]: row for row in output}
    block = [
        blocks.simulate_block(blocks.compile_plan(p), range(600)).arrivals[0]
        for p in (baseline, moved)
    ]
    medians = [np.quantile(row, 0.5, method="inverted_cdf") for row in block]
    assert rows["automated_researcher"]["difference"] == pytest.approx(medians[1] - medians[0])
    assert rows["automated_researcher"]["reached_a"] == np.isfinite(block[0]).mean()
    assert (
        rows["automated_researcher"]["mcse_difference"] < rows["automated_researcher"]["mcse_p50_b"]
    )


def spoken(capsys, *words):
    code = call(list(words))
    out = capsys.readouterr()
    assert code == 0, out.err
    return out


def test_the_command_line_prints_the_promised_shape(capsys, result):
    words = ["sensitivity", result[1], "--prior", "--draws", "256", "--replicates", "50"]
    words += ["--format"]
    document = json.loads(spoken(capsys, *words, "json").out)
    assert (document["run"], document["target"]) == ("baseline", "automated_researcher")
    assert document["of"] == "prior"
    assert {"name", *KEYS} <= set(document["indices"][0])
    table = list(csv.DictReader(io.StringIO(spoken(capsys, *words, "csv").out)))
    assert [row["name"] for row in table] == [row["name"] for row in document["indices"]]
    assert float(table[0]["total_order"]) == document["indices"][0]["total_order"]
    series = [*words, "json", "--target", "ai_power"]
    every = json.loads(spoken(capsys, *series).out)["indices"]
    assert {row["year"] for row in every} >= {2025.0, 2040.0}


@pytest.fixture
def answers(capsys, tmp_path, result, figures):
    """A method's records as JSON, its table and its figure."""

    def answer(target, *options):
        words = ["sensitivity", result[1], "--target", target, "--replicates", "50", *options]
        document = json.loads(spoken(capsys, *words, "--format", "json").out)
        table = spoken(capsys, *words).out
        spoken(capsys, *words, "-o", str(tmp_path / "a.svg"))
        return document, table, figures[-1]

    return answer


@pytest.mark.parametrize(
    ("options", "records", "measures"),
    [
        (["--draws", "256", "--prior"], "indices", ["first_order", "total_order"]),
        (["--method", "given-draws"], "indices", ["first_order", "pawn"]),
        (["--method", "information"], "information", ["width_left"]),
    ],
)
def test_bars_are_as_long_as_the_indices_and_the_longest_is_on_top(
    answers, options, records, measures
):
    document, table, figure = answers("automated_researcher", *options)
    assert f"Method {document['method']}: {document['draws']:,} draws" in table.replace("\n", " ")
    by_name = {record["name"].replace("_", " "): record for record in document[records]}
    (axes,) = figure.axes
    bars = {name.removesuffix("†"): widths for name, widths in bars_by_row(axes).items()}
    fewest = 1 if records == "information" else 4  # what is noise is not drawn
    assert fewest <= len(bars) <= len(by_name)
    for name, widths in bars.items():
        values = [by_name[name][measure] for measure in measures]
        left = [1.0 - value for value in values] if measures == ["width_left"] else values
        assert widths == pytest.approx(left), name
    longest = [widths[-1] for widths in bars.values()]
    assert longest[0] == max(longest) > 0.2
    first = next(iter(bars)).replace(" ", "_")
    assert table.splitlines()[2].split()[0] == first
    assert len(axes.get_legend().get_texts()) == len(measures)


def test_a_tornado_shows_both_ends_of_both_answers(answers):
    target = "automated_researcher@2030"
    document, table, figure = answers(target, "--draws", "256", "--method", "tornado")
    by_name = {record["name"]: record for record in document["tornado"]}
    probability, median = figure.axes
    rows = [label.get_text() for label in probability.get_yticklabels()]
    assert table.splitlines()[2].split()[0] == rows[0] == "thresholds"
    for axes, stem in ((probability, "probability"), (median, "median")):
        drawn = iter(bar.get_width() for bar in axes.patches)
        for name in rows:
            ends = [by_name[name][f"{stem}_change_{end}"] for end in ("p10", "p90")]
            assert [next(drawn), next(drawn)] == pytest.approx(ends), (stem, name)
    assert "P(before 2030)" in probability.get_title("left")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "held at p10",
        "held at p90",
    ]


def test_boxes_are_drawn_between_their_levels(answers):
    document, table, figure = answers(
        "automated_researcher@2028", "--method", "discovery", "--prior"
    )
    assert len(figure.axes) == len(document["discovery"]) > 0
    for axes, box in zip(figure.axes, document["discovery"], strict=True):
        sides = axes.patches[1::2]  # after the grey bar of the whole range
        drawn = [(side.get_x(), side.get_x() + side.get_width()) for side in sides]
        assert drawn == [pytest.approx(ends) for ends in box["levels"].values()]
        names = [label.get_text().replace(" ", "_") for label in axes.get_yticklabels()]
        assert names == list(box["limits"])
        assert all(name in table for name in names)
        assert f"coverage {100 * box['coverage']:.0f} ±" in axes.get_title("left")


def test_effects_year_by_year_are_stacked_to_the_whole(answers):
    options = ("--draws", "256", "--method", "shapley", "--prior")
    document, table, figure = answers("effective_compute", *options)
    last = {
        row["name"]: max(row["shapley"], 0.0)
        for row in document["indices"]
        if row["year"] == 2040.0
    }
    (axes,) = figure.axes
    shares = dict(text.get_text().rsplit(", ", 1) for text in axes.texts)
    assert {"algorithms", "unhobbling", "regime"} <= set(shares)
    for name, share in shares.items():
        if name != "others":
            assert share == f"{100 * last[name] / sum(last.values()):.0f} %"
    assert axes.lines[len(shares) - 1].get_ydata() == pytest.approx(1.0)  # the upper edge
    assert "Method shapley" in table.replace("\n", " ")


def test_scenarios_are_compared_on_the_command_line(capsys, tmp_path, figures):
    (tmp_path / "slow.toml").write_text(
        'extends = "baseline"\ntitle = "Slow"\n[priors]\n'
        f"algorithms_growth = {FIXED.format(0.2, 'OOM/year')}\n"
    )
    words = ["compare", "baseline", str(tmp_path / "slow.toml"), "--draws", "300"]
    document = json.loads(spoken(capsys, *words, "--format", "json").out)
    assert [row["what"] for row in document["plans"]] == ["algorithms_growth"]
    assert "algorithms_growth" in spoken(capsys, *words).out
    split = json.loads(spoken(capsys, *words, "--attribute", "--format", "json").out)
    parts = {row["name"]: row["part"] for row in split["attribution"]}
    assert sum(parts.values()) == pytest.approx(split["difference"], abs=1e-9)
    assert parts["evidence"] == 0.0
    assert split["of"] == document["of"] == "posterior"
    words += ["--prior"]
    split = json.loads(spoken(capsys, *words, "--attribute", "--format", "json").out)
    parts = {row["name"]: row["part"] for row in split["attribution"]}
    assert parts["algorithms"] == pytest.approx(split["difference"], abs=1e-9)
    assert split["of"] == "prior"
    assert "algorithms" in spoken(capsys, *words, "--attribute").out
    spoken(capsys, *words, "--attribute", "-o", str(tmp_path / "w.png"))
    assert (tmp_path / "w.png").read_bytes().startswith(b"\x89PNG")
    ((axes,),) = (figure.axes for figure in figures)
    drawn = bars_by_row(axes)
    assert list(drawn) == ["Baseline", "algorithms", "Slow"]
    assert drawn["algorithms"] == pytest.approx([parts["algorithms"]])


def test_bad_input_leaves_nothing_behind(capsys, tmp_path, result):
    lines = tmp_path / "weights.txt"
    lines.write_text("one\n")
    for words, said in (
        (["--target", "nothing", "-o", str(tmp_path / "a.svg")], "--target"),
        (["-o", str(tmp_path / "a.xyz")], ".xyz"),
        (["--method", "given-draws", "--weights", str(lines)], "one number a line"),
    ):
        assert call(["sensitivity", result[1], *words]) == 2
        assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["weights.txt"]


def test_blocks_come_in_the_order_of_the_draws():
    observations = list(
        engines.in_order(lambda piece: piece.start, 2000, 4, lambda share: None, length=64)
    )
    assert observations == list(range(0, 2000, 64))


def test_weighted_quantiles_are_those_of_repeated_values():
    values = np.array([3.0, np.inf, 1.0, 2.0])
    times = np.array([[1, 1, 1, 1], [3, 0, 1, 1], [0, 3, 1, 0]])
    assert bootstrap.weighted_quantiles(values, times, 0.5).tolist() == [2.0, 3.0, np.inf]


def test_an_answer_without_boxes_says_so(answers):
    document, table, figure = answers("automated_researcher@2035", "--method", "discovery")
    assert document["discovery"] == []
    assert "No box is half again as dense" in table.replace("\n", " ")
    assert not figure.axes


def test_pawn_marks_what_chance_alone_gives(baseline, answers):
    document, table, _ = answers("automated_researcher", "--method", "given-draws", "--prior")
    records = {row["name"]: row for row in document["indices"]}
    target = targets.read_target(baseline, "automated_researcher")
    scenario = subjects.targeted_plan(baseline, target)
    tied = {name for pair in baseline.correlations for name in pair[:2]}
    idle = [row for name, row in records.items() if name not in scenario.reaching | tied]
    noise = [row["pawn"] <= row["pawn_noise_floor"] for row in idle]
    assert len(idle) > 5
    assert np.mean(noise) > 0.8
    assert not analysis.is_noise(records["researcher_threshold"])
    lines = {line.split()[0]: line for line in table.splitlines() if line}
    assert "*" not in lines["researcher_threshold"]
    listed = [row for row in records.values() if not analysis.is_chance(row)]
    assert table.count("*") == 1 + sum(map(analysis.is_noise, listed))
    assert {name.removesuffix("†") for name in lines} & set(records) == {r["name"] for r in listed}
    words = table.replace("\n", " ")
    assert f"{len(records) - len(listed)} more cannot be told from chance by any measure" in words


def test_what_is_correlation_only_is_marked(baseline, answers):
    document, table, figure = answers("automated_researcher", "--method", "given-draws", "--prior")
    record = next(r for r in document["indices"] if r["name"] == "remote_work_threshold")
    assert not record["reaches_target"]  # another milestone's, tied to the researcher's
    assert record["rank_correlation"] > 0.3
    assert "remote_work_threshold†" in table
    assert "researcher_threshold†" not in table
    assert "correlation with what can" in table.replace("\n", " ")
    labels = [each.get_text() for each in figure.axes[0].get_yticklabels()]
    assert any("remote" in label and "†" in label for label in labels), labels


def test_a_measure_clear_of_chance_is_listed():
    record = {"pawn": 0.05, "pawn_noise_floor": 0.1}
    for simple, partial, chance in ((0.02, 0.02, True), (0.2, 0.0, False), (0.0, -0.2, False)):
        measured = {"rank_correlation": simple, "partial_rank_correlation": partial}
        errors = {f"mcse_{name}": 0.05 for name in measured}
        assert analysis.is_chance(record | measured | errors) is chance


def test_the_value_of_information_lists_nothing_that_is_noise(answers):
    document, table, _ = answers("automated_researcher", "--method", "information", "--prior")
    records = {row["name"]: row for row in document["information"]}
    listed = {line.split()[0] for line in table.splitlines() if line} & set(records)
    informative = {name for name, row in records.items() if analysis.is_informative(row)}
    assert "researcher_threshold" in informative
    assert listed == informative
    assert not records["benchmark_mmlu_slope"]["reaches_target"]
    left_out = len(records) - len(informative)
    assert f"{left_out} more do not reach the target" in table.replace("\n", " ")


@pytest.mark.parametrize(
    ("left", "error", "reaches", "informative"),
    [
        (0.9, 0.02, True, True),
        (0.9, 0.04, True, False),
        (0.9, 0.02, False, False),
        (1.0, 0.0, True, False),
    ],
)
def test_information_is_told_from_noise_by_three_errors(left, error, reaches, informative):
    record = {"width_left": left, "mcse_width_left": error, "reaches_target": reaches}
    assert analysis.is_informative(record) is informative
