"""HTML as text in which every string of a file is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """A text as HTML; markup stays as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(text))


def element(tag: str, *children: str, **attributes: str | bool) -> Markup:
    """An element with its children; an attribute's name loses a `_` at its end, others become `-`."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{tag}{written}>{joined(children)}</{tag}>")


def _attribute(key: str, value: str | bool) -> str:
    if value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'


def joined(parts: Iterable[str]) -> Markup:
    """Texts and markup one after another."""
    return Markup("".join(escaped(part) for part in parts))


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Iterable[int] = (),
    caption: str = "",
) -> Markup:
    """A table that its headers sort; the columns of these indices hold numbers, the others words."""
    right = set(numbers)
    kinds: list[str | bool] = ["number" if i in right else False for i in range(len(header))]
    head = [
        element("th", cell, scope="col", class_=kind)
        for cell, kind in zip(header, kinds, strict=True)
    ]
    body = [
        element(
            "tr", *(element("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True))
        )
        for row in rows
    ]
    parts = [
        element("caption", caption, class_="visually-hidden") if caption else "",
        element("thead", element("tr", *head)),
        element("tbody", *body),
    ]
    return element("div", element("table", *parts, class_="sortable"), class_="scroll", tabindex="0", role="region",
                   aria_label=caption or "table")  # fmt: skip


def link(text: str, address: str) -> Markup:
    """A link, when the address is one of the web; else the text alone."""
    if not address.startswith(("https://", "http://")):
        return escaped(text)
    return element("a", text, href=address, rel="noopener noreferrer")
