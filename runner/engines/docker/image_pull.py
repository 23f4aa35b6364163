"""Progress of an image pull, and explanations of failed pulls."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from resim_inspect.text import clean, size
from runner.errors import ImageError

REPORT_INTERVAL = 1.0
"""Seconds between two progress messages."""

# Pattern of the engine's or registry's message, its meaning, and a hint.
_PULL_ERRORS = (
    (
        r"manifest unknown|manifest for .* not found|name unknown|reading manifest .*not found",
        "its registry has no such image",
        "Check its name and tag.",
    ),
    (
        r"unauthorized|authentication required|no basic auth|denied|incorrect username|\b40[13]\b",
        "its registry requires a login, or has no such image",
        "Log in first: docker login or podman login, with the registry's name.",
    ),
    (
        r"no such host|connection refused|dial tcp|network is unreachable|tls|x509|certificate"
        r"|server gave http response",
        "its registry cannot be reached",
        "Check its name and the network, or build it here.",
    ),
    (
        r"\beof\b|connection reset|broken pipe|short read|filesystem layer verification",
        "the pull broke off",
        "Run again: complete layers are kept.",
    ),
    (
        r"timed? ?out|deadline exceeded|client\.timeout",
        "its registry stopped responding",
        "Run again later, or build it here.",
    ),
    (r"no space left", "the engine's disk is full", "Free some space where the engine keeps it."),
)


def follow(
    name: str,
    steps: Iterable[dict[str, Any]],
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Report a pull's progress, and its digest at the end; raises ImageError.

    `steps` are the engine's own: `status`, `id` of a layer, `progressDetail` in bytes, `error`.
    """
    shown = clean(name, 120)
    layers: dict[str, tuple[int, int]] = {}
    reported = clock()
    for step in steps:
        if "error" in step:
            raise pull_error(name, str(step["error"]))
        status, detail = str(step.get("status", "")), step.get("progressDetail") or {}
        if status.startswith("Digest: "):
            say(f"pulled {shown}: {clean(status.removeprefix('Digest: '), 80)}")
        have, all_of = detail.get("current"), detail.get("total")
        if status == "Downloading" and isinstance(have, int) and isinstance(all_of, int):
            layers[str(step.get("id", ""))] = (have, all_of)
        elif status in {"Download complete", "Pull complete"}:
            _, whole = layers.get(str(step.get("id", "")), (0, 0))
            layers[str(step.get("id", ""))] = (whole, whole)
        if clock() - reported >= REPORT_INTERVAL:
            reported = clock()
            say(f"pulling {shown}: {_progress(layers, status)}")


def pull_error(name: str, message: str) -> ImageError:
    """Explain a failed pull, with the engine's message and a hint."""
    failed = f'the image "{clean(name, 120)}" cannot be pulled'
    text = clean(message, 300).rstrip(".")
    for pattern, meaning, hint in _PULL_ERRORS:
        if re.search(pattern, message, re.IGNORECASE):
            return ImageError(f"{failed}: {meaning} ({text}).", hint)
    return ImageError(f"{failed}: {text}.", "Log in to its registry, or build it here.")


def _progress(layers: dict[str, tuple[int, int]], status: str) -> str:
    have = sum(part for part, _ in layers.values())
    whole = sum(part for _, part in layers.values())
    if whole and have < whole:
        return f"{size(have)} of {size(whole)}"
    return clean(status, 60).lower() or "waiting"
