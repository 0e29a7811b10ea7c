"""A file that stays in memory while something is measured: some machines take back within a minute what no program has
touched, and what is measured then is the disk."""

from __future__ import annotations

import ctypes
import mmap
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional

#: Linux: mlockall(2). What is mapped from now on is read at once, and stays.
MCL_FUTURE = 2


@contextmanager
def held(path: Path) -> Iterator[Optional[str]]:
    """Reads it all and keeps it until the end of the `with`. Gives why it could not be kept, if so; then it was not read."""
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        if libc.mlockall(MCL_FUTURE):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    except OSError as error:
        libc.munlockall()
        yield f"it can't be kept in memory: {error.strerror} (it takes root)"
        return
    try:
        yield None
    finally:
        libc.munlockall()
        mapped.close()
