"""State that the rules of emissions share during one validation: inputs, places and findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from resim_inspect.emissions.config.model import Config, ConfigFile, MetricDefinition
from resim_inspect.emissions.config.model import where as key_path
from resim_inspect.emissions.model import BoolArray, Emissions, Topic
from resim_inspect.settings.faults import Origin
from resim_inspect.text import clean
from resim_inspect.validation.findings import Finding, Rule

_SHOWN_LINES = 3
_SHOWN_VALUE = 50
_SHOWN_NAME = 80


class Rows(NamedTuple):
    """Rows of a topic in one file that break a rule."""

    file: int
    first: int
    """Position of the first of them in the topic."""
    number: int
    more_lines: tuple[int, ...]
    """Line numbers of a few of the others."""


class RuleContext:
    """One config, the emissions of one folder, or both."""

    def __init__(
        self,
        config: Config | None = None,
        emissions: Emissions | None = None,
        previous: Config | None = None,
    ) -> None:
        self.config = config
        self.emissions = emissions
        self.previous = previous
        """Config that the server has now, to compare schemas with."""
        self._findings: list[tuple[Path, Finding]] = []
        self._merged: dict[Hashable, tuple[int, list[str], int]] = {}

    # ------------------------------------------------------------------ findings

    def report(
        self,
        rule: Rule,
        origin: Origin,
        where: str,
        message: str,
        hint: str,
        cause: Hashable = None,
    ) -> None:
        """Add a finding at a line of a file; `where` follows the line, and may be empty.

        Findings of one rule and file with the same `cause` are merged into the first.
        """
        location = f"{origin.path.name}:{origin.line}" if origin.line else origin.path.name
        location = f"{location} {where}".rstrip()
        if cause is not None:
            key = (rule.code, origin.path, cause)
            known = self._merged.get(key)
            if known is not None:
                at, places, more = known
                if len(places) < _SHOWN_LINES:
                    places.append(where or location)
                self._merged[key] = (at, places, more + 1)
                return
            self._merged[key] = (len(self._findings), [], 0)
        finding = Finding(rule.code, rule.severity, location, message, hint, line=origin.line)
        self._findings.append((origin.path, finding))

    def findings(self) -> dict[Path, list[Finding]]:
        """All findings by file: errors first, then by line."""
        for at, places, more in self._merged.values():
            if more:
                path, finding = self._findings[at]
                also = ". The same at " + ", ".join(places)
                also += f" and {more - len(places):,} more." if more > len(places) else "."
                message = finding.message.rstrip(".") + also
                self._findings[at] = (path, finding._replace(message=message))
        self._merged = {}
        findings_of: dict[Path, list[Finding]] = {}
        for path, finding in sorted(
            self._findings, key=lambda pair: (-pair[1].severity.rank, pair[1].line)
        ):
            findings_of.setdefault(path, []).append(finding)
        return findings_of

    # ---------------------------------------------------------------------- rows

    def report_rows(
        self,
        rule: Rule,
        topic: Topic,
        mask: BoolArray,
        message: Callable[[int], str] | str,
        hint: str,
        field: str = "",
    ) -> None:
        """Add a finding for each file with rows that break a rule.

        `mask` has shape (rows,) and is True for those rows; `message` may depend on the position
        of the first of them.
        """
        for rows in self._rows(topic, mask):
            text = message if isinstance(message, str) else message(rows.first)
            if rows.number > 1:
                lines = [f"{line:,}" for line in rows.more_lines]
                more = rows.number - 1 - len(lines)
                text += f". The same in line {', '.join(lines)}"
                text += f" and {more:,} more." if more else "."
            location = f'topic "{clean(topic.name, _SHOWN_NAME)}"'
            if field:
                location += f' field "{clean(field, _SHOWN_NAME)}"'
            line = int(topic.line_numbers[rows.first])
            self.report(rule, Origin(self._path(rows.file), line), location, text, hint)

    def _path(self, file: int) -> Path:
        if self.emissions is None:
            raise ValueError("rows are reported without emissions")
        return self.emissions.paths[file]

    def _rows(self, topic: Topic, mask: BoolArray) -> Iterator[Rows]:
        places = np.flatnonzero(mask)
        if not len(places):
            return
        files = topic.file_indices[places]
        for file in np.unique(files):
            own = places[files == file]
            more = topic.line_numbers[own[1 : 1 + _SHOWN_LINES]]
            yield Rows(int(file), int(own[0]), len(own), tuple(int(line) for line in more))

    # -------------------------------------------------------------------- config

    def report_key(
        self,
        rule: Rule,
        file: ConfigFile,
        key: tuple[str | int, ...],
        message: str,
        hint: str,
        cause: Hashable = None,
    ) -> None:
        """Add a finding at a key of a config file."""
        self.report(rule, file.origin(*key), key_path(key), message, hint, cause)

    def report_metric(
        self,
        rule: Rule,
        metric: MetricDefinition,
        key: tuple[str | int, ...],
        message: str,
        hint: str,
        cause: Hashable = None,
    ) -> None:
        """Add a finding at a key of a metric; an empty key is the metric itself."""
        if metric.file is not None:
            self.report_key(rule, metric.file, ("metrics", metric.name, *key), message, hint, cause)


class Check(NamedTuple):
    """A function that reports findings of some rules."""

    rules: tuple[Rule, ...]
    run: Callable[[RuleContext], None]


def check(*rules: Rule) -> Callable[[Callable[[RuleContext], None]], Check]:
    """Decorate a function as a check of these rules; the registry collects and runs it."""
    return lambda run: Check(rules, run)


def shown(value: Any) -> str:
    """A value of a file for a message, as JSON would have it and at most 50 characters."""
    if isinstance(value, str):
        # Long texts are cut before they are escaped.
        return '"' + clean(value, _SHOWN_VALUE) + '"'
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    try:
        text = repr(value)
    except ValueError:
        text = "a very large number"
    return clean(text, _SHOWN_VALUE)


def nearest_hint(name: str, known: Collection[str], otherwise: str) -> str:
    """Return a hint with the known name that is most like an unknown one, or another hint."""
    near = get_close_matches(name[:100], known, 1, 0.5)
    return f'Did you mean "{clean(near[0], _SHOWN_NAME)}"?' if near else otherwise
