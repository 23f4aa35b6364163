"""Metrics of a config as an evaluation takes them, with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resim_inspect.emissions.config.model import where as key_path
from resim_inspect.emissions.evaluation.columns import valid_text


@dataclass(frozen=True)
class StatusSpec:
    """The query of a status and its thresholds; None for one that is not given."""

    query: str
    warn: float | int | None
    block: float | int | None
    line: int = 0
    """Line of the query in the config; 0 if unknown."""


@dataclass(frozen=True)
class MetricSpec:
    """A metric of the config."""

    name: str
    query: str
    template: str
    """Name of a system template; empty for a custom one."""
    template_file: str = ""
    units: str = ""
    description: str = ""
    skip_if_no_data: bool = False
    status: StatusSpec | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """`template_settings`, as the config has them: nothing is checked."""
    path: Path = Path("config.resim.yml")
    line: int = 0
    query_line: int = 0

    def setting(self, *keys: str) -> Any:
        """Return a value of the template settings; None if the config does not have it."""
        value: Any = self.settings
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def text_setting(self, *keys: str) -> str:
        """Return a setting that is a text or a number as text; empty without one."""
        value = self.setting(*keys)
        return valid_text(str(value)) if isinstance(value, str | int | float) else ""

    @property
    def where(self) -> str:
        """Place of the metric: `config.resim.yml:40 metrics["Max speed"]`."""
        return self._place(self.line)

    def query_place(self, of_status: bool = False) -> str:
        """Place of the query of the metric, or of its status."""
        if of_status:
            line = self.status.line if self.status is not None else 0
            return self._place(line or self.line, "status", "query_string")
        return self._place(self.query_line or self.line, "query_string")

    def _place(self, line: int, *keys: str) -> str:
        file = f"{self.path.name}:{line}" if line else self.path.name
        return f"{file} {key_path(('metrics', self.name, *keys))}"
