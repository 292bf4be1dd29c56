"""The change of regime: after it, progress moves along another slope."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import Date, Factor, Fraction, gives


@gives({"_regime_slope": "1"})
def slope(
    year: Array, dt: float, regime_occurs: Fraction, regime_year: Date, regime_slope: Factor
) -> Array:
    """Factor on the growth of trained compute and algorithms in each step.

        after = clip((year_(k+1) - regime_year) / dt, 0, 1), the share of the step that lies after the change
        slope = 1 + regime_occurs * after * (regime_slope - 1)

    Parameters
    ----------
    year : (year, 1) [year]
    dt : length of a step [year]
    regime_occurs : (draw) [fraction]
    regime_year : (draw) [year]
    regime_slope : (draw) [1]

    Returns
    -------
    (year - 1, draw) [1]

    References
    ----------
    Sutskever (2024), the talk's hominins
    """
    after = np.clip((year[1:] - regime_year) / dt, 0.0, 1.0)
    return 1.0 + regime_occurs * after * (regime_slope - 1.0)
