"""How fast indices are estimated: simulations a second, and the estimator stage beside SALib's on the same outputs.

    python benchmarks/sensitivity.py [draws]

Every parameter, first and total order, every year of effective compute, 100 replicates; then by driver. Wall seconds on
all cores; only the ratios travel between machines.
"""

from __future__ import annotations

import os
import resource
import sys
import time

import numpy as np
from SALib.analyze import sobol as salib

from simulator.inputs import load
from simulator.sensitivity import bootstrap, sobol, subjects, targets
from simulator.sensitivity.analysis import varying_groups
from simulator.sensitivity.designs import Groups, Subject

REPLICATES = 100


def peak() -> float:
    """The process's peak memory [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def timed(scenario: subjects.TargetedPlan, groups: Groups, draws: int) -> tuple[float, int]:
    """Wall seconds and simulations of first and total order."""
    start = time.perf_counter()
    indices = sobol.sobol_indices(
        subjects.subject(scenario),
        groups,
        draws=draws,
        times=bootstrap.bootstrap_counts(draws, REPLICATES, 0),
        share=0.95,
        matters=scenario.matters,
        workers=os.cpu_count() or 1,
    )
    return time.perf_counter() - start, indices.simulations


def estimators(outputs: int, groups: int, draws: int) -> tuple[float, float]:
    """CPU seconds of our estimator stage and of SALib's analysis, on the same outputs of a made-up answer."""
    dice = np.random.Generator(np.random.Philox(key=1))
    answers = dice.standard_normal((groups + 2, outputs, draws))
    names = tuple(f"x{i}" for i in range(groups))
    remaining = iter(answers)

    def answer(levels: dict[str, np.ndarray]) -> np.ndarray:
        return next(remaining)[:, : len(levels["x0"])]

    still = {name: np.full(draws, 0.5) for name in names}
    subject = Subject(names, np.eye(groups), lambda piece: still, answer)
    swaps = sobol.needed_swaps(subject, {name: (name,) for name in names}, frozenset(names))
    times = bootstrap.bootstrap_counts(draws, REPLICATES, 0)
    start = time.process_time()
    terms = sobol.estimator_terms(subject, swaps, still, still, np.zeros((outputs, 1)))
    means = times.astype(float) @ terms / draws
    sobol.indices_from_means(means, {name: (name,) for name in names}, outputs, 0.95, 0)
    ours = time.process_time() - start
    problem = {"num_vars": groups, "names": list(names), "bounds": [[0.0, 1.0]] * groups}
    order = [0, *range(2, groups + 2), 1]
    start = time.process_time()
    for k in range(outputs):
        y = answers[order, k].T.ravel()
        salib.analyze(problem, y, calc_second_order=False, num_resamples=REPLICATES, seed=1)
    return ours, time.process_time() - start


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 4096
    made = load.load_plan("baseline")
    for text, by in (("effective_compute", "parameter"), ("automated_researcher", "driver")):
        scenario = subjects.targeted_plan(made, targets.read_target(made, text))
        groups = varying_groups(scenario, by)
        seconds, simulations = timed(scenario, groups, draws)
        print(
            f"{text} by {by}: {len(groups)} groups, {len(scenario.target.years)} outputs, N = {draws}"
        )
        print(
            f"  {seconds:.1f} s, {simulations:,} simulations, {simulations / seconds:,.0f} a second, "
            f"peak {peak():.0f} MB"
        )
    ours, theirs = estimators(33, 20, draws)
    print(
        f"estimators of 20 groups, 33 outputs: {ours:.2f} s, SALib {theirs:.1f} s, {theirs / ours:.0f} times"
    )


if __name__ == "__main__":
    main()
