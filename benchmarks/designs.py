"""How much smaller errors are with scrambled Sobol' points than with random draws, at equal numbers of draws.

    python benchmarks/designs.py [draws] [seeds]

The error of an estimate is its root mean square deviation, over the seeds, from a run of 64 times as many random draws.
The gain is the error of random draws over that of Sobol' points; n times the gain means n^2 times the draws.
"""

from __future__ import annotations

import sys

import numpy as np

from simulator.inputs import load
from simulator.store import in_memory
from simulator.store.manifest import KeptDraws

LEVELS = ("p05", "p10", "p50", "p90")

REFERENCE = 64  # times as many draws

MILESTONES = ("automated_researcher", "run_1e28", "cluster_100b")


def estimates(draws: int, design: str, seed: int) -> dict[str, float]:
    """Quantiles [year], and probabilities of arrival before 2028 and by the horizon, of the unconditioned baseline."""
    names = ", ".join(f'"{name}"' for name in MILESTONES)
    sets = ["condition.observations=[]", f"milestones=[{names}]", 'series=["effective_compute"]']
    plan = load.load_plan(
        "baseline", [*sets, f"draws={draws}", f'design="{design}"', f"seed={seed}"]
    )
    result = in_memory.run_in_memory(plan, workers=2, keep=KeptDraws(4096, 0))
    values: dict[str, float] = {}
    for row in result.milestone_estimates:
        values |= {f"{row['name']} {level}": row[level] for level in LEVELS}
        values |= {f"{row['name']} by end of 2027": row["by_year"]["2028"]}
        values |= {f"{row['name']} reached": row["reached"]}
    return values


def main(draws: int, seeds: int) -> None:
    """Print the errors of both designs, and the gain."""
    exact = estimates(REFERENCE * draws, "random", 1)
    errors = {}
    for design in ("random", "sobol"):
        runs = [estimates(draws, design, seed) for seed in range(100, 100 + seeds)]
        errors[design] = {
            name: float(np.sqrt(np.mean([(run[name] - value) ** 2 for run in runs])))
            for name, value in exact.items()
            if np.isfinite([value, *(run[name] for run in runs)]).all()
        }
    print(f"errors at {draws:,} draws over {seeds} seeds, unconditioned baseline")
    print(f"  {'':42s} {'random':>9s} {'sobol':>9s}  gain")
    for name in (n for n in errors["random"] if n in errors["sobol"]):
        random, sobol = errors["random"][name], errors["sobol"][name]
        gain = f"{random / sobol:4.1f}" if sobol else "   -"  # few draws can agree in every seed
        print(f"  {name:42s} {random:9.5f} {sobol:9.5f}  {gain}")


if __name__ == "__main__":
    arguments = [int(float(word)) for word in sys.argv[1:]]
    main(*(arguments + [8192, 24][len(arguments) :]))
