"""Predictions as mixtures of normals, and proper scoring rules for them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr

from simulator.arrays import Array


@dataclass(frozen=True)
class Prediction:
    """A mixture of normals of one width.

    Attributes
    ----------
    centres : (part) [the observation's unit]
    shares : (part) [fraction], which sum to 1
    sd : of every part [the observation's unit]
    """

    centres: Array
    shares: Array
    sd: float


def probability_integral_transform(prediction: Prediction, value: float) -> float:
    """The probability that a prediction gives to less than a value.

        F(y) = sum over parts of w Phi((y - m) / s)

    Parameters
    ----------
    prediction : mixture of normals
    value : y [the observation's unit]

    Returns
    -------
    [fraction]
    """
    return float(prediction.shares @ ndtr((value - prediction.centres) / prediction.sd))


def mixture_quantile(prediction: Prediction, level: float) -> float:
    """The value below which a prediction puts a probability, to 1e-9.

    Parameters
    ----------
    prediction : mixture of normals
    level : [fraction], above 0 and below 1

    Returns
    -------
    [the observation's unit]
    """
    from scipy.optimize import brentq

    low = float(prediction.centres.min()) - 10.0 * prediction.sd
    high = float(prediction.centres.max()) + 10.0 * prediction.sd
    return float(
        brentq(
            lambda x: probability_integral_transform(prediction, x) - level, low, high, xtol=1e-9
        )
    )


def log_score(prediction: Prediction, value: float) -> float:
    """Logarithmic score: log of the predicted density at what was observed; the higher the better.

        log sum over parts of w phi((y - m) / s) / s

    Parameters
    ----------
    prediction : mixture of normals
    value : y [the observation's unit]

    Returns
    -------
    [nats]

    References
    ----------
    Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", J. Am. Stat. Assoc. 102,
    section 4.1.
    """
    z = (value - prediction.centres) / prediction.sd
    logs = -0.5 * z * z - math.log(prediction.sd * math.sqrt(2.0 * math.pi))
    return float(logsumexp(logs, b=prediction.shares))


def crps(prediction: Prediction, value: float) -> float:
    """Continuous ranked probability score; the lower the better.

        crps = integral of (F(x) - [x >= y])^2 dx
             = sum w A(y - m, s^2) - sum w w' A(m - m', 2 s^2) / 2
        A(d, v) = 2 sqrt(v) phi(d / sqrt(v)) + d (2 Phi(d / sqrt(v)) - 1)

    Parameters
    ----------
    prediction : mixture of normals
    value : y [the observation's unit]

    Returns
    -------
    [the observation's unit]

    References
    ----------
    Grimit, Gneiting, Berrocal and Johnson (2006), "The continuous ranked probability score for circular variables and
    its application to mesoscale forecast ensemble verification", Q. J. R. Meteorol. Soc. 132.
    """
    m, w, s = prediction.centres, prediction.shares, prediction.sd
    to_value = float(w @ _expected_distance(value - m, s))
    between_parts = float(w @ (_expected_distance(m[:, np.newaxis] - m, s * math.sqrt(2.0)) @ w))
    return to_value - 0.5 * between_parts


def _expected_distance(distance: Array, sd: float) -> Array:
    """Expected absolute value of a normal with this mean: A(d, v) of `crps`."""
    z = distance / sd
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return 2.0 * sd * density + distance * (2.0 * ndtr(z) - 1.0)


def split_prediction(prediction: Prediction, number: int) -> list[Prediction]:
    """The same prediction from each of several batches of its draws, for the Monte Carlo error of its scores."""
    batches = [slice(i, None, number) for i in range(number)]
    return [
        Prediction(prediction.centres[batch], prediction.shares[batch] / total, prediction.sd)
        for batch in batches
        if (total := float(prediction.shares[batch].sum())) > 0.0
    ]
