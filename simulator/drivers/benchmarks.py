"""Benchmark scores; a benchmark is three priors, or four, and no code."""

from typing import NamedTuple

from simulator.arrays import Array
from simulator.drivers.driver import Ceiling, Fraction, Level, PerOOM, Quantity, gives
from simulator.drivers.growth import sigmoid


class Benchmark(NamedTuple):
    """Effective compute at which half is learned, steepness there, the score of chance, and the highest score.

    Where labels are wrong the best answers do not score 1; a benchmark without a ceiling has that of 1.
    """

    midpoint: Level
    slope: PerOOM
    floor: Fraction
    ceiling: Ceiling = 1.0


@gives({"score_<benchmark>": Quantity("fraction", "Best score on the benchmark <benchmark>")})
def scores(effective_compute: Array, benchmark: dict[str, Benchmark]) -> dict[str, Array]:
    """Score of each benchmark: chance, and a sigmoid of effective compute from there to the ceiling.

        score = floor + (ceiling - floor) * sigmoid(slope * (effective_compute - midpoint))

    Parameters
    ----------
    effective_compute : (year, draw) [OOM]
    benchmark : name -> the parameters of one, each (draw) [in its own unit]

    Returns
    -------
    benchmark -> (year, draw) [fraction]
    """
    return {
        name: b.floor + (b.ceiling - b.floor) * sigmoid(b.slope * (effective_compute - b.midpoint))
        for name, b in benchmark.items()
    }
