"""Correlations as priors state them; those that cannot hold together, and the nearest that can."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from simulator.arrays import Array
from simulator.errors import Fault, did_you_mean
from simulator.inputs.computed import is_computed
from simulator.inputs.priors import StatedTable
from simulator.sampling import Pairs, correlation_matrix, is_positive_semidefinite

MOST_SUBSETS = 20_000

DECIMALS = 3  # decimals in which a correlation is offered


def stated_correlations(table: StatedTable) -> dict[str, float]:
    """The valid correlations that a prior's table states."""
    stated = table.raw.get("correlation")
    if not isinstance(stated, dict):
        return {}
    return {name: r for name, r in stated.items() if _is_correlation(r)}


def _is_correlation(r: object) -> bool:
    return isinstance(r, int | float) and not isinstance(r, bool) and abs(r) <= 1.0


def correlated_pairs(
    layers: Sequence[Mapping[str, StatedTable]], names: Collection[str], faults: list[Fault]
) -> Pairs:
    """Every correlated pair of parameters; a later layer's correlation replaces an earlier one's.

    Pairs of an earlier layer with a parameter that a later one computes are left out, for it has no level.
    """
    pairs: dict[frozenset[str], tuple[str, str, float]] = {}
    computed_since = {
        n: i for i, layer in enumerate(layers) for n in layer if is_computed(layer[n])
    }
    for i, layer in enumerate(layers):
        of_layer: dict[frozenset[str], float] = {}
        for name, table in layer.items():
            if name not in names:  # replaced by a formula, which has no correlation of its own
                continue
            for other, r in stated_correlations(table).items():
                pair = frozenset((name, other))
                where = (table.file, table.table, f"correlation.{other}")
                if other == name:
                    faults.append(Fault(*where, f"{r}", "a correlation with another parameter"))
                elif other not in names and i < computed_since.get(other, 0):
                    continue
                elif other not in names:
                    fix = did_you_mean(other, names)
                    faults.append(Fault(*where, "an unknown parameter", "a prior's name", fix))
                elif of_layer.setdefault(pair, r) != r:
                    both = f"{r}, but {of_layer[pair]} on the other side"
                    faults.append(Fault(*where, both, "one value for a pair", "state it once"))
                else:
                    pairs[pair] = (name, other, float(r))
    return tuple(pairs.values())


def smallest_impossible(names: Sequence[str], pairs: Pairs) -> tuple[str, ...]:
    """The fewest of these names whose correlations cannot hold together.

    Every set is tried, the small ones first, while their number allows; past that, names whose removal leaves the rest
    impossible are dropped one by one.

    Parameters
    ----------
    names : of parameters whose correlations cannot hold together
    pairs : two names and their rank correlation [1]

    Returns
    -------
    names whose matrix of normal-score correlations is not positive semi-definite
    """
    whole = correlation_matrix(names, pairs)
    indices = range(len(names))
    for size in range(2, len(names)):
        if math.comb(len(names), size) > MOST_SUBSETS:
            break
        for chosen in combinations(indices, size):
            if not is_positive_semidefinite(whole[np.ix_(chosen, chosen)]):
                return tuple(names[i] for i in chosen)
    kept = list(indices)
    for i in indices:
        rest = [k for k in kept if k != i]
        if not is_positive_semidefinite(whole[np.ix_(rest, rest)]):
            kept = rest
    return tuple(names[i] for i in kept)


def nearest_possible(names: Sequence[str], pairs: Pairs) -> Iterator[tuple[str, str, float]]:
    """Rank correlations that can hold together, close to these and short to write.

    The nearest correlation matrix R of the normal scores, moved toward no correlation, (1 - t) R + t I with
    t = 2^-12, 2^-11, ..., 1, until its rank correlations, rounded, can hold together: 6/pi arcsin(R / 2).

    Parameters
    ----------
    names : of parameters
    pairs : two names and their rank correlation [1]

    Returns
    -------
    pairs of names with a rank correlation other than 0, rounded to `DECIMALS` [1]

    References
    ----------
    Higham (2002), Computing the nearest correlation matrix, IMA Journal of Numerical Analysis 22, algorithm 3.3.
    """
    nearest = _nearest_correlation_matrix(correlation_matrix(names, pairs))
    for toward in 2.0 ** np.arange(-12, 1):
        scores = (1.0 - toward) * nearest + toward * np.eye(len(names))
        ranks = np.round(6.0 / math.pi * np.arcsin(scores / 2.0), DECIMALS)
        offered = [
            (names[i], names[j], float(ranks[i, j]))
            for i, j in combinations(range(len(names)), 2)
            if ranks[i, j]
        ]
        if is_positive_semidefinite(correlation_matrix(names, offered)):
            yield from offered
            return


def _nearest_correlation_matrix(start: Array) -> Array:
    """Alternating projections on positive semi-definite matrices and on those with a unit diagonal."""
    projected, correction = start.copy(), np.zeros_like(start)
    for _ in range(1000):
        shifted = projected - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = positive - shifted
        before, projected = projected, positive.copy()
        np.fill_diagonal(projected, 1.0)
        if np.abs(projected - before).max() < 1e-10:
            break
    return np.clip(projected, -1.0, 1.0)


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
    """What is wrong with correlations that cannot hold together, and the nearest that can.

    Returns
    -------
    the prior that states the first of the pairs at fault, those pairs, and the nearest correlations that can hold
    """
    few = smallest_impossible(names, tied)
    r = {frozenset((a, b)): r for a, b, r in tied}
    stated = {pair: r.get(frozenset(pair)) for pair in combinations(few, 2)}
    problem = "; ".join(
        f"{a} with {b} " + ("0, for nothing is said" if r is None else f"{r:g}")
        for (a, b), r in stated.items()
    )
    first = next(a for a, b, _ in tied if a in few and b in few)
    lines = toml_lines(list(nearest_possible(names, tied)), tied)
    return first, problem, f"the nearest that can, to paste:\n{lines}"
