"""Numbers as text, with as many digits as their Monte Carlo error allows."""

from __future__ import annotations

import math


def draws_and_seed(draws: int, seed: int) -> str:
    """The number of draws and the seed of a plan, as captions and pictures say them."""
    return f"{draws:,} draw{'' if draws == 1 else 's'}, seed {seed}"


def year(value: float, mcse: float, horizon: float) -> str:
    """A year, to no more digits than its Monte Carlo error allows; inf is "> horizon".

    value, mcse, horizon : [year]
    """
    if math.isinf(value):
        return f"> {horizon:g}"
    return number(value, mcse, 2)


def number(value: float, mcse: float, most: int = 4) -> str:
    """A number, to at most `most` digits and no more than its Monte Carlo error allows; `~` where that is unknown."""
    if not math.isfinite(mcse):
        return f"~{value:.0f}"
    digits = most if mcse == 0 else min(max(math.floor(-math.log10(mcse)), 0), most)
    return f"{value:.{digits}f}"


def percent(share: float, mcse: float) -> str:
    """A probability [fraction] in percent, to no more digits than its Monte Carlo error allows."""
    return f"{number(100 * share, 100 * mcse, 2)} %"
