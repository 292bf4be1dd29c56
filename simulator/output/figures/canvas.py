"""What every figure needs: the sheet in the house style, files that repeat to the byte, labels that do not touch."""

from __future__ import annotations

import hashlib
import io
import textwrap
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from os import PathLike
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.style import context
from matplotlib.text import Annotation
from matplotlib.ticker import MultipleLocator

from simulator.output.figures import style
from simulator.output.figures.records import Band
from simulator.output.rendering import FIGURE_ENDINGS

METADATA: dict[str, dict[str, str | None]] = {
    ".svg": {"Date": None, "Creator": "oomcast"},
    ".pdf": {"CreationDate": None, "Creator": "oomcast"},
    ".png": {"Software": "oomcast"},
}
"""Metadata by ending, without dates, so that files repeat to the byte."""

DESCRIPTION_KEYS: dict[str, tuple[str, ...]] = {
    ".svg": (),
    ".pdf": ("Title", "Subject"),
    ".png": ("Title", "Description"),
}
"""Keys of metadata under which a title and a text alternative stand; an SVG has elements for them."""

PLATE = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6}
"""A background under labels that cross a line."""


DASHES = (0, (4, 3))

HEADED = (0.13, 0.34)
"""Where titles stand on figures of years, down from the top [inch]."""

LINE = 120  # letters in a line of a subtitle

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


_RC_LOCK = threading.Lock()


@contextmanager
def drawing(
    path: str | PathLike[str], size: tuple[float, float], title: str, alternative: str
) -> Iterator[Figure]:
    """Give an empty figure of this size [inch] to draw on, and write it to the path at the end.

    `alternative` says what is shown, with its main numbers, to people who do not see the picture: a description in SVG,
    metadata in PDF and PNG. matplotlib's settings are global, so a lock lets one figure be drawn at a time.
    """
    ending = Path(path).suffix.lower()
    if ending not in FIGURE_ENDINGS:
        allowed = ", ".join(FIGURE_ENDINGS)
        raise ValueError(f"{path}: a figure cannot end in {ending!r}; allowed: {allowed}")
    with _RC_LOCK, context(["default", style.RC]):
        figure = Figure(figsize=size)
        FigureCanvasAgg(figure)
        yield figure
        _write(figure, Path(path), ending, title, alternative)


def _write(figure: Figure, path: Path, ending: str, title: str, alternative: str) -> None:
    keys = DESCRIPTION_KEYS[ending]
    metadata = METADATA[ending] | dict(zip(keys, (title, alternative), strict=False))
    if ending != ".svg":
        figure.savefig(path, format=ending[1:], metadata=metadata)
        return
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata=metadata)
    path.write_bytes(described(drawn.getvalue(), title, alternative).encode())


def described(svg: str, title: str, alternative: str) -> str:
    """An SVG picture with its title and its text alternative as its first elements, and named by them."""
    key = hashlib.sha256(f"{title}\n{alternative}".encode()).hexdigest()[:12]
    names = [f"title-{key}", f"description-{key}"]
    texts = zip(("title", "desc"), names, (title, alternative), strict=True)
    elements = "".join(f'\n <{tag} id="{name}">{escape(text)}</{tag}>' for tag, name, text in texts)
    head, tag, rest = svg.partition("<svg ")
    attributes, end, body = rest.partition(">")
    role = f'role="img" aria-labelledby="{" ".join(names)}" '
    return head + tag + role * bool(tag) + attributes + end + elements * bool(tag) + body


def titles(
    figure: Figure,
    title: str,
    subtitle: str,
    left: float = 0.02,
    down: tuple[float, float] = (0.12, 0.36),
) -> None:
    """Write the figure's title and subtitle, this far from the left [fraction] and down from the top [inch]."""
    tall = figure.get_figheight()
    figure.text(left, 1 - down[0] / tall, title, size=style.LARGE, weight="bold", va="top")
    lines = textwrap.fill(subtitle, LINE)
    figure.text(left, 1 - down[1] / tall, lines, color=style.MUTED, va="top")


def date_line(axes: Axes, year: float, **options: Any) -> None:
    """Mark a date by a dashed line across the panel."""
    axes.axvline(year, color=style.MUTED, lw=0.6, ls=DASHES, **options)


def year_axis(axes: Axes) -> None:
    """Name the axis of years, and mark every year on it."""
    axes.xaxis.set_minor_locator(MultipleLocator(1))
    axes.set_xlabel("year", labelpad=2)


def month(year: float) -> str:
    """A decimal year as its month, such as Nov 2026."""
    first = date(int(year), 1, 1)
    day = first + timedelta(days=round((year % 1) * (date(first.year + 1, 1, 1) - first).days))
    return f"{MONTHS[day.month - 1]} {day.year}"


def signed(value: float, _: int | None = None) -> str:
    """A number with its sign, as a label of an axis."""
    return f"{value:+g}".replace("-", "−") if value else "0"


def heading(axes: Axes, text: str, x: float = 0.0) -> None:
    """Write a panel's heading, from this position across it [fraction]."""
    lettering(axes, text, (x, 1), (0, 7), "axes fraction", size=style.NORMAL, weight="bold")


def lettering(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    units: Any = "data",
    **options: Any,
) -> Annotation:
    """Write small text at a position, moved by an offset [point]."""
    options = {"size": style.SMALL, "annotation_clip": False} | options
    return axes.annotate(text, at, offset, units, textcoords="offset points", **options)


def spread(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The wanted centres, moved as little as possible until items of these sizes do not touch.

    Parameters
    ----------
    wanted, sizes : (item), in one unit of length

    Returns
    -------
    (item) centres, in the same unit
    """
    groups: list[tuple[list[int], float, float]] = []
    for i in sorted(range(len(wanted)), key=lambda i: (wanted[i], i)):
        members, middle, size = [i], wanted[i], sizes[i]
        while groups and groups[-1][1] + groups[-1][2] / 2 > middle - size / 2:
            others, centre, length = groups.pop()
            total = centre * len(others) + middle * len(members)
            members, size = others + members, length + size
            middle = total / len(members)
        groups.append((members, middle, size))
    centres = [0.0] * len(wanted)
    for members, middle, size in groups:
        edge = middle - size / 2
        for i in members:
            centres[i] = edge + sizes[i] / 2
            edge += sizes[i]
    return centres


BAND_PAIRS = (("p05", "p95"), ("p10", "p90"), ("p25", "p75"))

BAND_NAMES = ("p05", "p10", "p25", "median", "p75", "p90", "p95")


def fan_bands(axes: Axes, band: Band) -> None:
    """Draw the bands and the median, and write the last p95 if it leaves the panel."""
    for (low, high), tint in zip(BAND_PAIRS, style.FAN, strict=True):
        axes.fill_between(band.years, band.quantiles[low], band.quantiles[high], color=tint, lw=0)
    axes.plot(band.years, band.quantiles["p50"], color=style.MEDIAN, lw=1.5, zorder=3)
    right = axes.get_xlim()[1]
    end = band.at(right, "p95")
    if end > axes.get_ylim()[1]:
        text = f"p95 goes on to {end:+.0f} in {right:.0f} ↑"
        lettering(axes, text, (1, 1), (0, 3), "axes fraction", ha="right", va="bottom")


def fan_key(axes: Axes) -> None:
    """Draw a slice of the fan with the names of its quantiles."""
    key = axes.inset_axes((0.035, 0.7, 0.04, 0.22))
    key.set(xlim=(0, 1), ylim=(0, 6))
    key.axis("off")
    for step, tint in enumerate(style.FAN):
        key.add_patch(Rectangle((0, step), 1, 6 - 2 * step, color=tint, lw=0))
    key.axhline(3, color=style.MEDIAN, lw=1.5)
    for height, name in enumerate(BAND_NAMES):
        lettering(key, name, (1, height), (4, 0), va="center", bbox=PLATE)
    lettering(key, "quantiles", (0, 6), (0, 8), color=style.MUTED)
