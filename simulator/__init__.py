"""oomcast: how many orders of magnitude, and how unsure we are.

A draw is one possible world: a prior over each driver of growth, carried through one effective-compute model to the
years in which milestones arrive. The names below load on first use, so that importing the package stays cheap.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "read": "plan",
    "Plan": "plan",
    "InputFault": "faults",
    "replay": "walk",
    "walk": "walk",
    "run": "store.running",
    "open_result": "store.datatree",
    "findings": "drives.findings",
    "attributed": "attributing",
}
__all__ = ["__version__", *sorted(_PLACES)]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
