"""Memory limit of a process on Windows: a job object that the process puts itself into."""

from __future__ import annotations

import ctypes
from typing import Any

_EXTENDED_LIMIT_INFORMATION = 9
_LIMIT_PROCESS_MEMORY = 0x100
_LIMIT_KILL_ON_JOB_CLOSE = 0x2000


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def limit_process_memory(most: int) -> None:
    """Limit the committed memory of this process, in bytes. Raises OSError if Windows refuses.

    The handle of the job stays open until the process ends.
    """
    loader: Any = getattr(ctypes, "WinDLL")  # noqa: B009 -- missing on other systems
    kernel = loader("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    limits = _ExtendedLimits()
    limits.BasicLimitInformation.LimitFlags = _LIMIT_PROCESS_MEMORY | _LIMIT_KILL_ON_JOB_CLOSE
    limits.ProcessMemoryLimit = most
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    process = ctypes.c_void_p(kernel.GetCurrentProcess())
    if not (
        job
        and kernel.SetInformationJobObject(
            job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        and kernel.AssignProcessToJobObject(job, process)
    ):
        code = getattr(ctypes, "get_last_error")()  # noqa: B009
        raise OSError(code, "The memory of the query process cannot be limited.")
