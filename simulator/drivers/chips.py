"""Chips made a year, and all that were made."""

from simulator.arrays import Array
from simulator.drivers.driver import LogChips, LogChipsPerYear, Quantity, Rate, gives
from simulator.drivers.growth import logistic, logistic_total


@gives(
    {
        "chip_output": Quantity("log10 H100e/year", "AI chips made in a year, in H100 equivalents"),
        "chip_stock": Quantity("log10 H100e", "AI chips made so far, in H100 equivalents"),
    },
    logistic=("chip_output",),
)
def chip_output(
    t: Array,
    chip_output_start: LogChipsPerYear,
    chip_output_growth: Rate,
    chip_output_ceiling: LogChipsPerYear,
    chip_stock_start: LogChips,
) -> tuple[Array, Array]:
    """AI chips made a year, and all that were made, in H100-equivalents.

        chip_output = logistic(start, growth, ceiling, t)
        chip_stock  = log10(10^chip_stock_start + int_0^t 10^chip_output du)

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    chip_output_start : (draw) [log10 H100e/year]
    chip_output_growth : (draw) [OOM/year]
    chip_output_ceiling : (draw) [log10 H100e/year]
    chip_stock_start : (draw) [log10 H100e]

    Returns
    -------
    chip_output : (year, draw) [log10 H100e/year]
    chip_stock : (year, draw) [log10 H100e]
    """
    shape = (chip_output_start, chip_output_growth, chip_output_ceiling)
    made = logistic(*shape, t)
    return made, logistic_total(chip_stock_start, *shape, made, t)
