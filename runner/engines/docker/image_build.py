"""Build of an image from a context of this machine, before it is run."""

from __future__ import annotations

import re
import shlex
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from resim_inspect.files import is_file, is_folder
from resim_inspect.settings.project_model import DOCKERFILES
from resim_inspect.text import clean
from runner.engines.docker.client import DockerClient
from runner.engines.protocol import Build
from runner.errors import ImageError

_SEQUENCES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
"""Colours: the engine writes what goes to stderr in red."""
_REMARKS = ("--->", "Removing intermediate container", "Step ", "STEP ")
"""Lines of the engine itself."""
KEPT_LINES = 3
"""Lines at the end of a failed build's output that the hint repeats."""


def run(client: DockerClient, build: Build, context: Path, say: Callable[[str], None]) -> None:
    """Build the image under the name `build.image`; raises ImageError and EngineError."""
    steps = client.build(
        build.image,
        context,
        _dockerfile_of(build, context),
        build.platform,
        pull=build.pull == "always",
    )
    follow(build.image, steps, say)


def _dockerfile_of(build: Build, context: Path) -> Path:
    if not is_folder(context):
        raise ImageError(f"the context {clean(str(context))} is not a folder.")
    named = [build.dockerfile] if build.dockerfile else [context / name for name in DOCKERFILES]
    for path in named:
        if is_file(path):
            return path
    raise ImageError(
        f"{clean(str(named[0]))} does not exist, so the image cannot be built.",
        'Name the file in resim.toml: dockerfile = "…".',
    )


def follow(name: str, steps: Iterable[dict[str, Any]], say: Callable[[str], None]) -> None:
    """Report each step of a build; raises ImageError with the end of its output if it fails.

    `steps` are the engine's own: `stream` with output, `status` of a pull, `error`.
    """
    shown = clean(name, 120)
    tail: deque[str] = deque(maxlen=KEPT_LINES)
    say(f"building {shown}")
    for step in steps:
        if "error" in step:
            reason = clean(str(step["error"]), 300).strip().rstrip(".")
            lines = " / ".join(line for line in tail if line not in reason)
            hint = f"The end of its output: {lines}" if lines else ""
            raise ImageError(f'the image "{shown}" cannot be built: {reason}.', hint)
        for line in str(step.get("stream", "")).splitlines():
            text = clean(_SEQUENCES.sub("", line), 200).strip()
            if text and not text.startswith(_REMARKS):
                tail.append(text)
            if text.startswith(("Step ", "STEP ")):
                say(f"building {shown}: {text}")


def docker_build(build: Build) -> str:
    """Shell line that builds the image; empty for a build without a context."""
    if build.context is None:
        return ""
    words = ["docker", "build", "--tag", build.image]
    words += ["--file", str(build.dockerfile)] if build.dockerfile else []
    words += ["--platform", build.platform] if build.platform else []
    words += ["--pull"] if build.pull == "always" else []
    return shlex.join([*words, str(build.context)])
