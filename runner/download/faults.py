"""Division of failures into those of one part of a job, and those that end a download."""

from __future__ import annotations

import errno

from resim_inspect.text import clean
from runner.api.client.errors import TokenError
from runner.errors import RunnerError, StorageError

_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class PartFaultError(RunnerError):
    """A part of a job that caused an unexpected exception."""


def ends_download(error: BaseException) -> bool:
    """Return True if every further part would meet the same error.

    That is a token that is not accepted (401), but not access that is denied to one list (403),
    and a full or broken disk, but not a folder of one job that cannot be written.
    """
    if isinstance(error, TokenError):
        return error.status != 403
    if isinstance(error, StorageError):
        return getattr(error.__cause__, "errno", errno.ENOSPC) in _DISK_ERRORS
    return not isinstance(error, Exception)


def failure_of_part(error: BaseException) -> RunnerError:
    """Failure of one part for an exception; raises the exception if it ends the download."""
    if ends_download(error):
        raise error
    if isinstance(error, RunnerError):
        return error
    text = clean(f"{type(error).__name__}: {error}", 160)
    return PartFaultError(f"it causes a fault in resim-runner ({text}).")
