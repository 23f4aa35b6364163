"""Registration of a build with ReSim: its command lines, and what ReSim asks of an image."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from resim_inspect.text import clean
from runner.engines.checks import Check

PLATFORM = "linux/amd64"
"""Platform of the machines that run builds in ReSim's cloud."""
PROGRAMS = ("signalflag", "resim")
"""Names of ReSim's command-line program: the present one, and that of older releases."""
GIT_SECONDS = 5.0


class Image(NamedTuple):
    """Parts of an image's name; `registry`, `tag` and `digest` are empty where it has none."""

    registry: str
    repository: str
    tag: str
    digest: str


def parse_image(name: str) -> Image:
    """Split the name of an image: `[REGISTRY/]REPOSITORY[:TAG][@DIGEST]`."""
    rest, _, digest = name.partition("@")
    head, slash, tail = rest.partition("/")
    # Docker's rule: a first part with a dot, a port or of this name is a registry.
    is_registry = bool(slash) and ("." in head or ":" in head or head == "localhost")
    registry, path = (head, tail) if is_registry else ("", rest)
    repository, _, tag = path.partition(":")
    return Image(registry, repository, tag, digest)


def check_name(name: str) -> Iterator[Check]:
    """Check what ReSim asks of an image's name: a tag or digest, and a registry that it reaches."""
    image, shown = parse_image(name), clean(name, 120)
    if not image.tag and not image.digest:
        yield Check(
            "error",
            "tag",
            f"{shown} has neither a tag nor a digest, and ReSim refuses such a name.",
            f"Tag the image with its version: docker tag {shown} {shown}:VERSION",
        )
    elif image.tag == "latest" and not image.digest:
        yield Check(
            "warning",
            "tag",
            "the tag `latest` names another image after the next push.",
            "Register a tag that is written once, such as a commit, or a digest.",
        )
    else:
        yield Check("ok", "tag", image.digest or image.tag)
    if image.registry.partition(":")[0] in {"", "localhost", "127.0.0.1"}:
        yield Check(
            "warning",
            "registry",
            f"{shown} names no registry that ReSim could pull from, unless it is a public image "
            "on Docker Hub.",
            "Push the image to a registry that ReSim may read, and register that name.",
        )
    else:
        yield Check("ok", "registry", clean(image.registry, 120))


def check_platform(platform: str, wanted: str | None = None) -> Check:
    """Check the platform of an image, such as `linux/arm64`, for ReSim.

    `platform` is empty where no engine has told it; then `wanted` is the one of --platform.
    """
    hint = f"Build it with docker build --platform {PLATFORM}."
    if platform:
        if _runs_in_cloud(platform):
            return Check("ok", "platform", platform)
        text = f"the image is for {platform}, and ReSim runs {PLATFORM}."
        return Check("error", "platform", text, hint)
    if wanted and not _runs_in_cloud(wanted):
        text = f"--platform asks for {clean(wanted, 80)}, and ReSim runs {PLATFORM}."
        return Check("error", "platform", text, hint)
    return Check(
        "warning",
        "platform",
        f"no engine that has the image answers, so its platform cannot be read; ReSim runs "
        f"{PLATFORM}.",
        "Run doctor on a machine whose engine has the image.",
    )


def _runs_in_cloud(platform: str) -> bool:
    return platform == PLATFORM or platform.startswith(f"{PLATFORM}/")


def registration_lines(image: str, name: str, project: str, systems: str) -> Iterator[str]:
    """Yield the command lines that register an image, for both names of ReSim's program."""
    parts = parse_image(image)
    version = parts.tag or commit(Path()) or "VERSION"
    if not parts.tag and not parts.digest:
        image = f"{image}:{version}"  # ReSim refuses a name without a tag.
    words = ["metrics-builds", "create", "--project", project, "--name", name]
    words += ["--image", image, "--version", version]
    words += ["--systems", systems] if systems else []
    for program in PROGRAMS:
        yield shlex.join([program, *words])


def commit(folder: Path) -> str:
    """Return the short commit of a Git folder, with `-dirty` if it was edited; else nothing."""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
