"""One force of growth a file; every driver in this folder belongs to the model.

Beside them lie the shapes of growth (`growth.py`) and how a function becomes a driver (`driver.py`).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from simulator.drivers.driver import Driver


@cache
def all_drivers() -> tuple[Driver, ...]:
    """Every driver of every file here, in the files' alphabetical order."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return tuple(
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Driver) and value.function.__module__ == module.__name__
    )
