"""How figures look: a matplotlib style, and a palette for grey print and colour blindness."""

from __future__ import annotations

OKABE_ITO = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
}
"""Okabe and Ito (2008), Color Universal Design."""


CYCLE = tuple(OKABE_ITO[name] for name in ("blue", "vermilion", "green", "purple", "orange", "sky"))
"""Colours of scenarios that are compared, in this order."""


INK = "#222222"

MUTED = "#666666"

HAIRLINE = "#B4B4B4"

PAPER = "#FFFFFF"


FAN = ("#DCE9F4", "#B5D1E8", "#7FB0D8")
"""Tints of 5-95 %, 10-90 % and 25-75 %."""

MEDIAN = "#003F66"


THRESHOLDS = (("#9C4300", "#F2C5A3"), ("#7F3561", "#EACDDD"))
"""Line and tint of each uncertain threshold: shades of vermilion and of purple."""


CONSTRAINTS = {"money": "#EFEBDD", "power": "#F0B942", "chips": "#3E9C86", "latency": "#6B3F73"}
"""Colour of each constraint, each darker than the one before, so that grey print keeps them apart."""


GAP = INK
"""Colour of the share of draws that do not reach a milestone."""


PARTS = (
    ("#0072B2", ""),
    ("#56B4E9", ""),
    ("#BFDDEE", ""),
    ("#8C8C8C", "////"),
    ("#4D4D4D", ""),
    ("#E69F00", ""),
    ("#F0E442", ""),
    ("#009E73", ""),
    ("#CC79A7", ""),
)
"""Colour and hatch of each part of effective compute: blues for hardware, greys for losses."""


SMALL, NORMAL, LARGE = 7.0, 8.0, 11.0


RC: dict[str, object] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica", "sans-serif"],
    "font.size": NORMAL,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": NORMAL,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": NORMAL,
    "ytick.labelsize": NORMAL,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "xtick.major.size": 3.5,
    "ytick.major.size": 3.5,
    "xtick.minor.size": 2.0,
    "lines.linewidth": 1.2,
    "lines.solid_capstyle": "butt",
    "figure.dpi": 100,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.dpi": 200,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",
    "svg.hashsalt": "oomcast",
    "pdf.fonttype": 42,
}
"""Laid over matplotlib's own defaults; a user's matplotlibrc has no effect."""
