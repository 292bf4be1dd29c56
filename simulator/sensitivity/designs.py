"""Designs: which draws are simulated, and whose levels each parameter has in them.

Draws `a` and `b` are independent. A group keeps the levels of `a` while the rest is redrawn from `b`, given the group
when correlations tie them: on normal scores `z_rest = zb_rest + S[rest,g] S[g,g]^-1 (za[g] - zb[g])`, which has exactly
the conditional normal law, and is the plain swap when nothing is tied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.arrays import Array
from simulator.sampling import LOWEST_LEVEL

Levels = dict[str, Array]

Groups = Mapping[str, tuple[str, ...]]

ConditionalWeights = Mapping[str, Mapping[str, float]]

ROUNDING = 1e-12  # a weight below this is rounding of 0


@dataclass(frozen=True)
class Subject:
    """A function of probability levels, and the law of the levels.

    Attributes
    ----------
    names : parameters that vary
    matrix : (parameter, parameter) correlation of their normal scores
    levels : a range of draws -> name -> (draw) [probability]
    answer : name -> (draw) [probability] -> (output, draw); pure and per draw
    """

    names: tuple[str, ...]
    matrix: Array
    levels: Callable[[range], Levels]
    answer: Callable[[Levels], Array]

    def tied(self, group: Iterable[str]) -> bool:
        """Say whether correlations tie a group to the rest."""
        inside = np.isin(self.names, list(group))
        return bool((np.abs(self.matrix[np.ix_(inside, ~inside)]) > ROUNDING).any())


def conditional_weights(subject: Subject, group: Iterable[str]) -> ConditionalWeights:
    """Weights by which each parameter outside a group follows those inside it: `S[rest,g] S[g,g]^-1`.

    A singular `S[g,g]`, of parameters that are wholly tied, has a pseudo-inverse.

    Parameters
    ----------
    subject : with S, the correlation matrix of its normal scores
    group : names of parameters

    Returns
    -------
    parameter outside -> parameter inside -> weight [1]; weights of 0 are left out
    """
    across = np.abs(subject.matrix - np.eye(len(subject.names))) > ROUNDING
    among = np.flatnonzero(across.any(axis=0))  # the rest is tied to nothing
    names = [subject.names[i] for i in among]
    inside = np.isin(names, list(group))
    matrix = subject.matrix[np.ix_(among, among)]
    weights = matrix[np.ix_(~inside, inside)] @ np.linalg.pinv(
        matrix[np.ix_(inside, inside)], hermitian=True
    )
    members = [name for name, there in zip(names, inside, strict=True) if there]
    outside = [name for name, there in zip(names, inside, strict=True) if not there]
    rows = {
        name: {m: float(w) for m, w in zip(members, row, strict=True) if abs(w) > ROUNDING}
        for name, row in zip(outside, weights, strict=True)
    }
    return {name: row for name, row in rows.items() if row}


def conditional_redraw(
    a: Levels, b: Levels, group: Iterable[str], ties: ConditionalWeights
) -> Levels:
    """Levels in which a group keeps the levels of `a` and the rest is redrawn from `b`, given the group.

        z_rest = zb_rest + S[rest,g] S[g,g]^-1 (za[g] - zb[g])   on normal scores z = ndtri(level)

    Parameters
    ----------
    a, b : name -> (draw) [probability], independent draws
    group : names of the parameters that keep the levels of `a`
    ties : the weights `S[rest,g] S[g,g]^-1`, as `conditional_weights` gives them

    Returns
    -------
    name -> (draw) [probability]

    References
    ----------
    Kucherenko, Tarantola and Annoni (2012), Computer Physics Communications 183: sampling given a group of inputs
    """
    kept = {**b, **{name: a[name] for name in group}}
    moved: dict[str, Array] = {}
    for name, row in ties.items():
        score = ndtri(b[name])
        for member, weight in row.items():
            if member not in moved:
                moved[member] = ndtri(a[member]) - ndtri(b[member])
            score = score + weight * moved[member]
        kept[name] = np.clip(ndtr(score), LOWEST_LEVEL, 1.0 - LOWEST_LEVEL)
    return kept


def complement(subject: Subject, group: Iterable[str]) -> tuple[str, ...]:
    """The parameters outside a group."""
    group = set(group)
    return tuple(name for name in subject.names if name not in group)
