"""Opening of the tree of fields from the screens of a document, and for a damaged file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from textual.app import App
from textual.widget import AwaitMount

from resim_inspect.errors import DocumentError, MalformedError, TruncatedError

if TYPE_CHECKING:
    from textual.screen import Screen

    from resim_inspect.document.raw_tree.nodes import Step
    from resim_inspect.document.unknown_fields import UnknownField
    from resim_inspect.tui.document.pane import Pane
    from resim_inspect.tui.document.session import Session

Item = tuple[str, int]
"""Kind and position of a `metric`, `data` or `event`."""


class Damage(NamedTuple):
    """Bytes of a file that keep it from being opened."""

    path: Path
    error: DocumentError
    offset: int
    """Offset of the byte to show; one beyond the file stands for its last byte."""

    @property
    def sentence(self) -> str:
        """The error as a sentence."""
        return self.error.sentence


class RawApp:
    """An app that shows files as trees of fields; it comes after the app among the bases."""

    first_damage: Damage | None = None
    """Damage of the file with which the app was started, in place of a document."""

    def action_raw(self) -> None:
        from resim_inspect.tui.raw.reading import RawTarget, subject_of
        from resim_inspect.tui.raw.screen import RawScreen

        app = cast(App[Any], self)
        shown = _in_view(app.screen)
        if shown is not None:
            session, item = shown
            unknown = _unknown_field(app.screen)
            target = RawTarget(item) if unknown is None else RawTarget(unknown=unknown)
            app.push_screen(RawScreen(subject_of(session), target))

    def reopen_raw(self, session: Session, steps: tuple[Step, ...]) -> AwaitMount:
        """Show the bytes of a document at a field; what it lacks of the way there is left out."""
        from resim_inspect.tui.raw.reading import RawTarget, subject_of
        from resim_inspect.tui.raw.screen import RawScreen

        screen = RawScreen(subject_of(session), RawTarget(steps=steps))
        return cast(App[Any], self).push_screen(screen)

    def show_damage(self, path: Path, error: Exception) -> bool:
        """Show the fields of a file that cannot be opened, if that is because of its bytes.

        Return False, and do nothing, for another error.
        """
        damage = damage_of(path, error)
        if damage is None:
            return False
        from resim_inspect.tui.raw.reading import RawSubject, RawTarget
        from resim_inspect.tui.raw.screen import RawScreen

        label = "/".join(damage.path.absolute().parts[-2:])
        subject = RawSubject(label, damage.path, problem=damage.sentence)
        cast(App[Any], self).push_screen(RawScreen(subject, RawTarget(offset=damage.offset)))
        return True

    def show_first_damage(self) -> None:
        """Show the fields of the damaged file with which the app was started, if it was."""
        if self.first_damage is not None:
            self.show_damage(self.first_damage.path, self.first_damage.error)


def damage_of(path: object, error: Exception) -> Damage | None:
    """Return what is damaged about a file; None for an error that its bytes do not explain.

    `path` is what was opened; the error may be about a file in it.
    """
    if not isinstance(error, (TruncatedError, MalformedError)):
        return None
    file = error.path or path
    if not isinstance(file, Path):
        return None
    if isinstance(error, TruncatedError):
        # It is damaged at its end, below what needs more bytes.
        return Damage(file, error, sys.maxsize)
    return Damage(file, error, error.offset) if error.offset else None


def _in_view(screen: Screen[Any]) -> tuple[Session, Item | None] | None:
    """The document of a screen, and the item that is chosen there; None for other screens."""
    from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard
    from resim_inspect.tui.document.metrics.card_screen import CardScreen
    from resim_inspect.tui.document.screen import DocumentScreen

    if isinstance(screen, DocumentScreen):
        return screen.session, _item_of_pane(screen.pane)
    if isinstance(screen, CardScreen):
        return screen.session, ("metric", screen.position)
    if isinstance(screen, MetricsDashboard):
        metric = screen.grid.item
        return screen.session, None if metric is None else ("metric", metric)
    return None


def _item_of_pane(pane: Pane) -> Item | None:
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


def _unknown_field(screen: Screen[Any]) -> UnknownField | None:
    """The unknown field that the chosen finding is about; None for other findings and screens."""
    from resim_inspect.document.unknown_fields import UnknownField
    from resim_inspect.tui.document.findings.pane import FindingsPane
    from resim_inspect.tui.document.screen import DocumentScreen

    pane = screen.pane if isinstance(screen, DocumentScreen) else None
    finding = pane.list.finding if isinstance(pane, FindingsPane) else None
    if finding is None or not finding.field_number:
        return None
    return UnknownField(finding.where, finding.field_number)
