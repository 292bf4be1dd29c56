"""The page as a file: what it holds, that it asks nothing of anyone, and that no text of a file becomes markup."""

import base64
import hashlib
import html
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from page_scripts import printed, script_output

from simulator import model
from simulator.inputs import files, observations
from simulator.inputs.load import load_plan
from simulator.inputs.published import load_published
from simulator.output.published_panels import published_panels
from simulator.output.tables.pool import split_answer
from simulator.page import report as room
from simulator.page.markup import element, escaped, link
from simulator.store.in_memory import run_in_memory

EVIL = '<script>alert("x")</script><!-- & \'"'


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text of those that are wanted."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.open.append((tag, dict(attributes).get("id")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        for tag, identity in self.open[-1:]:
            key = identity or tag
            self.texts[key] = self.texts.get(key, "") + text


@pytest.fixture(scope="module")
def result():
    return run_in_memory(load_plan("baseline", ["draws=1000"]))


@pytest.fixture(scope="module")
def written(result):
    """The page, and how often each file was read for it."""
    reads, read = Counter(), files._bounded_bytes
    observations._unchanged_file.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            files, "_bounded_bytes", lambda path: (reads.update([path.name]), read(path))[1]
        )
        page, warnings = room.report([result])
    assert warnings == []
    return page, reads


@pytest.fixture(scope="module")
def text(written):
    return written[0]


def test_files_that_scenarios_share_are_read_once(written):
    _, reads = written
    shared = ("algorithms.toml", "sources.toml", "milestones.toml", "observations.toml")
    assert {name: reads[name] for name in shared} == dict.fromkeys(shared, 1)


@pytest.mark.slow
def test_a_page_is_the_same_whatever_the_order_of_sets(folder, oomcast_apart):
    assert oomcast_apart("run", "baseline", "--draws", 400).code == 0
    pages = []
    for seed in ("1", "2"):
        assert oomcast_apart("report", "baseline", "-o", "a.html", PYTHONHASHSEED=seed).code == 0
        pages.append((folder / "a.html").read_bytes())
    assert pages[0] == pages[1]


def test_the_page_is_one_small_file_that_asks_nothing_of_anyone(text):
    assert len(text.encode()) < 2_500_000
    for tag, attributes in Elements(text).elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base"), tag
        assert not {"src", "srcset", "style", "onclick", "onload"} & set(attributes), (
            tag,
            attributes,
        )
    assert "@import" not in text
    assert "url(http" not in text


def test_the_policy_allows_this_script_and_style_alone(text):
    elements = Elements(text)
    (policy,) = (
        a["content"]
        for _, a in elements.elements
        if a.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["worker-src"] == "blob:"
    assert "unsafe" not in policy
    for key, of in (("script-src", "script"), ("style-src", "style")):
        digest = base64.b64encode(hashlib.sha256(elements.texts[of].encode()).digest()).decode()
        assert rules[key] == f"'sha256-{digest}'"


def test_every_part_is_there(text, result):
    identities = {a["id"] for _, a in Elements(text).elements if "id" in a}
    parts = {
        "answer",
        "explore",
        "milestones",
        "binding",
        "drives",
        "evidence",
        "claims",
        "published",
        "priors",
        "provenance",
    }
    assert parts <= identities
    data = json.loads(Elements(text).texts["data"])
    assert data["scenarios"][0]["name"] == "baseline"
    assert {"peak-data", "situational-awareness"} <= {each["name"] for each in data["scenarios"]}
    assert result.plan.digest() in text
    for prior in result.plan.priors:
        assert f'data-density="{prior.name}"' in text
        assert prior.note[:20].replace('"', "&quot;").replace("'", "&#x27;") in text


def test_published_forecasts_stand_beside_the_results_own(text, result):
    """Every forecast of the file is there with its note, and each mark says the numbers of its row."""
    (row, *_), *_ = panels = [panel.rows for panel in published_panels(result)]
    part = text[text.index('<section id="published"') :]
    part = html.unescape(part[: part.index("</section>")])
    for each in (each for rows in panels for each in rows):
        assert f"theirs {each.theirs.words}, ours {each.ours.words}" in part
        assert f">{each.ours.words}</td>" in part
    assert len(re.findall("<svg", part)) == sum(map(len, panels)) == len(load_published())
    for forecast in load_published():
        assert forecast.note in part
    index = result.shape.milestones.index("automated_researcher")
    assert row.ours.middle == result.milestone_estimates[index]["p50"]


def test_links_within_the_page_lead_somewhere(text):
    elements = Elements(text).elements
    identities = {a["id"] for _, a in elements if "id" in a}
    inner = {a["href"][1:] for tag, a in elements if tag == "a" and a["href"].startswith("#")}
    assert inner <= identities


def test_numbers_of_the_page_are_those_of_the_result(text, result):
    from simulator.summaries.estimates import milestone_estimates

    (answer,) = json.loads(Elements(text).texts["data"])["answers"]
    for row in milestone_estimates(result.counts, result.shape):
        median = answer["quantiles"][row["name"]][3]
        assert (float("inf") if median is None else median) == row["p50"]


def test_every_picture_of_the_page_says_its_numbers(text):
    pictures = [attributes for tag, attributes in Elements(text).elements if tag == "svg"]
    assert pictures
    for picture in pictures:
        assert picture["role"] == "img"
        assert re.search(r"\d", picture["aria-label"])


def test_axes_of_logarithms_are_marked_in_human_units(text):
    axes = json.loads(Elements(text).texts["data"])["axes"]
    assert axes["log10 USD"]["heading"] == "USD"
    marks = {label: at for at, label in axes["log10 USD"]["marks"]}
    assert [marks[label] for label in ("$1M", "$1B", "$1T")] == [6.0, 9.0, 12.0]
    script = "const axis = given; " + printed(
        "[valueTicks(8, 13, axis), valueTicks(9.1, 9.9, axis)]"
    )
    several, few = script_output("charts", script, axes["log10 USD"])
    assert several == [
        [n, f"${s}"] for n, s in enumerate(["100M", "1B", "10B", "100B", "1T", "10T"], 8)
    ]
    assert len(few) >= 3  # too narrow for powers of ten: numbers
    for axis in axes.values():
        positions = [at for at, _ in axis["marks"]]
        assert positions == sorted(positions)
        assert len({label for _, label in axis["marks"]}) == len(positions)


def evil(result):
    plan = result.plan
    first, *others = plan.priors
    source = plan.sources[first.source]
    sources = {
        **plan.sources,
        first.source: source.model_copy(update={"title": EVIL, "url": "javascript:alert(1)"}),
    }
    milestones = tuple(each.model_copy(update={"meaning": EVIL}) for each in plan.milestones)
    changes = {
        "title": EVIL,
        "priors": (first.model_copy(update={"note": EVIL, "unit": EVIL}), *others),
    }
    return replace(
        result,
        plan=plan.model_copy(update={**changes, "sources": sources, "milestones": milestones}),
    )


def test_no_text_of_a_file_becomes_markup(result, text):
    page, _ = room.report([evil(result)])
    assert len(re.findall("<script", page)) == len(re.findall("<script", text))
    assert "alert(" in page
    assert 'href="javascript' not in page
    assert [tag for tag, _ in Elements(page).elements].count("script") == 3


def test_markup_is_escaped_but_once():
    assert element("p", EVIL, title=EVIL).count("<") == 2
    assert element("p", element("b", "a & b")) == "<p><b>a &amp; b</b></p>"
    assert link("here", "javascript:alert(1)") == "here"
    assert link("here", "https://example.org/?a=1&b") == (
        '<a href="https://example.org/?a=1&amp;b" rel="noopener noreferrer">here</a>'
    )


def test_results_stand_side_by_side(result):
    other = run_in_memory(load_plan("peak-data", ["draws=600"]))
    page, _ = room.report([result, other])
    assert 'id="compare"' in page
    assert 'id="routes"' not in page
    data = json.loads(Elements(page).texts["data"])
    assert [each["name"] for each in data["scenarios"]][:2] == ["baseline", "peak-data"]
    assert len(data["answers"]) == 2


@pytest.mark.slow
def test_routes_are_told_with_their_spread(result):
    routes = run_in_memory(load_plan("routes", ["draws=4000"]))
    page, _ = room.report([result, routes], presets=False)
    part = page[page.index('id="routes"') : page.index('id="drives"')]
    answer = split_answer(routes, "researcher_route", 0.01)
    rows = answer.document["milestones"]
    assert {row["name"] for row in rows} == {"automated_researcher", "remote_work"}
    whole = split_answer(routes, "researcher_route").document["milestones"]
    least = {row["name"]: row["between_share"] for row in whole if row not in rows}
    assert all((share or 0.0) < 0.03 for share in least.values())
    medians = {value: each["p50"] for value, each in rows[0]["values"].items()}
    for end in (min, max):
        value = end(medians, key=medians.get)
        said = re.search(rf"([\d.]+) \({re.escape(escaped(value))}\)", part)
        assert float(said[1]) == pytest.approx(medians[value], abs=0.51)
    assert escaped("the essay's ladder") in part
    answer_part = page[page.index('id="answer"') : page.index('id="explore"')]
    assert (
        "Baseline, by four routes: the median of automated researcher lies between" in answer_part
    )
    assert '<a href="#routes">' in answer_part


def test_a_page_without_presets_has_the_scenarios_of_its_results_alone(text, result):
    page, _ = room.report([result], presets=False)
    data = json.loads(Elements(page).texts["data"])
    assert [each["name"] for each in data["scenarios"]] == ["baseline"]
    assert data["controls"]
    assert len(page) < 0.5 * len(text)


def test_a_scenario_that_cannot_be_traced_gets_a_page_without_controls(result, monkeypatch):
    def branching(series):
        return series if isinstance(series, np.ndarray) or series[0] > 0 else -series

    joined = model.join_drivers(prior.name for prior in result.plan.priors)
    driver = next(each for each in joined.order if "ai_revenue" in each.gives)
    changed = replace(driver, function=lambda **needs: branching(driver.function(**needs)))
    order = tuple(changed if each is driver else each for each in joined.order)
    broken = replace(joined, order=order)
    monkeypatch.setattr("simulator.page.trace.model.join_drivers", lambda names: broken)
    page, warnings = room.report([result])
    assert "branches on a value" in warnings[0]
    assert "without-controls" in page
    assert "branches on a value" in page
    assert json.loads(Elements(page).texts["data"])["controls"] is False


def test_report_and_explore_write_a_page(folder, oomcast, monkeypatch):
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    said = oomcast("explore", "baseline", "--set", "draws=300", "-o", "page.html", "--no-open")
    assert said.code == 0, said.err
    assert "page.html" in said.err
    assert not shown
    assert "<h1" in (folder / "page.html").read_text()
    said = oomcast("explore", "peak-data", "--set", "draws=300")
    assert said.code == 0, said.err
    assert shown == [(folder / "peak-data.html").resolve().as_uri()]
    oomcast("run", "baseline", "--draws", "300")
    assert oomcast("report", "baseline", "-o", "report.html").code == 0
    assert "<h1" in (folder / "report.html").read_text()


@pytest.mark.parametrize("name", ["report.pdf", "nowhere/report.html"])
def test_a_file_that_no_page_can_be_is_refused(folder, oomcast, without_pictures, name):
    oomcast("run", "baseline", "--draws", "100", "--set", "horizon=2032")
    said = oomcast("report", "baseline", "-o", name)
    assert said.code == 2
    assert name in said.err
