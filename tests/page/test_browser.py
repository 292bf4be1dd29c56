"""The page in a real Chromium: what it shows, what it asks, and that its numbers are those of a run."""

import os
import shutil
import tomllib

import numpy as np
import pytest
from checkout import ROOT
from programs import install_from_npm

from simulator.evidence.likelihood import log_likelihood
from simulator.inputs.load import load_plan
from simulator.page import report as room
from simulator.page.javascript import program
from simulator.page.modules import bundle
from simulator.page.trace import trace
from simulator.simulate import blocks
from simulator.store.in_memory import run_in_memory
from simulator.summaries.estimates import milestone_estimates

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = os.environ.get("OOMCAST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
NO_BROWSER = "no Chromium on this machine: install chromium, or set OOMCAST_CHROMIUM"
NO_PLAYWRIGHT = "Playwright is not installed: pip install 'oomcast[browser]'"
AXE = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']})"
DRAWS = 2048
READY = f'body[data-draws="{DRAWS}"]:not([data-busy])'
LOAD = 120_000  # milliseconds, on a machine however busy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER),
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium():
    api = pytest.importorskip("playwright.sync_api", reason=NO_PLAYWRIGHT)
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    warnings = room.write_report([run_in_memory(load_plan("baseline", [f"draws={DRAWS}"]))], path)
    assert not warnings
    return path.as_uri()


class Visit:
    """A page that was opened, and what it said and asked for."""

    def __init__(self, browser, address, width=1280, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.page, self.said, self.asked = self.context.new_page(), [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        self.ready()

    def ready(self):
        self.page.wait_for_selector(READY, timeout=LOAD)

    def press(self, prior, key, *keys):
        self.page.fill("#filter", prior.replace("_", " "))
        handle = self.page.locator(f'[data-prior="{prior}"] .handle[data-key="{key}"]')
        handle.focus()
        for each in keys:
            self.page.keyboard.press(each)
        self.ready()

    def number(self, prior, key):
        return float(
            self.page.locator(f'[data-prior="{prior}"] input[data-key="{key}"]').input_value()
        )

    def medians(self):
        """Median years by milestone, unrounded; 9999 is never."""
        rows = self.page.locator("#milestone-rows tr").all()
        cells = {row.get_attribute("data-name"): row.locator("td").nth(1) for row in rows}
        return {name: float(cell.get_attribute("data-sort")) for name, cell in cells.items()}

    def toml(self):
        self.page.click("#copy-toml")
        text = self.page.locator("#copied-text").text_content()
        self.page.click("#copied button")
        return text


@pytest.fixture
def visit(chromium, address):
    visits = []

    def open_page(fragment="", **options):
        visits.append(Visit(chromium, address + fragment, **options))
        return visits[-1]

    yield open_page
    for each in visits:
        each.context.close()


PROGRAM = """({columns, draws}) => {
  NORMAL
  const {draw, series, arrivals} = (PROGRAM)();
  const P = columns.map((each) => Float64Array.from(each));
  const plain = (values) => Array.from(values, String);
  const output = {series: [], arrivals: [], logs: []};
  for (let d = 0; d < draws; d++) {
    output.logs.push(String(draw(P, d)));
    output.series.push(series.map(plain));
    output.arrivals.push(plain(arrivals));
  }
  return output;
}"""


@pytest.mark.parametrize("scenario", sorted(path.stem for path in (ROOT / "runs").glob("*.toml")))
def test_programs_agree_with_numpy_in_the_browser(chromium, scenario):
    plan = load_plan(scenario)
    block = blocks.simulate_block(blocks.compile_plan(plan), range(200))
    emitted = program(trace(plan))
    columns = [block.parameters[name].tolist() for name in emitted.parameters]
    page = chromium.new_page()
    output = page.evaluate(
        PROGRAM.replace("NORMAL", bundle("normal")).replace("PROGRAM", emitted.source),
        {"columns": columns, "draws": 200},
    )
    page.close()
    arrays = {
        key: np.char.replace(np.array(output[key]), "Infinity", "inf").astype(float)
        for key in output
    }
    for i, name in enumerate(emitted.series):
        expected = block.series[name]
        np.testing.assert_allclose(
            arrays["series"][:, i].T, expected, rtol=1e-9, atol=1e-9, err_msg=name
        )
    np.testing.assert_allclose(arrays["arrivals"].T, block.arrivals, rtol=0, atol=1e-9)
    of_block = (block.series, block.parameters, plan.grid.years)
    logs = log_likelihood(plan.observations, *of_block)
    np.testing.assert_allclose(arrays["logs"], logs, rtol=1e-9, atol=1e-9)


def test_the_page_says_nothing_to_the_console_and_asks_nothing_of_anyone(visit, address):
    there = visit()
    there.press("researcher_threshold", "p50", "ArrowLeft")
    there.page.select_option("#choose-scenario", label="Peak data")
    there.page.wait_for_selector("body:not([data-busy])", timeout=LOAD)
    assert there.said == []
    assert [url for url in there.asked if url != address and not url.startswith("blob:")] == []


def run_medians(text, folder):
    (folder / "moved.toml").write_text(text)
    result = run_in_memory(load_plan(str(folder / "moved.toml")))
    return {row["name"]: row["p50"] for row in milestone_estimates(result.counts, result.shape)}


def assert_same(shown, computed):
    for name, median in computed.items():
        expected = 9999.0 if np.isinf(median) else median
        assert shown[name] == pytest.approx(expected, abs=0.02), name


def test_moved_priors_give_the_numbers_of_their_run_file(visit, tmp_path):
    there = visit()
    start = there.medians()
    assert_same(start, run_medians(there.toml(), tmp_path))
    there.press("researcher_threshold", "p50", "PageUp")
    there.press("algorithms_growth", "p95", "ArrowRight", "ArrowRight")
    moved, text = there.medians(), there.toml()
    assert set(tomllib.loads(text)["priors"]) == {"researcher_threshold", "algorithms_growth"}
    assert moved["automated_researcher"] > start["automated_researcher"] + 0.1
    assert_same(moved, run_medians(text, tmp_path))
    there.page.click("#evidence-switch")
    there.ready()
    assert_same(there.medians(), run_medians(there.toml(), tmp_path))


def test_a_handle_is_dragged_and_the_start_stays_as_a_ghost(visit):
    there = visit()
    assert there.page.locator("#change").is_hidden()
    assert there.page.locator("#fan .ghost-line").count() == 0
    knob = there.page.locator('[data-prior="researcher_threshold"] .handle[data-key="p50"] .knob')
    knob.scroll_into_view_if_needed()
    box = knob.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = there.number("researcher_threshold", "p50")
    there.page.mouse.move(x, y)
    there.page.mouse.down()
    there.page.mouse.move(x + 40, y, steps=8)
    there.page.wait_for_selector('body[data-draws="512"]', timeout=LOAD)
    there.page.mouse.up()
    there.ready()
    assert there.number("researcher_threshold", "p50") > before
    assert there.page.locator("#change").is_visible()
    assert there.page.locator("#fan .ghost-line").count() == 1
    assert "#researcher_threshold=" in there.page.url


def test_undo_redo_reset_and_the_link_go_there_and_back(visit):
    there = visit()
    start = there.medians()
    there.press("researcher_threshold", "p05", "ArrowLeft", "ArrowLeft")
    moved, fragment = there.medians(), "#" + there.page.url.split("#")[1]
    assert moved != start
    there.page.click("#undo")
    there.page.click("#undo")
    there.ready()
    assert there.medians() == start
    assert "#" not in there.page.url
    there.page.click("#redo")
    there.page.click("#redo")
    there.ready()
    assert there.medians() == moved
    there.page.click("#reset")
    there.ready()
    assert there.medians() == start
    assert visit(fragment).medians() == moved


def test_a_link_that_the_page_does_not_know_says_so(visit):
    there = visit("#no_such_prior=p05:1,p95:2")
    assert "no_such_prior" in there.page.locator("#refused").inner_text()


def test_the_keyboard_does_what_the_pointer_does(visit):
    there = visit()
    there.page.keyboard.press("Tab")
    assert there.page.evaluate("() => document.activeElement.className") == "skip"
    low = there.number("researcher_threshold", "p05")
    there.press("researcher_threshold", "p05", "ArrowRight")
    assert there.number("researcher_threshold", "p05") > low
    focused = there.page.evaluate("() => document.activeElement.getAttribute('role')")
    assert focused == "slider"
    there.page.keyboard.press("Control+z")
    there.ready()
    assert there.number("researcher_threshold", "p05") == low
    there.page.locator('[data-prior="researcher_threshold"] input[data-key="p95"]').fill("13")
    there.page.keyboard.press("Tab")
    there.ready()
    assert there.number("researcher_threshold", "p95") == 13.0
    there.page.locator("table.milestones thead th").nth(2).locator("button").press("Enter")
    order = list(there.medians().values())
    assert order == sorted(order)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(visit, width):
    there = visit(width=width)
    assert there.page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The accessibility checker axe-core, from the npm registry."""
    folder = tmp_path_factory.mktemp("axe")
    install_from_npm("axe-core@4", folder)
    return (folder / "node_modules/axe-core/axe.min.js").read_text("utf-8")


def test_every_picture_has_a_text_alternative(visit):
    pictures = """() => [...document.querySelectorAll("svg")].map((each) =>
        [each.getAttribute("role"), each.getAttribute("aria-label") || ""])"""
    drawn = visit().page.evaluate(pictures)
    assert len(drawn) > 100
    for role, label in drawn:
        if role == "group":  # a prior to move, whose handles say their values
            assert label.startswith("Prior of ")
        else:
            assert (role, any(letter.isdigit() for letter in label)) == ("img", True), label


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_labels_contrast_and_roles_are_right(visit, axe, width, scheme):
    there = visit(width=width, color_scheme=scheme, bypass_csp=True)
    there.page.evaluate(axe)
    actual = there.page.evaluate(AXE)
    output = [
        f"{v['id']}: {n['target']} {n['failureSummary']}"
        for v in actual["violations"]
        for n in v["nodes"][:3]
    ]
    assert not output, "\n".join(output)
