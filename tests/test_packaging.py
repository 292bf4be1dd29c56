"""The wheel does the job on its own, and the two commands of a fresh clone exist."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import PurePosixPath

import pytest
from checkout import ROOT, checkout_files

PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
RESULTS = (
    "runs/planted/manifest.json",
    "runs/planted/plan.toml",
    "runs/.planted.partial/plan.toml",
)
DATA = ("priors", "runs", "evidence")


def finished(*command, cwd):
    """A command's standard output, once it has ended well; the checkout is not on its path."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (
        f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    )
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel, built from a copy of the checkout in which results lie about."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for path in checkout_files():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, copy / path)
    for name in RESULTS:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("")
    finished(*PIP, "wheel", "--no-deps", "--wheel-dir", out, copy, cwd=out)
    (built,) = out.glob("oomcast-*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_ships_data_and_never_results(wheel):
    members = {PurePosixPath(name) for name in zipfile.ZipFile(wheel).namelist()}
    shipped = {each for each in members if each.is_relative_to("simulator/shipped")}
    sources = [path for path in checkout_files() if len(path.parts) == 2 and path.parts[0] in DATA]
    assert PurePosixPath("simulator/shipped/priors/sources.toml") in shipped
    assert {str(each) for each in shipped if each.suffix == ".toml"} == {
        f"simulator/shipped/{path}" for path in sources if path.suffix == ".toml"
    }
    assert {each.parts[0] for each in members if ".dist-info" not in each.parts[0]} == {"simulator"}
    assert not [str(each) for each in members if "planted" in str(each)]


@pytest.mark.slow
def test_the_wheel_does_the_job_in_an_empty_environment_and_folder(wheel, tmp_path):
    environment, folder = tmp_path / "environment", tmp_path / "empty"
    folder.mkdir()
    venv.create(environment, with_pip=False)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    finished(*PIP, "--python", scripts / "python", "install", "--no-compile", wheel, cwd=folder)

    printed = finished(scripts / "oomcast", "run", "baseline", "--draws", "200", cwd=folder)
    assert printed.strip()
    assert [path.name for path in folder.iterdir()] == ["runs"]
    assert [path.name for path in (folder / "runs").iterdir()] == ["baseline"]

    as_json = ("milestones", "baseline", "--format", "json")
    answer = json.loads(finished(scripts / "oomcast", *as_json, cwd=folder))
    assert (answer["run"], answer["draws"]) == ("baseline", 200)
    assert answer["milestones"]
    by_module = finished(scripts / "python", "-m", "simulator", *as_json, cwd=folder)
    assert json.loads(by_module) == answer


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_knows_its_commands():
    run, test = (finished("make", "--dry-run", target, cwd=ROOT) for target in ("run", "test"))
    assert "oomcast run" in run
    assert test.count("pytest") == test.count('-m "not slow"') == 1
    both = finished("make", "--dry-run", "test", "test-all", cwd=ROOT)
    assert both.count("pytest") == 2
    assert both.count("-m slow") == 1
