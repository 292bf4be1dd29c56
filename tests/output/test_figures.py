"""Every kind of picture: drawn from a result, its lettering there and apart, what it shows the result's own numbers."""

from importlib import import_module
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from simulator import cli
from simulator.inputs import load
from simulator.output.figures import arrivals, bands, binding, compare, drivers, fan
from simulator.simulate import replay
from simulator.store import running
from simulator.store.results import load_result
from simulator.summaries import decomposition

WORLDS = ("baseline", "situational-awareness", "peak-data")
ONE_WORLD = {
    "fan": fan.fan,
    "arrivals": arrivals.arrivals,
    "drivers": drivers.drivers,
    "binding": binding.binding,
    "bands": lambda result, path: bands.bands(result, path, []),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    home = tmp_path_factory.mktemp("runs")
    return {w: str(running.run(load.load_plan(w, ["draws=400"]), home / w).folder) for w in WORLDS}


@pytest.fixture(scope="module")
def results(folders):
    return {world: load_result(folder) for world, folder in folders.items()}


@pytest.fixture
def numbers(monkeypatch):
    """What the plots were given, by kind."""
    given = {}
    for kind in ("arrivals", "bands", "binding", "compare", "drivers"):
        figure = import_module(f"simulator.output.figures.{kind}")
        drawn = lambda path, kind=kind, **n: given.update({kind: n})  # noqa: E731
        monkeypatch.setattr(figure, f"draw_{kind}", drawn)
    return given


@pytest.fixture
def overlaps(monkeypatch):
    """Pairs of lettering that touch, in whatever is drawn."""
    touching = []

    def look(figure, *args, **kwargs):
        drawn, draw = [], Text.draw
        with (
            monkeypatch.context() as watched
        ):  # what is drawn: labels of ticks out of sight are not
            watched.setattr(Text, "draw", lambda text, *a: (drawn.append(text), draw(text, *a))[1])
            figure.draw_without_rendering()
        texts = [text for text in dict.fromkeys(drawn) if text.get_text()]
        boxes = [(each.get_text(), Text.get_window_extent(each).padded(-1.0)) for each in texts]
        boxes = [box for box in boxes if box[1].width > 0 and box[1].height > 0]
        touching.extend((a, b) for (a, p), (b, q) in combinations(boxes, 2) if p.overlaps(q))
        edge = figure.bbox.padded(1.0)
        touching.extend((a, "edge") for a, p in boxes if p.x1 > edge.x1 or p.x0 < edge.x0)

    monkeypatch.setattr(Figure, "savefig", look)
    return touching


def lettering(path):
    return " ".join("".join(each.itertext()) for each in ElementTree.parse(path).iter())


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("kind", ONE_WORLD)
def test_lettering_does_not_touch(results, overlaps, tmp_path, world, kind):
    ONE_WORLD[kind](results[world], tmp_path / "x.svg")
    assert not overlaps


@pytest.mark.parametrize("worlds", [WORLDS, WORLDS[:1], WORLDS * 2], ids=len)
def test_lettering_of_worlds_compared_does_not_touch(results, overlaps, tmp_path, worlds):
    names = [f"{world} {place}" for place, world in enumerate(worlds)]
    compare.compare([results[world] for world in worlds], tmp_path / "x.svg", names)
    assert not overlaps


def test_touching_lettering_is_seen(overlaps, tmp_path):
    figure = Figure()
    figure.text(0.5, 0.5, "one")
    figure.text(0.51, 0.5, "two")
    figure.text(0.99, 0.1, "over the edge")
    figure.savefig(tmp_path / "x.svg")
    assert overlaps == [("one", "two"), ("over the edge", "edge")]


@pytest.mark.parametrize("kind", ONE_WORLD)
def test_the_command_draws(folders, tmp_path, kind):
    for name in ("a.svg", "b.svg"):
        assert cli.call(["plot", folders["baseline"], kind, "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert "Baseline: 400 draws, seed 20240613" in lettering(tmp_path / "a.svg")


def test_the_command_compares(folders, tmp_path):
    to = tmp_path / "x.pdf"
    assert cli.call(["plot", *folders.values(), "compare", "-o", str(to)]) == 0
    assert to.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["baseline", "arivals", "-o", "x.svg"], 'did you mean "arrivals"?'),
        (["fan", "-o", "x.svg"], "RESULT"),
        (["baseline", "peak-data", "fan", "-o", "x.svg"], "compare takes several"),
        (["baseline", "fan", "-o", "x.jpg"], ".svg, .pdf, .png"),
        (["baseline", "fan", "-o", "none/x.svg"], "no such folder"),
        (["baseline", "fan", "--series", "training_flop", "-o", "x.svg"], "--series"),
        ([*["baseline"] * 7, "compare", "-o", "x.svg"], "1 to 6"),
        (["nothing", "fan", "-o", "x.svg"], "oomcast run makes one"),
    ],
)
def test_what_cannot_be_drawn_is_a_fault(folders, tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)
    assert cli.call(["plot", *(folders.get(word, word) for word in words)]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_series_that_is_not_kept_is_a_fault_in_every_kind(tmp_path, capsys):
    made = load.load_plan("baseline", ["draws=8", 'series=["training_flop"]', "horizon=2030"])
    folder = str(running.run(made, tmp_path / "bare").folder)
    for kind in ("fan", "binding", "compare"):
        assert cli.call(["plot", folder, kind, "-o", str(tmp_path / "x.svg")]) == 2
        assert "did not keep" in capsys.readouterr().err
    for kind in ("arrivals", "drivers", "bands"):
        assert cli.call(["plot", folder, kind, "-o", str(tmp_path / "x.svg")]) == 0


def test_arrivals_show_what_is_not_reached_and_what_is_uncertain(results, numbers, tmp_path):
    result = results["baseline"]
    ONE_WORLD["arrivals"](result, tmp_path / "x.svg")
    rows = {row.label: row for row in numbers["arrivals"]["rows"]}
    names = [milestone.name for milestone in result.plan.milestones]
    researcher = rows["automated researcher"]
    assert researcher.uncertain
    assert researcher.condition == "effective_compute ≥ 8.1 (6.0 to 11.0) OOM"
    assert not rows["run 1e28"].uncertain
    arrivals = np.asarray(result.arrivals[:, names.index("automated_researcher")])
    for year in (2027.0, 2035.5, 2050.0):
        at = researcher.reached[list(researcher.years).index(year)]
        assert at == pytest.approx(np.average(arrivals < year, weights=result.weights.whole))
    assert list(rows) == sorted(rows, key=lambda r: (rows[r].median, -rows[r].reached[-1]))
    ONE_WORLD["arrivals"](results["situational-awareness"], tmp_path / "x.svg")
    never = {row.label: row for row in numbers["arrivals"]["rows"]}["pretraining ends"]
    assert (never.interval, never.never) == ("> 2050", "100 %")
    assert not never.reached.any()


def test_a_threshold_that_is_held_is_not_shown_as_uncertain(results, numbers, tmp_path):
    arrivals.arrivals(results["situational-awareness"], tmp_path / "x.svg")
    rows = {row.label: row for row in numbers["arrivals"]["rows"]}
    assert rows["automated researcher"].uncertain
    assert not rows["remote work"].uncertain


@pytest.mark.parametrize("world", WORLDS)
def test_the_parts_sum_to_effective_compute_in_every_draw(results, world):
    result = results[world]
    parts = decomposition.driver_parts(result)
    place = result.series.index("effective_compute")
    effective = np.asarray(result.trajectories[:, place])
    assert np.abs(sum(parts.values()) - effective).max() < 1e-12
    found = decomposition.decompose(result)
    assert found.total == pytest.approx(sum(found.mean.values()), abs=1e-12)
    whole = result.weights.whole[:400] if result.weights else np.ones(400)
    n, final = whole.sum() ** 2 / (whole**2.0).sum(), effective[:, -1]
    mean = np.average(final, weights=whole)
    assert found.total[-1] == pytest.approx(mean)
    error = np.sqrt(np.average((final - mean) ** 2, weights=whole) / (n - 1))
    assert found.total_mcse[-1] == pytest.approx(error)
    assert set(parts) == set(decomposition.LABELS)


def test_the_parts_are_what_they_say(results):
    result = results["peak-data"]
    parts, draw = decomposition.driver_parts(result), 7
    told = replay.replay(result.plan, draw)
    series, at = {k: np.array(v) for k, v in told["series"].items()}, told["parameters"]
    money = series["affordable_cluster_cost"] - at["spending_start"]
    lost = -at["utilisation_decline"] * money
    bound = series["physical_compute"] - series["affordable_compute"]
    after = np.array(told["year"]) < at["regime_year"]
    assert parts["spending"][draw] == pytest.approx(money)
    assert parts["limits"][draw] == pytest.approx(lost + bound, abs=1e-12)
    assert parts["data_penalty"][draw] == pytest.approx(-series["data_penalty"])
    assert np.abs(parts["regime"][draw][after]).max() < 1e-12
    assert np.abs(parts["regime"][draw][~after]).max() > 0.01
    for name in ("price_performance", "duration", "algorithms", "unhobbling", "inference"):
        assert parts[name][draw] == pytest.approx(series[name])


def test_a_single_trajectory_has_no_known_error(tmp_path):
    made = load.load_plan("baseline", ["draws=1", "horizon=2030"])
    result = running.run(made, str(tmp_path / "one"))
    assert np.isinf(decomposition.decompose(result).total_mcse).all()
    drivers.drivers(result, tmp_path / "x.svg")


def test_bands_and_what_binds_are_the_results_own(results, numbers, tmp_path):
    bands.bands(results["baseline"], tmp_path / "x.svg", ["training_flop", "binding_constraint"])
    flop, code = numbers["bands"]["panels"]
    assert [mark.label for mark in flop.marks] == [f"run 1e{n}" for n in range(26, 31)]
    assert code.band is None
    binding.binding(results["baseline"], tmp_path / "x.svg")
    assert sum(numbers["binding"]["shares"].values()) == pytest.approx(1.0)
    assert code.shares["power"] == pytest.approx(numbers["binding"]["shares"]["power"])


def test_worlds_compared_have_their_own_arrivals(results, numbers, tmp_path):
    compare.compare(list(results.values()), tmp_path / "x.svg", WORLDS)
    given = numbers["compare"]
    titles = [result.plan.title for result in results.values()]
    assert [world.label for world in given["worlds"]] == titles
    essay = given["worlds"][1].arrivals["automated_researcher"].quantiles
    assert 2027.5 < essay["p50"] < 2028.5
    assert np.isinf(given["worlds"][1].arrivals["data_exhausted"].quantiles["p05"])
