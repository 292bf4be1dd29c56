"""The wheel does the job on its own, and the two commands of a fresh clone exist."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import PurePosixPath

import pytest
from checkout import ROOT, checkout_files
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def test_what_is_locked_is_what_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = ("test", "dev", "parquet", "xlsx", "cluster")
    asked = [
        *project["dependencies"],
        *(r for g in groups for r in project["optional-dependencies"][g]),
    ]
    asked = [Requirement(each) for each in asked if not each.startswith(project["name"])]
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    locked = [Requirement(line) for line in lines if not line.startswith("#")]
    for requirement in asked:
        assert any(each.operator == ">=" for each in requirement.specifier), requirement
        versions = [
            next(iter(each.specifier)).version
            for each in locked
            if canonicalize_name(each.name) == canonicalize_name(requirement.name)
        ]
        assert versions, f"{requirement.name} is not locked"
        assert all(version in requirement.specifier for version in versions), (
            requirement,
            versions,
        )
    pins = [tuple(each.specifier) for each in locked]
    assert all(len(pin) == 1 and pin[0].operator == "==" for pin in pins)


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
