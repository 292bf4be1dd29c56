"""Which formats there are, and the one function that writes any of them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from simulator.errors import Fault, InputFault
from simulator.output.exports import hubs, iamc, netcdf, tidy
from simulator.summaries.result import Result


class ExportFormat(NamedTuple):
    """A format.

    Attributes
    ----------
    write : takes a result and a path
    ending : of its file; empty when it is a folder
    library : that it needs beyond oomcast's own; the extra has the format's name
    """

    write: Callable[[Result, Path], None]
    ending: str = ""
    library: str = ""


FORMATS = {
    "csv": ExportFormat(tidy.write_csv),
    "parquet": ExportFormat(tidy.write_parquet, library="pyarrow"),
    "xlsx": ExportFormat(tidy.write_workbook, ".xlsx", "openpyxl"),
    "netcdf": ExportFormat(netcdf.write_netcdf, ".nc"),
    "hubverse": ExportFormat(hubs.write_hubverse),
    "metaculus": ExportFormat(hubs.write_metaculus, ".json"),
    "iamc": ExportFormat(iamc.write_iamc, ".csv"),
}


def check_export(name: str, path: Path) -> None:
    """Refuse a format that is not there or a path that cannot hold it, before anything is loaded.

    Raises
    ------
    InputFault
        for an unknown format, a missing library, a wrong ending, or a folder that is not there
    """
    if name not in FORMATS:
        raise InputFault([Fault("--as", "", "", name, ", ".join(FORMATS))])
    kind = FORMATS[name]
    if kind.library and find_spec(kind.library) is None:
        fix = f"pip install 'oomcast[{name}]'"
        raise InputFault([Fault("--as", "", name, f"no {kind.library} installed", "", fix)])
    if not path.parent.is_dir():
        raise InputFault([Fault(str(path), "", "", "no such folder", "a path in a folder")])
    if kind.ending and path.suffix != kind.ending:
        problem, fix = f"the ending {path.suffix!r}", f"name it {path.with_suffix(kind.ending)}"
        raise InputFault(
            [Fault(str(path), "", "", problem, f"a file that ends in {kind.ending}", fix)]
        )
    if kind.ending and path.is_dir():
        raise InputFault([Fault(str(path), "", "", "a folder", "a file")])
    if not kind.ending and path.exists() and not path.is_dir():
        raise InputFault(
            [Fault(str(path), "", "", "a file", f"a folder, for {name} writes several")]
        )


def export(result: Result, name: str, path: Path) -> None:
    """Write a result in a format; see `check_export` for what it refuses."""
    check_export(name, path)
    FORMATS[name].write(result, path)
