"""Chips made a year."""

from simulator.arrays import Array
from simulator.drivers.driver import LogChipsPerYear, Rate, gives
from simulator.drivers.growth import logistic


@gives({"chip_output": "log10 H100e/year"}, logistic=("chip_output",))
def chip_output(
    t: Array,
    chip_output_start: LogChipsPerYear,
    chip_output_growth: Rate,
    chip_output_ceiling: LogChipsPerYear,
) -> Array:
    """AI chips made a year, in H100-equivalents: `logistic(start, growth, ceiling, t)`."""
    return logistic(chip_output_start, chip_output_growth, chip_output_ceiling, t)
