"""State that the rules share while one document is validated: tables, places, findings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.validation.data_states import DataState, DataStates, ListedStates
from resim_inspect.validation.editions import Edition
from resim_inspect.validation.findings import Finding, Rule, Target
from resim_inspect.validation.ids import same_id

if TYPE_CHECKING:
    from resim_inspect.document.document import Document
    from resim_inspect.document.series_stats import SeriesStats
    from resim_inspect.document.unknown_fields import UnknownField
    from resim_inspect.schema import metrics_pb2 as pb

_KINDS = {"file": 0, "metric": 1, "data": 2, "event": 3}
_SHOWN_PLACES = 3
_COMPARED_NAMES = 500
"""Names among which the nearest one is looked for."""
FILE = Target("file")


class Context:
    """One document that is being validated by one edition."""

    def __init__(
        self,
        document: Document,
        edition: Edition,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self.document = document
        self.is_cancelled = is_cancelled
        self.message: pb.JobMetrics = document.message
        self.edition = edition
        self.data_by_id: Mapping[str, DataState] = {}
        """Data by id, as written; of several with the same id the last, as in ReSim's validator."""
        self.data_list: DataStates = ListedStates()
        """All data in file order."""
        self.metrics: Mapping[str, tuple[int, str]] = {}
        """(position, name) by id."""
        self.event_metrics: list[tuple[int, str]] = []
        """(position, id) of the metrics that are marked as those of an event."""
        self.statuses: set[int] = set()
        """The statuses of all metrics."""
        self.series_stats: dict[int, SeriesStats] | None = None
        """Statistics of the deferred series by the position of their data, once computed."""
        self.strings: dict[int, frozenset[str]] = {}
        """The distinct strings of a data, by its position, where they have been collected."""
        self._findings: list[Finding] = []
        self._merged: dict[Hashable, tuple[int, list[str], int]] = {}
        self._spellings: dict[str, str] | None = None

    @cached_property
    def unknown_fields(self) -> list[UnknownField]:
        """Fields of the document that the schema does not know."""
        return self.document.unknown_fields()

    # ------------------------------------------------------------------ findings

    def report(
        self,
        rule: Rule,
        target: Target,
        where: str,
        message: str,
        hint: str,
        cause: Hashable = None,
        *,
        field_number: int = 0,
    ) -> None:
        """Add a finding of `rule` with the rule's severity.

        `message` continues `where`, its subject. Findings of one rule with the same `cause`
        are merged into the first, which lists the other places.
        """
        if cause is not None:
            key = (rule.code, cause)
            known = self._merged.get(key)
            if known is not None:
                at, places, more = known
                if where != self._findings[at].where and where not in places:
                    if len(places) < _SHOWN_PLACES:
                        places.append(where)
                    self._merged[key] = (at, places, more + 1)
                return
            self._merged[key] = (len(self._findings), [], 0)
        finding = Finding(rule.code, rule.severity, where, message, hint, target)
        self._findings.append(finding._replace(field_number=field_number))

    def findings(self) -> list[Finding]:
        """All findings: errors first, then in the order of the file."""
        for at, places, more in self._merged.values():
            if more:
                also = ". The same at " + ", ".join(places)
                also += f" and {more - len(places):,} more." if more > len(places) else "."
                finding = self._findings[at]
                self._findings[at] = finding._replace(message=finding.message.rstrip(".") + also)
        return sorted(
            self._findings,
            key=lambda finding: (
                -finding.severity.rank,
                _KINDS[finding.target.kind],
                finding.target.position,
            ),
        )

    # -------------------------------------------------------------------- places

    def of(self, entry: DataState) -> pb.MetricsData:
        """The message of an entry."""
        return self.document.data_messages[entry.position]

    def metric_place(self, position: int) -> str:
        """Path of a metric: `metrics["Max speed"]`, or by position where it has no name."""
        return place("metrics", self.message.job_level_metrics.metrics[position].name, position)

    def data_place(self, position: int) -> str:
        """Path of a data: `data["speed"]`."""
        return place("data", self.document.data_messages[position].name, position)

    def event_place(self, position: int) -> str:
        """Path of an event: `events["Take-off"]`."""
        return place("events", self.message.events[position].name, position)

    # --------------------------------------------------------------------- hints

    def other_spelling(self, data_id: str) -> DataState | None:
        """The data whose id is the same UUID in another spelling."""
        if self._spellings is None:
            self._spellings = {same_id(known): known for known in self.data_by_id}
        twin = self._spellings.get(same_id(data_id)) if data_id else None
        return None if twin is None else self.data_by_id[twin]

    def missing_hint(self, data_id: str, name: str, types: Iterable[int]) -> str:
        """Hint for a reference to missing data: the data that may have been meant."""
        twin = self.other_spelling(data_id)
        if twin is not None:
            return (
                f"{quoted(twin.name)} has this UUID in another spelling "
                f"({self.of(twin).metrics_data_id.id.data}); ids are compared as text."
            )
        fitting = set(types)
        names = list(islice(self.data_list.names(fitting, unused=True), _COMPARED_NAMES))
        names = names or list(islice(self.data_list.names(fitting, unused=False), _COMPARED_NAMES))
        near = nearest(name, names)
        if near:
            return f"Write that data into the file too, or refer to one that is in it. {near}"
        return "Write that data into the file too."


def place(collection: str, name: str, position: int) -> str:
    """`metrics["Max speed"]`; without a name `metrics[3]`."""
    return f"{collection}[{quoted(name)}]" if name else f"{collection}[{position}]"


def quoted(text: str) -> str:
    """A text from the file in double quotes, otherwise unchanged."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def nearest(name: str, names: list[str]) -> str:
    """`Nearest name: "Lane states".`, or nothing where none is near."""
    if not name or not names:
        return ""
    from difflib import SequenceMatcher

    # Each comparison costs microseconds; a file may have a hundred thousand names.
    matcher = SequenceMatcher(None, "", name.lower()[:100], autojunk=False)
    best, best_ratio = "", 0.0
    for candidate in names[:_COMPARED_NAMES]:
        matcher.set_seq1(candidate.lower()[:100])
        ratio = matcher.ratio()
        if ratio > best_ratio:
            best, best_ratio = candidate, ratio
    return f"Nearest name: {quoted(best)}." if best_ratio >= 0.4 else ""


class DocumentCheck(NamedTuple):
    """A check that needs the whole document, run after all tables have been filled."""

    rules: tuple[Rule, ...]
    """The rules that it reports."""
    run: Callable[[Context], None]


def document_check(*rules: Rule) -> Callable[[Callable[[Context], None]], DocumentCheck]:
    """Decorate a function as a check of these rules; `registry` collects and runs it."""
    return lambda run: DocumentCheck(rules, run)
