"""Records, one a row, as CSV text: the one writer of the package."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any


def csv_text(records: Sequence[Mapping[str, Any]]) -> str:
    """Records as CSV, with every key that one of them has as a column; None and a missing key are empty."""
    text = io.StringIO()
    columns = dict.fromkeys(key for record in records for key in record)
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without its nested tables."""
    return {key: value for key, value in record.items() if not isinstance(value, dict)}
