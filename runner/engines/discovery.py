"""Discovery of the engine for a build, among the engines of the registry."""

from __future__ import annotations

from collections.abc import Mapping

from resim_inspect.text import clean
from runner.engines import registry
from runner.engines.entry import EngineEntry, EngineOptions
from runner.engines.protocol import Build, Engine
from runner.errors import CallError


def entry_for(build: Build, options: EngineOptions) -> EngineEntry:
    """First entry of the registry that accepts the build; raises CallError if none does."""
    for entry in registry.ENGINES:
        if entry.accepts(build, options):
            return entry
    raise CallError(
        f'the engine "{clean(options.name, 80)}" is not known.',
        f"Known engines are {', '.join(engine_names())}, and addresses such as ssh://USER@HOST.",
    )


def connect(build: Build, options: EngineOptions, env: Mapping[str, str]) -> Engine:
    """Connect to the engine for the build; raises CallError and EngineError."""
    return entry_for(build, options).connect(options, env)


def engine_names() -> tuple[str, ...]:
    """Names that --engine accepts."""
    return tuple(name for entry in registry.ENGINES for name in entry.names)
