"""First line of a document's screens: the file, its verdict, its counts and findings."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, count, cut, cut_left, fit
from resim_inspect.tui.document.reference import Reference
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.row_list import StyledText
from resim_inspect.validation.findings import Severity

MIN_LABEL = 24
"""Cells of the file's name that a change note leaves to it."""
MIN_NOTE = 12
"""Cells below which a change note is left out."""


def _short(label: str) -> str:
    """Name of a file without the parts that the names of all such files end in."""
    return label.removesuffix("/metrics.binproto").removesuffix("/outputs")


def _reference_words(reference: Reference, session: Session, room: int) -> str:
    if reference.document is session.document:
        return "  the reference"
    name = clean(_short(reference.label))
    return "  vs " + cut_left(name, min(len(name), MIN_LABEL if room > 70 else MIN_NOTE))


class TopBar(Widget):
    """One line: the file, its verdict, its counts, its findings."""

    DEFAULT_CSS = "TopBar { height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._left: list[StyledText] = []
        self._session: Session | None = None
        self._note = ""

    def show(self, session: Session, note: str = "") -> None:
        """Show another state of the document."""
        self._session, self._note = session, note
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        base, styles, width = self.rich_style, theme_styles(self.app), self.size.width
        session = self._session
        if session is None:
            return Strip.blank(width, base)
        right = self._findings(session, styles)
        space = width - sum(len(text) for text, _ in right) - 1
        left = self._file(session, styles, space)
        used = sum(len(text) for text, _ in left)
        pieces = [*left, (" " * max(1, space - used), styles.text), *right, (" ", styles.text)]
        segments = [Segment(text, base + style) for text, style in pieces]
        return Strip(segments).crop_extend(0, width, base)

    def _file(self, session: Session, styles: ThemeStyles, room: int) -> list[StyledText]:
        document = session.document
        verdict = document.verdict
        message = document.message
        counts = [count(len(session.catalog), "metric")]
        if room > 70:
            counts.append(f"{len(document.data_messages):,} data")
            counts.append(count(len(message.events), "event"))
        job = f"job {document.job_id[:8]}…" if len(document.job_id) > 8 and room > 90 else ""
        tail: list[StyledText] = [
            ("  ", styles.text),
            (f"{verdict.symbol} {verdict.word}", styles.of(verdict)),
            ("  " + " · ".join(counts), styles.quiet),
        ]
        if is_approximate(document):
            long, short = f"  {APPROXIMATE_NOTE}", "  approximate"
            tail.insert(2, (long if room > 110 else short, styles.accent))
        if session.reference is not None:
            words = _reference_words(session.reference.reference, session, room)
            tail.insert(2, (words, styles.accent))
        length = sum(len(text) for text, _ in tail)
        label = session.label
        # The names that every such file has are the first to go: a job's own is before them.
        short_label = _short(label)
        if self._note:
            # A change note gives way to the verdict and to the findings on the right.
            note_room = room - length - min(len(short_label), MIN_LABEL) - 4
            if note_room >= MIN_NOTE:
                tail.append(("  " + cut(self._note, note_room), styles.accent))
        elif job:
            tail.append(("  " + job, styles.quiet))
        length = sum(len(text) for text, _ in tail)
        space = room - length - 1
        if len(label) > space > 0:
            label = short_label
        if len(label) > space > 0:
            label = cut_left(label, space) if space > 8 else fit(label, space)
        return [(" ", styles.text), (label, styles.strong), *tail]

    def _findings(self, session: Session, styles: ThemeStyles) -> list[StyledText]:
        report = session.report
        if report is None:
            if session.failure:
                return [("cannot be validated", styles.of(MetricStatus.FAIL_WARN))]
            return [("checking…", styles.quiet)]
        pieces: list[StyledText] = []
        if not report.count(Severity.ERROR) and not report.count(Severity.WARNING):
            pieces += [("✓ valid", styles.of(MetricStatus.PASSED)), ("  ", styles.text)]
        for severity in Severity:
            number = report.count(severity)
            if number and (severity is not Severity.INFO or self.size.width > 90):
                label = f"{number:,} {severity.symbol}"
                pieces += [(label, styles.severity[severity]), (" ", styles.text)]
        return pieces[:-1]
