"""oomcast: a Monte Carlo simulator of AI milestones.

    import simulator as oomcast

    plan = oomcast.load_scenario("baseline", {"draws": 2000})
    result = oomcast.run(plan)
    oomcast.milestones(result)
    oomcast.plot(result, "arrivals", "arrivals.svg")

`docs/tour.py` goes through the rest. The names below load on first use, so importing the package stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "InputFault",
    "Plan",
    "Result",
    "RunFailed",
    "__version__",
    "analyse",
    "attribute",
    "bands",
    "compare",
    "draws",
    "load_result",
    "load_scenario",
    "milestones",
    "open_result",
    "plot",
    "replay",
    "run",
]

if TYPE_CHECKING:  # what type checkers and editors see; __getattr__ imports the same
    from simulator.api import (
        Comparison,
        analyse,
        attribute,
        bands,
        compare,
        draws,
        load_result,
        load_scenario,
        milestones,
        plot,
        replay,
        run,
    )
    from simulator.errors import InputFault, RunFailed
    from simulator.inputs.plan import Plan
    from simulator.store.datatree import open_result
    from simulator.summaries.result import Result

_MODULES = {
    "InputFault": "errors",
    "RunFailed": "errors",
    "Plan": "inputs.plan",
    "Result": "summaries.result",
    "open_result": "store.datatree",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'api')}"), name)


def __dir__() -> list[str]:
    return __all__
