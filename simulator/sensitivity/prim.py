"""Scenario discovery: boxes on few parameters that hold most of the draws in question, and few others.

The patient rule induction method (Friedman and Fisher, 1999; Bryant and Lempert, 2010): thin slices are peeled off as
long as the share of cases inside rises, parameters whose limits matter little are then dropped, and the next box is
looked for among the draws outside. Boxes are found in the even draws, and the odd ones are held back: they
decide which sides are kept, and give coverage and density.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from simulator.arrays import Array, effective_sample_size
from simulator.summaries.estimates import Estimate, probability

PEEL_SHARE = 0.05  # share of a box's draws that one peel takes off

MOST_SIDES = 4

SMALLEST = 0.02  # share of all draws that a box holds

KEPT_SCORE = 0.95  # of the score that a simpler box keeps

ERRORS = 3.0  # standard errors by which the draws held back must tell a side, or a box, from chance


Inside = npt.NDArray[np.bool_]

Limits = dict[int, tuple[float, float]]


@dataclass(frozen=True)
class Box:
    """Limits of few parameters, and what it holds outside the boxes before it.

    Attributes
    ----------
    limits : parameter -> (low, high), in its unit; -inf or inf where that side is open
    coverage : share of the cases that lie inside
    density : share of the draws inside that are cases
    mass : share of the draws that lie inside
    """

    limits: Mapping[str, tuple[float, float]]
    coverage: Estimate
    density: Estimate
    mass: float


def find_boxes(
    names: Sequence[str],
    parameters: Array,
    cases: Inside,
    weights: Array | None = None,
    most: int = 3,
) -> list[Box]:
    """Find up to `most` boxes, the best first; each is looked for outside those before it.

    Of the draws held back, n of which lie within the other sides of a box, a share d is cases; d_in and d_out are those
    shares within and beyond a side. The side stays if

        d_in - d_out > 3 sqrt(d (1 - d) (1 / n_in + 1 / n_out))

    with Kish's effective numbers of draws where they are weighed.

    Parameters
    ----------
    names : (parameter)
    parameters : (draw, parameter) [the parameters' units]
    cases : (draw), the draws in question
    weights : (draw) [1], 1 when left out
    most : number of boxes looked for

    Returns
    -------
    boxes; none when nothing can be told from chance

    References
    ----------
    J. H. Friedman and N. I. Fisher, Bump hunting in high-dimensional data, Statistics and Computing 9 (1999)
    """
    weight = np.ones(len(cases)) if weights is None else weights
    fitted, judged = slice(0, None, 2), slice(1, None, 2)
    left = np.ones(len(cases), bool)
    boxes: list[Box] = []
    while len(boxes) < most:
        x, y, w = parameters[fitted], cases[fitted] & left[fitted], weight[fitted] * left[fitted]
        limits = _simplest(x, y, w, _peeled(x, y, w))
        limits = _confirmed(parameters[judged], cases[judged], (weight * left)[judged], limits)
        within = _within(parameters, limits)
        box = _box(names, limits, (within & left)[judged], cases[judged], weight[judged])
        new = (within & left)[fitted]
        if not limits or not _worthwhile(cases[fitted], new, weight[fitted]):
            break
        boxes.append(box)
        left &= ~within
    return boxes


def _peeled(x: Array, cases: Inside, weights: Array) -> Limits:
    """Peel slices off until few draws are left; give the limits at which the score was best."""
    ranks = np.array([rankdata(column) for column in x.T])
    inside = weights > 0.0
    limits: Limits = {}
    best, score = dict(limits), 0.0
    while weights[inside].sum() > SMALLEST * weights.sum():
        peel = _best_peel(x, ranks, inside, cases, weights)
        if peel is None:
            break
        column, side, at, inside = peel
        low, high = limits.get(column, (-np.inf, np.inf))
        limits[column] = (at, high) if side == 0 else (low, at)
        if (now := _score(cases, inside, weights)) > score:
            best, score = dict(limits), now
    return best


def _best_peel(
    x: Array, ranks: Array, inside: Inside, cases: Inside, weights: Array
) -> tuple[int, int, float, Inside] | None:
    """The slice whose loss raises the share of cases most, for each draw that it costs: column, side, limit, rest."""
    here, best, chosen = _density(cases, inside, weights), 0.0, None
    mass = weights[inside].sum()
    for column, rank in enumerate(ranks):
        within = rank[inside]
        for side, level in ((0, PEEL_SHARE), (1, 1.0 - PEEL_SHARE)):
            edge = np.quantile(within, level)
            stay = inside & (rank > edge if side == 0 else rank < edge)
            kept = weights[stay].sum()
            if not 0.0 < kept < mass:
                continue
            gain = (_density(cases, stay, weights) - here) / (mass - kept)
            if gain > best:
                best, chosen = gain, (column, side, stay)
    if chosen is None:
        return None
    column, side, stay = chosen
    taken, left = x[inside & ~stay, column], x[stay, column]
    ends = (taken.max(), left.min()) if side == 0 else (left.max(), taken.min())
    return column, side, float(sum(ends)) / 2.0, stay


def _simplest(x: Array, cases: Inside, weights: Array, limits: Limits) -> Limits:
    """Drop parameters, the least useful first, until few are left, and then while the score hardly falls."""
    limits, floor = dict(limits), 0.0
    while limits:
        if len(limits) <= MOST_SIDES and not floor:
            floor = KEPT_SCORE * _score(cases, _within(x, limits), weights)
        without = {c: {k: v for k, v in limits.items() if k != c} for c in limits}
        scores = {c: _score(cases, _within(x, rest), weights) for c, rest in without.items()}
        cheapest = max(scores, key=lambda column: scores[column])
        if floor and scores[cheapest] < floor:
            break
        limits = without[cheapest]
    return limits


def _confirmed(x: Array, cases: Inside, weights: Array, limits: Limits) -> Limits:
    """Drop sides, the weakest first, until the draws held back confirm each that is left."""
    limits = dict(limits)
    while limits:
        whole, clear = _within(x, limits), {}
        for column in limits:
            others = _within(x, {k: v for k, v in limits.items() if k != column})
            clear[column] = _standard_errors(cases, whole, others & ~whole, weights)
        weakest = min(clear, key=lambda column: clear[column])
        if clear[weakest] > ERRORS:
            break
        del limits[weakest]
    return limits


def _standard_errors(cases: Inside, inside: Inside, beyond: Inside, weights: Array) -> float:
    """How far the share of cases inside lies above that beyond, in standard errors of no difference."""
    if not (weights[inside].sum() > 0.0 and weights[beyond].sum() > 0.0):
        return 0.0
    pooled = _density(cases, inside | beyond, weights)
    draws = [effective_sample_size(weights[each]) for each in (inside, beyond)]
    error = np.sqrt(pooled * (1.0 - pooled) * sum(1.0 / n for n in draws))
    gain = _density(cases, inside, weights) - _density(cases, beyond, weights)
    return float(gain / error) if error > 0.0 else 0.0


def _within(x: Array, limits: Limits) -> Inside:
    inside = np.ones(len(x), bool)
    for column, (low, high) in limits.items():
        inside &= (x[:, column] >= low) & (x[:, column] <= high)
    return inside


def _density(cases: Inside, inside: Inside, weights: Array) -> float:
    return _share(inside, cases, weights)


def _share(of: Inside, that: Inside, weights: Array) -> float:
    whole = weights[of].sum()
    return float(weights[of & that].sum() / whole) if whole > 0.0 else 0.0


def _worthwhile(cases: Inside, inside: Inside, weights: Array) -> bool:
    """Whether a box holds at least a twentieth of the cases, at a density above 1.5 times that of all draws."""
    share = _share(cases | ~cases, cases, weights)
    return _share(cases, inside, weights) >= 0.05 and _density(cases, inside, weights) > 1.5 * share


def _score(cases: Inside, inside: Inside, weights: Array) -> float:
    """Harmonic mean of coverage and density."""
    both = weights[cases & inside].sum()
    return float(2.0 * both / max(weights[cases].sum() + weights[inside].sum(), 1e-300))


def _box(
    names: Sequence[str], limits: Limits, inside: Inside, cases: Inside, weights: Array
) -> Box:
    def estimate(of: Inside, that: Inside) -> Estimate:
        chosen = weights[of]
        if not chosen.sum() > 0.0:
            return Estimate(0.0, np.inf)
        effective = effective_sample_size(chosen)
        share = probability(round(_share(of, that, weights) * 10**9), 10**9, effective)
        return Estimate(share.value, share.mcse)

    return Box(
        {names[column]: ends for column, ends in limits.items()},
        estimate(cases, inside),
        estimate(inside, cases),
        _share(np.ones(len(inside), bool), inside, weights),
    )
