"""What a result says of the subject of a published forecast."""

from __future__ import annotations

from simulator import model
from simulator.inputs.published import QUANTILE_KEYS, PublishedForecast
from simulator.summaries.bands import series_band
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.estimates import Estimate, probability_before
from simulator.summaries.result import Result


def own_estimates(forecast: PublishedForecast, result: Result) -> dict[str, Estimate]:
    """A result's p10, p50 and p90 of a forecast's subject, and the probability where the forecast gives one.

    Parameters
    ----------
    forecast : of a milestone [decimal year] or of a series in a year [its unit]
    result : of a finished run

    Returns
    -------
    by key, `probability` as a fraction; empty where the result lacks the milestone, the series or the year
    """
    if forecast.milestone:
        return _arrival(forecast, result)
    years = [float(year) for year in result.shape.years]
    if forecast.series not in result.plan.series or forecast.year not in years:
        return {}
    series = model.join_drivers(prior.name for prior in result.plan.priors).series[forecast.series]
    levels = {key: REPORTED_LEVELS[key] for key in QUANTILE_KEYS}
    band = series_band(result, series, levels, [years.index(forecast.year)])
    return {
        key: Estimate(float(values[0]), float(band.errors[key][0]))
        for key, values in band.quantiles.items()
    }


def _arrival(forecast: PublishedForecast, result: Result) -> dict[str, Estimate]:
    names = result.shape.milestones
    if forecast.milestone not in names:
        return {}
    index = names.index(forecast.milestone)
    row = result.milestone_estimates[index]
    estimates = {key: Estimate(row[key], row[f"mcse_{key}"]) for key in QUANTILE_KEYS}
    if forecast.before is not None and forecast.before <= result.plan.horizon:
        estimates["probability"] = probability_before(
            result.counts, result.shape, index, forecast.before
        )
    return estimates
