"""Calendar dates as decimal years."""

from datetime import date


def decimal_year(day: date) -> float:
    """A date as its year and the share of that year that is past."""
    first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - first).days / (following - first).days
