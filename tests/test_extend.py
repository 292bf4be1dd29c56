"""What is data alone, and what a new driver takes: each added to a copy of the checkout, or beside it."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from checkout import ROOT
from conftest import surroundings

from simulator.inputs import load as plans
from simulator.simulate import replay

DRIVER = '''"""People who do research at the frontier."""

from simulator.arrays import Array
from simulator.drivers.driver import Limit, Quantity, Rate, gives
from simulator.drivers.growth import saturating


@gives({"researchers": Quantity("OOM", "Researchers at the frontier over the anchor's")})
def researchers(t: Array, researchers_growth: Rate, researchers_limit: Limit) -> Array:
    """How many more than at the anchor: `saturating(growth, limit, t)`."""
    return saturating(researchers_growth, researchers_limit, t)
'''
DRIVER_PRIORS = """
[researchers_growth]
unit = "OOM/year"
family = "lognormal"
p05 = 0.1
p95 = 0.2
source = "judgement"

[researchers_limit]
unit = "OOM"
family = "fixed"
value = 1.5
source = "judgement"
"""
MILESTONE = """
[{name}]
series = "{series}"
direction = ">="
threshold = {threshold}
meaning = "Added by a test."
source = "judgement"
"""
PRIOR = (
    '[priors.{name}]\nunit = "{unit}"\nfamily = "fixed"\nvalue = {value}\nsource = "judgement"\n'
)


@pytest.fixture
def copy(tmp_path):
    """A copy of what ships: the package and its data."""
    made = tmp_path / "copy"
    for folder in ("simulator", "priors", "evidence"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, made / folder, ignore=ignored)
    (made / "runs").mkdir()
    for scenario in (ROOT / "runs").glob("*.toml"):
        shutil.copy2(scenario, made / "runs")
    return made


def said_by(copy, *argv):
    """Run a command of the copy, from a folder that holds nothing."""
    elsewhere = copy.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "simulator", *argv]
    environment = surroundings(PYTHONPATH=str(copy))
    return subprocess.run(
        words, cwd=elsewhere, capture_output=True, text=True, check=False, env=environment
    )


def test_a_driver_is_one_file_and_its_priors(copy, plan):
    (copy / "simulator/drivers/researchers.py").write_text(DRIVER)
    (copy / "priors/researchers.toml").write_text(DRIVER_PRIORS)
    with (copy / "priors/milestones.toml").open("a") as file:
        file.write(MILESTONE.format(name="ten_times", series="researchers", threshold=1.0))

    ran = said_by(copy, "run", "--draws", "200", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    rows = {row["name"]: row for row in json.loads(ran.stdout)["milestones"]}
    assert rows["ten_times"]["reached"] == 1.0
    assert 2028 < rows["ten_times"]["p50"] < 2036

    output = json.loads(
        said_by(copy, "replay", "baseline", "--draw", "7", "--format", "json").stdout
    )
    t = np.array(output["year"]) - output["anchor_year"]
    rate = output["parameters"]["researchers_growth"]
    expected = np.where(t < 0, rate * t, -1.5 * np.expm1(-rate * t / 1.5))
    np.testing.assert_allclose(output["series"]["researchers"], expected, rtol=1e-12)
    before = replay.replay(plan, 7)
    assert {name: output["series"][name] for name in before["series"]} == before["series"]


def test_a_parameter_without_its_prior_is_named(copy):
    file = copy / "priors/feedback.toml"
    file.write_text(file.read_text().replace("[feedback_width]", "[feedback_breadth]"))
    checked = said_by(copy, "check")
    assert checked.returncode == 2
    assert "[feedback_width]" in checked.stderr
    assert "no prior" in checked.stderr
    assert "[feedback_breadth]" in checked.stderr
    assert 'did you mean "feedback_width"?' in checked.stderr


def test_a_milestone_is_data_alone(folder, oomcast):
    (folder / "priors").mkdir()
    text = MILESTONE.format(name="petabyte", series="training_tokens", threshold=14.0)
    (folder / "priors/milestones.toml").write_text(text)
    output = json.loads(oomcast("replay", "baseline", "--draw", "2", "--format", "json").out)
    path, year = output["series"]["training_tokens"], output["arrivals"]["petabyte"]
    assert np.interp(year, output["year"], path) == pytest.approx(14.0, abs=1e-9)


def test_a_milestone_may_stand_on_a_parameter_of_its_own(folder):
    (folder / "priors").mkdir()
    text = MILESTONE.format(name="mine", series="effective_compute", threshold='"my_threshold"')
    (folder / "priors/milestones.toml").write_text(text)
    bar = PRIOR.format(name="my_threshold", unit="OOM", value=5.0).replace("priors.", "")
    (folder / "priors/mine.toml").write_text(bar)
    output = replay.median_draw(plans.load_plan())
    assert output["milestones"]["mine"]["threshold"] == 5.0
    year = output["arrivals"]["mine"]
    actual = np.interp(year, output["year"], output["series"]["effective_compute"])
    assert actual == pytest.approx(5.0, abs=1e-9)


def test_a_step_of_unhobbling_is_four_entries(folder, plan):
    entries = [("occurs", "fraction", 1.0), ("arrival", "year", 2030.0), ("gain", "OOM", 0.7)]
    text = "".join(
        PRIOR.format(name=f"unhobbling_long_dreams_{field}", unit=unit, value=value)
        for field, unit, value in [*entries, ("ramp", "years", 2.0)]
    )
    (folder / "dreams.toml").write_text(text)
    before, after = replay.replay(plan, 5), replay.replay(plans.load_plan("dreams.toml"), 5)
    added = np.subtract(after["series"]["unhobbling"], before["series"]["unhobbling"])
    ramp = np.clip((np.array(after["year"]) - 2030.0) / 2.0, 0.0, 1.0)
    np.testing.assert_allclose(added, 0.7 * ramp, atol=1e-12)
    assert after["series"]["physical_compute"] == before["series"]["physical_compute"]


@pytest.mark.parametrize("ceiling", [[], [("ceiling", "fraction", 0.8)]])
def test_a_benchmark_is_three_entries_or_four(folder, oomcast, without_pictures, ceiling):
    entries = [("midpoint", "OOM", 4.0), ("slope", "1/OOM", 1.2), ("floor", "fraction", 0.1)]
    entries += ceiling
    text = "".join(
        PRIOR.format(name=f"benchmark_long_exam_{field}", unit=unit, value=value)
        for field, unit, value in entries
    )
    (folder / "exam.toml").write_text(text)
    (folder / "priors").mkdir()
    mark = MILESTONE.format(name="exam_50", series="score_long_exam", threshold=0.5)
    (folder / "priors/milestones.toml").write_text(mark)
    said = oomcast("run", "exam.toml", "--draws", "100", "--format", "json")
    assert "exam_50" in [row["name"] for row in json.loads(said.out)["milestones"]]
    output = replay.replay(plans.load_plan("exam.toml"), 5)
    grown = np.array(output["series"]["effective_compute"])
    learned = 0.7 if ceiling else 0.9
    expected = 0.1 + learned / (1.0 + np.exp(-1.2 * (grown - 4.0)))
    np.testing.assert_allclose(output["series"]["score_long_exam"], expected, rtol=1e-12)
