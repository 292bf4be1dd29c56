"""What evidence did to parameters: each before and after, and which of them moved most."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.arrays import Array, Whole
from simulator.inputs.priors import Prior
from simulator.summaries.result import Result

HISTOGRAM_BINS = 36

PRIOR_LEVELS = (np.arange(4096) + 0.5) / 4096


class ParameterUpdate(NamedTuple):
    """A parameter before and after the evidence.

    Attributes
    ----------
    prior : the parameter's prior, with its name and unit
    edges : (bin + 1) [the parameter's unit], of the prior's central 99 %
    prior_shares, posterior_shares : (bin) [fraction of what lies within the edges]
    prior_quantiles, posterior_quantiles : p10, p50 and p90 [the parameter's unit]
    """

    prior: Prior
    edges: Array
    prior_shares: Array
    posterior_shares: Array
    prior_quantiles: tuple[float, float, float]
    posterior_quantiles: tuple[float, float, float]


def parameter_update(result: Result, name: str) -> ParameterUpdate:
    """A parameter's prior beside its posterior, as histograms over the same bins and as quantiles.

    The prior is taken at 4,096 evenly spaced probability levels; the posterior from the draws whose parameters are
    kept, with their weights.

    Parameters
    ----------
    result : of a run that conditions
    name : one of its parameters

    Returns
    -------
    edges and quantiles [the parameter's unit], shares [fraction]
    """
    column = [prior.name for prior in result.plan.priors].index(name)
    prior = result.plan.priors[column]
    before = prior.distribution.inverse_cdf(PRIOR_LEVELS)
    after = np.asarray(result.parameters[:, column])
    weights = _kept_weights(result)
    low, high = np.quantile(before, [0.005, 0.995])
    edges = (
        np.linspace(low, high, HISTOGRAM_BINS + 1) if high > low else low + np.array([-0.5, 0.5])
    )
    prior_counts = np.histogram(before, edges)[0]
    posterior_counts = np.histogram(after, edges, weights=weights)[0]
    return ParameterUpdate(
        prior,
        edges,
        prior_counts / prior_counts.sum(),
        posterior_counts / posterior_counts.sum(),
        _central_quantiles(before, None),
        _central_quantiles(after, weights),
    )


def most_moved_parameters(result: Result, number: int) -> list[str]:
    """Parameters whose mean moved most, or whose spread changed most, in the prior's terms.

        moved = |posterior mean - prior mean| / prior sd + |log(posterior sd / prior sd)|

    Parameters that are fixed, held or either 0 or 1 are left out.

    Parameters
    ----------
    result : of a run that conditions
    number : how many names to give

    Returns
    -------
    names, the one that moved most first
    """
    values, weights = np.asarray(result.parameters), _kept_weights(result)
    moved = {}
    for column, prior in enumerate(result.plan.priors):
        if prior.family in ("fixed", "bernoulli") or prior.name in result.plan.hold:
            continue
        before = prior.distribution.inverse_cdf(PRIOR_LEVELS)
        mean = np.average(values[:, column], weights=weights)
        sd = np.sqrt(np.average((values[:, column] - mean) ** 2, weights=weights))
        shift = abs(mean - np.mean(before)) / np.std(before)
        moved[prior.name] = shift + abs(np.log(sd / np.std(before)))
    return sorted(moved, key=lambda name: -moved[name])[:number]


def _kept_weights(result: Result) -> Whole:
    """Weights of the draws whose parameters are kept."""
    assert result.weights is not None
    return result.weights.whole[: len(result.parameters)]


def _central_quantiles(values: Array, weights: Whole | None) -> tuple[float, float, float]:
    """p10, p50 and p90 by the inverse empirical cdf."""
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], weights=weights, method="inverted_cdf")
    return float(low), float(middle), float(high)
