"""All rules and checks of emissions, collected from the modules of `rules`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType

from resim_inspect.emissions.rule_context import Check
from resim_inspect.emissions.rules import (
    config_files,
    lines,
    media,
    metrics,
    queries,
    rows,
    sets,
    statuses,
    topics,
    values,
)
from resim_inspect.validation.findings import Rule, rules_of

ROW_MODULES = (lines, rows, values, media)
"""The modules with rules about emissions; the others are about their config."""
MODULES = (
    *ROW_MODULES,
    config_files,
    topics,
    metrics,
    sets,
    statuses,
    queries,
)
"""The modules with rules, in the order in which the rules are listed."""


RULES: Mapping[str, Rule] = rules_of(MODULES)
"""All rules by code, the most severe first."""


def _checks(modules: Iterable[ModuleType]) -> tuple[Check, ...]:
    return tuple(
        value for module in modules for value in vars(module).values() if isinstance(value, Check)
    )


ROW_CHECKS = _checks(ROW_MODULES)
"""The checks of emissions, in the order in which they run."""
CHECKS = _checks(MODULES)
"""All checks, in the order in which they run."""
