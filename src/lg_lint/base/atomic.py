"""Files are replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Replace what `path` holds, or make it; its mode stays, and so does a link to it.

    Raises OSError, also where the path leads elsewhere than when this began.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    draft = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        with open(draft, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            shutil.copymode(target, draft)
        if os.path.realpath(path) != target:
            raise OSError(errno.EBUSY, "a link on the way was changed meanwhile")
        os.replace(draft, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
