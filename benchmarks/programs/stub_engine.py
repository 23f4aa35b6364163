"""An engine whose builds do nothing, as the only one: what is left is the cost around a job.

A worker has it by `dask worker --preload benchmarks.programs.stub_engine`, a client by an import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from runner.engines import registry
from runner.engines.checks import Check
from runner.engines.entry import EngineOptions, Inputs
from runner.engines.protocol import Build, Engine
from tests.runner.fake import FakeEngine, Script, metrics

DATA = metrics()


class StubEntry:
    """Registry entry of the engine, which accepts every build."""

    names = ("stub",)

    def accepts(self, _build: Build, _options: EngineOptions) -> bool:
        """Accept every build."""
        return True

    def connect(self, _options: EngineOptions, _env: Mapping[str, str]) -> Engine:
        """Return an engine whose builds leave a valid metrics file at once."""
        return FakeEngine(lambda _: Script(data=DATA))

    def command_line(self, _build: Build, _inputs: Inputs, _outputs: Path) -> str:
        """Return a command that does nothing."""
        return "true"

    def checks(
        self, _build: Build, _options: EngineOptions, _env: Mapping[str, str]
    ) -> Iterator[Check]:
        """Yield nothing."""
        yield from ()


registry.ENGINES = (StubEntry(),)
