"""The metrics config: its files found, read with lines, merged and turned into definitions."""

from __future__ import annotations

from resim_inspect.emissions.config.loader import load_config
from resim_inspect.emissions.config.model import Config, ConfigError
from resim_inspect.emissions.config.search import find_config

__all__ = ["Config", "ConfigError", "find_config", "load_config"]
