"""Checks of `doctor`: their values, and those that every engine answers alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from runner.engines.protocol import Build, Engine, EngineInfo
from runner.errors import RunnerError


class Check(NamedTuple):
    """Result of one check of `doctor`."""

    level: str
    """`ok`, `warning` or `error`."""
    name: str
    text: str
    hint: str = ""
    platform: str = ""
    """Platform of the build's image, in the check that reports it."""

    def as_dict(self) -> dict[str, str]:
        """Return the entry of the check in the document of `doctor`."""
        return {"level": self.level, "name": self.name, "text": self.text, "hint": self.hint}


def check_leftovers(engine: Engine) -> Iterator[Check]:
    """Remove leftovers of runners that have ended; raises EngineError."""
    removed = engine.sweep()
    for leftover in removed:
        yield Check("ok", "leftovers", f"removed {leftover}")
    if not removed:
        yield Check("ok", "leftovers", "no container, network or folder of an ended run is left")


def check_image(engine: Engine, build: Build) -> Iterator[Check]:
    """Prepare the build's image; raises RunnerError."""
    prepared = engine.prepare(build, lambda _: None)
    yield Check("ok", "image", f"{build.image} is {prepared.identity}")
    if prepared.platform:
        yield Check("ok", "platform", prepared.platform, platform=prepared.platform)
    for warning in prepared.warnings:
        yield Check("warning", "image", warning)


def check_limits(info: EngineInfo, hint: str = "") -> Check:
    """Name the limits of a run that the engine cannot enforce."""
    unkept = info.unkept
    if not unkept:
        return Check("ok", "limits", "memory, processes and CPUs can be limited")
    text = f"a build may exceed limits that are not enforced here: {', '.join(sorted(unkept))}"
    return Check("warning", "limits", text, hint)


def failed(name: str, error: RunnerError, *, needed: bool) -> Check:
    """Report an error of the engine: an error if the build needs it, else a warning."""
    return Check("error" if needed else "warning", name, str(error), error.hint)
