"""Explanations of failed builds, each a sentence and a hint: from the exit code and the log."""

from __future__ import annotations

import re
from typing import NamedTuple

from resim_inspect.text import clean, number
from runner.engines.protocol import Build, RunExit

SIGNALS = {129: "HUP", 130: "INT", 132: "ILL", 134: "ABRT", 135: "BUS", 136: "FPE", 143: "TERM"}
MIN_PROCESSES_NAMED = 200
"""Processes and threads above which they are named as a cause of missing memory."""
PERMISSIONS = "its user lacks the permission; --image-user runs it as the image's own user."

# Patterns of log lines and hints: the first match counts, from the last line back.
_HINTS: tuple[tuple[str, str], ...] = (
    (r"exec format error", "the program is for another platform; see --platform."),
    (
        r"read-only file system|\[Errno 30\]",
        "it writes outside of /tmp and the outputs; --writable-root allows it.",
    ),
    (
        r"can't start new thread|unable to create thread|fork.*(unavailable|retry)|\[Errno 11\]",
        "it reached the limit of processes; raise --pids.",
    ),
    (r"no space left on device|\[Errno 28\]", "its /tmp is full; raise --tmp-mb."),
    (r"bus error|shared memory", "it may need more shared memory; raise --shm-mb."),
    (
        r"name resolution|network is unreachable|could not resolve host|\[Errno 101\]|\[Errno -3\]",
        "it has no network; --network bridge gives it one.",
    ),
    (r"getpwuid|no user exists|I have no name", PERMISSIONS),
    (r"permission denied|\[Errno 13\]|operation not permitted", PERMISSIONS),
    (r"No module named", "a package is missing in the image, or in the Python of --command."),
    (r"unknown flag|unrecognized arguments|usage:", "check the arguments after --."),
)
# What programs write when they cannot have another process or thread.
_PROCESSES = re.compile(
    r"can't start new thread|unable to create (new |native )*thread|pthread_create failed"
    r"|fork\b.*(unavailable|retry)|cannot fork",
    re.IGNORECASE,
)
_ERROR = re.compile(r"\w(Error|Exception|Exit)\b|\b(error|fatal|panic|failed)\b", re.IGNORECASE)


class Diagnosis(NamedTuple):
    """One sentence and a hint, which may be empty."""

    message: str
    hint: str = ""


def of_exit(ended: RunExit, tail: tuple[str, ...], build: Build, *, oom_hidden: bool) -> Diagnosis:
    """Explain a build that ended with another exit code than 0."""
    code = ended.code
    if ended.refused_process or any(map(_PROCESSES.search, tail)):
        return _processes(ended, tail, build)
    if ended.oom or (code == 137 and oom_hidden and build.limits.memory_mib):
        return _memory(ended, build)
    hint = _hint(tail)
    output = _output(ended.error, tail)
    if code == 137:
        return Diagnosis(
            "it was killed from outside (137).", hint or "The machine may have run out of memory."
        )
    if code == 139:
        return Diagnosis("it crashed with a segmentation fault (139).", hint)
    if code == 127:
        return Diagnosis(f"its program was not found (127){output}", hint or _program(build))
    if code == 126:
        return Diagnosis(f"its program cannot be run (126){output}", hint or _program(build))
    if code == 125:
        hint = hint or "This is often an error of the engine itself."
    if code in SIGNALS:
        return Diagnosis(f"it ended by the signal {SIGNALS[code]} ({code}){output}", hint)
    return Diagnosis(f"it ended with exit code {code}{output}", hint)


def of_timeout(seconds: float, tail: tuple[str, ...], ended: RunExit, build: Build) -> Diagnosis:
    """Explain a build that did not end within its time limit."""
    last = f" Its last output: {clean(tail[-1], 160)}" if tail else " It wrote no output."
    hint = _hint(tail) or "Raise --timeout if it needs longer."
    if ended.refused_process:
        limit = build.limits.pids
        hint = f"It reached its limit of {limit:,} processes and threads. {_fewer(limit)}"
    elif ended.oom:
        why = _memory(ended, build)
        hint = f"{capitalized(why.message)} {why.hint}"
    return Diagnosis(f"it did not end within {number(seconds)} s and was stopped.{last}", hint)


def capitalized(text: str) -> str:
    """Return text with a capital as its first letter."""
    return text[:1].upper() + text[1:]


def _output(error: str, tail: tuple[str, ...]) -> str:
    """Return the end of a sentence: the error, or the line of the log that tells most."""
    if error:
        return f": {_quoted(error, 300)}."
    if not tail:
        return ", and its log is empty."
    for line in reversed(tail):
        if _ERROR.search(line):
            return f": {_quoted(line, 200)}."
    return f"; its last output: {_quoted(tail[-1], 200)}."


def _quoted(line: str, limit: int) -> str:
    return clean(line.strip(), limit).rstrip(".")


def _processes(ended: RunExit, tail: tuple[str, ...], build: Build) -> Diagnosis:
    """Explain a build that could not start a process or thread; memory may have ended it then."""
    limit = build.limits.pids
    if ended.oom:
        end = "ran out of memory."
    else:
        end = f"ended with exit code {ended.code}{_output(ended.error, tail)}"
    return Diagnosis(
        f"it reached its limit of {limit:,} processes and threads and {end}", _fewer(limit)
    )


def _fewer(limit: int) -> str:
    return f"Start fewer, or raise --pids, for example to {4 * limit}."


def _memory(ended: RunExit, build: Build) -> Diagnosis:
    limit = build.limits.memory_mib
    what = f"its limit of {limit:,} MiB" if limit else "the machine has"
    end = "ran out of memory" if ended.oom else "was killed (137), most likely out of memory"
    more = f"raise --memory-mib, for example to {2 * limit}." if limit else "use a larger machine."
    who = "it needs"
    if ended.processes >= MIN_PROCESSES_NAMED:
        who = f"its {ended.processes:,} processes and threads need"
        more = f"start fewer of them, or {more}"
    return Diagnosis(f"it {end}: {who} more than {what}.", capitalized(more))


def _program(build: Build) -> str:
    if build.command:
        return f'Check the command "{clean(" ".join(build.command), 80)}".'
    return "Check ENTRYPOINT and CMD of the image."


def _hint(tail: tuple[str, ...]) -> str:
    for line in reversed(tail):
        for pattern, hint in _HINTS:
            if re.search(pattern, line, re.IGNORECASE):
                return capitalized(hint)
    return ""
