"""How fast one small growth model runs in oomcast and in tools that people use for the like, in one run.

    pip install --editable '.[peers]'      # tools that are missing are said and left out
    python benchmarks/peers.py [draws]

The model has 8 parameters with 90 % intervals, 31 years and 3 thresholds. Each tool draws the parameters, computes
effective compute, and gives 5 quantiles a year and 3 of each arrival. Tools that call a Python function once a draw
get fewer draws, for what is printed is a rate. Each runs in a process of its own; its CPU seconds are those of that
process after the tool is imported.
"""

from __future__ import annotations

import io
import multiprocessing
import resource
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import numpy as np

from simulator.arrays import Array

INTERVALS = {
    "spending": (0.2, 0.5),
    "hardware": (0.1, 0.2),
    "limit": (4.0, 9.0),
    "algorithms": (0.3, 0.7),
    "algorithms_limit": (3.0, 9.0),
    "unhobbling": (0.5, 3.0),
    "ramp": (2.0, 8.0),
    "inference": (0.05, 0.3),
}
"""The 5th and 95th percentile of each parameter, all lognormal."""

YEARS = np.arange(2020.0, 2051.0)

THRESHOLDS = (4.0, 8.0, 12.0)

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)

ARRIVAL_LEVELS = (0.1, 0.5, 0.9)

SCORE_95 = 1.6448536269514722


def effective_compute(p: Mapping[str, Any], years: Array = YEARS) -> Any:
    """Effective compute over that of 2020 [OOM], (year, draw) for parameters (draw), and (year) for one draw."""
    t = (years - years[0]).reshape((-1,) + (1,) * np.ndim(p["spending"]))
    compute = p["limit"] * (1.0 - np.exp(-(p["spending"] + p["hardware"]) * t / p["limit"]))
    algorithms = p["algorithms_limit"] * (
        1.0 - np.exp(-p["algorithms"] * t / p["algorithms_limit"])
    )
    return compute + algorithms + p["unhobbling"] * t / (t + p["ramp"]) + p["inference"] * t


def arrivals(series: Array) -> Array:
    """First passage through each threshold, (threshold, draw) [year]; inf is never."""
    from simulator.model import first_passage

    return np.array([first_passage(series, ">=", np.array(x), YEARS) for x in THRESHOLDS])


def lognormal(name: str) -> tuple[float, float]:
    """Mean and standard deviation of a parameter's logarithm."""
    low, high = np.log(INTERVALS[name])
    return (low + high) / 2.0, (high - low) / (2.0 * SCORE_95)


def summary(series: Array, years: Array) -> tuple[Array, Array]:
    """Quantiles of every year and of every arrival, by sorting all draws."""
    bands = np.quantile(series, LEVELS, axis=1, method="inverted_cdf")
    return bands, np.quantile(years, ARRIVAL_LEVELS, axis=1, method="inverted_cdf")


def with_oomcast(draws: int) -> tuple[Array, Array]:
    """Blocks of draws whose counts are merged; nothing grows with the number of draws."""
    from simulator.distributions.distribution import Distribution
    from simulator.sampling import Sampling, independent_levels
    from simulator.simulate.blocks import BLOCK_DRAWS
    from simulator.summaries import counts, estimates

    inverse = {}
    for name in INTERVALS:
        mean, sd = lognormal(name)
        natural = {"median": float(np.exp(mean)), "sigma": float(sd)}
        inverse[name] = Distribution("lognormal", natural).prepared_inverse_cdf()

    def block(piece: range) -> Array:
        levels = {n: independent_levels(Sampling(1), n, piece) for n in INTERVALS}
        return effective_compute({n: inverse[n](levels[n]) for n in INTERVALS})

    grid = counts.fit_grid(block(range(counts.FITTED_TO)))
    names = tuple(f"over_{x:g}" for x in THRESHOLDS)
    layout = counts.CountLayout(YEARS, {"x": grid}, {}, names, YEARS[0], YEARS[-1])
    total = counts.empty_counts(layout)
    for start in range(0, draws, BLOCK_DRAWS):
        series = block(range(start, min(start + BLOCK_DRAWS, draws)))
        binned = counts.bin_block(layout, {"x": series}, arrivals(series))
        total = counts.merge_counts(total, counts.count_blocks(layout, [binned]))
    bands = estimates.band_estimates(total, layout, "x")
    medians = [estimates.arrival_quantiles(total, layout, i, ARRIVAL_LEVELS) for i in range(3)]
    rows = np.array([bands[key] for key in ("p05", "p25", "p50", "p75", "p95")])
    return rows, np.array([[e.value for e in row] for row in medians]).T


def with_numpy(draws: int) -> tuple[Array, Array]:
    """Whole arrays."""
    dice = np.random.default_rng(1)
    series = effective_compute({n: dice.lognormal(*lognormal(n), draws) for n in INTERVALS})
    return summary(series, arrivals(series))


def with_squigglepy(draws: int) -> tuple[Array, Array]:
    """Its samples, and whole arrays."""
    import squigglepy as sq

    drawn = {n: sq.sample(sq.lognorm(*INTERVALS[n]), n=draws) for n in INTERVALS}
    series = effective_compute(drawn)
    return summary(series, arrivals(series))


def with_openturns(draws: int) -> tuple[Array, Array]:
    """A vectorised Python function of a joint distribution."""
    import openturns as ot

    joint = ot.JointDistribution([ot.LogNormal(*lognormal(n), 0.0) for n in INTERVALS])

    def function(x: Any) -> Any:
        return effective_compute(dict(zip(INTERVALS, np.asarray(x).T, strict=True))).T

    model = ot.PythonFunction(len(INTERVALS), len(YEARS), func_sample=function)
    series = np.asarray(model(joint.getSample(draws))).T
    return summary(series, arrivals(series))


def with_monaco(draws: int) -> tuple[Array, Array]:
    """Its cases, one call of a Python function each."""
    import monaco as mc
    from scipy.stats import lognorm

    def prepare(case: Any) -> tuple[Any]:
        return ({n: case.invals[n].val for n in INTERVALS},)

    def collect(case: Any, series: Array) -> None:
        case.addOutVal("series", series)

    def run(parameters: dict[str, float]) -> tuple[Array]:
        return (effective_compute(parameters),)

    functions = {"preprocess": prepare, "run": run, "postprocess": collect}
    sim = mc.Sim("peer", draws, functions, singlethreaded=True, savecasedata=False, verbose=False)
    for n in INTERVALS:
        mean, sd = lognormal(n)
        sim.addInVar(n, lognorm, {"s": sd, "scale": np.exp(mean)})
    sim.runSim()
    series = np.array(sim.outvars["series"].vals).T
    return summary(series, arrivals(series))


def with_ema_workbench(draws: int) -> tuple[Array, Array]:
    """Its experiments, one call of a Python function each; its parameters are uniform, so levels are turned here."""
    import ema_workbench as ema
    from scipy.special import ndtri

    def run(**levels: float) -> dict[str, Array]:
        shapes = {n: lognormal(n) for n in INTERVALS}
        values = {n: np.exp(shapes[n][0] + shapes[n][1] * ndtri(levels[n])) for n in INTERVALS}
        return {"series": effective_compute(values)}

    model = ema.Model("peer", function=run)
    model.uncertainties = [ema.RealParameter(n, 1e-9, 1.0 - 1e-9) for n in INTERVALS]
    model.outcomes = [ema.ArrayOutcome("series")]
    _, outcomes = ema.perform_experiments(model, draws)
    series = np.asarray(outcomes["series"]).T
    return summary(series, arrivals(series))


TOOLS: dict[str, tuple[Callable[[int], tuple[Array, Array]], str, int]] = {
    "oomcast": (with_oomcast, "simulator.evidence", 1),
    "NumPy, whole arrays": (with_numpy, "numpy", 1),
    "squigglepy": (with_squigglepy, "squigglepy", 1),
    "OpenTURNS": (with_openturns, "openturns", 1),
    "monaco": (with_monaco, "monaco", 100),
    "EMA workbench": (with_ema_workbench, "ema_workbench", 100),
}
"""What runs a tool, the module that is imported before its time begins, and by how much its draws are fewer."""


def measured(name: str, draws: int, answers: Any) -> None:
    """CPU seconds, peak megabytes and answers of one tool, put on a queue."""
    run, module, _ = TOOLS[name]
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        try:
            warnings.simplefilter("ignore")
            __import__(module)
        except ImportError:
            answers.put(None)
            return
        start = time.process_time()
        bands, years = run(draws)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    answers.put((time.process_time() - start, peak, bands, years))


def main(draws: int) -> None:
    """Print a line a tool."""
    context = multiprocessing.get_context("spawn")
    reference: tuple[Array, Array] | None = None
    print(
        f"{'tool':22s}{'draws':>10s}{'draws a CPU second':>20s}{'of oomcast':>12s}{'peak MB':>9s}{'off by':>9s}"
    )
    first = 0.0
    for name, (_, _, fewer) in TOOLS.items():
        number, queue = max(draws // fewer, 100), context.Queue()
        process = context.Process(target=measured, args=(name, number, queue))
        process.start()
        answer = queue.get()
        process.join()
        if answer is None:
            print(f"{name:22s}not installed")
            continue
        seconds, peak, bands, years = answer
        reference = reference or (bands, years)
        first = first or number / seconds
        off = float(np.abs(bands[:, 1:] - reference[0][:, 1:]).max())
        rate = number / seconds
        print(f"{name:22s}{number:>10,d}{rate:>20,.0f}{rate / first:>12.3f}{peak:>9.0f}{off:>9.3f}")
    print("\noff by: the largest difference of a band's quantile from oomcast's, in OOM")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
