"""Readings of effective compute: the time horizon, and how fast the anchor's run could be repeated."""

from simulator.arrays import Array
from simulator.drivers.driver import LogMinutes, LogMinutesPerOOM, Quantity, gives


@gives(
    {
        "time_horizon": Quantity(
            "log10 minutes", "Working time of tasks that AI does with 50 % success"
        )
    }
)
def time_horizon(
    effective_compute: Array, horizon_start: LogMinutes, horizon_slope: LogMinutesPerOOM
) -> Array:
    """Length, in human work time, of tasks that are done with 50 % success.

        time_horizon = horizon_start + horizon_slope * effective_compute

    Parameters
    ----------
    effective_compute : (year, draw) [OOM]
    horizon_start : (draw) [log10 minutes]
    horizon_slope : (draw) [log10 minutes/OOM]

    Returns
    -------
    (year, draw) [log10 minutes]

    References
    ----------
    METR (2025)
    """
    return horizon_start + horizon_slope * effective_compute


@gives(
    {
        "training_speedup": Quantity(
            "OOM", "How much faster the frontier cluster repeats the anchor's run"
        )
    }
)
def training_speedup(physical_compute: Array, duration: Array, algorithms: Array) -> Array:
    """How much faster the frontier cluster repeats the anchor's run (3 months to 1 minute: 5.12 OOM).

        training_speedup = physical_compute - duration + algorithms

    Parameters
    ----------
    physical_compute, duration, algorithms : (year, draw) [OOM]

    Returns
    -------
    (year, draw) [OOM]
    """
    return physical_compute - duration + algorithms
