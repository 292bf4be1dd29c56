"""Quantities as people say them: $10B, 3.2 GW, 2e26 FLOP, 5 hours of work, where the model has their logarithms.

Working time is that of the METR time horizons: a work-week is 40 hours, a work-month 167 and a work-year 2,000.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.output import digits

THOUSANDS = ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T"))

WATTS = ((1e-6, " W"), (1e-3, " kW"), (1.0, " MW"), (1e3, " GW"), (1e6, " TW"))

WORK = (
    (1 / 60, "second"),
    (1.0, "minute"),
    (60.0, "hour"),
    (2_400.0, "work-week"),
    (10_020.0, "work-month"),
    (120_000.0, "work-year"),
)
"""Minutes in each unit of working time."""

LARGEST = 1e5  # of the largest named unit; beyond it a number is written with an exponent

FIGURES = 2  # significant ones, at most


@dataclass(frozen=True)
class Scale:
    """How the values of one logarithmic unit are written.

    Attributes
    ----------
    plain : the unit without its logarithm, for the heading of an axis
    words : a value [the plain unit] and a number of significant figures to text
    noun : the end that the texts of all values share, which an axis has in its heading
    marks : values [the plain unit] at which an axis has names of its own; powers of ten where there are none
    """

    plain: str
    words: Callable[[float, int], str]
    noun: str = ""
    marks: Sequence[float] = ()


def _dollars(value: float, figures: int) -> str:
    return "$" + _scaled(value, figures, THOUSANDS)


def _counted(noun: str) -> Callable[[float, int], str]:
    return lambda value, figures: f"{_scaled(value, figures, THOUSANDS)} {noun}"


def _per_year(words: Callable[[float, int], str]) -> Callable[[float, int], str]:
    return lambda value, figures: words(value, figures) + "/year"


def _watts(value: float, figures: int) -> str:
    return _scaled(value, figures, WATTS)


def _flop(value: float, figures: int) -> str:
    return f"{_exponential(value, figures)} FLOP"


def _working_time(value: float, figures: int) -> str:
    size, noun = _largest_unit(value, figures, WORK)
    number = _number(value / size, figures)
    return f"{number} {noun}" + ("" if number == "1" else "s")


SCALES = {
    "log10 USD": Scale("USD", _dollars),
    "log10 USD/year": Scale("USD a year", _per_year(_dollars), "/year"),
    "log10 MW": Scale("power", _watts),
    "log10 FLOP": Scale("FLOP", _flop, " FLOP"),
    "log10 tokens": Scale("tokens", _counted("tokens"), " tokens"),
    "log10 H100e": Scale("H100 equivalents", _counted("H100e"), " H100e"),
    "log10 H100e/year": Scale(
        "H100 equivalents a year", _per_year(_counted("H100e")), " H100e/year"
    ),
    "log10 minutes": Scale("working time", _working_time, marks=tuple(size for size, _ in WORK)),
}

LARGEST_LOGARITHM = 300.0  # beyond it, ten to it is no number any more


def plain_unit(unit: str) -> str:
    """The unit in which `quantity` says values of this unit: `log10 USD` is written in `USD`."""
    if unit == "fraction":
        return "%"
    return SCALES[unit].plain if unit in SCALES else "" if unit == "1" else unit


def quantity(value: float, unit: str, mcse: float = 0.0, figures: int = FIGURES) -> str:
    """A value with its unit, as people say it.

    Parameters
    ----------
    value : [unit]
    unit : of a series or a parameter, such as `log10 USD`
    mcse : Monte Carlo standard error of the value [unit]; nan or inf where it is not known
    figures : significant figures of what has a logarithmic unit, at most

    Returns
    -------
    such as `$10B`, `8.1 OOM` or `20 %`, to no more digits than the error allows; `~` before a value whose first digit
    is uncertain, or whose error is not known

    Equation
    --------
    a logarithm's error e is one of e ln 10 of the value itself
    """
    if math.isnan(value):
        return "unknown"
    if unit not in SCALES or math.isinf(value):
        return _unscaled(value, unit, mcse)
    scale = SCALES[unit]
    if abs(value) > LARGEST_LOGARITHM:
        return f"1e{value:.6g} {scale.plain}"
    allowed = _allowed_figures(value, mcse)
    mark = "" if allowed >= 1 else "~"
    return mark + scale.words(10.0**value, max(1, min(figures, allowed)))


def cell(value: float, unit: str, mcse: float = 0.0, figures: int = 3) -> str:
    """A value as a table's cell says it, whose heading has `plain_unit`: `1.2 GW`, `2.5e28`; a plain number otherwise.

    Parameters
    ----------
    value : [unit]
    unit : of a series or a parameter
    mcse : Monte Carlo standard error of the value [unit]; nan or inf where it is not known
    figures : significant figures of what has a logarithmic unit, at most
    """
    if unit in SCALES:
        return quantity(value, unit, mcse, figures).removesuffix(SCALES[unit].noun)
    return digits.number(value, mcse)


def error(mcse: float, unit: str) -> str:
    """A Monte Carlo standard error: of what has a logarithmic unit as a share of the value; `-` where it is not known.

    10^mcse - 1
    """
    if not math.isfinite(mcse):
        return "-"
    return f"{100 * math.expm1(mcse * math.log(10.0)):.2g} %" if unit in SCALES else f"{mcse:.2g}"


def interval(low: float, middle: float, high: float, unit: str) -> str:
    """A median with an interval, in words: `$10B ($4B to $25B)`, `8.1 (6.0 to 11.0) OOM`."""
    if unit not in SCALES and low < high:
        return _unscaled_interval(low, middle, high, unit)
    texts = [quantity(each, unit) for each in (middle, low, high)]
    if len(set(texts)) == 1:
        return texts[0]
    noun = SCALES[unit].noun if unit in SCALES else ""
    if noun:
        middle_text, *ends = (each.removesuffix(noun) for each in texts)
        return f"{middle_text} ({ends[0]} to {ends[1]}){noun.replace('/', ' a ')}"
    numbers, nouns = zip(*(each.partition(" ")[::2] for each in texts), strict=True)
    if len(set(nouns)) > 1:
        return f"{texts[0]} ({texts[1]} to {texts[2]})"
    return f"{numbers[0]} ({numbers[1]} to {numbers[2]}) {nouns[0]}".rstrip()


def _unscaled_interval(low: float, middle: float, high: float, unit: str) -> str:
    """A median with an interval, to as many digits as its width has two of."""
    scale = 100.0 if unit == "fraction" else 1.0
    decimals = max(0, math.ceil(1.0 - math.log10(scale * (high - low)))) if high < math.inf else 1
    middle_text, *ends = (f"{scale * each:.{decimals}f}" for each in (middle, low, high))
    return f"{middle_text} ({ends[0]} to {ends[1]}) {plain_unit(unit)}".rstrip()


def limits_in_words(limits: Sequence[float | None], unit: str) -> str:
    """The lower and upper limit of a parameter, of which one may be missing."""
    low, high = limits
    if unit == "year":
        texts = ["" if end is None else f"{end:.1f}" for end in limits]
    else:
        texts = ["" if end is None else quantity(end, unit) for end in limits]
    if low is None:
        return f"{'until' if unit == 'year' else 'up to'} {texts[1]}"
    if high is None:
        return f"from {texts[0]}"
    shared = SCALES[unit].noun if unit in SCALES else f" {plain_unit(unit)}"
    return f"{texts[0].removesuffix(shared.rstrip())} to {texts[1]}"


def lag_in_words(lag: float | str) -> str:
    """How long after its condition a milestone arrives, a number of years or a parameter; nothing where at once."""
    if not lag:
        return ""
    return f", and {lag.replace('_', ' ') if isinstance(lag, str) else f'{lag:g} years'} later"


def tick_marks(low: float, high: float, unit: str, most: int = 6) -> list[tuple[float, str]]:
    """Positions and labels of an axis whose values are logarithms.

    Parameters
    ----------
    low, high : ends of the axis [unit]
    unit : one of `SCALES`
    most : labels

    Returns
    -------
    positions [unit] with their labels, ascending, none twice; a label lacks the noun that all would share. None where
    the values themselves are too large for a number
    """
    if max(abs(low), abs(high)) > LARGEST_LOGARITHM:
        return []
    scale = SCALES[unit]
    positions = _named_positions(scale.marks, low, high) if scale.marks else []
    if len(positions) < 3:
        positions = _decimal_positions(low, high, most)
    positions = _thinned(positions, (high - low) / most)
    texts = [scale.words(10.0**at, FIGURES) for at in positions]
    labels = [text.removesuffix(scale.noun).replace("work-", "") for text in texts]
    return [(at, label) for label, at in dict(zip(labels, positions, strict=True)).items()]


def _named_positions(marks: Sequence[float], low: float, high: float) -> list[float]:
    """Logarithms of the marks, and of powers of ten of the largest, within these limits."""
    largest = math.log10(marks[-1])
    positions = [math.log10(mark) for mark in marks]
    positions += [largest + step for step in range(1, max(1, math.ceil(high - largest) + 1))]
    return [at for at in positions if low <= at <= high]


def _decimal_positions(low: float, high: float, most: int) -> list[float]:
    """Logarithms of powers of ten, a few decades apart where there are many, and of 2 and 5 times them where few."""
    first, last = math.floor(low), math.ceil(high)
    mantissas = (1, 2, 5) if high - low < 2.0 else (1,)
    positions = [n + math.log10(m) for n in range(first, last + 1) for m in mantissas]
    step = next(s for s in (1, 2, 3, 5, 10, 20, 50, 100, 200, 500) if (high - low) / s <= most)
    if step > 1:
        positions = [float(n) for n in range(first, last + 1) if n % step == 0]
    return [at for at in positions if low <= at <= high]


def _thinned(positions: Sequence[float], gap: float) -> list[float]:
    """The positions from the first on that lie no nearer than half a gap to the one kept before."""
    kept: list[float] = []
    for at in positions:
        if not kept or at - kept[-1] >= gap / 2:
            kept.append(at)
    return kept


def _allowed_figures(value: float, mcse: float) -> int:
    """Significant figures of 10^value that its error leaves; 0 when not even the first is certain."""
    if mcse == 0.0:
        return 15
    if not math.isfinite(mcse):
        return 0
    leading = 10.0 ** (value - math.floor(value))
    return 1 + math.floor(-math.log10(mcse * math.log(10.0) * leading))


def _unscaled(value: float, unit: str, mcse: float) -> str:
    """A value that is no logarithm, or an infinite one."""
    if math.isinf(value):
        word = "∞" if value > 0 else "0" if unit in SCALES else "−∞"
        return f"{word} {plain_unit(unit)}".strip()
    if unit == "fraction":
        return digits.percent(value, mcse) if mcse else f"{100 * value:.3g} %"
    number = digits.number(value, mcse, 2) if mcse else f"{value:.3g}"
    return f"{number} {plain_unit(unit)}".strip()


def _scaled(value: float, figures: int, units: Sequence[tuple[float, str]]) -> str:
    size, suffix = _largest_unit(value, figures, units)
    return _number(value / size, figures) + suffix


def _largest_unit(
    value: float, figures: int, units: Sequence[tuple[float, str]]
) -> tuple[float, str]:
    """The largest unit of which the rounded value holds at least one, else the smallest."""
    sizes = [unit for unit in units if _rounded(value / unit[0], figures) >= 1.0]
    return sizes[-1] if sizes else units[0]


def _rounded(value: float, figures: int) -> float:
    return float(f"{value:.{figures - 1}e}")


def _number(value: float, figures: int) -> str:
    """A positive number without needless zeros; with an exponent where it is very large or small."""
    rounded = _rounded(value, figures)
    if rounded >= LARGEST or rounded < 1e-3:
        return _exponential(value, figures)
    return f"{rounded:,.6f}".rstrip("0").rstrip(".")


def _exponential(value: float, figures: int) -> str:
    mantissa, _, exponent = f"{value:.{figures - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"
