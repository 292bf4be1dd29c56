"""Arrays from files that anyone may have made: type and shape are checked before memory is taken, and nothing runs.

A .npz file is a zip archive of .npy files, stored as they are. One that is compressed could unfold to any size, so it
is refused; then no array is larger than the file that it comes from. Pickled objects are refused everywhere.
"""

from __future__ import annotations

import tokenize
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

UNREADABLE = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, OverflowError, RecursionError),
    *(SyntaxError, tokenize.TokenError, zipfile.BadZipFile, NotImplementedError),
)
"""What NumPy and zipfile raise at a file that is damaged, or made to be."""

Arrays = Mapping[str, npt.NDArray[Any]]


def read_archive(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read every array of a .npz file.

    Parameters
    ----------
    path : of a file that `numpy.savez` wrote

    Returns
    -------
    name -> array

    Raises
    ------
    ValueError, and others of `UNREADABLE`
        when it is no such file, is compressed, or holds more than its size
    """
    size = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("compressed arrays, where they are stored as they are")
        if sum(member.file_size for member in members) > size:
            raise ValueError("arrays larger than the file")
        for member in members:
            with archive.open(member) as file:
                _check_length(file, member)
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _check_length(file: IO[bytes], member: zipfile.ZipInfo) -> None:
    """Check that an array of a .npz file has the length that its header says."""
    major, _ = np.lib.format.read_magic(file)
    if major != 1:
        raise ValueError(f"an array of format {major}")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject:
        raise ValueError("pickled objects")
    length = dtype.itemsize
    for side in shape:  # Python's whole numbers, which do not overflow
        length *= side
    if min(shape, default=0) < 0 or file.tell() + length != member.file_size:
        raise ValueError(f"{member.filename}: another length than its header says")


def map_array(path: Path, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Map a .npy file of numbers into memory.

    Parameters
    ----------
    path : of the file
    shape : that it must have

    Returns
    -------
    of that shape [each number in its own unit]

    Raises
    ------
    ValueError, and others of `UNREADABLE`
        when it is no such file, or has another shape
    """
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    require_array(path.name, array, "f", shape)
    return array


def require_numbers(path: Path, infinite: bool) -> None:
    """Require that a .npy file of float64 holds no NaN; of infinities, at most that for "never".

    The file is read piece by piece, so that none of it stays in memory.

    Raises
    ------
    ValueError
        when it holds others
    """
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        np.lib.format.read_array_header_1_0(file)
        while (piece := np.frombuffer(file.read(8 * PIECE))).size:
            lowest, highest = piece.min(), piece.max()  # each NaN when any number is
            if not (np.isfinite(lowest) or (infinite and lowest == np.inf)):
                raise ValueError(f"{path.name}: {lowest}")
            if not (np.isfinite(highest) or infinite):
                raise ValueError(f"{path.name}: {highest}")


PIECE = 2**19


def require_array(name: str, array: npt.NDArray[Any], kind: str, shape: tuple[int, ...]) -> None:
    """Require a kind of numbers and a shape.

    Parameters
    ----------
    name : of the array, for the message
    array, shape : what was read, and the shape that it must have
    kind : "f" for float64, "u" for whole numbers from 0 up, "U" for text

    Raises
    ------
    ValueError
        naming what was found and what is allowed
    """
    kinds = {"f": "f", "u": "ui", "U": "U"}[kind]
    if array.dtype.kind not in kinds or (kind == "f" and array.dtype != np.float64):
        raise ValueError(f"{name}: {array.dtype} in place of {NAMES[kind]}")
    if array.shape != shape:
        raise ValueError(f"{name}: shape {array.shape} in place of {shape}")
    if kind == "u" and array.dtype.kind == "i" and (array < 0).any():
        raise ValueError(f"{name}: numbers below 0")


NAMES = {"f": "float64", "u": "whole numbers", "U": "text"}
