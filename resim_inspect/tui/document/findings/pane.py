"""Findings pane: a list of findings, the chosen one explained; Enter goes to its target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, fit
from resim_inspect.tui.document.pane import Pane
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.key_hints import unmatched_text
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.document import FINDINGS
from resim_inspect.tui.messages import EditionChosen, GoTo, KeyHintsChanged
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.containers import ScrollBox
from resim_inspect.tui.widgets.filter_host import FilterFields, FilterHost
from resim_inspect.tui.widgets.maximising import BoxHost
from resim_inspect.tui.widgets.repainting import show_text, show_title
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.validation.findings import Finding, Severity

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice

Row = Finding | str
"""A finding, or a heading."""


NAVIGABLE_KINDS = ("metric", "data", "event")
"""Kinds of targets that the app can go to."""


class FindingGrouping(StrEnum):
    """Criterion by which findings are grouped under headings."""

    NOTHING = "one by one"
    RULE = "by rule"
    PLACE = "by place"

    @property
    def next(self) -> FindingGrouping:
        """The next grouping, in a cycle."""
        return {
            FindingGrouping.NOTHING: FindingGrouping.RULE,
            FindingGrouping.RULE: FindingGrouping.PLACE,
            FindingGrouping.PLACE: FindingGrouping.NOTHING,
        }[self]


def target_label(session: Session, finding: Finding) -> str:
    """Target of a finding in words: `metric “Max speed”`, or the file."""
    kind, position = finding.target
    document = session.document
    message = document.message
    if kind == "metric" and position < len(message.job_level_metrics.metrics):
        name = message.job_level_metrics.metrics[position].name
    elif kind == "data" and position < len(document.data_messages):
        name = document.data_messages[position].name
    elif kind == "event" and position < len(message.events):
        name = message.events[position].name
    else:
        return "the file"
    return f"{kind} “{clean(name, 80)}”"


class FindingList(RowList):
    """Findings, errors first, or under the headings of their rules."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.by = FindingGrouping.NOTHING
        self.checked = False
        self.failure = ""
        self.query_text = ""
        self.query_error = ""
        self.shown: Sequence[Finding] = ()
        """The findings that match the filter, errors first."""

    @property
    def finding(self) -> Finding | None:
        """The chosen finding; None on a heading."""
        if 0 <= self.cursor < self.count:
            row = self.rows[self.cursor]
            return row if isinstance(row, Finding) else None
        return None

    def show(self, session: Session, by: FindingGrouping) -> None:
        """Show the findings of a document; the cursor stays with its finding."""
        here = self.finding
        self.by, self.checked, self.failure = by, session.report is not None, session.failure
        ordered = self._matching(sorted(session.findings, key=lambda f: -f.severity.rank))
        self.shown = ordered
        rows: list[Row] = list(ordered)
        if by is not FindingGrouping.NOTHING:
            groups: dict[object, list[Finding]] = {}
            for finding in ordered:
                key = finding.rule if by is FindingGrouping.RULE else finding.target
                groups.setdefault(key, []).append(finding)
            rows = []
            for members in groups.values():
                first = members[0]
                heading = first.rule if by is FindingGrouping.RULE else target_label(session, first)
                rows.append(f"{heading}  {len(members):,}")
                rows += members
        self.rows = rows
        row = rows.index(here) if here is not None and here in rows else None
        self.set_count(len(rows), max(self.cursor, 0) if row is None else row)

    def set_query(self, text: str) -> None:
        """Filter at the next `show`."""
        self.query_text = text

    def _matching(self, ordered: list[Finding]) -> list[Finding]:
        self.query_error = ""
        if not self.query_text:
            return ordered
        from resim_inspect.filtering.items import FindingFields
        from resim_inspect.filtering.query import checked_query

        test, self.query_error = checked_query(self.query_text, FindingFields())
        if self.query_error:
            shown = set(self.shown)
            return [finding for finding in ordered if finding in shown]
        return [finding for finding in ordered if test is None or test(finding)]

    def selectable(self, row: int) -> bool:
        return 0 <= row < self.count and isinstance(self.rows[row], Finding)

    def copy_text(self, row: int) -> str:
        finding = self.rows[row]
        if isinstance(finding, str):
            return finding
        return f"{finding.severity} {finding.rule}: {finding.where}: {finding.message}"

    def empty_text(self) -> str:
        if self.checked and self.query_text:
            return unmatched_text("finding", self.query_text, "document.back")
        return "nothing is wrong with this file" if self.checked else self.failure or "checking…"

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        finding = self.rows[row]
        if isinstance(finding, str):
            return [(clean(finding, width), styles.quiet)]
        chosen = row == self.cursor
        start: list[StyledText] = [
            ("▌" if chosen else " ", styles.accent),
            (finding.severity.symbol + " ", styles.severity[finding.severity]),
        ]
        words = styles.strong if chosen else styles.text
        where, message = clean(finding.where, 300), clean(finding.message, 300)
        if width < 70:
            return [*start, (fit(f"{message}", width - 3), words)]
        if self.by is FindingGrouping.RULE:
            left = min(48, width * 2 // 5)
            return [*start, (fit(where, left) + "  ", styles.quiet), (message, words)]
        left, rule = min(40, width // 3), min(24, width // 4)
        return [
            *start,
            (fit(finding.rule, rule) + "  ", styles.quiet),
            (fit(message, width - left - rule - 7) + "  ", words),
            (fit(where, left), styles.quiet),
        ]


class FindingsPane(Pane, FilterHost, BoxHost):
    """The findings above, the chosen one in full below."""

    BOXES = ("#findings", "#finding-box")
    BINDINGS: ClassVar[list[BindingType]] = [*FINDINGS]
    DEFAULT_CSS = """
    FindingsPane { layout: vertical; }
    FindingsPane FindingList { border: round $rule; border-title-color: $foreground; height: 1fr; }
    FindingsPane FindingList:focus { border: round $accent; }
    FindingsPane #finding-box {
        border: round $rule; border-title-color: $quiet; padding: 0 1; height: 40%;
        max-height: 14; min-height: 6; scrollbar-size-vertical: 1;
    }
    FindingsPane #finding-box:focus { border: round $accent; }
    """

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(session, id=id)
        self.by = FindingGrouping.NOTHING

    def compose(self) -> ComposeResult:
        yield FindingList(id="findings")
        with ScrollBox(id="finding-box") as box:
            yield Static(id="finding-text")
        box.border_title = "Explained"

    def on_mount(self) -> None:
        self.show_session(self.session)

    @property
    def list(self) -> FindingList:
        """The list of findings."""
        return self.query_one(FindingList)

    def show_session(self, session: Session) -> None:
        self.session = session
        self.list.show(session, self.by)
        self._title()
        self._explain()

    def focus_main(self) -> None:
        self.list.focus()

    def go_to(self, position: int, at: float | None = None) -> None:  # noqa: ARG002
        if 0 <= position < self.list.count:
            self.list.cursor = position
        self.focus_main()

    def key_hints(self) -> Iterable[Hint]:
        edition = Hint("findings.edition")
        finding = self.list.finding
        if self.is_filtering():
            return (Hint("filter.done"), Hint("document.back", "clear filter"))
        filter_ = Hint("findings.filter")
        if finding is None:
            return (edition, filter_) if self.session.findings else (edition,)
        hints = (Hint("findings.group", self.by.next.value), edition, Hint("rows.copy"), filter_)
        there = Hint("rows.choose", "go there")
        return (there, *hints) if finding.target.kind in NAVIGABLE_KINDS else hints

    def export_choices(self) -> Sequence[ExportChoice]:
        from resim_inspect.tui.exporting.tables import finding_choices

        report = self.session.report
        if report is None:
            return []
        return finding_choices(self.session.document, self.list.shown, report.edition)

    def on_theme_changed(self) -> None:
        self.show_session(self.session)

    def filter_parent(self) -> Widget:
        return self

    def filter_fields(self) -> FilterFields:
        from resim_inspect.filtering.items import FindingFields

        return FindingFields

    def filtered_list(self) -> FindingList:
        return self.list

    def filter_applied(self) -> None:
        self.show_session(self.session)

    def dismiss_layer(self) -> bool:
        return self.clear_filter()

    def _title(self) -> None:
        report, styles = self.session.report, theme_styles(self.app)
        title = Text("Findings")
        if report is not None:
            total, shown = f"{len(report.findings):,}", len(self.list.shown)
            title.append(f" {total}" if shown == len(report.findings) else f" {shown:,} of {total}")
            for severity in Severity:
                number = report.count(severity)
                if number:
                    title.append(" · ", styles.quiet)
                    title.append(severity.counted(number), styles.severity[severity])
            title.append(f" · rules of {report.edition}", styles.quiet)
        show_title(self.list, title)

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        self._explain()
        self.post_message(KeyHintsChanged())

    def _explain(self) -> None:
        from resim_inspect.validation.registry import RULES

        styles, finding = theme_styles(self.app), self.list.finding
        text = Text()
        if finding is None:
            report = self.session.report
            if report is not None and not report.findings:
                text.append("✓ ", styles.of(MetricStatus.PASSED))
                text.append(f"The official validator of {report.edition} accepts this file.")
        else:
            text.append(f"{finding.severity} ", styles.severity[finding.severity])
            text.append(clean(finding.rule, 60), styles.strong)
            text.append("  " + clean(finding.where, 400) + "\n", styles.quiet)
            text.append(clean(finding.message, 2000, lines=True) + "\n", styles.text)
            if finding.hint:
                text.append("→ " + clean(finding.hint, 1000, lines=True) + "\n", styles.accent)
            rule = RULES.get(finding.rule)
            if rule is not None:
                text.append(f"\n{rule.title}\n", styles.strong)
                text.append(rule.explanation.strip(), styles.quiet)
                for word, example in (("bad", rule.bad), ("good", rule.good)):
                    if example:
                        text.append(f"\n{word:5}", styles.quiet)
                        text.append("\n     ".join(example), styles.text)
        show_text(self.query_one("#finding-text", Static), text)
        self.query_one("#finding-box").scroll_home(animate=False)

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.action_open()

    def action_open(self) -> None:
        finding = self.list.finding
        if finding is None:
            return
        if finding.target.kind in NAVIGABLE_KINDS:
            self.post_message(GoTo(finding.target.kind, finding.target.position))
        else:
            self.app.notify("This finding is about the file as a whole.", timeout=3)

    def action_group(self) -> None:
        self.by = self.by.next
        self.show_session(self.session)
        self.post_message(KeyHintsChanged())

    def action_edition(self) -> None:
        from resim_inspect.tui.widgets.dialogs import ChoiceDialog
        from resim_inspect.validation.editions import CHANGES, NEWEST, edition, written

        names = [NEWEST, *(written(number) for number in reversed(CHANGES))]
        rows = [f"{NEWEST:8} the newest"]
        rows += [f"{written(number):8} {CHANGES[number]}" for number in reversed(CHANGES)]
        report = self.session.report
        current = report.edition if report else NEWEST
        if current not in names:
            current = written(edition(current).rules)

        def chosen(row: int | None) -> None:
            if row is not None:
                self.post_message(EditionChosen(names[row]))

        title = "Validate by the rules of ReSim's validator, from release"
        self.app.push_screen(ChoiceDialog(title, rows, names.index(current)), chosen)
