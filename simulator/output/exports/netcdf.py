"""A result as one netCDF 4 file with CF names and units, a group for each part of `open_result`."""

from __future__ import annotations

import json
from pathlib import Path

from simulator.output.exports.provenance import provenance
from simulator.summaries.result import Result


def write_netcdf(result: Result, path: Path) -> None:
    """The DataTree of `open_result`; xarray, ArviZ and R's ncdf4 read it."""
    from simulator.store.datatree import open_result

    tree = open_result(result)
    tree.attrs |= {"Conventions": "CF-1.11", "provenance": json.dumps(provenance(result))}
    tree.to_netcdf(path, engine="h5netcdf")
