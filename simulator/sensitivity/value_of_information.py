"""Value of information: how much narrower the 80 % interval gets when a parameter or a driver becomes known.

From finished draws: the interval in bins of a parameter. By driver, or without draws: nested simulations, in which a
group keeps one draw's levels while the rest is redrawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.arrays import Array, Whole
from simulator.sensitivity import bootstrap
from simulator.sensitivity.bootstrap import (
    BootstrapCounts,
    Interval,
    midpoint_quantiles,
    weighted_quantiles,
)
from simulator.sensitivity.designs import Groups, Subject, conditional_redraw, conditional_weights
from simulator.sensitivity.given_data import bin_numbers
from simulator.simulate.engines import in_order

EDGES = (0.1, 0.5, 0.9)

INNER = 256  # draws of the rest that share the levels of a group


@dataclass(frozen=True)
class InformationValue:
    """What knowing each group would do, (group).

    Attributes
    ----------
    left : expected width of the 80 % interval once the group is known, over its width now
    low, high : p10 and p90 of where the median would move [the target's unit]
    width : of the 80 % interval now [the target's unit]
    """

    names: tuple[str, ...]
    left: Interval
    low: Interval
    high: Interval
    width: float


def value_from_draws(
    names: tuple[str, ...],
    parameters: Array,
    answer: Array,
    times: BootstrapCounts,
    share: float,
    bins: int,
    weights: Array | None = None,
) -> InformationValue:
    """Value of information of each parameter, from finished draws in bins of the parameter.

        left = width(parameter's bins) / width(random bins),   width = sum_k W_k (Q_k(0.9) - Q_k(0.1)) / sum_k W_k

    with Q_k the quantiles of the answer in bin k, of weight W_k. The width now is taken in random bins, because
    an interval of few draws is narrower for that reason alone.

    Parameters
    ----------
    names : (parameter)
    parameters : (draw, parameter) [each in its own unit]
    answer : (draw) [the target's unit]
    times : (1 + replicates, draw), how often each replicate has each draw
    share : of the replicates inside the intervals [fraction]
    bins : of each parameter
    weights : (draw) [1], 1 when left out

    Returns
    -------
    (parameter): `left` [1]; `low`, `high` and `width` [the target's unit]
    """
    weighed = times * (np.ones(len(answer)) if weights is None else weights)
    edges = np.array([weighted_quantiles(answer, weighed, level) for level in EDGES])
    chance = np.mean(
        [_known_bins(b, answer, weighed)[0] for b in _at_random(len(answer), bins)], axis=0
    )
    intervals = [_known_bins(bin_numbers(column, bins), answer, weighed) for column in parameters.T]
    left, low, high = (np.array(each).T for each in zip(*intervals, strict=True))
    return InformationValue(
        names,
        bootstrap.percentile_interval(left / chance[:, np.newaxis], share),
        bootstrap.percentile_interval(low, share),
        bootstrap.percentile_interval(high, share),
        float(edges[2, 0] - edges[0, 0]),
    )


def _at_random(draws: int, bins: int) -> list[Whole]:
    """Bins drawn at random, which carry no information: they show how much narrower an interval of few draws is."""
    dice = np.random.Generator(np.random.Philox(key=0))
    return [dice.permutation(draws) * bins // draws for _ in range(4)]


def _known_bins(numbers: Whole, answer: Array, weighed: Array) -> tuple[Array, Array, Array]:
    """Expected width given the bin, and p10 and p90 of the bins' medians, under each row of weights."""
    inside = [numbers == k for k in range(int(numbers.max()) + 1)]
    mass = np.array([weighed[:, each].sum(axis=1) for each in inside])
    known = np.array([_edges(answer[each], weighed[:, each]) for each in inside])
    width = (mass * (known[:, 2] - known[:, 0])).sum(axis=0) / mass.sum(axis=0)
    low, high = (
        midpoint_quantiles(known[:, 1].T, mass.T, level) for level in (EDGES[0], EDGES[-1])
    )
    return width, low, high


def _edges(values: Array, weights: Array) -> Array:
    """(edge, row) quantiles under each row of weights; a replicate without any of the values has 0."""
    if not len(values):
        return np.zeros((len(EDGES), len(weights)))
    return np.array([weighted_quantiles(values, weights, level) for level in EDGES])


def value_from_simulation(
    subject: Subject,
    groups: Groups,
    *,
    draws: int,
    replicate: int,
    seed: int,
    share: float,
    matters: frozenset[str],
    workers: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> InformationValue:
    """Value of information of each group, by nested simulation.

    A group keeps the levels of one draw in INNER draws of the rest, then those of the next draw, and so on:

        left = mean over draws of the width given the group / mean over the same draws of the width with nothing known

    A group that carries no information leaves exactly 1 and moves no median. Intervals are over the draws of the levels
    that a group keeps.

    Parameters
    ----------
    subject : the function of probability levels
    groups : name -> parameters, apart from one another
    draws : how many are simulated for each group, a multiple of INNER
    replicate : how many bootstrap replicates
    seed : key of the replicates
    share : of the replicates inside the intervals [fraction]
    matters : parameters that the answer reads
    workers : threads
    progress : called with the share of the work done since the last call

    Returns
    -------
    (group): `left` [1]; `low`, `high` and `width` [the target's unit]

    References
    ----------
    Howard (1966), IEEE Transactions on Systems Science and Cybernetics 2: the value of knowing a variable
    """
    outer = draws // INNER
    following = {name: conditional_weights(subject, group) for name, group in groups.items()}

    def block(piece: range) -> Array:
        drawn = subject.levels(piece)
        a = {name: np.repeat(levels, INNER) for name, levels in drawn.items()}
        b = subject.levels(range(outer + piece.start * INNER, outer + piece.stop * INNER))
        base = subject.answer(b)[0]
        cases = [base]
        for name, group in groups.items():
            idle = not following[name] and matters.isdisjoint(group)
            known = b if idle else conditional_redraw(a, b, group, following[name])
            cases.append(base if idle else subject.answer(known)[0])
        return np.array(cases)

    blocks = list(in_order(block, outer, workers, progress, length=4))
    answers = np.concatenate(blocks, axis=1).reshape(len(groups) + 1, outer, INNER)
    return _value_from_answers(
        tuple(groups), answers, bootstrap.bootstrap_counts(outer, replicate, seed), share
    )


def _value_from_answers(
    names: tuple[str, ...], answers: Array, times: BootstrapCounts, share: float
) -> InformationValue:
    """Widths and medians over (group, outer, inner) answers; in the first group nothing is known."""
    edges = np.quantile(answers, EDGES, axis=2)
    widths = (edges[2] - edges[0]) @ times.T.astype(float)
    now, middle = (np.quantile(answers[0], level) for level in (EDGES, 0.5))
    moved = edges[1] - edges[1, :1] + middle
    low, high = (
        np.array(
            [midpoint_quantiles(np.tile(m, (len(times), 1)), times, level) for m in moved[1:]]
        ).T
        for level in (EDGES[0], EDGES[-1])
    )
    left = (widths[1:] / np.where(widths[0] > 0.0, widths[0], np.nan)).T
    return InformationValue(
        names,
        bootstrap.percentile_interval(left, share),
        bootstrap.percentile_interval(low, share),
        bootstrap.percentile_interval(high, share),
        float(now[2] - now[0]),
    )
