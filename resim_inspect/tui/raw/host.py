"""Screens of a document from which the tree of its fields opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.screen import Screen

from resim_inspect.tui.document.session import Session

if TYPE_CHECKING:
    from resim_inspect.tui.document.pane import Pane
    from resim_inspect.tui.raw.reading import RawSubject

Item = tuple[str, int]
"""Kind and position of a `metric`, `data` or `event`."""


class RawHost:
    """A screen with a session; it comes after the screen among the bases."""

    def raw_item(self) -> Item | None:
        """The metric, data or event in view; None for the file as a whole."""
        raise NotImplementedError

    def action_raw(self) -> None:
        from resim_inspect.tui.raw.reading import RawTarget
        from resim_inspect.tui.raw.screen import RawScreen

        screen = cast(Screen[Any], self)
        session: Session = cast(Any, self).session
        screen.app.push_screen(RawScreen(subject_of(session), RawTarget(self.raw_item())))


def subject_of(session: Session) -> RawSubject:
    """The bytes of a document: of its file, or of what was evaluated from emissions."""
    from resim_inspect.tui.raw.reading import RawSubject

    document = session.document
    is_file = document.path is not None and document.stamp is not None
    return RawSubject(session.label, document.path, None if is_file else document.source)


def item_of_pane(pane: Pane) -> Item | None:
    """The item under the cursor of a pane; None where it has none, or one that is not bytes."""
    from resim_inspect.tui.document.data.pane import DataPane
    from resim_inspect.tui.document.events.pane import EventsPane
    from resim_inspect.tui.document.findings.pane import FindingsPane
    from resim_inspect.tui.document.metrics.pane import MetricsPane

    if isinstance(pane, MetricsPane) and pane.list.position is not None:
        return "metric", pane.list.position
    if isinstance(pane, DataPane) and pane.list.position is not None:
        return "data", pane.list.position
    if isinstance(pane, EventsPane) and pane.list.event is not None:
        return "event", pane.list.event.position
    if isinstance(pane, FindingsPane) and pane.list.finding is not None:
        target = pane.list.finding.target
        return target.kind, target.position
    return None
