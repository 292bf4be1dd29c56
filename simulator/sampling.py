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

from simulator.arrays import Array

WORDS_A_BLOCK = 4  # Philox gives four 64-bit words a count

LOWEST_LEVEL = 2.0**-53

ROUNDING_ERROR = 1e-9  # how far a correlation may be off and still be right


@dataclass(frozen=True)
class Sampling:
    """Where levels come from: a seed, and the levels at which parameters are held."""

    seed: int
    hold: Mapping[str, float] = field(default_factory=dict)


def independent_levels(luck: Sampling, name: str, draws: range) -> Array:
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


Pairs = Sequence[tuple[str, str, float]]


class NotPositiveSemidefinite(ValueError):
    """Correlations that no parameters can have together; `names` are the parameters that they tie."""

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


def connected_components(names: Iterable[str], pairs: Pairs) -> list[tuple[str, ...]]:
    """Names that pairs tie, by what hangs together; each in the order of the names."""
    tied: dict[str, set[str]] = {}
    for a, b, _ in pairs:
        whole = tied.get(a, {a}) | tied.get(b, {b})
        tied.update(dict.fromkeys(whole, whole))
    parts: dict[int, list[str]] = {}
    for name in names:
        if name in tied:
            parts.setdefault(id(tied[name]), []).append(name)
    return [tuple(part) for part in parts.values()]


def correlation_matrix(names: Sequence[str], pairs: Pairs) -> Array:
    """Correlations of the normal scores of these names; 0 where no pair says otherwise."""
    place = {name: i for i, name in enumerate(names)}
    found = np.eye(len(names))
    for a, b, spearman in pairs:
        if a in place and b in place:
            found[place[a], place[b]] = found[place[b], place[a]] = pearson(spearman)
    return found


def gaussian_copula(names: Iterable[str], pairs: Pairs) -> Copula:
    """Factor the rank correlations; names come in the order in which luck is mixed.

    What hangs together is factored by itself, so that the bits of one component know nothing of another.

    Raises
    ------
    NotPositive
        when no copula has these correlations
    """
    order: list[str] = []
    rows = []
    for part in connected_components(names, pairs):
        factor = _cholesky(correlation_matrix(part, pairs))
        if factor is None:
            raise NotPositiveSemidefinite(part)
        order += part
        rows += [
            tuple((n, float(w)) for n, w in zip(part, row, strict=True) if w) for row in factor
        ]
    return Copula(tuple(order), tuple(rows))


def is_positive_semidefinite(matrix: Array) -> bool:
    """Whether these can be correlations: whether the matrix is positive semi-definite."""
    return _cholesky(matrix) is not None


def _cholesky(matrix: Array) -> Array | None:
    """Lower factor of a matrix that may be singular, which LAPACK's does not allow; None when there is none."""
    factor = np.zeros_like(matrix)
    for i in range(len(matrix)):
        for j in range(i):
            rest = matrix[i, j] - float(np.dot(factor[i, :j], factor[j, :j]))
            if factor[j, j] > 0.0:
                factor[i, j] = rest / factor[j, j]
            elif abs(rest) > ROUNDING_ERROR:
                return None
        left = 1.0 - float(np.dot(factor[i, :i], factor[i, :i]))
        if left < -ROUNDING_ERROR:
            return None
        factor[i, i] = math.sqrt(left) if left > ROUNDING_ERROR else 0.0
    return factor


def correlated_levels(
    luck: Sampling, copula: Copula, names: Iterable[str], draws: range
) -> dict[str, Array]:
    """Levels of these parameters for a range of draws, after the copula and the holds.

    A score is summed name by name, never as a matrix product, whose bits would depend on the range's length.
    """
    raw = {name: independent_levels(luck, name, draws) for name in (*copula.names, *names)}
    return correlate(luck, copula, names, raw)


def correlate(
    luck: Sampling, copula: Copula, names: Iterable[str], raw: Mapping[str, Array]
) -> dict[str, Array]:
    """Independent levels, tied by the copula and held."""
    levels = dict(raw)
    scores = {name: ndtri(levels[name]) for name in copula.names}
    for name, row in zip(copula.names, copula.rows, strict=True):
        if row != ((name, 1.0),):
            score = sum(weight * scores[other] for other, weight in row)
            levels[name] = np.clip(ndtr(score), LOWEST_LEVEL, 1.0 - LOWEST_LEVEL)
    length = len(next(iter(levels.values())))
    held = {name: np.full(length, level) for name, level in luck.hold.items()}
    return {name: held.get(name, levels[name]) for name in names}
