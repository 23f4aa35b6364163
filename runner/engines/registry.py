"""The engines that run builds. To add one: a folder with an `EngineEntry`, and its line here."""

from __future__ import annotations

from runner.engines.docker.entry import DockerEntry
from runner.engines.entry import EngineEntry
from runner.engines.process.entry import ProcessEntry

ENGINES: tuple[EngineEntry, ...] = (
    ProcessEntry(),
    DockerEntry(),
)
"""Entries in order of preference: the first that accepts a build runs it."""
