"""Families with a shape of their own: triangular, pert, beta, gamma."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import (
    betainc,
    betaincc,
    betaincinv,
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
)  # fmt: skip

from simulator.driver import Domain
from simulator.families.family import Family
from simulator.families.fitting import fit_beta, fit_gamma, fit_peak
from simulator.growth import Array

PEAKED = 4.0  # how sharply a pert rises to its mode
Scores = Callable[[Array, float], Array]


def _peak(low: float, mode: float, high: float) -> float:
    return (mode - low) / (high - low)


def _triangle(levels: Array, peak: float) -> Array:
    """The inverse cdf on 0 to 1."""
    return np.where(
        levels <= peak, np.sqrt(levels * peak), 1.0 - np.sqrt((1.0 - levels) * (1.0 - peak))
    )


def _triangular(levels: Array, low: float, mode: float, high: float) -> Array:
    return low + (high - low) * _triangle(levels, _peak(low, mode, high))


def _triangular_cdf(x: Array, low: float, mode: float, high: float) -> Array:
    u, peak = np.clip((x - low) / (high - low), 0.0, 1.0), _peak(low, mode, high)
    rise = u * u / peak if peak > 0.0 else u
    fall = 1.0 - (1.0 - u) ** 2 / (1.0 - peak) if peak < 1.0 else u
    return np.where(u < peak, rise, fall)


def _hill(levels: Array, peak: float) -> Array:
    """The inverse cdf of a pert on 0 to 1: a beta whose exponents place its mode."""
    return betaincinv(1.0 + PEAKED * peak, 1.0 + PEAKED * (1.0 - peak), levels)


def _pert(levels: Array, low: float, mode: float, high: float) -> Array:
    return low + (high - low) * _hill(levels, _peak(low, mode, high))


def _pert_cdf(x: Array, low: float, mode: float, high: float) -> Array:
    u, peak = np.clip((x - low) / (high - low), 0.0, 1.0), _peak(low, mode, high)
    return betainc(1.0 + PEAKED * peak, 1.0 + PEAKED * (1.0 - peak), u)


def _inverse_survival(inverse_cdf: Callable[..., Array]) -> Callable[..., Array]:
    """Count levels from above: the inverse cdf of the mirror image, turned about."""

    def inverse(levels: Array, low: float, mode: float, high: float) -> Array:
        return -inverse_cdf(levels, -high, -mode, -low)

    return inverse


def _survival(cdf: Callable[..., Array]) -> Callable[..., Array]:
    def survival(x: Array, low: float, mode: float, high: float) -> Array:
        return cdf(-x, -high, -mode, -low)

    return survival


def _three_points_wrong(low: float, mode: float, high: float) -> str:
    return "" if low <= mode <= high and low < high else "low, mode and high must rise"


def _unit(x: Array, low: float, high: float) -> Array:
    return np.clip((x - low) / (high - low), 0.0, 1.0)


def _beta_wrong(alpha: float, beta: float, low: float, high: float) -> str:
    if not low < high:
        return "lower must be below upper"
    return "" if alpha > 0 and beta > 0 else "alpha and beta must be above 0"


def _gamma_wrong(shape: float, scale: float) -> str:
    return "" if shape > 0 and scale > 0 else "shape and scale must be above 0"


def _three_points(
    name: str,
    inverse_cdf: Callable[..., Array],
    cdf: Callable[..., Array],
    scores: Scores,
    is_: str,
) -> Family:
    return Family(
        name,
        ("low", "mode", "high"),
        inverse_cdf=inverse_cdf,
        cdf=cdf,
        inverse_survival=_inverse_survival(inverse_cdf),
        survival=_survival(cdf),
        support=lambda low, mode, high: Domain(low, high),
        wrong=_three_points_wrong,
        about=f"from `low` over `mode` to `high`, {is_}; three quantiles, or two beside a mode",
        fit=fit_peak(scores),
        beside=("mode",),
    )


SHAPES = (
    _three_points("triangular", _triangular, _triangular_cdf, _triangle, "along straight lines"),
    _three_points("pert", _pert, _pert_cdf, _hill, "smoothly: a beta that weighs the mode 4"),
    Family(
        "beta",
        ("alpha", "beta", "low", "high"),
        inverse_cdf=lambda levels, alpha, beta, low, high: (
            low + (high - low) * betaincinv(alpha, beta, levels)
        ),
        cdf=lambda x, alpha, beta, low, high: betainc(alpha, beta, _unit(x, low, high)),
        inverse_survival=lambda levels, alpha, beta, low, high: (
            high - (high - low) * betaincinv(beta, alpha, levels)
        ),
        survival=lambda x, alpha, beta, low, high: betaincc(alpha, beta, _unit(x, low, high)),
        support=lambda alpha, beta, low, high: Domain(low, high),
        wrong=_beta_wrong,
        about="exponents `alpha` and `beta`, on `lower` to `upper` (0 to 1 where they are left out)",
        fit=fit_beta,
        bounded=True,
    ),
    Family(
        "gamma",
        ("shape", "scale"),
        inverse_cdf=lambda levels, shape, scale: scale * gammaincinv(shape, levels),
        cdf=lambda x, shape, scale: gammainc(shape, np.maximum(x, 0.0) / scale),
        inverse_survival=lambda levels, shape, scale: scale * gammainccinv(shape, levels),
        survival=lambda x, shape, scale: gammaincc(shape, np.maximum(x, 0.0) / scale),
        support=lambda shape, scale: Domain(0.0, low_open=True, high_open=True),
        wrong=_gamma_wrong,
        about="`shape` (squared mean over variance) and `scale` (variance over mean)",
        fit=fit_gamma,
        scale=np.log,
    ),
)
