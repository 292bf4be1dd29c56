"""Correlations as priors state them; those that cannot hold together, and the nearest that can."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from simulator.arrays import Array
from simulator.errors import Fault, did_you_mean
from simulator.inputs.priors import StatedTable
from simulator.sampling import Pairs, correlation_matrix, is_positive_semidefinite

MOST_SUBSETS = 20_000

DECIMALS = 3  # decimals in which a correlation is offered


def stated_correlations(placed: StatedTable) -> dict[str, float]:
    """The correlations that a prior's table states, as far as they are any."""
    found = placed.raw.get("correlation")
    return {n: r for n, r in found.items() if _is_correlation(r)} if isinstance(found, dict) else {}


def _is_correlation(r: object) -> bool:
    return isinstance(r, int | float) and not isinstance(r, bool) and abs(r) <= 1.0


def correlated_pairs(
    layers: Sequence[Mapping[str, StatedTable]], names: Collection[str], faults: list[Fault]
) -> Pairs:
    """Every pair of parameters that is tied; a later layer restates an earlier one's."""
    tied: dict[frozenset[str], tuple[str, str, float]] = {}
    for layer in layers:
        here: dict[frozenset[str], float] = {}
        for name, placed in layer.items():
            for other, r in stated_correlations(placed).items():
                pair = frozenset((name, other))
                place = (placed.file, placed.table, f"correlation.{other}")
                if other == name:
                    faults.append(Fault(*place, f"{r}", "a correlation with another parameter"))
                elif other not in names:
                    mend = did_you_mean(other, names)
                    faults.append(Fault(*place, "an unknown parameter", "a prior's name", mend))
                elif here.setdefault(pair, r) != r:
                    found = f"{r}, but {here[pair]} on the other side"
                    faults.append(Fault(*place, found, "one value for a pair", "state it once"))
                else:
                    tied[pair] = (name, other, float(r))
    return tuple(tied.values())


def smallest_impossible(names: Sequence[str], pairs: Pairs) -> tuple[str, ...]:
    """The fewest of these names whose correlations cannot hold together.

    Every set is tried, the small ones first, while their number allows; past that, names that can be spared are dropped
    one by one.
    """
    whole = correlation_matrix(names, pairs)
    places = range(len(names))
    for size in range(2, len(names)):
        if math.comb(len(names), size) > MOST_SUBSETS:
            break
        for chosen in combinations(places, size):
            if not is_positive_semidefinite(whole[np.ix_(chosen, chosen)]):
                return tuple(names[i] for i in chosen)
    kept = list(places)
    for i in places:
        rest = [k for k in kept if k != i]
        if not is_positive_semidefinite(whole[np.ix_(rest, rest)]):
            kept = rest
    return tuple(names[i] for i in kept)


def nearest_possible(names: Sequence[str], pairs: Pairs) -> Iterator[tuple[str, str, float]]:
    """Rank correlations that can hold together, as near to these as can be and short to write.

    The nearest correlation matrix of the normal scores (Higham 2002, alternating projections), drawn toward no
    correlation as far as the rounding of what is offered asks.
    """
    found = _projected(correlation_matrix(names, pairs))
    for toward in 2.0 ** np.arange(-12, 1):
        scores = (1.0 - toward) * found + toward * np.eye(len(names))
        ranks = np.round(6.0 / math.pi * np.arcsin(scores / 2.0), DECIMALS)
        offered = [
            (names[i], names[j], float(ranks[i, j]))
            for i, j in combinations(range(len(names)), 2)
            if ranks[i, j]
        ]
        if is_positive_semidefinite(correlation_matrix(names, offered)):
            yield from offered
            return


def _projected(start: Array) -> Array:
    """Project by turns on positive semi-definite matrices and on those with a unit diagonal."""
    found, correction = start.copy(), np.zeros_like(start)
    for _ in range(1000):
        shifted = found - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = positive - shifted
        before, found = found, positive.copy()
        np.fill_diagonal(found, 1.0)
        if np.abs(found - before).max() < 1e-10:
            break
    return np.clip(found, -1.0, 1.0)


def toml_lines(offered: Pairs, stated: Pairs) -> str:
    """Pairs as lines to paste, each under the prior that states it."""
    owner = {frozenset((a, b)): a for a, b, _ in stated}
    lines: dict[str, list[str]] = {}
    for a, b, r in offered:
        first = owner.get(frozenset((a, b)), a)
        lines.setdefault(first, []).append(f"{b if first == a else a} = {r:g}")
    return "\n".join(
        f"[{name}]\ncorrelation = {{ {', '.join(parts)} }}" for name, parts in lines.items()
    )


def impossible_correlations(names: Sequence[str], tied: Pairs) -> tuple[str, str, str]:
    """Say what is wrong with correlations that cannot hold together, and what would mend it.

    Returns
    -------
    the prior that states the first of the pairs at fault, those pairs, and the nearest correlations that can hold
    """
    few = smallest_impossible(names, tied)
    r = {frozenset((a, b)): r for a, b, r in tied}
    said = {pair: r.get(frozenset(pair)) for pair in combinations(few, 2)}
    found = "; ".join(
        f"{a} with {b} " + ("0, for nothing is said" if r is None else f"{r:g}")
        for (a, b), r in said.items()
    )
    first = next(a for a, b, _ in tied if a in few and b in few)
    lines = toml_lines(list(nearest_possible(names, tied)), tied)
    return first, found, f"the nearest that can, to paste:\n{lines}"
