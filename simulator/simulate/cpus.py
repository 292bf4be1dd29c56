"""The instructions that NumPy uses on this machine, on which the last bits of exponentials and logarithms depend."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

FUNCTIONS = ("exp", "exp2", "expm1", "log", "log10", "log1p", "log2", "power")
"""Those of which NumPy has several implementations, of unequal last bits, and the drivers use one or another."""


class CpuFamily(NamedTuple):
    """Machines on which NumPy gives the same bits.

    Attributes
    ----------
    features : sets of instructions that NumPy uses here, by its own names
    functions : (function, the set that its implementation for 64-bit floats is of)
    """

    features: tuple[str, ...]
    functions: tuple[tuple[str, str], ...]

    def document(self) -> dict[str, Any]:
        """The family in plain values."""
        return {"features": list(self.features), "functions": dict(self.functions)}


def parse_family(document: dict[str, Any]) -> CpuFamily:
    """The family that `CpuFamily.document` describes."""
    functions = tuple(sorted(document["functions"].items()))
    return CpuFamily(tuple(document["features"]), functions)


@cache
def this_family() -> CpuFamily:
    """The family of this machine, with what NPY_DISABLE_CPU_FEATURES leaves of it."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    features = (*simd.get("baseline", ()), *simd.get("found", ()))
    return CpuFamily(features, _implementations() or (("all", " ".join(features)),))


def _implementations() -> tuple[tuple[str, str], ...]:
    """Which implementation of each function NumPy has chosen; empty for a NumPy that does not tell."""
    try:
        from numpy.lib import introspect
    except ImportError:
        return ()
    known = introspect.opt_func_info(func_name=f"^({'|'.join(FUNCTIONS)})$", signature="float64")
    return tuple(
        (name, str(target.get("current")))
        for name, by_type in sorted(known.items())
        for types, target in by_type.items()
        if set(types) == {"d"}
    )


def same_bits(a: CpuFamily, b: CpuFamily) -> bool:
    """Whether two machines use the same implementations, whatever other instructions they have."""
    return a.functions == b.functions
