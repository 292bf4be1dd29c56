"""Records, one a row, as CSV text: the one writer of the package."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

COMPUTED_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")

NUMBER = re.compile(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?")


def plain_text(value: Any) -> Any:
    """A value of a cell; a text, other than a number, that a spreadsheet would compute has an apostrophe before it."""
    formula = isinstance(value, str) and value.startswith(COMPUTED_BY_SPREADSHEETS)
    return f"'{value}" if formula and not NUMBER.fullmatch(value) else value


def csv_text(records: Sequence[Mapping[str, Any]]) -> str:
    """Records as CSV, with every key that one of them has as a column; None and a missing key are empty.

    No text is one that a spreadsheet would compute.
    """
    text = io.StringIO()
    columns = dict.fromkeys(key for record in records for key in record)
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: plain_text(v) for k, v in record.items()} for record in records)
    return text.getvalue()


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without its nested tables."""
    return {key: value for key, value in record.items() if not isinstance(value, dict)}
