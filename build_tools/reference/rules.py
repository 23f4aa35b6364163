"""The page of rules: every rule of `validate`, with its text and examples."""

from __future__ import annotations

from collections.abc import Iterator

from resim_inspect.commands.rules import all_rules
from resim_inspect.validation.findings import Severity

INTRODUCTION = """\
`resim-inspect validate` checks these rules, and `resim-inspect rules CODE` explains one. An *error*
means that ReSim rejects the file: its validator, its emitter or its server. A *warning* means that
ReSim accepts the file, but the result may surprise. An *info* is a remark.
"""


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield from ("# Rules", "", *INTRODUCTION.splitlines())
    for severity in Severity:
        yield from ("", f"## {severity.value.capitalize()}s")
        for rule in all_rules().values():
            if rule.severity is not severity:
                continue
            yield from ("", f"### {rule.code}", "", f"{rule.title[0].upper()}{rule.title[1:]}.", "")
            if rule.since or rule.until:
                since = f"from release {rule.since}" if rule.since else ""
                until = f"before release {rule.until}" if rule.until else ""
                yield from (
                    f"Checked {' and '.join(filter(None, (since, until)))} of open-core.",
                    "",
                )
            yield rule.explanation
            for word, examples in (("Rejected", rule.bad), ("Accepted", rule.good)):
                if examples:
                    yield from ("", f"{word}:", "", "```text", *examples, "```")
