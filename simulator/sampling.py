"""A draw's probability levels: one independent level for each parameter's name, and the copula that correlates them.

A level depends on the seed, the name and the draw's number and on nothing else.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.arrays import Array

WORDS_A_BLOCK = 4  # Philox gives four 64-bit words a count

LOWEST_LEVEL = 2.0**-53

ROUNDING_ERROR = 1e-9  # by which a correlation may differ and still count as equal


@dataclass(frozen=True)
class Sampling:
    """A seed, and the probability levels at which parameters are held, by name."""

    seed: int
    hold: Mapping[str, float] = field(default_factory=dict)


def independent_levels(sampling: Sampling, name: str, draws: range) -> Array:
    """Levels of one parameter for a range of draws, before the copula.

    Parameters
    ----------
    sampling : the seed
    name : the parameter's
    draws : their numbers

    Returns
    -------
    (draw) [probability] : `((raw >> 12) + 0.5) * 2^-52`, never 0 or 1; raw is word number `draw` of a Philox stream
        whose key is the first 16 bytes of the SHA-256 of seed and name

    References
    ----------
    Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3 (Philox)
    """
    digest = hashlib.sha256(f"{sampling.seed}:{name}".encode()).digest()
    key = int.from_bytes(digest[:16], "little")
    counter, skipped = divmod(draws.start, WORDS_A_BLOCK)
    stream = np.random.Philox(key=key, counter=counter)
    raw = stream.random_raw(skipped + len(draws))[skipped:]
    return ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


SCRAMBLES = 16  # independent scrambles of the Sobol' points, over which errors are taken

SOBOL_CHUNK = 1024 * SCRAMBLES  # draws whose points are made at a time

MOST_SOBOL_DRAWS = 2**24


def sobol_levels(seed: int, names: Iterable[str], draws: range) -> dict[str, Array]:
    """Levels of all parameters of a run for a range of draws, from scrambled Sobol' points, before the copula.

    Draw d is point floor(d / 16) of scramble d mod 16; its coordinates belong to the names in alphabetical order, so
    that a draw depends on the seed, the names and its number alone.

    Parameters
    ----------
    seed : of the scrambles
    names : of all parameters
    draws : their numbers, below `MOST_SOBOL_DRAWS`

    Returns
    -------
    name -> (draw) [probability] : `x + 2^-33` for coordinates x, multiples of 2^-32, so never 0 or 1

    References
    ----------
    Joe and Kuo (2008), Constructing Sobol sequences with better two-dimensional projections. Matousek (1998), On the
    L2-discrepancy for anchored boxes (the linear scramble with a digital shift). `scipy.stats.qmc.Sobol`.
    """
    order = tuple(sorted(names))
    first, last = draws.start // SOBOL_CHUNK, max(draws.stop - 1, draws.start) // SOBOL_CHUNK
    chunks = [_sobol_chunk(seed, order, number) for number in range(first, last + 1)]
    start = draws.start - first * SOBOL_CHUNK
    points = np.concatenate(chunks, axis=1) if len(chunks) > 1 else chunks[0]
    return dict(zip(order, points[:, start : start + len(draws)], strict=True))


@lru_cache(maxsize=4)
def _sobol_chunk(seed: int, names: tuple[str, ...], number: int) -> Array:
    """Levels (parameter, draw) of a chunk of draws: `SOBOL_CHUNK / SCRAMBLES` points of every scramble."""
    from scipy.stats import qmc

    rows = SOBOL_CHUNK // SCRAMBLES
    levels = np.empty((len(names), SOBOL_CHUNK))
    for scramble in range(SCRAMBLES):
        digest = hashlib.sha256(f"{seed}:sobol:{scramble}".encode()).digest()
        generator = np.random.default_rng(int.from_bytes(digest[:16], "little"))
        sequence = qmc.Sobol(len(names), bits=32, rng=generator)
        if number:  # SciPy cannot go forward by 0
            sequence.fast_forward(number * rows)
        levels[:, scramble::SCRAMBLES] = sequence.random(rows).T
    levels += 2.0**-33
    levels.flags.writeable = False
    return levels


Pairs = Sequence[tuple[str, str, float]]


class NotPositiveSemidefinite(ValueError):
    """Correlations that no parameters can have together; `names` are the parameters that they connect."""

    def __init__(self, names: Sequence[str]):
        self.names = tuple(names)
        super().__init__(f"not positive semi-definite among {', '.join(names)}")


@dataclass(frozen=True)
class Copula:
    """A Gaussian copula, as the rows of its Cholesky factor L: score_i = sum over j <= i of L_ij * independent score_j.

    Attributes
    ----------
    names : the parameters that are correlated, component by component
    rows : of each name, the names and weights of which its score is the sum; weights of 0 are left out
    """

    names: tuple[str, ...] = ()
    rows: tuple[tuple[tuple[str, float], ...], ...] = ()


def pearson(spearman: float) -> float:
    """Correlation of normal scores that have this rank correlation, `rho = 2 sin(pi r / 6)`.

    Parameters
    ----------
    spearman : rank correlation r [1], -1 to 1

    Returns
    -------
    Pearson's correlation rho [1]

    References
    ----------
    Pearson (1907), On further methods of determining correlation
    """
    return 2.0 * math.sin(math.pi * spearman / 6.0)


def connected_components(names: Iterable[str], pairs: Pairs) -> list[tuple[str, ...]]:
    """The correlated names as the connected components of the graph of pairs; each in the order of the names."""
    component: dict[str, set[str]] = {}
    for a, b, _ in pairs:
        union = component.get(a, {a}) | component.get(b, {b})
        component.update(dict.fromkeys(union, union))
    members: dict[int, list[str]] = {}
    for name in names:
        if name in component:
            members.setdefault(id(component[name]), []).append(name)
    return [tuple(each) for each in members.values()]


def correlation_matrix(names: Sequence[str], pairs: Pairs) -> Array:
    """Correlations of the normal scores of parameters.

    Parameters
    ----------
    names : the parameters'
    pairs : two names and their rank correlation [1]; pairs with other names are left out

    Returns
    -------
    (parameter, parameter) [1] : 2 sin(pi r / 6) where a pair states r, 1 on the diagonal, 0 elsewhere
    """
    index = {name: i for i, name in enumerate(names)}
    matrix = np.eye(len(names))
    for a, b, spearman in pairs:
        if a in index and b in index:
            i, j = index[a], index[b]
            matrix[i, j] = matrix[j, i] = pearson(spearman)
    return matrix


def gaussian_copula(names: Iterable[str], pairs: Pairs) -> Copula:
    """The Gaussian copula with these rank correlations.

    The matrix R with R_ij = 2 sin(pi r_ij / 6) is factored as R = L L^T. Connected components are factored separately,
    so their bits do not depend on one another.

    Parameters
    ----------
    names : all parameters, in the order of the factor's rows
    pairs : two names and their rank correlation [1]

    Raises
    ------
    NotPositiveSemidefinite
        when no copula has these correlations; names those of the component
    """
    order: list[str] = []
    rows = []
    for component in connected_components(names, pairs):
        factor = _cholesky(correlation_matrix(component, pairs))
        if factor is None:
            raise NotPositiveSemidefinite(component)
        order += component
        rows += [
            tuple((n, float(w)) for n, w in zip(component, row, strict=True) if w) for row in factor
        ]
    return Copula(tuple(order), tuple(rows))


def is_positive_semidefinite(matrix: Array) -> bool:
    """Whether a matrix with 1 on its diagonal is positive semi-definite, as one of correlations must be.

    Parameters
    ----------
    matrix : (parameter, parameter) [1]

    Returns
    -------
    whether it has a Cholesky factor, up to rounding
    """
    return _cholesky(matrix) is not None


def _cholesky(matrix: Array) -> Array | None:
    """Cholesky factor of a correlation matrix that may be singular, which LAPACK's does not allow; None without one.

    L_ij = (R_ij - sum over k < j of L_ik L_jk) / L_jj,    L_ii = sqrt(1 - sum over k < i of L_ik^2)
    """
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
    sampling: Sampling, copula: Copula, names: Iterable[str], draws: range
) -> dict[str, Array]:
    """Levels of parameters for a range of draws, after the copula and the holds.

    Parameters
    ----------
    sampling : the seed and the holds
    copula : of the correlated parameters, whether named here or not
    names : the parameters'
    draws : their numbers

    Returns
    -------
    name -> (draw) [probability], as `correlate` gives them
    """
    every = dict.fromkeys((*copula.names, *names))
    independent = {name: independent_levels(sampling, name, draws) for name in every}
    return correlate(sampling, copula, names, independent)


def correlate(
    sampling: Sampling, copula: Copula, names: Iterable[str], independent: Mapping[str, Array]
) -> dict[str, Array]:
    """Independent levels u, correlated by the copula: level_i = Phi(sum over j <= i of L_ij * Phi^-1(u_j)).

    A score is summed name by name, never as a matrix product, whose bits would depend on the number of draws. A held
    parameter takes its level after the copula, so that the levels of its partners stay what they are.

    Parameters
    ----------
    sampling : the holds
    copula : L, row by row
    names : the parameters whose levels are wanted
    independent : name -> (draw) [probability], of these and of the copula's names

    Returns
    -------
    name -> (draw) [probability], between 2^-53 and 1 - 2^-53
    """
    levels = dict(independent)
    scores = {name: ndtri(levels[name]) for name in copula.names}
    for name, row in zip(copula.names, copula.rows, strict=True):
        if row != ((name, 1.0),):
            score = sum(weight * scores[other] for other, weight in row)
            levels[name] = np.clip(ndtr(score), LOWEST_LEVEL, 1.0 - LOWEST_LEVEL)
    length = len(next(iter(levels.values())))
    held = {name: np.full(length, level) for name, level in sampling.hold.items()}
    return {name: held.get(name, levels[name]) for name in names}
