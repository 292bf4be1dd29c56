"""One force of growth a file; every driver in this folder belongs to the model."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from simulator.driver import Driver


@cache
def found() -> tuple[Driver, ...]:
    """Every driver of every file here, in the files' alphabetical order."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return tuple(
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, Driver) and thing.function.__module__ == module.__name__
    )
