"""Programs that a page would run, run under node."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from simulator.page.modules import bundle

NODE = shutil.which("node")

needs_node = pytest.mark.skipif(NODE is None, reason="no node on this machine to run JavaScript")

RUN = """
const fs = require("fs");
const {columns, draws} = JSON.parse(fs.readFileSync(0));
const {draw, series, arrivals} = (PROGRAM)();
const P = columns.map((each) => Float64Array.from(each));
const plain = (values) => Array.from(values, String);
const output = {series: [], arrivals: [], logs: []};
for (let d = 0; d < draws; d++) {
  output.logs.push(String(draw(P, d)));
  output.series.push(series.map(plain));
  output.arrivals.push(plain(arrivals));
}
console.log(JSON.stringify(output));
"""


def node(script, given=""):
    """What a script prints."""
    done = subprocess.run(
        [NODE, "--input-type=commonjs", "-e", script],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_program(program, parameters):
    """Series (series, year, draw), arrivals (milestone, draw) and log-likelihoods (draw) of a program."""
    columns = [np.asarray(parameters[name]).tolist() for name in program.parameters]
    given = json.dumps({"columns": columns, "draws": len(columns[0])})
    output = json.loads(node(bundle("normal") + RUN.replace("PROGRAM", program.source), given))
    arrays = (
        np.char.replace(np.array(output[key]), "Infinity", "inf").astype(float) for key in output
    )
    series, arrivals, logs = arrays
    return np.moveaxis(series, 0, 2), arrivals.T, logs


def install_from_npm(package, folder):
    """Install a package of the npm registry for a test, which is skipped where that cannot be."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"no npm on this machine to install {package} with")
    options = ["--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    command = [npm, "install", *options, package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{package} cannot be installed: {done.stderr.strip()[:200]}")
