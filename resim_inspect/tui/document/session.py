"""An open document with its catalog and findings, and the differences after a reload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.document import Document
from resim_inspect.document.reloading.loading import Loaded
from resim_inspect.document.reloading.signatures import Signature
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.text import clean, count
from resim_inspect.validation.findings import Finding, Report, Severity

if TYPE_CHECKING:
    from resim_inspect.filtering.query import Marks
    from resim_inspect.tui.document.reference import MatchedReference
    from resim_inspect.tui.document.run_changes import Changes


class Session:
    """Immutable state of an open document; a reload makes a new one."""

    def __init__(
        self,
        document: Document,
        signature: Signature | None,
        catalog: Catalog,
        report: Report | None = None,
        *,
        label: str = "",
        inputs: Path | None = None,
        changes: Changes | None = None,
        reference: MatchedReference | None = None,
        failure: str = "",
    ) -> None:
        self.document = document
        self.signature = signature
        self.catalog = catalog
        self.report = report
        """None until validation has finished."""
        self.label = label
        """Short name of the file, for the first line."""
        self.inputs = inputs
        """The inputs folder beside the file, where there is one."""
        self.changes: Changes = {} if changes is None else changes
        """Changes of metrics since the version before; empty until they are known."""
        self.reference = reference
        """The reference that the metrics are compared with; None without one."""
        self.failure = failure
        """Sentence that says why the document cannot be validated; empty if it can."""

    @classmethod
    def of(cls, loaded: Loaded, label: str = "", inputs: Path | None = None) -> Session:
        """Create a session of a document that is not validated yet."""
        document = loaded.document
        shown = label or place_name(document.path)
        return cls(document, loaded.signature, Catalog(document), label=shown, inputs=inputs)

    def with_report(self, report: Report) -> Session:
        """Copy of this session with a validation report."""
        return self._copy(report, self.changes, self.reference, "")

    def with_changes(self, changes: Changes) -> Session:
        """Copy of this session with the changes since the version before."""
        return self._copy(self.report, changes, self.reference, self.failure)

    def with_reference(self, reference: MatchedReference | None) -> Session:
        """Copy of this session with another reference, or without one."""
        return self._copy(self.report, self.changes, reference, self.failure)

    def with_failure(self, failure: str) -> Session:
        """Copy of this session, whose document cannot be validated."""
        return self._copy(self.report, self.changes, self.reference, failure)

    def _copy(
        self,
        report: Report | None,
        changes: Changes,
        reference: MatchedReference | None,
        failure: str,
    ) -> Session:
        return Session(
            self.document,
            self.signature,
            self.catalog,
            report,
            label=self.label,
            inputs=self.inputs,
            changes=changes,
            reference=reference,
            failure=failure,
        )

    @property
    def findings(self) -> Sequence[Finding]:
        """The findings; empty until validation has finished."""
        return self.report.findings if self.report else ()

    @cached_property
    def worst(self) -> dict[tuple[str, int], Severity]:
        """The worst severity of the findings about a metric, data or event, by (kind, position)."""
        worst_of: dict[tuple[str, int], Severity] = {}
        for finding in self.findings:
            key = (finding.target.kind, finding.target.position)
            old = worst_of.get(key)
            if old is None or finding.severity.rank > old.rank:
                worst_of[key] = finding.severity
        return worst_of

    @cached_property
    def marks(self) -> Marks:
        """The metrics that findings are about, for the filter."""
        return self.marks_of("metric")

    def marks_of(self, kind: str) -> Marks:
        """The metrics, data or events that findings are about, for the filter."""
        from resim_inspect.filtering.query import Marks

        items = {p: s for (other, p), s in self.worst.items() if other == kind}
        return Marks(
            frozenset(p for p, s in items.items() if s is Severity.ERROR),
            frozenset(p for p, s in items.items() if s is Severity.WARNING),
            frozenset(items),
        )


def place_name(path: Path | None) -> str:
    """Short name of a file: `flight-017/outputs/metrics.binproto`."""
    if path is None:
        return "metrics.binproto"
    return clean("/".join(path.absolute().parts[-3:]).lstrip("/"), 120)


def changed_findings(old: Report | None, new: Report) -> str:
    """Difference of two reports: `3 new errors, 1 finding resolved`; empty for none."""
    if old is None:
        return ""
    before = Counter((f.severity, f.rule, f.where, f.message) for f in old.findings)
    after = Counter((f.severity, f.rule, f.where, f.message) for f in new.findings)
    parts = []
    for severity in Severity:
        added = sum(n for key, n in (after - before).items() if key[0] is severity)
        if added:
            parts.append(severity.counted(added, "new"))
    gone = (before - after).total()
    if gone:
        parts.append(count(gone, "finding") + " resolved")
    return ", ".join(parts)


def changed_metrics(old: Document, new: Document) -> str:
    """Difference of two documents: `2 new metrics, 1 metric removed`; empty for none."""
    before = _statuses(old)
    after = _statuses(new)
    parts = []
    added = sum(max(0, len(v) - len(before.get(k, ()))) for k, v in after.items())
    gone = sum(max(0, len(v) - len(after.get(k, ()))) for k, v in before.items())
    differ = sum(
        1 for k, v in after.items() if k in before and len(v) == len(before[k]) and v != before[k]
    )
    if added:
        parts.append(count(added, "new metric"))
    if gone:
        parts.append(count(gone, "metric") + " removed")
    if differ:
        parts.append(count(differ, "status", "statuses") + " changed")
    return ", ".join(parts)


def _statuses(document: Document) -> dict[str, list[int]]:
    statuses_of: dict[str, list[int]] = {}
    for metric in document.message.job_level_metrics.metrics:
        statuses_of.setdefault(metric.name, []).append(metric.status)
    return statuses_of


def same_metric(old: Session, position: int, new: Session) -> int | None:
    """Position in the new document of a metric of the old one, by id, else by name."""
    metric = old.document.metrics[position]
    same = new.document.metric_by_id(metric.id) if metric.id else None
    if same is None or same.name != metric.name:
        same = new.document.metric_named(metric.name) or same
    return None if same is None else same.position
