"""The registry entry of an engine: everything that the commands ask before a run starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from runner.engines.checks import Check
from runner.engines.protocol import Build, Engine

Inputs = tuple[tuple[str, Path], ...]
"""Inputs of a run, as name -> folder or file."""


@dataclass(frozen=True)
class EngineOptions:
    """Options of the command line that select an engine."""

    name: str = ""
    """Value of --engine: a name, an address, or empty for the default engine."""
    sandbox: bool = True
    """False with --no-sandbox."""
    use_tmp_resim: bool = False


class EngineEntry(Protocol):
    """An engine of the registry. It imports the engine's own modules when it is used."""

    @property
    def names(self) -> tuple[str, ...]:
        """Values of --engine that select the engine."""

    def accepts(self, build: Build, options: EngineOptions) -> bool:
        """Return True if the engine runs this build with these options."""

    def connect(self, options: EngineOptions, env: Mapping[str, str]) -> Engine:
        """Discover the engine and connect to it; raises EngineError."""

    def command_line(self, build: Build, inputs: Inputs, outputs: Path) -> str:
        """Shell command that is equivalent to a run, for --dry-run; values of variables left out.

        No engine is needed for it.
        """

    def checks(
        self, build: Build, options: EngineOptions, env: Mapping[str, str]
    ) -> Iterator[Check]:
        """Yield the checks of `doctor`; none if the engine has nothing to do with the build.

        A build without an image and a command stands for any build.
        """
