"""Chips made a year."""

from simulator.arrays import Array
from simulator.drivers.driver import LogChipsPerYear, Quantity, Rate, gives
from simulator.drivers.growth import logistic


@gives(
    {"chip_output": Quantity("log10 H100e/year", "AI chips made in a year, in H100 equivalents")},
    logistic=("chip_output",),
)
def chip_output(
    t: Array,
    chip_output_start: LogChipsPerYear,
    chip_output_growth: Rate,
    chip_output_ceiling: LogChipsPerYear,
) -> Array:
    """AI chips made a year, in H100-equivalents.

        chip_output = logistic(start, growth, ceiling, t)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    chip_output_start : (draw) [log10 H100e/year]
    chip_output_growth : (draw) [OOM/year]
    chip_output_ceiling : (draw) [log10 H100e/year]

    Returns
    -------
    (year, draw) [log10 H100e/year]
    """
    return logistic(chip_output_start, chip_output_growth, chip_output_ceiling, t)
