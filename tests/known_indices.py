"""Functions of probability levels whose sensitivity indices are known in closed form."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from simulator import sampling
from simulator.sensitivity.designs import Subject

SAMPLING = sampling.Sampling(11)


def ishigami(a=7.0, b=0.1):
    """Ishigami and Homma (1990): first and total order of three uniforms on -pi to pi, in closed form."""

    def answer(levels):
        x, y, z = (np.pi * (2.0 * levels[name] - 1.0) for name in "xyz")
        return (np.sin(x) + a * np.sin(y) ** 2 + b * z**4 * np.sin(x))[np.newaxis]

    one = 0.5 * (1.0 + b * np.pi**4 / 5.0) ** 2
    two = a**2 / 8.0
    both = b**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = one + two + both
    first, total = np.array([one, two, 0.0]), np.array([one + both, two, both])
    return independent("xyz", answer), first / whole, total / whole


def sobol_g(a=(0.0, 1.0, 4.5, 9.0)):
    """Sobol's g: the product of (|4 x - 2| + a) / (1 + a), in closed form."""
    names = [f"x{i}" for i in range(len(a))]

    def answer(levels):
        parts = [(np.abs(4 * levels[n] - 2) + c) / (1 + c) for n, c in zip(names, a, strict=True)]
        return np.prod(parts, axis=0)[np.newaxis]

    own = 1.0 / (3.0 * (1.0 + np.array(a)) ** 2)
    whole = np.prod(1.0 + own) - 1.0
    total = own * np.prod(1.0 + own) / (1.0 + own)
    return independent(names, answer), own / whole, total / whole


def independent(names, answer):
    names = tuple(names)
    return Subject(names, np.eye(len(names)), lambda draws: drawn(names, draws), answer)


def drawn(names, draws):
    return {name: sampling.independent_levels(SAMPLING, name, draws) for name in names}


def linear(weights, pairs):
    """A weighted sum of normal scores with these Pearson correlations, by name.

    Its levels are mixed by the program's own copula.
    """
    names = tuple(weights)
    spearman = [(a, b, 6.0 / np.pi * np.arcsin(r / 2.0)) for a, b, r in pairs]
    mixing = sampling.gaussian_copula(names, spearman)
    matrix = np.eye(len(names))
    for a, b, r in pairs:
        i, j = names.index(a), names.index(b)
        matrix[i, j] = matrix[j, i] = r

    def answer(levels):
        return sum(w * ndtri(levels[name]) for name, w in weights.items())[np.newaxis]

    def levels(draws):
        return sampling.correlated_levels(SAMPLING, mixing, names, draws)

    return Subject(names, matrix, levels, answer)


def explained(subject, weights, group):
    """Variance of a linear subject that goes when a group is known: closed form."""
    inside = np.isin(subject.names, list(group))
    w, S = np.array(list(weights.values())), subject.matrix
    if not inside.any():
        return 0.0
    left = S[np.ix_(~inside, ~inside)]
    known = S[np.ix_(~inside, inside)] @ np.linalg.inv(S[np.ix_(inside, inside)])
    left = left - known @ S[np.ix_(inside, ~inside)]
    return float(w @ S @ w - w[~inside] @ left @ w[~inside])
