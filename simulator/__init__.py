"""oomcast: how many orders of magnitude, and how unsure we are.

A draw is one possible world: a prior over each driver of growth, carried through one effective-compute model to the
years in which milestones arrive. The names below load on first use, so that importing the package stays cheap.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "load_plan": "inputs.load",
    "Plan": "inputs.plan",
    "InputFault": "errors",
    "replay": "simulate.replay",
    "run": "store.running",
    "open_result": "store.datatree",
    "analyse": "sensitivity.analysis",
    "attribute": "sensitivity.attribution",
}
__all__ = ["__version__", *sorted(_PLACES)]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
