"""A draw's luck: one independent probability level for each parameter's name, and the copula that ties some together.

A level depends on the seed, the name and the draw's number and on nothing else.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.growth import Array

WORDS_A_BLOCK = 4  # Philox gives four 64-bit words a count
LOWEST = 2.0**-53


@dataclass(frozen=True)
class Luck:
    """Where levels come from: a seed, and the levels at which parameters are held."""

    seed: int
    hold: Mapping[str, float] = field(default_factory=dict)


def levels(luck: Luck, name: str, draws: range) -> Array:
    """Levels of one parameter for a range of draws, before the copula.

    Returns
    -------
    (draw) [probability] : `((raw >> 12) + 0.5) * 2^-52`, never 0 or 1; raw is word number `draw` of a Philox stream
        whose key is the seed's and the name's SHA-256
    """
    digest = hashlib.sha256(f"{luck.seed}:{name}".encode()).digest()
    key = int.from_bytes(digest[:16], "little")
    counter, skipped = divmod(draws.start, WORDS_A_BLOCK)
    stream = np.random.Philox(key=key, counter=counter)
    raw = stream.random_raw(skipped + len(draws))[skipped:]
    return ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


class NotPositive(ValueError):
    """A correlation matrix that no set of variables can have; `names` are enough of them to show it."""

    def __init__(self, names: Sequence[str]):
        self.names = tuple(names)
        super().__init__(f"not positive semi-definite among {', '.join(names)}")


@dataclass(frozen=True)
class Copula:
    """A Gaussian copula: each name's score is a weighted sum of the independent scores of the names up to it."""

    names: tuple[str, ...] = ()
    rows: tuple[tuple[tuple[str, float], ...], ...] = ()


def pearson(spearman: float) -> float:
    """Correlation of the normal scores whose rank correlation is this: 2 sin(pi r / 6)."""
    return 2.0 * math.sin(math.pi * spearman / 6.0)


def copula(names: Iterable[str], pairs: Iterable[tuple[str, str, float]]) -> Copula:
    """Factor the rank correlations; names come in the order in which luck is mixed.

    Raises
    ------
    NotPositive
        when no copula has these correlations
    """
    pairs = tuple(pairs)
    tied = {name for a, b, _ in pairs for name in (a, b)}
    names = tuple(name for name in names if name in tied)
    place = {name: i for i, name in enumerate(names)}
    matrix = np.eye(len(names))
    for a, b, spearman in pairs:
        matrix[place[a], place[b]] = matrix[place[b], place[a]] = pearson(spearman)
    factor = _cholesky(matrix, names)
    rows = tuple(
        tuple((names[j], float(row[j])) for j in range(i + 1) if row[j] != 0.0)
        for i, row in enumerate(factor)
    )
    return Copula(names, rows)


def _cholesky(matrix: Array, names: Sequence[str]) -> Array:
    """Lower factor of a matrix that may be singular, which LAPACK's does not allow."""
    factor = np.zeros_like(matrix)
    for i in range(len(matrix)):
        for j in range(i):
            rest = matrix[i, j] - float(np.dot(factor[i, :j], factor[j, :j]))
            if factor[j, j] > 0.0:
                factor[i, j] = rest / factor[j, j]
            elif abs(rest) > 1e-9:
                raise NotPositive([names[k] for k in range(i + 1) if matrix[i, k] or k == j])
        left = 1.0 - float(np.dot(factor[i, :i], factor[i, :i]))
        if left < -1e-9:
            raise NotPositive([names[k] for k in range(i + 1)])
        factor[i, i] = math.sqrt(left) if left > 1e-9 else 0.0
    return factor


def mixed(luck: Luck, copula: Copula, names: Iterable[str], draws: range) -> dict[str, Array]:
    """Levels of these parameters for a range of draws, after the copula and the holds.

    A score is summed name by name, never as a matrix product, whose bits would depend on the range's length.
    """
    raw = {name: levels(luck, name, draws) for name in (*copula.names, *names)}
    return tied(luck, copula, names, raw)


def tied(
    luck: Luck, copula: Copula, names: Iterable[str], raw: Mapping[str, Array]
) -> dict[str, Array]:
    """Independent levels, tied by the copula and held."""
    levels = dict(raw)
    scores = {name: ndtri(levels[name]) for name in copula.names}
    for name, row in zip(copula.names, copula.rows, strict=True):
        if row != ((name, 1.0),):
            score = sum(weight * scores[other] for other, weight in row)
            levels[name] = np.clip(ndtr(score), LOWEST, 1.0 - LOWEST)
    length = len(next(iter(levels.values())))
    held = {name: np.full(length, level) for name, level in luck.hold.items()}
    return {name: held.get(name, levels[name]) for name in names}
