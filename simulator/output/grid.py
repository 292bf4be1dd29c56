"""Rows of text as aligned columns within a width; where even wrapped columns don't fit, as a block of lines a row.

No name or number is cut: headers and long texts wrap, and what is longer than the width goes on in the next line.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

SPACE = 2  # columns of the terminal between two of a table

LONG_TEXT = 24  # a cell of more wraps where the terminal is narrow

NARROWEST_TEXT = 16  # columns of the terminal that a wrapped text needs to be read


def grid(header: Sequence[str], rows: Sequence[Sequence[str]], names: int, width: int) -> list[str]:
    """The lines of a table.

    Parameters
    ----------
    header, rows : cells; each row as many as the header
    names : of the columns, the first so many hold words and are aligned left; the others hold numbers
    width : columns of the terminal

    Returns
    -------
    lines of at most `width` columns of the terminal
    """
    columns = list(zip(header, *rows, strict=True))
    widths = _widths(columns, names, width)
    if widths is None:
        return _blocks(header, rows, width)
    left = [
        i < names or (_is_text(column) and width < _widest(column))
        for i, (column, width) in enumerate(zip(columns, widths, strict=True))
    ]
    lines = _lines(header, widths, left, heads=True)
    return lines + [line for row in rows for line in _lines(row, widths, left)]


def natural_width(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Columns of the terminal that a table takes when nothing is wrapped."""
    return sum(_widest(c) + SPACE for c in zip(header, *rows, strict=True)) - SPACE


def text_width(text: str) -> int:
    """Columns of the terminal that a text takes: two for a wide sign, none for a combining one."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(bool(unicodedata.combining(sign)) for sign in text)


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """A text in lines of at most a width; paragraphs stay apart."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _filled(paragraph, width, indent) or [""]
    return lines


def _filled(paragraph: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        paragraph,
        max(width, len(indent) + 1),
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _widest(column: Sequence[str]) -> int:
    return max(map(text_width, column))


def _is_text(column: Sequence[str]) -> bool:
    """Whether a column wraps: it has a long cell of several words below its header."""
    return any(text_width(cell) > LONG_TEXT and " " in cell for cell in column[1:])


def _longest_word(cell: str) -> int:
    return max((text_width(word) for word in cell.split()), default=0)


def _least_width(column: Sequence[str], wraps: bool) -> int:
    """The narrowest that a column may be: a header wraps, cells only where they are words."""
    header, *cells = column
    if not wraps:
        return max([_longest_word(header), *map(text_width, cells)])
    return max(min(NARROWEST_TEXT, _widest(column)), *map(_longest_word, column))


def _widths(columns: Sequence[Sequence[str]], names: int, width: int) -> list[int] | None:
    """The width of each column, or None where they don't fit side by side."""
    natural = [_widest(column) for column in columns]
    room = width - SPACE * (len(columns) - 1)
    if sum(natural) <= room:
        return natural
    widths = [_least_width(c, i < names or _is_text(c)) for i, c in enumerate(columns)]
    spare = room - sum(widths)
    if spare < 0:
        return None
    while spare:
        lacking = [full - now for full, now in zip(natural, widths, strict=True)]
        widths[lacking.index(max(lacking))] += 1
        spare -= 1
    return widths


def _lines(
    row: Sequence[str], widths: Sequence[int], left: Sequence[bool], heads: bool = False
) -> list[str]:
    """The lines of one row; short cells stand on its first, short heads of columns on its last."""
    cells = [_cell_lines(cell, width) for cell, width in zip(row, widths, strict=True)]
    height = max(map(len, cells))
    lines = []
    for number in range(height):
        parts = []
        for cell, width, to_left in zip(cells, widths, left, strict=True):
            at = number - (height - len(cell) if heads else 0)
            part = cell[at] if 0 <= at < len(cell) else ""
            blank = " " * (width - text_width(part))
            parts.append(part + blank if to_left else blank + part)
        lines.append((" " * SPACE).join(parts).rstrip())
    return lines


def _cell_lines(cell: str, width: int) -> list[str]:
    return wrapped(cell, width) if text_width(cell) > width else [cell]


def _blocks(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """A row as its first cell and below it a line for each other cell, with its column's name."""
    lines: list[str] = []
    for first, *rest in rows:
        lines += wrapped(first, width) if first else []
        for name, cell in zip(header[1:], rest, strict=True):
            if cell:
                label = f"  {name}: " if name else "  "
                lines += wrapped(label + cell, width, "    ")
    return lines
