"""The change of regime: after it, progress moves along another slope."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import Date, Factor, Fraction, gives


@gives({"_regime_slope": "1"})
def slope(
    year: Array, dt: float, regime_occurs: Fraction, regime_year: Date, regime_slope: Factor
) -> Array:
    """Factor on the growth of trained compute and algorithms in each step: (year - 1, draw).

    `1 + occurs * after * (slope - 1)`, where `after` is the share of the step that lies after the change. The talk's
    hominins (Sutskever 2024).
    """
    after = np.clip((year[1:] - regime_year) / dt, 0.0, 1.0)
    return 1.0 + regime_occurs * after * (regime_slope - 1.0)
