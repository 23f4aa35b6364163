"""What the rules of one run share: the document, its tables, the places, the findings."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from resim_inspect.validation.editions import Edition
from resim_inspect.validation.findings import Finding, Severity, Target
from resim_inspect.validation.ids import same_id

if TYPE_CHECKING:
    from resim_inspect.document.document import Document
    from resim_inspect.schema import metrics_pb2 as pb
    from resim_inspect.validation.large_series import HeavyFacts

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_KINDS = {"file": 0, "metric": 1, "data": 2, "event": 3}
_SHOWN_PLACES = 3
FILE = Target("file")


class Entry:
    """One metrics data, as far as its partners must know it.

    There may be a hundred thousand of them, so they hold no message.
    """

    __slots__ = ("broken", "categories", "holds", "index_id", "index_type", "indexed", "length",
                 "name", "position", "type", "used")  # fmt: skip

    def __init__(self, position: int, name: str, data_type: int) -> None:
        self.position = position
        self.name = name
        self.type = data_type
        self.holds = ""
        """`series`, `series_per_category`, `external_file`, or nothing."""
        self.length = -1
        """Of the one series; -1 for data of another form."""
        self.categories: dict[str, int] | None = None
        """The length of each category's series."""
        self.indexed = False
        """`is_indexed`, whatever the type says."""
        self.index_type = 0
        self.index_id = ""
        self.broken = False
        """Something is wrong with its series: what follows from that is not reported again."""
        self.used = False
        """Whether a metric or another data refers to it."""


class Context:
    """One document being judged by one edition."""

    def __init__(self, document: Document, edition: Edition) -> None:
        self.document = document
        self.message: pb.JobMetrics = document.message
        self.edition = edition
        self.data: dict[str, Entry] = {}
        """By id, as written; of several with the same id the last, as ReSim has it."""
        self.entries: list[Entry] = []
        """In file order."""
        self.metrics: dict[str, tuple[int, str]] = {}
        """(position, name) by id."""
        self.event_metrics: list[tuple[int, str]] = []
        """(position, id) of the metrics that are marked as those of an event."""
        self.statuses: set[int] = set()
        """The statuses of all metrics."""
        self.heavy: dict[int, HeavyFacts] | None = None
        """What is known of heavy series, once it is."""
        self.unknown = document.unknown_fields()
        self.strings: dict[int, frozenset[str]] = {}
        """The different strings of a data that is looked at whole, by its position."""
        self._findings: list[Finding] = []
        self._merged: dict[Hashable, tuple[int, list[str], int]] = {}
        self._spellings: dict[str, Entry] | None = None

    # ------------------------------------------------------------------ findings

    def error(
        self,
        rule: str,
        target: Target,
        where: str,
        message: str,
        hint: str,
        cause: Hashable = None,
    ) -> None:
        """ReSim rejects the file for this. One cause is told once, with its other places."""
        self._add(rule, Severity.ERROR, target, where, message, hint, cause)

    def warning(
        self,
        rule: str,
        target: Target,
        where: str,
        message: str,
        hint: str,
        cause: Hashable = None,
    ) -> None:
        """ReSim accepts this, but somebody will be surprised."""
        self._add(rule, Severity.WARNING, target, where, message, hint, cause)

    def info(self, rule: str, target: Target, where: str, message: str, hint: str) -> None:
        """Worth knowing."""
        self._add(rule, Severity.INFO, target, where, message, hint, None)

    def unknown_number(self, target: Target, where: str, number: int) -> None:
        """An enumeration has a value that the schema has no name for."""
        self.warning(
            "enum-unknown",
            target,
            where,
            f"is {number}, which the schema has no name for",
            "A newer open-core may have written it; readers may fail on it.",
        )

    def _add(
        self,
        rule: str,
        severity: Severity,
        target: Target,
        where: str,
        message: str,
        hint: str,
        cause: Hashable,
    ) -> None:
        if cause is not None:
            key = (rule, cause)
            known = self._merged.get(key)
            if known is not None:
                at, places, more = known
                if where != self._findings[at].where and where not in places:
                    if len(places) < _SHOWN_PLACES:
                        places.append(where)
                    self._merged[key] = (at, places, more + 1)
                return
            self._merged[key] = (len(self._findings), [], 0)
        self._findings.append(Finding(rule, severity, where, message, hint, target))

    def findings(self) -> list[Finding]:
        """Everything found: errors first, then in the order of the file."""
        for at, places, more in self._merged.values():
            if more:
                also = ". The same at " + ", ".join(places)
                also += f" and {more - len(places):,} more." if more > len(places) else "."
                finding = self._findings[at]
                self._findings[at] = finding._replace(message=finding.message.rstrip(".") + also)
        return sorted(
            self._findings,
            key=lambda found: (
                _RANK[found.severity],
                _KINDS[found.target.kind],
                found.target.position,
            ),
        )

    # -------------------------------------------------------------------- places

    def of(self, entry: Entry) -> pb.MetricsData:
        """The message of an entry."""
        return self.message.metrics_data[entry.position]

    def metric_place(self, position: int) -> str:
        """Where a metric is: `metrics["Max speed"]`, or by position where it has no name."""
        return place("metrics", self.message.job_level_metrics.metrics[position].name, position)

    def data_place(self, position: int) -> str:
        """Where a data is: `data["speed"]`."""
        return place("data", self.message.metrics_data[position].name, position)

    def event_place(self, position: int) -> str:
        """Where an event is: `events["Take-off"]`."""
        return place("events", self.message.events[position].name, position)

    # --------------------------------------------------------------------- hints

    def other_spelling(self, data_id: str) -> Entry | None:
        """The data whose id is the same UUID, written differently."""
        if self._spellings is None:
            self._spellings = {same_id(known): entry for known, entry in self.data.items()}
        return self._spellings.get(same_id(data_id)) if data_id else None

    def missing_hint(self, data_id: str, name: str, types: Iterable[int]) -> str:
        """What a reference to data that is not there may have meant."""
        twin = self.other_spelling(data_id)
        if twin is not None:
            return (
                f"{quoted(twin.name)} has this UUID in another spelling "
                f"({self.of(twin).metrics_data_id.id.data}); ids are compared as text."
            )
        fitting = set(types)
        names = [entry.name for entry in self.entries if entry.type in fitting and not entry.used]
        names = names or [entry.name for entry in self.entries if entry.type in fitting]
        near = nearest(name, names)
        if near:
            return f"Write that data into the file too, or refer to one that is in it. {near}"
        return "Write that data into the file too."


def place(collection: str, name: str, position: int) -> str:
    """`metrics["Max speed"]`; without a name `metrics[3]`."""
    return f"{collection}[{quoted(name)}]" if name else f"{collection}[{position}]"


def quoted(text: str) -> str:
    """A text from the file in double quotes, still raw otherwise."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def nearest(name: str, names: list[str]) -> str:
    """`Nearest name: "Lane states".`, or nothing where none is near."""
    if not name or not names:
        return ""
    from difflib import SequenceMatcher

    # Each comparison costs microseconds; a file may have a hundred thousand names.
    matcher = SequenceMatcher(None, "", name.lower()[:100], autojunk=False)
    best, best_ratio = "", 0.0
    for candidate in names[:500]:
        matcher.set_seq1(candidate.lower()[:100])
        ratio = matcher.ratio()
        if ratio > best_ratio:
            best, best_ratio = candidate, ratio
    return f"Nearest name: {quoted(best)}." if best_ratio >= 0.4 else ""
