"""Array types, values at a date, and the effective sample size: what every room computes with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


Whole = npt.NDArray[np.int64]

LEAST_BUFFER = 256  # elements


@contextmanager
def unbuffered() -> Iterator[None]:
    """Broadcast without copies, while this lasts, in arrays of `LEAST_BUFFER` draws and more.

    NumPy first copies a column (year, 1) or a row (draw) to the length of its buffer where rows are shorter than that,
    which takes longer than what is then done with them.
    """
    with np.errstate():  # restores the buffer too
        np.setbufsize(LEAST_BUFFER)
        yield


def at_date(values: Array, years: Array, year: float) -> Array:
    """Values of a series at a date, linear between grid points.

    Parameters
    ----------
    values : (year, draw) [the series' unit]
    years : (year) [year], rising
    year : the date [year]; one off the grid is taken at its nearer end

    Returns
    -------
    (draw) [the series' unit] : v_k + (p - k) * (v_(k+1) - v_k), where p is the date's position on the grid and k its
        whole part
    """
    position = float(np.interp(year, years, np.arange(len(years))))
    k = min(int(position), len(years) - 2)
    return values[k] + (position - k) * (values[k + 1] - values[k])


def at_dates(values: Array, years: Array, dates: Sequence[float]) -> Array:
    """Values of a series at several dates, each as `at_date` gives it.

    Parameters
    ----------
    values : (year, draw) [the series' unit]
    years : (year) [year], rising
    dates : (date) [year]

    Returns
    -------
    (date, draw) [the series' unit]
    """
    return np.array([at_date(values, years, year) for year in dates])


def kish(total: float, squares: float) -> float:
    """Kish's effective sample size from two sums, `(sum of w)^2 / sum of w^2`; Kish (1965), section 11.7.

    Parameters
    ----------
    total : sum of the weights [1]
    squares : sum of the squared weights [1]

    Returns
    -------
    number of draws of equal weight that would give the same variance of a mean [1]; 0 without weights
    """
    return total * total / squares if squares else 0.0


def effective_sample_size(weights: Array | Whole) -> float:
    """Kish's effective sample size, the same bits in whatever order whole weights come.

    Parameters
    ----------
    weights : (draw) [1], none below 0

    Returns
    -------
    number of draws [1], as `kish` gives it
    """
    return kish(weights.sum().item(), math.fsum(weights.astype(np.float64) ** 2))
