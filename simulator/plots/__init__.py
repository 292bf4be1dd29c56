"""Finished numbers to figures, one file a figure; nothing but layout is computed here."""

from simulator.plots.arrivals import arrivals
from simulator.plots.bands import bands
from simulator.plots.binding import binding
from simulator.plots.canvas import ENDINGS
from simulator.plots.compare import compare
from simulator.plots.densities import densities
from simulator.plots.drivers import drivers
from simulator.plots.effective import effective_compute
from simulator.plots.records import Arrival, Band, Believed, Panel, Part, Point, Reach, Rung, World

__all__ = [
    "ENDINGS",
    "Arrival",
    "Band",
    "Believed",
    "Panel",
    "Part",
    "Point",
    "Reach",
    "Rung",
    "World",
    "arrivals",
    "bands",
    "binding",
    "compare",
    "densities",
    "drivers",
    "effective_compute",
]
