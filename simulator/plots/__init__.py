"""Finished numbers to figures, one file a figure; nothing but layout is computed here."""

from simulator.plots.canvas import ENDINGS
from simulator.plots.effective import effective_compute
from simulator.plots.records import Band, Point, Rung

__all__ = ["ENDINGS", "Band", "Point", "Rung", "effective_compute"]
