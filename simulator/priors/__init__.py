"""Priors: what is believed of each parameter, with its source; read from folders of TOML files."""

from simulator.priors.book import (
    MILESTONES,
    SOURCES,
    Book,
    Placed,
    read_folders,
    resolve_milestones,
    resolve_sources,
)
from simulator.priors.prior import Prior
from simulator.priors.resolving import resolve

__all__ = [
    "MILESTONES",
    "SOURCES",
    "Book",
    "Placed",
    "Prior",
    "read_folders",
    "resolve",
    "resolve_milestones",
    "resolve_sources",
]
