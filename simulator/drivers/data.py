"""The data wall: what a shortage of tokens costs, by the Chinchilla law."""

import numpy as np

from simulator.arrays import Array
from simulator.drivers.driver import (
    Date,
    Exponent,
    Gain,
    Limit,
    LogTokens,
    PerYear,
    Quantity,
    Rate,
    gives,
)
from simulator.drivers.growth import LN10


@gives(
    {
        "optimal_tokens": Quantity(
            "log10 tokens", "Tokens that are optimal for the largest run's compute"
        ),
        "training_tokens": Quantity(
            "log10 tokens", "Tokens wanted by the largest run, overtraining included"
        ),
    }
)
def tokens(
    t: Array,
    physical_compute: Array,
    tokens_start: LogTokens,
    overtraining_growth: Rate,
    scaling_alpha: Exponent,
    scaling_beta: Exponent,
) -> tuple[Array, Array]:
    """Compute-optimal tokens, and the tokens that runs are trained on.

        optimal_tokens  = tokens_start + alpha / (alpha + beta) * physical_compute
        training_tokens = optimal_tokens + overtraining_growth * t

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    physical_compute : (year, draw) [OOM]
    tokens_start : (draw) [log10 tokens]
    overtraining_growth : (draw) [OOM/year]
    scaling_alpha, scaling_beta : (draw) [1]

    Returns
    -------
    optimal_tokens, training_tokens : (year, draw) [log10 tokens]

    References
    ----------
    Hoffmann et al. (2022), refitted by Besiroglu et al. (2024)
    """
    optimal = tokens_start + scaling_alpha / (scaling_alpha + scaling_beta) * physical_compute
    return optimal, optimal + overtraining_growth * t


@gives(
    {
        "token_stock": Quantity(
            "log10 tokens", "Tokens there are, with repetition and synthetic data"
        ),
        "data_headroom": Quantity("OOM", "Tokens there are over the tokens wanted"),
        "human_data_headroom": Quantity(
            "OOM", "Tokens of human text there are over the tokens wanted"
        ),
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
    """Tokens available, and how far they exceed those that runs need, with and without synthetic data.

        synthetic           = synthetic_limit * (1 - exp(-synthetic_rate * max(0, year - synthetic_start)))
        token_stock         = stock_start + stock_growth * t + repetition_gain + synthetic
        data_headroom       = token_stock - training_tokens
        human_data_headroom = data_headroom - synthetic

    Parameters
    ----------
    t : (year, 1) [years since the anchor]
    year : (year, 1) [year]
    training_tokens : (year, draw) [log10 tokens]
    stock_start : (draw) [log10 tokens]
    stock_growth : (draw) [OOM/year]
    repetition_gain : (draw) [OOM]
    synthetic_start : (draw) [year]
    synthetic_limit : (draw) [OOM]
    synthetic_rate : (draw) [1/year]

    Returns
    -------
    token_stock : (year, draw) [log10 tokens]
    data_headroom, human_data_headroom : (year, draw) [OOM]

    References
    ----------
    Villalobos et al. (2024)
    """
    since = np.maximum(0.0, year - synthetic_start)
    synthetic = -synthetic_limit * np.expm1(-synthetic_rate * since)
    held = stock_start + stock_growth * t + repetition_gain + synthetic
    headroom = held - training_tokens
    return held, headroom, headroom - synthetic


@gives(
    {
        "data_penalty": Quantity("OOM", "Compute lost because tokens are short of the optimum"),
        "trained_compute": Quantity(
            "OOM", "Training compute over the anchor's, less the data penalty"
        ),
    }
)
def penalty(
    physical_compute: Array,
    token_stock: Array,
    optimal_tokens: Array,
    scaling_alpha: Exponent,
    scaling_beta: Exponent,
) -> tuple[Array, Array]:
    """Compute lost when tokens are short of the optimum, and the compute that is left.

        r            = min(0, token_stock - optimal_tokens)
        data_penalty = max(0, (-beta * r + log10(w_D + w_N * 10^((alpha + beta) * r))) / gamma)
                       w_N = beta / (alpha + beta), w_D = 1 - w_N, gamma = alpha * beta / (alpha + beta)
        trained_compute = physical_compute - data_penalty

    The run is as good as a compute-optimal one of trained_compute; the penalty is smooth at r = 0.

    Parameters
    ----------
    physical_compute : (year, draw) [OOM]
    token_stock, optimal_tokens : (year, draw) [log10 tokens]
    scaling_alpha, scaling_beta : (draw) [1]

    Returns
    -------
    data_penalty, trained_compute : (year, draw) [OOM]

    References
    ----------
    Hoffmann et al. (2022), refitted by Besiroglu et al. (2024)
    """
    total = scaling_alpha + scaling_beta
    short = np.minimum(0.0, token_stock - optimal_tokens)
    balance = np.log1p(scaling_beta / total * np.expm1(LN10 * total * short)) / LN10
    gamma = scaling_alpha * scaling_beta / total
    wasted = np.maximum(0.0, (balance - scaling_beta * short) / gamma)
    return wasted, physical_compute - wasted
