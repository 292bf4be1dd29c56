"""Shapley effects: the variance shared out over groups, tied or not, so that the parts sum to the whole.

A group's effect is what its variation adds to `E[Var(Y | all but u)]`, averaged over the orders in which groups join u.
Song, Nelson and Staum (2016); every cluster of draws has an order of its own, and the next cluster its reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from simulator.arrays import Array
from simulator.sensitivity import bootstrap
from simulator.sensitivity.bootstrap import Interval
from simulator.sensitivity.designs import (
    ConditionalWeights,
    Groups,
    Levels,
    Subject,
    complement,
    conditional_redraw,
    conditional_weights,
)
from simulator.simulate.engines import DESIGN_BLOCK, in_order

CLUSTER = 32


def shapley_effects(
    subject: Subject,
    groups: Groups,
    *,
    draws: int,
    replicate: int,
    seed: int,
    share: float,
    workers: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Interval:
    """Shapley effects of groups, as shares of the variance.

        effect_g = mean over orders of (c(u + g) - c(u)) / V,   c(u) = E[Var(Y | all but u)] = E[(f(a) - f(a'))^2] / 2

    with u the groups that come before g in the order, and a' the draw `a` with the groups in u redrawn given the rest.

    Parameters
    ----------
    subject : the function of probability levels
    groups : name -> parameters, apart from one another
    draws : how many are simulated, a multiple of twice CLUSTER
    replicate : how many bootstrap replicates; they take pairs of clusters, because a pair has an order and its reverse
    seed : key of the orders and the replicates
    share : of the replicates inside the intervals [fraction]
    workers : threads
    progress : called with the share of the work done since the last call

    Returns
    -------
    (group, output) [1], which sum to 1 over the groups; NaN where the output does not vary

    References
    ----------
    Song, Nelson and Staum (2016), SIAM/ASA Journal on Uncertainty Quantification 4
    """
    orders = _orders(len(groups), draws // CLUSTER, seed)
    known: dict[frozenset[str], ConditionalWeights] = {}

    def block(piece: range) -> Array:
        terms = _terms(subject, groups, piece, draws, orders, known)
        pairs = terms.reshape(len(terms), terms.shape[1], -1, 2 * CLUSTER)
        return np.moveaxis(pairs.sum(axis=3), 2, 0)

    terms = np.concatenate(list(in_order(block, draws, workers, progress)))
    times = bootstrap.bootstrap_counts(len(terms), replicate, seed).astype(float)
    total = np.tensordot(times, terms, axes=1)
    whole = total.sum(axis=1, keepdims=True)
    return bootstrap.percentile_interval(total / np.where(whole > 0.0, whole, np.nan), share)


def _orders(groups: int, clusters: int, seed: int) -> list[list[int]]:
    dice = np.random.Generator(np.random.Philox(key=seed))
    drawn = [dice.permutation(groups).tolist() for _ in range(clusters // 2)]
    return [order for each in drawn for order in (each, each[::-1])]


def _terms(
    subject: Subject,
    groups: Groups,
    piece: range,
    draws: int,
    orders: Sequence[Sequence[int]],
    known: dict[frozenset[str], ConditionalWeights],
) -> Array:
    """What each group added to half the squared difference from f(a), (group, output, draw)."""
    a = subject.levels(piece)
    b = subject.levels(range(piece.start + draws, piece.stop + draws))
    names = list(groups)
    mine = orders[piece.start // CLUSTER : piece.stop // CLUSTER]
    base = subject.answer(a)
    contributions = np.zeros((len(names), *base.shape))
    before = np.zeros(base.shape)
    for step in range(len(names)):
        joined = [frozenset(names[i] for i in order[: step + 1]) for order in mine]
        parts = []
        for cluster, redrawn in enumerate(joined):
            within = slice(cluster * CLUSTER, (cluster + 1) * CLUSTER)
            stay = complement(subject, (n for g in redrawn for n in groups[g]))
            if redrawn not in known:
                known[redrawn] = conditional_weights(subject, stay)
            one, other = ({n: v[within] for n, v in levels.items()} for levels in (a, b))
            parts.append(conditional_redraw(one, other, stay, known[redrawn]))
        after = 0.5 * (base - subject.answer(_joined(parts))) ** 2
        for cluster, order in enumerate(mine):
            within = slice(cluster * CLUSTER, (cluster + 1) * CLUSTER)
            contributions[order[step]][:, within] = (after - before)[:, within]
        before = after
    return contributions


def _joined(parts: Sequence[Levels]) -> Levels:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


assert DESIGN_BLOCK % (2 * CLUSTER) == 0
