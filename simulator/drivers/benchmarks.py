"""Benchmark scores; a benchmark is three priors and no code."""

from typing import NamedTuple

from simulator.arrays import Array
from simulator.drivers.driver import Fraction, Level, PerOOM, Quantity, gives
from simulator.drivers.growth import sigmoid


class Benchmark(NamedTuple):
    """Effective compute at which half is learned, steepness there, and the score of chance."""

    midpoint: Level
    slope: PerOOM
    floor: Fraction


@gives({"score_<benchmark>": Quantity("fraction", "Best score on the benchmark <benchmark>")})
def scores(effective_compute: Array, benchmark: dict[str, Benchmark]) -> dict[str, Array]:
    """Score of each benchmark: chance, and a sigmoid of effective compute from there to 1.

        score = floor + (1 - floor) * sigmoid(slope * (effective_compute - midpoint))

    Parameters
    ----------
    effective_compute : (year, draw) [OOM]
    benchmark : name -> the parameters of one, each (draw) [in its own unit]

    Returns
    -------
    benchmark -> (year, draw) [fraction]
    """
    return {
        name: b.floor + (1.0 - b.floor) * sigmoid(b.slope * (effective_compute - b.midpoint))
        for name, b in benchmark.items()
    }
