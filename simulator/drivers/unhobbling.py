"""Unhobbling, which comes in steps; a step is four priors and no code."""

from typing import NamedTuple

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import Date, Fraction, Gain, Quantity, Ramp, gives


class Step(NamedTuple):
    """Whether a step occurs, when it arrives, what it gains, how long it takes to."""

    occurs: Fraction
    arrival: Date
    gain: Gain
    ramp: Ramp


@gives(
    {"unhobbling": Quantity("OOM", "Gain from unhobbling: tools, reasoning and the other steps")}
)
def steps(year: Array, anchor_year: float, unhobbling: dict[str, Step]) -> Array:
    """Gain from unhobbling: the sum of its steps, 0 at the anchor.

        ramp(year) = clip((year - arrival) / ramp, 0, 1) of each step
        unhobbling = sum over steps of occurs * gain * (ramp(year) - ramp(anchor_year))

    Parameters
    ----------
    year : (year, 1) [year]
    anchor_year : [year]
    unhobbling : name -> the parameters of one, each (draw) [in its own unit]

    Returns
    -------
    (year, draw) [OOM]

    References
    ----------
    Davidson et al. (2023), for the gains
    """
    total = np.zeros((1, 1))
    for step in unhobbling.values():
        done = np.clip((year - step.arrival) / step.ramp, 0.0, 1.0)
        at_anchor = np.clip((anchor_year - step.arrival) / step.ramp, 0.0, 1.0)
        total = total + step.occurs * step.gain * (done - at_anchor)
    return total
