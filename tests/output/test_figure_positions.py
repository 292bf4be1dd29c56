"""What stands where in a figure: positions of its artists, read back, against the numbers of the result."""

import math

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from scipy import stats

from simulator.errors import InputFault
from simulator.evidence.claims import claim_probability
from simulator.evidence.hindcast import hindcast_scores
from simulator.evidence.published import own_estimates
from simulator.inputs.claims import load_claims
from simulator.inputs.load import load_plan
from simulator.inputs.observations import known_observations
from simulator.inputs.published import load_published
from simulator.output import published_panels
from simulator.output.figures import bands, bars, calibration, claims, densities, published, sweep
from simulator.store.in_memory import run_in_memory

BARS = bars.Bar(0.5, 0.4, 0.7), bars.Bar(0.8, 0.75, 0.9)


@pytest.fixture(scope="module")
def baseline():
    return run_in_memory(load_plan("baseline", ["draws=400"]))


@pytest.fixture(scope="module")
def peak_data():
    return run_in_memory(load_plan("peak-data", ["draws=64"]))


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Draw a figure, and give it."""
    figures = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **k: figures.append(figure))

    def draw(function, *arguments, **options):
        function(*arguments, path=tmp_path / "x.svg", **options)
        return figures.pop()

    return draw


def texts(axes):
    return [text.get_text() for text in axes.texts]


def fills(axes):
    """Rectangles of bars: (left, right, middle height)."""
    boxes = [patch.get_bbox() for patch in axes.patches]
    return [(*sorted((box.x0, box.x1)), (box.y0 + box.y1) / 2) for box in boxes]


def test_claims_stand_at_their_probabilities(drawn, baseline, peak_data):
    figure = drawn(claims.claims, [baseline, peak_data])
    (axes,) = figure.axes
    spans = [
        segment[:, 0]
        for lines in axes.collections
        if isinstance(lines, LineCollection)
        for segment in lines.get_segments()
    ]
    markers = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    expected = []
    for claim in load_claims():
        estimates = [claim_probability(claim, result) for result in (baseline, peak_data)]
        expected += [(100 * e.value, 100 * e.mcse) for e in estimates if e]
    assert len(expected) > 40
    assert markers == pytest.approx([value for value, _ in expected])
    ends = [(value - error, value + error) for value, error in expected]
    assert np.array(spans) == pytest.approx(np.array(ends))


def test_claims_that_are_settled_say_how(drawn, baseline):
    (axes,) = drawn(claims.claims, [baseline]).axes
    heights = {}
    for text in axes.texts:
        heights.setdefault(round(text.xy[1], 6), []).append(text.get_text())
    message = {words[0]: words[2:] for words in heights.values() if len(words) >= 2}
    for claim in load_claims():
        if claim_probability(claim, baseline):
            outcome = {True: ["yes"], False: ["no"], None: []}[claim.outcome]
            assert message[claim.id] == outcome, claim.id


@pytest.fixture(scope="module")
def hindcast():
    return run_in_memory(load_plan("hindcast-2023", ["draws=400"]))


def test_observations_stand_in_their_intervals(drawn, hindcast):
    intervals, pit = drawn(calibration.calibration, hindcast).axes
    scored = hindcast_scores(hindcast, known_observations())
    own = scored.scores["world"]
    (dots,) = [line for line in intervals.lines if line.get_marker() == "o"]
    inner = {}  # height -> the bar of the 80 % interval, the second of three
    for left, right, height in fills(intervals):
        inner.setdefault(round(height), []).append((left, right))
    labels = [label.get_text() for label in intervals.get_yticklabels()]
    for i, score in enumerate(own):
        assert len(inner[i]) == 3
        left, right = inner[i][1]
        assert right - left == pytest.approx(2.563, abs=1e-3)  # the p10 to p90 of a normal
        level = (score.observation.value - score.quantiles["p10"]) / (
            score.quantiles["p90"] - score.quantiles["p10"]
        )
        assert (dots.get_xdata()[i] - left) / (right - left) == pytest.approx(level)
        assert labels[i].endswith(f"{score.observation.year:.1f}")
    curves = {line.get_label().partition(",")[0]: line for line in pit.lines}
    shares = sorted(100 * score.pit for score in own)
    assert curves["this scenario"].get_ydata() == pytest.approx(shares)
    number = len(shares)
    assert curves["this scenario"].get_xdata() == pytest.approx(
        100 * (np.arange(number) + 0.5) / number
    )
    assert list(curves["calibrated"].get_xdata()) == list(curves["calibrated"].get_ydata())


def test_a_posterior_is_the_weighted_histogram_of_its_draws(drawn, baseline):
    figure = drawn(densities.prior_posterior, baseline, parameters=["algorithms_growth"])
    (axes,) = figure.axes
    steps = [patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch)]
    before, _, after, _ = steps
    names = [prior.name for prior in baseline.plan.priors]
    values = baseline.parameters[:, names.index("algorithms_growth")]
    weights = baseline.weights.whole[: len(values)]
    counts = np.histogram(values, after.edges, weights=weights)[0]
    assert after.values == pytest.approx(counts / counts.sum())
    law = baseline.plan.priors[names.index("algorithms_growth")].distribution
    shares = np.diff(law.cdf(before.edges))
    assert before.values == pytest.approx(shares / shares.sum(), abs=1e-3)
    order = np.argsort(values)
    levels = np.cumsum(weights[order]) / weights.sum()
    middle, low, high = (values[order][np.searchsorted(levels, p)] for p in (0.5, 0.1, 0.9))
    (posterior,) = [text for text in texts(axes) if text.startswith("posterior")]
    numbers = [float(word.strip("()")) for word in posterior.split()[1:] if word != "to"]
    assert numbers == pytest.approx([middle, low, high], abs=0.01)


def test_a_prior_is_drawn_as_its_density(drawn):
    """A lognormal has a closed form: its density at the mode, relative to that at p50, and its p05 and p95."""
    plan = load_plan("baseline", ["draws=8"])
    (prior,) = [each for each in plan.priors if each.name == "algorithms_growth"]
    figure = drawn(densities.densities, plan, [prior], {})
    (axes,) = figure.axes
    ends = np.log([0.22, 0.81])  # of priors/algorithms.toml
    scale = (ends[1] - ends[0]) / (2 * stats.norm.ppf(0.95))
    law = stats.lognorm(scale, scale=math.exp(ends.mean()))
    curve = axes.lines[0]
    shape = law.pdf(curve.get_xdata())
    assert curve.get_ydata() == pytest.approx(shape / shape.max(), abs=2e-3)
    (middle,) = [each for each in axes.collections if isinstance(each, LineCollection)]
    assert middle.get_segments()[0][0][0] == pytest.approx(law.median())
    shaded = np.vstack([p.vertices for p in axes.collections[0].get_paths()])[:, 0]
    step = np.diff(curve.get_xdata()).max()
    assert [shaded.min(), shaded.max()] == pytest.approx([0.22, 0.81], abs=step)


def test_a_prior_that_a_run_replaces_is_dashed_beside_it(drawn):
    plan = load_plan("baseline", ["draws=8", "stock_growth=0.1"])
    filed = {p.name: p for p in load_plan("baseline", ["draws=8"]).priors}
    prior = next(each for each in plan.priors if each.name == "stock_growth")
    (axes,) = drawn(densities.densities, plan, [prior], filed).axes
    dashed, atom = axes.lines
    assert dashed.get_linestyle() == "--"
    assert atom.get_xdata() == pytest.approx([0.1])
    assert atom.get_ydata() == pytest.approx([1.0])


def test_a_sweep_stands_at_its_values_and_years(drawn):
    sets = ["hold.algorithms_growth=0.9", "algorithms_growth=0.2"]
    points = [run_in_memory(load_plan("peak-data", ["draws=64", each])) for each in sets]
    axes = drawn(sweep.sweep, points).axes[0]
    values = [0.2, points[0].plan.priors[names_of(points[0]).index("algorithms_growth")]]
    values[1] = float(values[1].distribution.inverse_cdf(np.array([0.9]))[0])
    (dots,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert dots.get_xdata() == pytest.approx(values)
    rows = [{e["name"]: e for e in point.milestone_estimates} for point in reversed(points)]
    medians = [row["automated_researcher"]["p50"] for row in rows]
    assert dots.get_ydata() == pytest.approx(medians)
    outer, inner = (np.vstack([p.vertices for p in c.get_paths()])[:, 1] for c in axes.collections)
    for band, low, high in ((outer, "p10", "p90"), (inner, "p25", "p75")):
        ends = [[row["automated_researcher"][key] for row in rows] for key in (low, high)]
        assert band.min() == pytest.approx(min(ends[0]))
        assert band.max() == pytest.approx(min(max(ends[1]), 2050.0))


def names_of(result):
    return [prior.name for prior in result.plan.priors]


def test_a_sweep_of_a_parameter_that_varies_is_refused():
    plans = [
        load_plan("peak-data", ["draws=64", *sets]) for sets in ([], ["algorithms_growth=0.3"])
    ]
    results = [run_in_memory(plan) for plan in plans]
    with pytest.raises(InputFault, match="in which algorithms_growth varies"):
        sweep.swept_parameter(results)


TITLES = {"title": "Title", "subtitle": "subtitle", "note": "note"}


def test_ranked_bars_are_as_long_as_their_indices(drawn):
    rows = [bars.BarRow("one", BARS), bars.BarRow("two", BARS[::-1])]
    figure = drawn(bars.draw_ranked_bars, **TITLES, measures=["a", "b"], rows=rows)
    (axes,) = figure.axes
    assert [right for _, right, _ in fills(axes)] == [0.5, 0.8, 0.8, 0.5]
    assert [left for left, _, _ in fills(axes)] == [0.0] * 4
    whiskers = [tuple(line.get_xdata()) for line in axes.lines if len(set(line.get_ydata())) == 1]
    assert whiskers == [(0.4, 0.7), (0.75, 0.9), (0.75, 0.9), (0.4, 0.7)]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "two"]
    assert [t for t in texts(axes) if t] == ["0.50", "0.80", "0.80", "0.50"]


def test_a_waterfall_falls_from_one_answer_to_the_other(drawn):
    steps = [bars.BarRow(n, [bars.Bar(v, v - 1, v + 1)]) for n, v in (("up", 3.0), ("down", -1.0))]
    ends = {"start": ("A", 2030.0, "2030.0"), "end": ("B", 2032.0, "2032.0")}
    (axes,) = drawn(bars.draw_waterfall, **TITLES, **ends, steps=steps).axes
    expected = [(2030.0, 2033.0, 1.0), (2032.0, 2033.0, 2.0)]
    assert np.array(fills(axes)) == pytest.approx(np.array(expected))
    assert [t for t in texts(axes) if t] == ["2030.0", "+3.00", "−1.00", "2032.0"]


def test_a_tornado_has_both_ends_of_each_swing(drawn):
    swing = bars.Swing("one", [(bars.Bar(-1.0, -2.0, -0.5), bars.Bar(2.0, 1.0, 3.0))])
    (axes,) = drawn(bars.draw_tornado, **TITLES, panels=["years"], swings=[swing]).axes
    assert [box[:2] for box in fills(axes)] == [(-1.0, 0.0), (0.0, 2.0)]


def test_ticks_of_money_stand_at_their_amounts(drawn, baseline):
    (axes,) = drawn(bands.bands, baseline, series=["cluster_cost"]).axes[1:]
    ticks = {label.get_text(): label.get_position()[1] for label in axes.get_yticklabels()}
    assert {"$100M", "$10B", "$1T"} <= set(ticks)
    assert [ticks[name] for name in ("$100M", "$10B", "$1T")] == pytest.approx([8.0, 10.0, 12.0])


def test_published_forecasts_stand_above_the_results_own(drawn, baseline):
    """Each row's marks and intervals, read back, are the file's numbers and the result's estimates."""
    figure = drawn(published.published, baseline)
    shown = {"theirs": [], "ours": []}
    for axes in figure.axes:
        right = axes.get_xlim()[1]
        for whose, mark in (("theirs", published.THEIRS), ("ours", published.OURS)):
            lines = [line for line in axes.lines if line.get_color() == mark]
            shown[whose] += [(tuple(map(float, line.get_xdata())), right) for line in lines]
    expected = {"theirs": [], "ours": []}
    for forecast in load_published():
        own = own_estimates(forecast, baseline)
        keys = ("probability",) if forecast.probability else ("p10", "p50", "p90")
        ours = [own[key].value for key in keys]
        low = forecast.p10 if forecast.low is None else forecast.low
        high = forecast.p90 if forecast.high is None else forecast.high
        expected["theirs"] += [(low, high)] * (low is not None)
        middle = forecast.probability or forecast.p50
        expected["theirs"] += [(middle,)] * (middle is not None)
        expected["ours"] += [(ours[0], ours[-1])] * (len(ours) > 1) + [(ours[len(ours) // 2],)]
    for whose, values in expected.items():
        drawn_at = sorted(x for x, _ in shown[whose])
        assert len(drawn_at) == len(values)
        edges = {right for _, right in shown[whose]}
        for at, value in zip(drawn_at, sorted(values), strict=True):
            assert all(
                a == b or (math.isinf(b) and a in edges) for a, b in zip(at, value, strict=True)
            )


def test_a_published_interval_without_an_end_goes_on_to_the_edge(drawn):
    theirs = published_panels.Interval(None, 2030.0, None, "2030.0")
    ours = published_panels.Interval(2028.0, 2035.0, math.inf, "2035.0 (2028.0 to > 2050)")
    rows = [published_panels.PublishedRow("Soon", "Them", "soon", theirs, ours)]
    panel = published_panels.PublishedPanel(published_panels.YEARS, "year", rows)
    (axes,) = drawn(
        published.draw_published, title="Title", subtitle="subtitle", panels=[panel], horizon=2050.0
    ).axes
    assert axes.get_xlim() == (2027.0, 2051.0)
    spans = [tuple(line.get_xdata()) for line in axes.lines if line.get_color() == published.OURS]
    assert spans == [(2028.0, 2051.0), (2035.0,)]
    assert "ours 2035.0 (2028.0 to > 2050)" in texts(axes)
