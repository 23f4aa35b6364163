"""All rules and checks, collected from the modules of `rules`.

A new rule is a `Rule` in one of these modules and, beside it, a function that calls
`context.report` with it: decorated with `document_check` where it needs the whole document.
"""

from __future__ import annotations

from collections.abc import Mapping

from resim_inspect.validation.context import DocumentCheck
from resim_inspect.validation.findings import Rule, rules_of
from resim_inspect.validation.rules import (
    data,
    events,
    file,
    files,
    histogram,
    indexes,
    metric_pass,
    metrics,
    schema,
    series_values,
    single_values,
    states,
    statuses,
    times,
    usage,
    value_status_pairs,
    values,
)

__all__ = ["CHECKS", "RULES", "Rule"]

MODULES = (
    file,
    statuses,
    metrics,
    metric_pass,
    value_status_pairs,
    values,
    states,
    histogram,
    single_values,
    data,
    indexes,
    events,
    series_values,
    times,
    files,
    schema,
    usage,
)
"""The modules with rules, in the order in which the rules are listed."""


RULES: Mapping[str, Rule] = rules_of(MODULES)
"""All rules by code, the most severe first."""

CHECKS: tuple[DocumentCheck, ...] = tuple(
    check
    for module in MODULES
    for check in vars(module).values()
    if isinstance(check, DocumentCheck)
)
"""The checks of whole documents, in the order in which they run."""
