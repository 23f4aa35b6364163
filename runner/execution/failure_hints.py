"""Why a build failed, in one sentence, and what to do: from its exit code and its last words."""

from __future__ import annotations

import re
from typing import NamedTuple

from resim_inspect.text import clean, number
from runner.engines.protocol import Build, RunExit

SIGNALS = {129: "HUP", 130: "INT", 132: "ILL", 134: "ABRT", 135: "BUS", 136: "FPE", 143: "TERM"}
PERMISSIONS = "the user that it runs as may not do that; --image-user gives it the image's own."

# What a log says, and what helps: the first one found, from the last line back.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"exec format error", "the program is for another platform; see --platform."),
    (
        r"read-only file system|\[Errno 30\]",
        "it writes outside of /tmp and the outputs; --writable-root allows it.",
    ),
    (
        r"can't start new thread|unable to create thread|fork.*(unavailable|retry)|\[Errno 11\]",
        "it ran into the limit of processes; raise --pids.",
    ),
    (r"no space left on device|\[Errno 28\]", "its /tmp is full; raise --tmp-mb."),
    (r"bus error|shared memory", "it may need more shared memory; raise --shm-mb."),
    (
        r"name resolution|network is unreachable|could not resolve host|\[Errno 101\]|\[Errno -3\]",
        "it has no network; --network bridge gives it one.",
    ),
    (r"getpwuid|no user exists|I have no name", PERMISSIONS),
    (r"permission denied|\[Errno 13\]|operation not permitted", PERMISSIONS),
    (r"No module named", "a package is missing in the image."),
    (r"unknown flag|unrecognized arguments|usage:", "check the arguments after --."),
)
_ERROR = re.compile(r"\w(Error|Exception|Exit)\b|\b(error|fatal|panic|failed)\b", re.IGNORECASE)


class Diagnosis(NamedTuple):
    """One sentence and a hint, which may be empty."""

    message: str
    hint: str = ""


def of_exit(ended: RunExit, tail: tuple[str, ...], build: Build, *, oom_hidden: bool) -> Diagnosis:
    """A build that ended with something else than 0."""
    code = ended.code
    if ended.oom or (code == 137 and oom_hidden and build.limits.memory_mib):
        return _memory(build, certain=ended.oom)
    hint = _hint(tail)
    said = _said(ended.error, tail)
    if code == 137:
        return Diagnosis("it was killed from outside (137).", hint or "Perhaps memory ran out.")
    if code == 139:
        return Diagnosis("it crashed with a segmentation fault (139).", hint)
    if code == 127:
        return Diagnosis(f"its program was not found (127){said}", hint or _program(build))
    if code == 126:
        return Diagnosis(f"its program cannot be run (126){said}", hint or _program(build))
    if code == 125:
        return Diagnosis(f"exit 125{said}", hint or "Often the engine's own error.")
    if code in SIGNALS:
        return Diagnosis(f"it ended by the signal {SIGNALS[code]} ({code}){said}", hint)
    return Diagnosis(f"exit {code}{said}", hint)


def of_timeout(seconds: float, tail: tuple[str, ...]) -> Diagnosis:
    """A build that did not end in time."""
    last = f" Its last words: {clean(tail[-1], 160)}" if tail else " It said nothing."
    return Diagnosis(
        f"it did not end within {number(seconds)} s and was stopped.{last}",
        _hint(tail) or "Raise --timeout if it needs longer.",
    )


def _said(error: str, tail: tuple[str, ...]) -> str:
    if error:
        return f": {clean(error, 300)}"
    if not tail:
        return ", and said nothing"
    for line in reversed(tail):
        if _ERROR.search(line):
            return f": {clean(line.strip(), 200)}"
    return f"; its last words: {clean(tail[-1].strip(), 200)}"


def _memory(build: Build, *, certain: bool) -> Diagnosis:
    limit = build.limits.memory_mib
    what = f"its limit of {limit:,} MiB" if limit else "what the machine has"
    start = "it ran out of memory" if certain else "it was killed (137), most likely out of memory"
    more = f"Raise --memory-mib, for example to {2 * limit}." if limit else "Use a larger machine."
    return Diagnosis(f"{start}: it needs more than {what}.", more)


def _program(build: Build) -> str:
    if build.command:
        return f'Check the command "{clean(" ".join(build.command), 80)}".'
    return "Check ENTRYPOINT and CMD of the image."


def _hint(tail: tuple[str, ...]) -> str:
    for line in reversed(tail):
        for pattern, hint in _WORDS:
            if re.search(pattern, line, re.IGNORECASE):
                return hint[0].upper() + hint[1:]
    return ""
