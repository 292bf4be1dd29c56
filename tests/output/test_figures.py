"""Every kind of figure: drawn from a result, its text there and apart, its numbers those of the result."""

import json
import re
from dataclasses import replace
from importlib import import_module
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from simulator import cli
from simulator.inputs import load
from simulator.output.figures import (
    arrivals,
    bands,
    binding,
    calibration,
    claims,
    compare,
    densities,
    drivers,
    fan,
    published,
)
from simulator.output.figures.kinds import Kind
from simulator.sensitivity.question import METHODS
from simulator.store import running
from simulator.store.in_memory import run_in_memory
from simulator.store.results import load_result

SCENARIOS = ("baseline", "situational-awareness", "peak-data")
DRAWS = {"baseline": 400, "situational-awareness": 400, "peak-data": 1000, "hindcast-2023": 400}
FIGURES = {
    "fan": fan.fan,
    "arrivals": arrivals.arrivals,
    "drivers": drivers.drivers,
    "binding": binding.binding,
    "bands": lambda result, path: bands.bands(result, path, []),
}
CONDITIONED = {  # figures that need weights, or observations after the as-of date
    "prior-posterior": ("baseline", densities.prior_posterior),
    "calibration": ("hindcast-2023", calibration.calibration),
    "claims": ("baseline", lambda result, path: claims.claims([result], path)),
    "published": ("baseline", published.published),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    home = tmp_path_factory.mktemp("runs")
    swept = {
        name: load.load_plan("peak-data", ["draws=64", f"algorithms_growth={value}"])
        for name, value in (("slow", 0.3), ("fast", 0.5))
    }
    points = {name: str(running.run(plan, home / name).folder) for name, plan in swept.items()}
    return points | {
        name: str(running.run(load.load_plan(name, [f"draws={draws}"]), home / name).folder)
        for name, draws in DRAWS.items()
    }


@pytest.fixture(scope="module")
def results(folders):
    return {name: load_result(folder) for name, folder in folders.items()}


@pytest.fixture
def numbers(monkeypatch):
    """The numbers that each kind of figure is drawn from."""
    drawn = {}
    for kind in ("arrivals", "bands", "binding", "compare", "drivers"):
        figure = import_module(f"simulator.output.figures.{kind}")
        draw = lambda path, kind=kind, **n: drawn.update({kind: n})  # noqa: E731
        monkeypatch.setattr(figure, f"draw_{kind}", draw)
    return drawn


@pytest.fixture
def overlaps(monkeypatch):
    """Pairs of texts that touch, and texts that cross the sheet's edge, in every figure that is drawn."""
    touching = []

    def measure(figure, *args, **kwargs):
        drawn, draw = [], Text.draw
        with monkeypatch.context() as patch:  # labels of ticks outside the axes are not drawn
            patch.setattr(Text, "draw", lambda text, *a: (drawn.append(text), draw(text, *a))[1])
            figure.draw_without_rendering()
        texts = [text for text in dict.fromkeys(drawn) if text.get_text()]
        boxes = [(each.get_text(), Text.get_window_extent(each).padded(-1.0)) for each in texts]
        boxes = [box for box in boxes if box[1].width > 0 and box[1].height > 0]
        touching.extend((a, b) for (a, p), (b, q) in combinations(boxes, 2) if p.overlaps(q))
        edge = figure.bbox.padded(1.0)
        touching.extend((a, "edge") for a, p in boxes if p.x1 > edge.x1 or p.x0 < edge.x0)

    monkeypatch.setattr(Figure, "savefig", measure)
    return touching


def text(path):
    return " ".join("".join(each.itertext()) for each in ElementTree.parse(path).iter())


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("kind", FIGURES)
def test_text_does_not_touch(results, overlaps, tmp_path, scenario, kind):
    FIGURES[kind](results[scenario], tmp_path / "x.svg")
    assert not overlaps


def test_text_does_not_touch_where_the_as_of_date_is_near_the_horizon(overlaps, tmp_path):
    near = run_in_memory(load.load_plan("peak-data", ["draws=64", "horizon=2027"]))
    for draw in FIGURES.values():
        draw(near, tmp_path / "x.svg")
    compare.compare([near, near], tmp_path / "x.svg", ["one", "two"])
    assert not overlaps


def test_text_of_a_hindcast_and_of_a_code_does_not_touch(results, overlaps, tmp_path):
    fan.fan(results["hindcast-2023"], tmp_path / "x.svg")
    names = ["score_gpqa", "binding_constraint", "cluster_chips", "time_horizon"]
    bands.bands(results["baseline"], tmp_path / "x.svg", names)
    assert not overlaps


@pytest.mark.parametrize("kind", CONDITIONED)
def test_text_of_figures_of_evidence_does_not_touch(results, overlaps, tmp_path, kind):
    scenario, draw = CONDITIONED[kind]
    draw(results[scenario], tmp_path / "x.svg")
    assert not overlaps


@pytest.mark.parametrize("scenarios", [SCENARIOS, SCENARIOS[:1], SCENARIOS * 2], ids=len)
def test_text_of_scenarios_compared_does_not_touch(results, overlaps, tmp_path, scenarios):
    names = [f"{name} {i}" for i, name in enumerate(scenarios)]
    compare.compare([results[name] for name in scenarios], tmp_path / "x.svg", names)
    assert not overlaps


def test_the_picture_of_rolling_scores_repeats_and_its_text_does_not_touch(request, tmp_path):
    for name in ("a.svg", "b.svg"):
        words = ["score", "--rolling", "--series", "cluster_power", "-o", str(tmp_path / name)]
        assert cli.call(words) == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert "record process" in text(tmp_path / "a.svg")
    overlaps = request.getfixturevalue("overlaps")
    assert cli.call(["score", "--rolling", "-o", str(tmp_path / "c.svg")]) == 0
    assert not overlaps


def test_touching_text_is_noticed(overlaps, tmp_path):
    figure = Figure()
    figure.text(0.5, 0.5, "one")
    figure.text(0.51, 0.5, "two")
    figure.text(0.99, 0.1, "over the edge")
    figure.savefig(tmp_path / "x.svg")
    assert overlaps == [("one", "two"), ("over the edge", "edge")]


SENSITIVITY = "sensitivity peak-data --target automated_researcher@2031 --replicates 40 --draws"

PICTURES = {  # every command that draws; a name of a scenario stands for its result
    **{kind: f"plot baseline {kind}" for kind in FIGURES},
    "prior-posterior": "plot baseline prior-posterior",
    "calibration": "plot hindcast-2023 calibration",
    "claims": "plot baseline peak-data claims",
    "published": "plot baseline published",
    "sweep": "plot slow fast sweep",
    "compare": "plot baseline situational-awareness peak-data compare",
    "priors": "priors algorithms_growth feedback_multiplier",
    "correlated": f"{SENSITIVITY} 256 --prior --method correlated --by driver",
    "shapley": f"{SENSITIVITY} 256 --prior --method shapley --by driver",
    "given-draws": "sensitivity peak-data --method given-draws --replicates 40",
    "yearly": "sensitivity peak-data --target effective_compute --prior --by driver --draws 256",
    "information": "sensitivity peak-data --method information --replicates 40",
    "discovery": "sensitivity peak-data --target automated_researcher@2031 --method discovery",
    "tornado": f"{SENSITIVITY} 256 --prior --method tornado --by driver",
    "attribution": "compare peak-data situational-awareness --prior --attribute --draws 256 --replicates 40",
}


@pytest.fixture(scope="module")
def gallery(folders, tmp_path_factory):
    """Every picture that a command draws, by name."""
    home, drawn = tmp_path_factory.mktemp("gallery"), {}
    for name, command in PICTURES.items():
        drawn[name] = home / f"{name}.svg"
        words = [folders.get(word, word) for word in command.split()]
        option = "--plot" if name == "priors" else "-o"
        assert cli.call([*words, option, str(drawn[name])]) == 0
    return drawn


@pytest.mark.parametrize("kind", FIGURES)
def test_a_picture_repeats_to_the_byte(gallery, results, tmp_path, kind):
    FIGURES[kind](results["baseline"], tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_bytes() == gallery[kind].read_bytes()
    assert "Baseline: 400 draws, seed 20240613" in text(gallery[kind])


def alternative(path):
    """Title and description of a picture, as a browser finds them."""
    root = ElementTree.parse(path).getroot()
    assert root.get("role") == "img"
    elements = {each.get("id"): each for each in root if each.tag.endswith(("}title", "}desc"))}
    names = root.get("aria-labelledby").split()
    assert [elements[name].tag.rpartition("}")[2] for name in names] == ["title", "desc"]
    return [elements[name].text for name in names]


@pytest.mark.parametrize("kind", PICTURES)
def test_every_picture_says_what_it_shows(gallery, kind):
    title, description = alternative(gallery[kind])
    svg = gallery[kind].read_text()
    assert svg.count(f">{title}</") == 2, "the title that stands in the picture is its name"
    numbers = set(re.findall(r"\d+\.\d+|\d\d+", description.replace(",", "")))
    assert len(numbers) >= 3, description
    assert description.endswith(".")
    assert "_" not in description
    assert "nan" not in description


def test_no_kind_of_picture_is_left_out_of_the_law():
    assert set(Kind) <= set(PICTURES)
    assert set(METHODS) - {"sobol"} <= set(PICTURES)  # sobol is drawn like correlated


def test_an_alternative_has_the_numbers_of_the_table(gallery, folders, capsys):
    assert cli.call(["milestones", folders["baseline"], "--format", "json"]) == 0
    description = alternative(gallery["arrivals"])[1]
    for row in json.loads(capsys.readouterr().out)["milestones"]:
        said = re.search(
            rf"{row['name'].replace('_', ' ')}: p50 \(p10 to p90\) (\S+) ", description
        )
        if row["p50"] is not None:
            assert float(said[1]) == pytest.approx(row["p50"], abs=0.6)


def test_an_alternative_is_text_whatever_a_title_holds(folders, results, tmp_path):
    plan = results["baseline"].plan.model_copy(update={"title": 'A <b> & "c" ]]>'})
    arrivals.arrivals(replace(results["baseline"], plan=plan), tmp_path / "x.svg")
    assert 'A <b> & "c" ]]>: 400 draws' in alternative(tmp_path / "x.svg")[1]


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_other_pictures_hold_their_alternative_as_metadata(results, tmp_path, ending):
    arrivals.arrivals(results["baseline"], tmp_path / f"x.{ending}")
    assert (
        b"Probability that each milestone has been reached"
        in (tmp_path / f"x.{ending}").read_bytes()
    )


def test_the_command_compares(folders, tmp_path):
    for ending, start in (("pdf", b"%PDF"), ("svg", b"<?xml")):
        path = tmp_path / f"x.{ending}"
        names = [folders[name] for name in SCENARIOS]
        assert cli.call(["plot", *names, "compare", "-o", str(path)]) == 0
        assert path.read_bytes().startswith(start)
    for title in ("Baseline", "Situational awareness", "Peak data"):
        assert title in text(tmp_path / "x.svg")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["baseline", "arivals", "-o", "x.svg"], 'did you mean "arrivals"?'),
        (["fan", "-o", "x.svg"], "RESULT"),
        (["baseline", "peak-data", "fan", "-o", "x.svg"], "compare takes several"),
        (["baseline", "sweep", "-o", "x.svg"], "2 to 1000"),
        (["baseline", "peak-data", "sweep", "-o", "x.svg"], "differ in one parameter"),
        (["baseline", "baseline", "sweep", "-o", "x.svg"], "differ in no parameter"),
        (["baseline", "fan", "-o", "x.jpg"], ".svg, .pdf, .png"),
        (["baseline", "fan", "-o", "none/x.svg"], "no such folder"),
        (["baseline", "fan", "--series", "training_flop", "-o", "x.svg"], "--series"),
        ([*["baseline"] * 7, "compare", "-o", "x.svg"], "1 to 6"),
        (["nothing", "fan", "-o", "x.svg"], "oomcast run makes one"),
    ],
)
def test_what_cannot_be_drawn_is_a_fault(folders, tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    assert cli.call(["plot", *(folders.get(word, word) for word in words)]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_series_that_is_not_kept_is_a_fault_in_every_kind(tmp_path, capsys):
    plan = load.load_plan("baseline", ["draws=8", 'series=["training_flop"]', "horizon=2030"])
    folder = str(running.run(plan, tmp_path / "bare").folder)
    for kind in ("fan", "binding", "compare"):
        assert cli.call(["plot", folder, kind, "-o", str(tmp_path / "x.svg")]) == 2
        assert "did not keep" in capsys.readouterr().err
    for kind in ("arrivals", "drivers", "bands"):
        assert cli.call(["plot", folder, kind, "-o", str(tmp_path / "x.svg")]) == 0


def test_arrivals_show_what_is_not_reached_and_what_is_uncertain(results, numbers, tmp_path):
    result = results["baseline"]
    FIGURES["arrivals"](result, tmp_path / "x.svg")
    rows = {row.label: row for row in numbers["arrivals"]["rows"]}
    names = [milestone.name for milestone in result.plan.milestones]
    researcher = rows["automated researcher"]
    assert researcher.uncertain
    assert researcher.condition == "effective compute ≥ 8.1 (6.0 to 11.0) OOM"
    assert not rows["run 1e28"].uncertain
    arrivals = np.asarray(result.arrivals[:, names.index("automated_researcher")])
    for year in (2027.0, 2035.5, 2050.0):
        at = researcher.reached[list(researcher.years).index(year)]
        assert at == pytest.approx(np.average(arrivals < year, weights=result.weights.whole))
    assert list(rows) == sorted(rows, key=lambda r: (rows[r].median, -rows[r].reached[-1]))
    FIGURES["arrivals"](results["situational-awareness"], tmp_path / "x.svg")
    never = {row.label: row for row in numbers["arrivals"]["rows"]}["pretraining ends"]
    assert (never.interval, never.never) == ("> 2050", "100 %")
    assert not never.reached.any()


def test_a_threshold_that_is_held_is_not_shown_as_uncertain(results, numbers, tmp_path):
    arrivals.arrivals(results["situational-awareness"], tmp_path / "x.svg")
    rows = {row.label: row for row in numbers["arrivals"]["rows"]}
    assert rows["automated researcher"].uncertain
    assert not rows["remote work"].uncertain


def test_bands_and_binding_shares_are_those_of_the_result(results, numbers, tmp_path):
    bands.bands(results["baseline"], tmp_path / "x.svg", ["training_flop", "binding_constraint"])
    flop, code = numbers["bands"]["panels"]
    assert [mark.label for mark in flop.marks] == [f"run 1e{n}" for n in range(26, 31)]
    assert code.band is None
    binding.binding(results["baseline"], tmp_path / "x.svg")
    assert sum(numbers["binding"]["shares"].values()) == pytest.approx(1.0)
    assert code.shares["power"] == pytest.approx(numbers["binding"]["shares"]["power"])


def test_scenarios_compared_have_their_own_arrivals(results, numbers, tmp_path):
    compared = [results[name] for name in SCENARIOS]
    compare.compare(compared, tmp_path / "x.svg", SCENARIOS)
    drawn = numbers["compare"]
    titles = [result.plan.title for result in compared]
    assert [scenario.label for scenario in drawn["scenarios"]] == titles
    essay = drawn["scenarios"][1].arrivals["automated_researcher"].quantiles
    assert 2027.5 < essay["p50"] < 2028.5
    assert np.isinf(drawn["scenarios"][1].arrivals["data_exhausted"].quantiles["p05"])
