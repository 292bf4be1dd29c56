"""Results with named dimensions, units and long names: an xarray DataTree, and the dataset of `summaries.nc`.

Groups follow ArviZ: `prior` (chain, draw) has one variable for each parameter, `prior_predictive` the arrivals of the
same draws; a result that conditions has `posterior`, `posterior_predictive`, `observed_data`, `log_likelihood` and
`sample_stats` too. Trajectories are kept of fewer draws, so they have a group with a shorter `draw` dimension.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from os import PathLike
from typing import Any

import h5netcdf
import numpy as np
import xarray as xr

from simulator import model
from simulator.arrays import Array
from simulator.drivers.driver import Series
from simulator.inputs.computed import ComputedParameter
from simulator.inputs.priors import Prior
from simulator.store import posterior_groups, results
from simulator.summaries import estimates
from simulator.summaries.counts import REPORTED_LEVELS
from simulator.summaries.result import Result

CHAIN = np.zeros(1, np.int64)

ARRIVAL = {"units": "year", "long_name": "year of first passage; inf: not before the horizon"}

Variable = tuple[tuple[str, ...], Any, dict[str, Any]]


def open_result(result: Result | str | PathLike[str]) -> xr.DataTree:
    """A finished run as an xarray DataTree; what lies on the disk is read when it is used.

    Parameters
    ----------
    result : the result, its folder, or its name in `./runs`

    Returns
    -------
    groups `prior` and `prior_predictive` (chain, draw), `trajectories` (chain, draw, year), and `summaries`. Of a
    result that conditions also `posterior` and `posterior_predictive` (chain, draw), resampled by weight,
    `observed_data` (observation), `log_likelihood` (chain, draw, observation) of the draws of the posterior, and the
    weights of the kept draws in `sample_stats`. After tempered SMC, whose draws are of the posterior, `prior` is drawn
    from the seed and there is no `prior_predictive`. The attribute `of` of `trajectories` says whether they are of the
    prior

    Raises
    ------
    InputFault
        when there is no such result, or it cannot be read
    """
    if not isinstance(result, Result):
        result = results.load_result(result)
    parameters = posterior_groups.prior_parameters(result)
    groups = {"prior": _parameter_group(result, parameters)}
    if not result.plan.is_tempered:
        groups["prior_predictive"] = _arrivals_group(result, result.arrivals)
    groups |= _posterior_groups(result) if result.plan.observations else {}
    groups |= {"trajectories": _trajectories(result), "summaries": summary_dataset(result)}
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = _attributes(result)
    return tree


def _attributes(result: Result) -> dict[str, Any]:
    plan = result.plan
    attributes = {"title": plan.title, "plan_sha256": plan.digest(), "oomcast": result.version}
    return {**attributes, "seed": plan.seed, "draws": plan.draws, "inference_library": "oomcast"}


def _posterior_groups(result: Result) -> dict[str, xr.Dataset]:
    """The groups that only a result that conditions has."""
    draws = posterior_groups.posterior_draws(result)
    arrivals = _arrivals_group(result, np.asarray(result.arrivals)[draws])
    parameters = _parameter_group(result, np.asarray(result.parameters)[draws])
    dims, logs = ("chain", "draw", "observation"), posterior_groups.log_likelihoods(result, draws)
    attributes = {"units": "1", "long_name": "log-likelihood given the other observations [nats]"}
    likelihood = _draw_dataset(
        {"observed": (dims, logs[np.newaxis], attributes)}, result, len(draws)
    ).assign_coords(posterior_groups.observation_coordinates(result))
    observed, coordinates = posterior_groups.observed_variables(result)
    return {
        "posterior": parameters,
        "posterior_predictive": arrivals,
        "observed_data": xr.Dataset(observed, coordinates, _attributes(result)),
        "log_likelihood": likelihood,
        "sample_stats": _draw_dataset(
            posterior_groups.sample_statistics(result, draws), result, len(draws)
        ),
    }


def _parameter_group(result: Result, parameters: Array) -> xr.Dataset:
    """One variable for each parameter, of (draw, parameter)."""
    plan = result.plan
    columns = zip([prior.name for prior in plan.priors], parameters.T, strict=True)
    values = plan.with_computed(dict(columns))
    return _draw_dataset(
        {
            each.name: (("chain", "draw"), values[each.name][np.newaxis], _attributes_of(each))
            for each in plan.parameters
        },
        result,
        len(parameters),
    )


def _unit_and_name(quantity: Prior | ComputedParameter | Series) -> dict[str, Any]:
    words = quantity.long_name if isinstance(quantity, Series) else quantity.name.replace("_", " ")
    return {"units": quantity.unit, "long_name": words}


def _attributes_of(parameter: Prior | ComputedParameter) -> dict[str, Any]:
    """Unit and long name, the vintage of a prior that states one, and the formula of what is computed."""
    attributes = _unit_and_name(parameter)
    if isinstance(parameter, ComputedParameter):
        return attributes | {"formula": parameter.formula}
    return attributes | ({"vintage": parameter.vintage} if parameter.vintage else {})


def _arrivals_group(result: Result, arrivals: Array) -> xr.Dataset:
    """Arrivals of every milestone, of (draw, milestone)."""
    dims = ("chain", "draw", "milestone")
    variables = {"arrival": (dims, arrivals[np.newaxis], ARRIVAL)}
    drawn = _draw_dataset(variables, result, len(arrivals))
    return drawn.assign_coords(_milestones(result))


def _trajectories(result: Result) -> xr.Dataset:
    variables: dict[str, Variable] = {
        name: (("chain", "draw", "year"), result.trajectories[np.newaxis, :, i], attributes)
        for i, (name, attributes) in enumerate(_series(result).items())
    }
    years = {"year": ("year", result.plan.grid.years, {"units": "year", "axis": "T"})}
    drawn = _draw_dataset(variables, result, len(result.trajectories)).assign_coords(years)
    return drawn.assign_attrs(of="posterior" if result.plan.is_tempered else "prior")


def _draw_dataset(variables: Mapping[str, Variable], result: Result, draws: int) -> xr.Dataset:
    long_name = {"long_name": "number of the draw, which `oomcast replay` takes"}
    coords = {"chain": CHAIN, "draw": ("draw", np.arange(draws), long_name)}
    return xr.Dataset(variables, coords, _attributes(result))


def _series(result: Result) -> dict[str, dict[str, Any]]:
    """Units and long names of the series; of a series of codes also the names of its values, as CF flags."""
    known = model.join_drivers(prior.name for prior in result.plan.priors).series
    flags = {
        name: {"flag_values": np.arange(len(codes)), "flag_meanings": " ".join(codes)}
        for name, codes in result.codes.items()
    }
    return {name: {**_unit_and_name(known[name]), **flags.get(name, {})} for name in result.series}


def _milestones(result: Result) -> dict[str, Any]:
    meanings = [m.meaning for m in result.plan.milestones]
    names = [m.name for m in result.plan.milestones]
    return {"milestone": ("milestone", names), "meaning": ("milestone", meanings)}


def summary_dataset(result: Result) -> xr.Dataset:
    """Bands of every series, shares of every code and arrivals of every milestone, over all draws of a run.

    The Monte Carlo standard error of an estimate `x` is `x_mcse`, which the CF attribute `ancillary_variables` of `x`
    names.

    Returns
    -------
    series (level, year) [the series' unit], `<code>_share` (year, code) [1], `arrival` (milestone, level) [year],
    `reached` (milestone) [1], `arrived` (milestone, before) [1], and the errors of each
    """
    counts, shape, known = result.counts, result.shape, _series(result)
    variables: dict[str, Variable] = {}
    coords: dict[str, Any] = _milestones(result)
    for name in shape.grids:
        band = estimates.band_estimates(counts, shape, name)
        values, errors = (
            [band[before + level] for level in REPORTED_LEVELS] for before in ("", "mcse_")
        )
        variables |= _estimate(name, ("level", "year"), values, errors, known[name])
    for name in shape.codes:
        rows = [
            [estimates.probability(int(n), counts.draws, counts.effective) for n in row]
            for row in counts.codes[name]
        ]
        shares = [[estimate.value for estimate in row] for row in rows]
        share_errors = [[estimate.mcse for estimate in row] for row in rows]
        title = f"share of draws by {name.replace('_', ' ')}"
        variables |= _estimate(
            f"{name}_share", ("year", name), shares, share_errors, _probability_attributes(title)
        )
        coords[name] = (name, list(result.codes[name]))
    variables |= _milestone_years(result, coords)
    coords["level"] = (
        "level",
        list(REPORTED_LEVELS.values()),
        {"units": "1", "long_name": "probability"},
    )
    coords["year"] = ("year", shape.years, {"units": "year", "axis": "T"})
    return xr.Dataset(variables, coords, _attributes(result))


def netcdf_bytes(dataset: xr.Dataset) -> bytes:
    """A dataset as the bytes of a netCDF 4 file; equal datasets give equal bytes.

    Coordinates are written first: one that comes later is put in place of a dimension to which variables are attached.
    """
    buffer = io.BytesIO()
    with h5netcdf.File(buffer, "w") as file:
        store = xr.backends.H5NetCDFStore(file)
        dataset.drop_vars(dataset.data_vars).dump_to_store(store)
        dataset.drop_vars(dataset.coords).dump_to_store(store)
    return buffer.getvalue()


def _milestone_years(result: Result, coords: dict[str, Any]) -> dict[str, Variable]:
    rows = result.milestone_estimates
    ends = list(rows[0]["by_year"]) if rows else []
    units = {"units": "year", "long_name": "probability that the milestone arrives before"}
    coords["before"] = ("before", np.array(ends, float), units)

    def columns(prefix: str, keys: Any) -> list[list[float]]:
        return [[row[prefix + key] for key in keys] for row in rows]

    def by_year(key: str) -> list[list[float]]:
        return [[row[key][end] for end in ends] for row in rows]

    quantiles, errors = columns("", REPORTED_LEVELS), columns("mcse_", REPORTED_LEVELS)
    reached, reached_errors = ([row[k] for row in rows] for k in ("reached", "mcse_reached"))
    title = "probability of arrival by the horizon"
    return {
        **_estimate("arrival", ("milestone", "level"), quantiles, errors, ARRIVAL),
        **_estimate(
            "reached", ("milestone",), reached, reached_errors, _probability_attributes(title)
        ),
        **_estimate(
            "arrived",
            ("milestone", "before"),
            by_year("by_year"),
            by_year("mcse_by_year"),
            _probability_attributes("probability of arrival before a year begins"),
        ),
    }


def _probability_attributes(title: str) -> dict[str, Any]:
    return {"units": "1", "long_name": title}


def _estimate(
    name: str, dims: tuple[str, ...], values: Any, errors: Any, attributes: dict[str, Any]
) -> dict[str, Variable]:
    """An estimate and its Monte Carlo standard error, as two variables."""
    error = {"units": attributes["units"], "long_name": f"Monte Carlo standard error of {name}"}
    return {
        name: (
            dims,
            np.array(values, float),
            {**attributes, "ancillary_variables": f"{name}_mcse"},
        ),
        f"{name}_mcse": (dims, np.array(errors, float), error),
    }
