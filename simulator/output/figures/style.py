"""How figures look: a matplotlib style, and a palette for grey print and colour blindness."""

from __future__ import annotations

from functools import cache

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


FAMILIES = ("DejaVu Sans", "Arial", "Helvetica", "sans-serif")

FALLBACKS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Noto Sans JP", "Source Han Sans SC"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "IPAexGothic"),
    *(
        "PingFang SC",
        "Hiragino Sans",
        "Microsoft YaHei",
        "SimHei",
        "Malgun Gothic",
        "Arial Unicode MS",
    ),
    *("Noto Emoji", "Symbola", "Segoe UI Emoji", "Segoe UI Symbol", "Apple Symbols"),
)
"""Families with the letters that DejaVu Sans lacks, of which a machine may have some."""


RC: dict[str, object] = {
    "font.family": "sans-serif",
    "font.sans-serif": list(FAMILIES),
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


def font_families(letters: str) -> dict[str, object]:
    """The setting of families with which these letters can be drawn, as far as this machine has them.

    Nothing is set where DejaVu Sans has every letter, so that a picture is the same on all machines.
    """
    missing = {ord(letter) for letter in letters} - _letters_of(FAMILIES[0])
    chosen = []
    for family in FALLBACKS:
        if missing & _letters_of(family):
            chosen.append(family)
            missing -= _letters_of(family)
    return {"font.sans-serif": [FAMILIES[0], *chosen, *FAMILIES[1:]]} if chosen else {}


@cache
def _letters_of(family: str) -> frozenset[int]:
    """Code points that the font of a family has; none where there is no such font that can be drawn with."""
    from matplotlib import font_manager

    if all(font.name != family for font in font_manager.fontManager.ttflist):
        return frozenset()
    try:
        return frozenset(font_manager.get_font(font_manager.findfont(family)).get_charmap())
    except RuntimeError:  # a font of bitmaps
        return frozenset()
