"""What every figure needs: the sheet in the house style, files that repeat to the byte, labels that do not touch."""

from __future__ import annotations

import hashlib
import io
import textwrap
import threading
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from os import PathLike
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.style import context
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from simulator.output import units
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

MARGIN, DOWN = 0.15, (0.12, 0.35)
"""Where title and subtitle stand: from the left, and each down from the top [inch]."""

TITLE_LINE, LINE = 78, 120
"""Letters in a line of a title and of a subtitle, on a figure of 7.5 inches."""

TITLE_STEP, LINE_STEP = 0.185, 0.135  # from line to line [inch]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


_RC_LOCK = threading.Lock()


@contextmanager
def drawing(
    path: str | PathLike[str], size: tuple[float, float], title: str, subtitle: str, words: str
) -> Iterator[Figure]:
    """Give an empty figure of this size [inch] to draw on; write its titles at the top, and it to the path, at the end.

    The size allows for titles of one line each; the figure grows at the top where they take more. `words` say what is
    shown, with its main numbers, to people who do not see the picture. matplotlib's settings are global, so a lock lets
    one figure be drawn at a time.
    """
    ending = Path(path).suffix.lower()
    if ending not in FIGURE_ENDINGS:
        allowed = ", ".join(FIGURE_ENDINGS)
        raise ValueError(f"{path}: a figure cannot end in {ending!r}; allowed: {allowed}")
    alternative = f"{subtitle}. {words}"
    settings = style.RC | style.font_families(title + alternative)
    with _RC_LOCK, context(["default", settings]), missing_glyphs_allowed():
        figure = Figure(figsize=size)
        FigureCanvasAgg(figure)
        yield figure
        _titles(figure, title, subtitle)
        _write(figure, Path(path), ending, title, alternative)


@contextmanager
def missing_glyphs_allowed() -> Iterator[None]:
    """Let a letter that no font has be drawn as an empty box, without a warning; an SVG keeps it as text."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph .* missing from", UserWarning)
        yield


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


def _titles(figure: Figure, title: str, subtitle: str) -> None:
    """Write title and subtitle, each in as many lines as it needs, above what is drawn."""
    wide = figure.get_figwidth()
    heads = wrapped(title, int(TITLE_LINE * wide / 7.5))
    lines = wrapped(subtitle, int(LINE * wide / 7.5))
    more = TITLE_STEP * (len(heads) - 1)
    _grow(figure, more + LINE_STEP * (len(lines) - 1))
    tall = figure.get_figheight()
    left, top, under = MARGIN / wide, 1 - DOWN[0] / tall, 1 - (DOWN[1] + more) / tall
    figure.text(left, top, "\n".join(heads), size=style.LARGE, weight="bold", va="top")
    figure.text(left, under, "\n".join(lines), color=style.MUTED, va="top")


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text, at most this wide [letters]; letters of East Asian scripts are twice as wide."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return textwrap.wrap(text, max(8, width * len(text) // max(len(text) + wide, 1))) or [""]


def _grow(figure: Figure, more: float) -> None:
    """Add this height [inch] at the top, and leave all that is drawn where it is above the foot."""
    wide, tall = figure.get_size_inches()
    ratio = tall / (tall + more)
    figure.set_size_inches(wide, tall + more)
    for axes in figure.axes:
        left, foot, width, height = axes.get_position(original=True).bounds
        axes.set_position((left, foot * ratio, width, height * ratio))
    for text in figure.texts:
        text.set_y(text.get_position()[1] * ratio)


def message(figure: Figure, text: str) -> None:
    """Say why there is nothing to draw, in the middle of the figure."""
    lines = "\n".join(wrapped(text, int(LINE * 0.6 * figure.get_figwidth() / 7.5)))
    figure.text(0.5, 0.45, lines, size=style.NORMAL, ha="center", va="center", linespacing=1.4)


def date_line(axes: Axes, year: float, **options: Any) -> None:
    """Mark a date by a dashed line across the panel."""
    axes.axvline(year, color=style.MUTED, lw=0.6, ls=DASHES, **options)


DATE_NOTE = 34.0  # half of its width [point]


def date_note(axes: Axes, year: float, height: float) -> None:
    """Write the as-of date above its line, to one side of it where the panel ends near."""
    left, right = axes.get_xlim()
    if not left <= year <= right:
        return
    room = axes.get_window_extent().width * 72 / axes.figure.dpi / (right - left)
    near = (right - year) * room < DATE_NOTE, (year - left) * room < DATE_NOTE
    side = "right" if near[0] else "left" if near[1] else "center"
    options = {"ha": side, "va": "bottom", "color": style.MUTED}
    lettering(axes, f"as of {month(year)}", (year, height), (0, 3), **options)


YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

LABELLED_YEAR, MINOR_TICK = 40.0, 4.0  # least room along an axis [point]


def year_axis(axes: Axes, label: str = "year") -> None:
    """Mark whole years, as many as leave room between their labels; after the limits are set."""
    first, last = axes.get_xlim()
    room = axes.get_window_extent().width * 72 / axes.figure.dpi / max(last - first, 1e-9)
    step = next((s for s in YEAR_STEPS if s * room >= LABELLED_YEAR), YEAR_STEPS[-1])
    minor = next(s for s in YEAR_STEPS if s == step or (not step % s and s * room >= MINOR_TICK))
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_minor_locator(MultipleLocator(minor))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    axes.set_xlabel(label, labelpad=2)


def value_axis(axis: Axis, unit: str, most: int = 6, values: Sequence[float] | None = None) -> None:
    """Mark an axis of a series or parameter in human units, at these values if any; after the limits are set."""
    low, high = axis.get_view_interval()
    marks = units.tick_marks(low, high, unit, most) if unit in units.SCALES else []
    if values is not None:
        noun = units.SCALES[unit].noun if unit in units.SCALES else f" {units.plain_unit(unit)}"
        marks = [(at, units.quantity(at, unit).removesuffix(noun)) for at in map(float, values)]
    if axis is axis.axes.xaxis:
        room = axis.axes.get_window_extent().width * 72 / axis.axes.figure.dpi / (high - low)
        marks = _apart(marks, room)
    if len(marks) > 1:
        axis.set_ticks([at for at, _ in marks], [label for _, label in marks])
        return
    axis.set_major_locator(MaxNLocator(most, min_n_ticks=2, steps=[1, 2, 5, 10]))
    if unit in units.SCALES:
        noun = units.SCALES[unit].noun
        words = lambda at, _: units.quantity(at, unit, figures=3).removesuffix(noun)  # noqa: E731
        axis.set_major_formatter(FuncFormatter(words))
    elif unit == "fraction":
        axis.set_major_formatter(FuncFormatter(lambda at, _: f"{100 * at:g} %".replace("-", "−")))
    else:
        axis.set_major_formatter(FuncFormatter(_plain_number))


LETTER = 4.6  # width in small labels [point]


def _apart(marks: list[tuple[float, str]], room: float) -> list[tuple[float, str]]:
    """The marks whose labels keep apart side by side, with this room for a unit of the axis [point]."""
    kept: list[tuple[float, str]] = []
    for at, label in marks:
        if not kept or (at - kept[-1][0]) * room > LETTER * (len(label) + len(kept[-1][1]) + 2) / 2:
            kept.append((at, label))
    return kept


def _plain_number(value: float, _: int) -> str:
    return f"{value:.6g}".replace("-", "−")


def with_unit(label: str, unit: str) -> str:
    """The heading of an axis of `value_axis`: its unit follows in brackets where neither it nor the ticks say it."""
    plain = units.plain_unit(unit)
    in_ticks = unit in ("fraction", "log10 MW", "log10 minutes", "log10 USD")
    return label if in_ticks or plain.lower() in label.lower() else f"{label} [{plain}]"


def month(year: float) -> str:
    """A decimal year as its month, such as Nov 2026."""
    first = date(int(year), 1, 1)
    day = first + timedelta(days=round((year % 1) * (date(first.year + 1, 1, 1) - first).days))
    return f"{MONTHS[day.month - 1]} {day.year}"


GPT4_YEAR = 2023.25


def anchor_in_words(anchor_year: float) -> str:
    """What effective compute is counted from: GPT-4, or the largest run at another date."""
    return "GPT-4" if anchor_year == GPT4_YEAR else f"{month(anchor_year)}"


def signed(value: float, _: int | None = None) -> str:
    """A number with its sign, as a label of an axis."""
    return f"{value:+g}".replace("-", "−") if value else "0"


def heading(axes: Axes, text: str, x: float = 0.0, width: int = LINE) -> None:
    """Write a panel's heading, from this position across it [fraction], in lines of this width [letters]."""
    text = "\n".join(wrapped(text, width))
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
