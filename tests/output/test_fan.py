"""The fan: files that repeat to the byte, every text there, endings that are refused."""

from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from simulator.output.figures import fan, records
from simulator.output.figures.canvas import month, spread

NOTE = (
    "observed training FLOP over GPT-4, plus this scenario's median of what algorithms, unhobbling "
    "and inference had added by then; bar: 80 % interval"
)
MODELS = (
    ("GPT-2", 2019.12, -7.8, 1.0),
    ("GPT-3", 2020.41, -4.9, 0.8),
    ("PaLM", 2022.26, -1.4, 0.4),
    ("GPT-4", 2023.2, 0.0, 0.2),
    ("Gemini Ultra", 2023.93, 0.7, 0.3),
    ("Grok 3", 2025.13, 2.4, 0.5),
    ("GPT-4.5", 2025.16, 2.5, 0.5),
    ("Grok 4", 2025.52, 3.0, 0.6),
)
LIMITS = {"p05": 9, "p10": 10, "p25": 12, "p50": 14, "p75": 18, "p90": 25, "p95": 32}


def numbers(horizon=2050.0, **changes):
    """Made-up numbers of a scenario, from which the fan is drawn."""
    years = np.arange(2019.0, horizon + 0.1, 0.25)
    before, after = np.minimum(years - 2023.25, 0), np.maximum(years - 2023.25, 0)
    quantiles = {
        key: before * (1.6 + (14 - limit) / 80) - limit * np.expm1(-1.4 * after / limit)
        for key, limit in LIMITS.items()
    }
    power = 0.45 / (1 + np.exp(2029 - years))
    latency = 0.04 * after / (after[-1] or 1)
    shares = {"money": 1 - power - latency - 0.08, "power": power, "chips": 0 * years + 0.08}
    numbers = {
        "title": "Counting the OOMs",
        "subtitle": "baseline, 10,000 draws, seed 0",
        "band": records.Band(years, quantiles),
        "points": [records.Point(name, at, v, v - bar, v + bar) for name, at, v, bar in MODELS],
        "points_note": NOTE,
        "ladder": [records.Rung("preschooler", -7.8, -7.8, -7.8)],
        "thresholds": [
            records.Rung("automated AI researcher", 6.0, 8.1, 11.0),
            records.Rung("remote work", 7.0, 9.2, 12.0),
        ],
        "shares": shares | {"latency": latency},
        "shares_years": years,
        "as_of": 2026.83,
        "anchor_year": 2023.25,
    }
    return numbers | changes


def drawn(path, **changes):
    fan.draw_fan(path, **numbers(**changes))
    return path.read_bytes()


def text(svg):
    """Every piece of text in an SVG file, in one line."""
    return " ".join("".join(element.itertext()) for element in ElementTree.fromstring(svg).iter())


@pytest.mark.parametrize(
    ("ending", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF-"), ("png", b"\x89PNG")]
)
def test_a_figure_repeats_to_the_byte(tmp_path, ending, start):
    first = drawn(tmp_path / f"first.{ending}")
    assert first.startswith(start)
    assert len(first) > 10_000
    assert drawn(tmp_path / f"second.{ending}") == first


def test_threads_draw_the_same_figure(tmp_path):
    paths = [tmp_path / f"{number}.svg" for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(drawn, paths))) == 1


def test_a_figure_leaves_matplotlib_as_it_was_and_ignores_its_settings(tmp_path):
    plain = drawn(tmp_path / "plain.png")
    with mpl.rc_context({"font.size": 30.0, "lines.linewidth": 9.0}):
        before = dict(mpl.rcParams)
        assert drawn(tmp_path / "odd.png") == plain
        assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", ["figure.jpg", "figure", "figure.svg.gz"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"\.svg, \.pdf, \.png"):
        drawn(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_every_element_is_named(tmp_path):
    shown = text(drawn(tmp_path / "figure.svg"))
    assert "Date" not in shown
    wanted = [name for name, *_ in MODELS] + ["money", "power", "chips", "latency", *LIMITS]
    wanted = [name for name in wanted if name != "p50"] + ["median", "anchor", "as of", "year"]
    wanted += ["Counting the OOMs", "baseline, 10,000 draws, seed 0", "effective compute [OOM"]
    wanted += ["preschooler", "automated AI", "researcher", "remote work", "+8.1 (6.0 to 11.0)"]
    wanted += ["80 % interval", "[% of draws]", "p95 goes on to"]
    missing = [each for each in wanted if each not in shown]
    assert not missing
    assert "confidence" not in shown


@pytest.mark.parametrize(
    "changes",
    [
        {"points": [], "ladder": [], "thresholds": []},
        {"horizon": 2027.0},
        {"horizon": 2023.25},
        {"title": "100 $ or $x_1$ & <b>"},
    ],
    ids=["bare", "short", "nothing after the anchor", "odd title"],
)
def test_numbers_of_other_scenarios_are_drawn(tmp_path, changes):
    expected = numbers(**changes)
    shown = text(drawn(tmp_path / "figure.svg", **changes))
    assert expected["title"] in shown
    assert ("preschooler" in shown) == bool(expected["ladder"])
    assert ("Grok 4" in shown) == bool(expected["points"])
    assert ("as of" in shown) == (expected["as_of"] <= expected["band"].years[-1])


def test_a_constraint_that_never_binds_is_not_named(tmp_path):
    years = numbers()["shares_years"]
    late = np.where(years > 2039, 0.001, 0.0)
    shares = {"money": 1 - late, "power": 0 * years, "helium": late}
    shown = text(drawn(tmp_path / "figure.svg", shares=shares))
    assert "helium, under 1 % in 2040" in shown
    assert "power" not in shown


def test_dates_are_months(tmp_path):
    shown = text(drawn(tmp_path / "figure.svg", as_of=2026.8328767))
    assert "Apr 2023" in shown
    assert "Nov 2026" in shown
    assert [month(year) for year in (2026.0, 2026.8328767, 2024.99)] == [
        "Jan 2026",
        "Nov 2026",
        "Dec 2024",
    ]


def test_spread_moves_only_what_touches():
    assert spread([], []) == []
    assert spread([10.0, 0.0], [4.0, 4.0]) == [10.0, 0.0]
    assert spread([1.0, 0.0, 20.0], [4.0, 4.0, 4.0]) == [2.5, -1.5, 20.0]


@pytest.mark.parametrize("sizes", [[2.0] * 9, list(range(1, 10))])
def test_spread_leaves_nothing_touching(sizes):
    wanted = [0.0, 0.5, 0.5, 3.0, 3.1, 9.0, 9.0, 9.0, 40.0]
    centres = spread(wanted, sizes)
    gaps = np.diff(centres) - (np.array(sizes[1:]) + sizes[:-1]) / 2
    assert np.all(gaps > -1e-9)
