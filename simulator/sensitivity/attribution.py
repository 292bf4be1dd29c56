"""Attribution: the difference of two worlds' answers, split over the drivers in which they differ, by Shapley values.

A coalition's world takes some drivers' parameters from B and the rest from A, draw by draw, with the luck that each has
in its own world; a driver's part is what it adds, averaged over the orders in which drivers change over. The parts sum
to the whole.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np

from simulator.growth import Array
from simulator.sensitivity.replicates import Interval, interval

EXACT = 8  # drivers up to which every coalition is walked

Coalition = frozenset[int]


def orders(drivers: int, sampled: int, seed: int) -> list[tuple[int, ...]] | None:
    """Pairs of an order and its reverse to average over; None where every coalition is walked instead."""
    if drivers <= EXACT:
        return None
    dice = np.random.Generator(np.random.Philox(key=seed))
    drawn = [tuple(dice.permutation(drivers).tolist()) for _ in range(max(sampled // 2, 2))]
    return [order for each in drawn for order in (each, each[::-1])]


def coalitions(drivers: int, orders: Iterable[Sequence[int]] | None) -> list[Coalition]:
    """Every coalition that the parts are read from, A's world and B's among them."""
    if orders is None:
        sizes = range(drivers + 1)
        return [frozenset(c) for k in sizes for c in itertools.combinations(range(drivers), k)]
    found = (frozenset(order[:k]) for order in orders for k in range(drivers + 1))
    return list(dict.fromkeys(found))


def parts(
    drivers: int,
    orders: Sequence[Sequence[int]] | None,
    worth: dict[Coalition, Array],
    share: float,
    seed: int,
) -> Interval:
    """Each driver's part of the difference, (driver), with intervals.

    Parameters
    ----------
    worth : coalition -> (1 + replicates) of its answer; replicates have the same draws in every coalition
    """
    if not drivers:
        return Interval(*np.zeros((4, 0)))
    found = _every(drivers, worth) if orders is None else _sampled(drivers, orders, worth, seed)
    return interval(found, share)


def _every(drivers: int, worth: dict[Coalition, Array]) -> Array:
    """Shapley's sum over every coalition, (1 + replicates, driver)."""
    columns = []
    for driver in range(drivers):
        part = np.zeros(len(worth[frozenset()]))
        for joined, value in worth.items():
            if driver not in joined:
                size = len(joined)
                weight = 1.0 / (drivers * math.comb(drivers - 1, size))
                part = part + weight * (worth[joined | {driver}] - value)
        columns.append(part)
    return np.array(columns).T


def _sampled(
    drivers: int, orders: Sequence[Sequence[int]], worth: dict[Coalition, Array], seed: int
) -> Array:
    """Means over the orders; replicates resample pairs of orders beside the draws."""
    added = np.empty((len(orders), drivers, len(worth[frozenset()])))
    for row, order in enumerate(orders):
        for k, driver in enumerate(order):
            joined = frozenset(order[:k])
            added[row, driver] = worth[joined | {driver}] - worth[joined]
    pairs = added.reshape(-1, 2, *added.shape[1:]).mean(axis=1)
    found = pairs.mean(axis=0).T
    dice = np.random.Generator(np.random.Philox(key=seed))
    for row in range(1, len(found)):
        chosen = dice.integers(len(pairs), size=len(pairs))
        found[row] = pairs[chosen, :, row].mean(axis=0)
    return found
