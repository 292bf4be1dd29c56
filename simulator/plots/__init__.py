"""Finished numbers to figures, one file a figure; nothing but layout is computed here."""

from simulator.plots.calibration import Met, calibration
from simulator.plots.canvas import ENDINGS
from simulator.plots.effective import effective_compute
from simulator.plots.ledger import Entry, ledger
from simulator.plots.posterior import Updated, prior_posterior
from simulator.plots.records import Band, Point, Rung

__all__ = [
    "ENDINGS",
    "Band",
    "Entry",
    "Met",
    "Point",
    "Rung",
    "Updated",
    "calibration",
    "effective_compute",
    "ledger",
    "prior_posterior",
]
