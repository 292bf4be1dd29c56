"""Finished numbers to figures, one file a figure; nothing but layout is computed here."""

from simulator.plots.arrivals import arrivals
from simulator.plots.bands import bands
from simulator.plots.binding import binding
from simulator.plots.calibration import Met, calibration
from simulator.plots.canvas import ENDINGS
from simulator.plots.compare import compare
from simulator.plots.densities import densities
from simulator.plots.drivers import drivers
from simulator.plots.effective import effective_compute
from simulator.plots.ledger import Entry, ledger
from simulator.plots.posterior import Updated, prior_posterior
from simulator.plots.records import Arrival, Band, Believed, Panel, Part, Point, Reach, Rung, World

__all__ = [
    "ENDINGS",
    "Arrival",
    "Band",
    "Believed",
    "Entry",
    "Met",
    "Panel",
    "Part",
    "Point",
    "Reach",
    "Rung",
    "Updated",
    "World",
    "arrivals",
    "bands",
    "binding",
    "calibration",
    "compare",
    "densities",
    "drivers",
    "effective_compute",
    "ledger",
    "prior_posterior",
]
