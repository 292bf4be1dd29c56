"""Readings of effective compute: the time horizon, and how fast the anchor's run could be repeated."""

from simulator.arrays import Array
from simulator.drivers.driver import LogMinutes, LogMinutesPerOOM, gives


@gives({"time_horizon": "log10 minutes"})
def time_horizon(
    effective_compute: Array, horizon_start: LogMinutes, horizon_slope: LogMinutesPerOOM
) -> Array:
    """Human work time of tasks done with 50 % success: `start + slope * effective_compute`; METR (2025)."""
    return horizon_start + horizon_slope * effective_compute


@gives({"training_speedup": "OOM"})
def training_speedup(physical_compute: Array, duration: Array, algorithms: Array) -> Array:
    """How much faster the frontier cluster would repeat the anchor's run (3 months to 1 minute: 5.12 OOM)."""
    return physical_compute - duration + algorithms
