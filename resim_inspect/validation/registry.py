"""The rules: what each code means, from when to when it holds, an example of bad and good.

The examples are lines of `place = value`, applied to a small valid document; the tests
apply them and look: the bad ones give a finding of exactly this rule, the good ones none.
"""

from __future__ import annotations

from collections.abc import Mapping

from resim_inspect.validation.catalogue import beyond, data, events, metrics, values
from resim_inspect.validation.catalogue.rule import Rule

__all__ = ["RULES", "Rule"]


def _all() -> Mapping[str, Rule]:
    rules: dict[str, Rule] = {}
    for module in (metrics, values, data, events, beyond):
        for rule in module.RULES:
            if rule.code in rules:
                raise ValueError(f"two rules are called {rule.code}")
            rules[rule.code] = rule
    return rules


RULES: Mapping[str, Rule] = _all()
"""All rules by code: those of the file and its metrics first, the warnings last."""
