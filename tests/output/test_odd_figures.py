"""Figures of unusual results: letters that few fonts have, nothing to draw, and any horizon."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure

from simulator.errors import InputFault
from simulator.inputs.load import load_plan
from simulator.output.figures import (
    arrivals,
    bars,
    claims,
    compare,
    densities,
    fan,
    published,
    style,
)
from simulator.output.figures.canvas import drawing, wrapped, year_axis
from simulator.store.in_memory import run_in_memory

ODD_TITLE = "基线情景 シナリオ 한국어 🚀"


@pytest.fixture(scope="module")
def result():
    return run_in_memory(load_plan("peak-data", ["draws=64", "horizon=2032"]))


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are written, with what is on them."""
    figures = []
    savefig = Figure.savefig
    monkeypatch.setattr(
        Figure, "savefig", lambda f, *a, **k: (figures.append(f), savefig(f, *a, **k))[1]
    )
    return figures


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
@pytest.mark.filterwarnings("error")
def test_letters_that_the_font_lacks_are_drawn_without_a_warning(result, tmp_path, ending, capfd):
    odd = replace(result, plan=result.plan.model_copy(update={"title": ODD_TITLE}))
    path = tmp_path / f"x.{ending}"
    arrivals.arrivals(odd, path)
    assert capfd.readouterr().err == ""
    if ending == "svg":
        assert path.read_text("utf-8").count(ODD_TITLE) == 2  # drawn as text, and described


def test_a_font_with_the_missing_letters_is_taken_where_the_machine_has_it(monkeypatch):
    letter = "\u1d81"  # which STIX has, a font that matplotlib brings, and DejaVu Sans has not
    assert style.font_families(f"plain {letter}") == {}
    monkeypatch.setattr(style, "FALLBACKS", ("No Such Font", "STIXGeneral"))
    families = style.font_families(f"plain {letter}")["font.sans-serif"]
    assert families[:2] == ["DejaVu Sans", "STIXGeneral"]
    assert style.font_families("plain, é and Ω") == {}  # alike on all machines


def test_a_run_whose_compute_is_out_of_all_bounds_is_drawn(tmp_path, drawn):
    """Marks 5 OOM apart would be 200,000 here."""
    odd = run_in_memory(load_plan("peak-data", ["draws=64", "horizon=2032", "cluster_share=-1e6"]))
    fan.fan(odd, tmp_path / "fan.svg")
    assert 2 <= len(drawn[0].axes[0].get_yticks()) <= 12


def test_lines_of_wide_letters_are_half_as_long():
    assert max(map(len, wrapped("字" * 100, 40))) == 20
    assert max(map(len, wrapped("a" * 100, 40))) == 40
    assert wrapped("", 40) == [""]


def nothing(kind, path):
    words = {"title": "Title", "subtitle": "subtitle"}
    draw = {
        "arrivals": lambda: arrivals.draw_arrivals(
            path, **words, rows=[], horizon=2050.0, as_of=2026.8
        ),
        "claims": lambda: claims.draw_claims(path, **words, scenarios=["a"], entries=[]),
        "bars": lambda: bars.draw_ranked_bars(path, **words, measures=["a"], rows=[], note=""),
        "tornado": lambda: bars.draw_tornado(path, **words, panels=["a"], swings=[], note=""),
        "boxes": lambda: bars.draw_boxes(path, **words, boxes=[], note="No box is so."),
        "stack": lambda: bars.draw_stack(
            path, **words, years=np.array([2020.0, 2030.0]), shares={}, note=""
        ),
        "densities": lambda: densities.draw_densities(path, **words, panels=[]),
        "published": lambda: published.draw_published(path, **words, panels=[], horizon=2050.0),
    }
    draw[kind]()


@pytest.mark.parametrize(
    "kind", ["arrivals", "claims", "bars", "tornado", "boxes", "stack", "densities", "published"]
)
def test_a_picture_of_nothing_is_a_message(drawn, tmp_path, kind):
    nothing(kind, tmp_path / "x.svg")
    (figure,) = drawn
    messages = [text.get_text() for text in figure.texts if text.get_position()[0] == 0.5]
    assert re.match("(Nothing to draw|No box)", *messages)
    assert not [axes for axes in figure.axes if axes.axison], "no empty frame"


@pytest.mark.parametrize("width", [1.2, 2.9, 4.8])
@pytest.mark.parametrize("last", [2019.5, 2023.25, 2027, 2031, 2050, 2100, 2500, 9999])
def test_years_rise_and_their_labels_keep_apart(width, last):
    figure = Figure(figsize=(width / 0.8, 2))
    axes = figure.add_axes((0.1, 0.2, 0.8, 0.7))
    axes.set_xlim(2019.0, last)
    year_axis(axes)
    figure.draw_without_rendering()
    ticks = [t for t in axes.get_xticklabels() if 2019.0 <= t.get_position()[0] <= last]
    years = [int(tick.get_text()) for tick in ticks]
    assert years == sorted(set(years))
    assert years == [tick.get_position()[0] for tick in ticks], "labels are the years they mark"
    boxes = [tick.get_window_extent() for tick in ticks]
    assert all(a.x1 + 4 < b.x0 for a, b in pairwise(boxes))
    assert len(axes.xaxis.get_minorticklocs()) < 500


@pytest.mark.parametrize("horizon", [2027, 2031, 2100, pytest.param(2500, marks=pytest.mark.slow)])
def test_figures_of_any_horizon_have_years_that_rise(drawn, tmp_path, horizon):
    sets = ["draws=8", f"horizon={horizon}", "as_of=2024-06-30"]
    scenario = run_in_memory(load_plan("peak-data", sets))
    arrivals.arrivals(scenario, tmp_path / "a.svg")
    fan.fan(scenario, tmp_path / "b.svg")
    compare.compare([scenario, scenario], tmp_path / "c.svg", ["one", "two"])
    limits = [axes.get_xlim() for figure in drawn for axes in figure.axes]
    assert all(low < high for low, high in limits)


def test_scenarios_of_two_anchors_are_refused(result, tmp_path):
    plan = result.plan.model_copy(update={"anchor_year": 2020.5})
    other = replace(result, plan=plan)
    with pytest.raises(InputFault, match="anchor_year"):
        compare.compare([result, other], tmp_path / "x.svg", ["one", "two"])


def test_scenarios_of_one_title_have_their_names(result, drawn, tmp_path):
    names = ["sweep@rate=0.3", "sweep@rate=0.4"]
    compare.compare([result, result], tmp_path / "x.svg", names)
    claims.claims([result, result], tmp_path / "y.svg", names)
    for path in ("x.svg", "y.svg"):
        assert all(name in (tmp_path / path).read_text() for name in names)


def test_titles_of_many_lines_push_nothing_together(drawn, tmp_path):
    words = ("A long title " * 12).strip(), ("a long subtitle " * 30).strip()
    with drawing(tmp_path / "x.svg", (7.5, 3.0), *words, "words") as figure:
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.6))
        before = axes.get_window_extent().bounds
    assert figure.get_figheight() > 3.3
    assert axes.get_window_extent().bounds == pytest.approx(before)
    boxes = [text.get_window_extent() for text in figure.texts]
    assert boxes[0].y0 >= boxes[1].y1
    assert boxes[1].y0 > axes.get_window_extent().y1
    assert all(box.x1 < figure.bbox.x1 for box in boxes)
