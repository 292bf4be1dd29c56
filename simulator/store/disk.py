"""Writing files: every byte of a result that the program itself writes is written here.

Nothing is written through a memory map, because on a full disk that kills the process instead of raising an error.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np

from simulator.arrays import Array

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)

GONE = (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)

NO_RESERVING = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)  # file systems that cannot reserve


def write(file: IO[bytes], data: bytes | memoryview) -> None:
    """Write all of the data. Tests let a disk fail here."""
    file.write(data)
    file.flush()


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a buffer whose content then replaces the file in one step, once it is on the disk."""
    buffer = io.BytesIO()
    yield buffer
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as file:
            write(file, buffer.getbuffer())
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name != "posix":
        return  # elsewhere a folder cannot be opened, and its names are on the disk at once
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _header(shape: tuple[int, ...]) -> bytes:
    """The header of a .npy file; numpy pads it, so its length does not change as the first axis grows."""
    text = io.BytesIO()
    layout = {"descr": "<f8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(text, layout)
    return text.getvalue()


def array_size(shape: tuple[int, ...]) -> int:
    """Size of a .npy file of float64 [bytes]."""
    return len(_header(shape)) + 8 * int(np.prod(shape, dtype=np.int64))


def allocate_array(path: Path, shape: tuple[int, ...]) -> None:
    """Make a .npy file of this shape, or give one more rows; all of its disk space is reserved."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        write(file, _header(shape))
        file.truncate(array_size(shape))
        _reserve(file.fileno(), array_size(shape))


def _reserve(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            if error.errno not in NO_RESERVING:
                raise


def write_rows(path: Path, shape: tuple[int, ...], start: int, rows: Array) -> None:
    """Write rows into a .npy file of this shape, which exists.

    Parameters
    ----------
    path : of the file
    shape : of the whole array
    start : the first row that is written
    rows : (row, ...) [any unit]
    """
    if rows.size == 0:
        return
    with path.open("r+b") as file:
        file.seek(array_size((0, *shape[1:])) + 8 * start * int(np.prod(shape[1:])))
        write(file, np.ascontiguousarray(rows, "<f8").data.cast("B"))
