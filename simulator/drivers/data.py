"""The data wall: what a shortage of tokens costs, by the Chinchilla law."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import Date, Exponent, Gain, Limit, LogTokens, PerYear, Rate, gives
from simulator.drivers.growth import LN10


@gives({"optimal_tokens": "log10 tokens", "training_tokens": "log10 tokens"})
def tokens(
    t: Array,
    physical_compute: Array,
    tokens_start: LogTokens,
    overtraining_growth: Rate,
    scaling_alpha: Exponent,
    scaling_beta: Exponent,
) -> tuple[Array, Array]:
    """Tokens that are compute-optimal, and those that runs want.

    D ~ C^b with `b = alpha / (alpha + beta)`; Hoffmann et al. (2022), refitted by Besiroglu et al. (2024).
    """
    optimal = tokens_start + scaling_alpha / (scaling_alpha + scaling_beta) * physical_compute
    return optimal, optimal + overtraining_growth * t


@gives(
    {
        "token_stock": "log10 tokens",
        "data_headroom": "OOM",
        "human_data_headroom": "OOM",
    }
)
def stock(
    t: Array,
    year: Array,
    training_tokens: Array,
    stock_start: LogTokens,
    stock_growth: Rate,
    repetition_gain: Gain,
    synthetic_start: Date,
    synthetic_limit: Limit,
    synthetic_rate: PerYear,
) -> tuple[Array, Array, Array]:
    """Effective tokens that can be had, and the room left above what runs want, with and without synthetic data.

    The human stock grows and can be repeated; synthetic tokens add at most `synthetic_limit`. Villalobos et al. (2024).
    """
    since = np.maximum(0.0, year - synthetic_start)
    synthetic = -synthetic_limit * np.expm1(-synthetic_rate * since)
    held = stock_start + stock_growth * t + repetition_gain + synthetic
    headroom = held - training_tokens
    return held, headroom, headroom - synthetic


@gives({"data_penalty": "OOM", "trained_compute": "OOM"})
def penalty(
    physical_compute: Array,
    token_stock: Array,
    optimal_tokens: Array,
    scaling_alpha: Exponent,
    scaling_beta: Exponent,
) -> tuple[Array, Array]:
    """Compute wasted when tokens are short of the optimum, and what is left.

    With `r = min(0, token_stock - optimal_tokens)`, the run is as good as an optimal one of `data_penalty` OOM less:
    `(-beta * r + log10(w_D + w_N * 10^((alpha + beta) * r))) / gamma`, smooth at r = 0.
    """
    total = scaling_alpha + scaling_beta
    short = np.minimum(0.0, token_stock - optimal_tokens)
    balance = np.log1p(scaling_beta / total * np.expm1(LN10 * total * short)) / LN10
    gamma = scaling_alpha * scaling_beta / total
    wasted = np.maximum(0.0, (balance - scaling_beta * short) / gamma)
    return wasted, physical_compute - wasted
