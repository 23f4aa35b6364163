"""The screen of emissions while they are evaluated, which their document replaces."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterable
from time import monotonic
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from resim_inspect.derived import READING, Control, Progress
from resim_inspect.document.approximate import APPROXIMATE_NOTE
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.reloading.loading import load
from resim_inspect.errors import DocumentError
from resim_inspect.text import cell_width, clean, size
from resim_inspect.tui.document.session import Session, place_name
from resim_inspect.tui.graceful_exit import is_too_late
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.opening import EVALUATING
from resim_inspect.tui.messages import GoTo
from resim_inspect.tui.open.detect import DetectedPath
from resim_inspect.tui.open.opening import Opened
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.widgets.progress_line import progress_bar, progress_strip
from resim_inspect.tui.workers import Background, after_first_frame

ReplaceScreen = Callable[[Opened, int | None], Awaitable[None]]
POST_INTERVAL = 0.1
"""Seconds between two messages about the progress."""


def progress_words(progress: Progress) -> str:
    """Progress in words: `Evaluating metrics … 12 of 40   Max speed`."""
    done, total = f"{progress.done:,}", f"{progress.total:,}"
    if progress.stage == READING:
        done, total = size(progress.done), size(progress.total)
    name = clean(progress.name, 80)
    return f"{progress.stage} … {done} of {total}" + (f"   {name}" if name else "")


class EvaluationLine(Widget):
    """One line with the progress, or why nothing can be shown."""

    DEFAULT_CSS = "EvaluationLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.progress: Progress | None = None
        self.is_stopping = False

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        styles, progress = theme_styles(self.app), self.progress
        share = progress.done / progress.total if progress is not None and progress.total else 0.0
        words = f"{READING} …" if progress is None else progress_words(progress)
        words = "stopping …" if self.is_stopping else words
        pieces = [*progress_bar(share, styles, self.size.width), (words, styles.text)]
        return progress_strip(pieces, self.size.width, self.rich_style)


class EvaluatingScreen(MainScreen[None], Background):
    """The progress of an evaluation, which can be stopped: what is evaluated is shown then."""

    BINDINGS: ClassVar[list[BindingType]] = [*EVALUATING]
    TAKES = (GoTo,)
    DEFAULT_CSS = """
    EvaluatingScreen > #location { height: 1; background: $panel; padding: 0 1; }
    EvaluatingScreen > #evaluation { height: 1fr; padding: 1 2; }
    EvaluatingScreen #problem { height: auto; display: none; }
    EvaluatingScreen.-failed #problem { display: block; }
    EvaluatingScreen.-failed EvaluationLine { display: none; }
    """

    class Progressed(Message):
        """The evaluation is a step further."""

        def __init__(self, progress: Progress) -> None:
            super().__init__()
            self.progress = progress

    class Evaluated(Message):
        """The document is there."""

        def __init__(self, session: Session) -> None:
            super().__init__()
            self.session = session

    class NotEvaluated(Message):
        """The emissions cannot be read or evaluated."""

        def __init__(self, error: DocumentError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, detected: DetectedPath, replace: ReplaceScreen) -> None:
        """`replace` shows the document in place of this screen, at the position of a metric."""
        super().__init__()
        self.detected = detected
        self._replace = replace
        self._stop = threading.Event()
        self._metric: int | None = None
        """Position of the metric to show once the document is there."""
        self._problem = ""

    def compose(self) -> ComposeResult:
        yield Static(id="location", markup=False)
        with VerticalBox(id="evaluation"):
            yield EvaluationLine()
            yield Static(id="problem", markup=False)
        yield BottomBar()

    def on_mount(self) -> None:
        self._lines()
        after_first_frame(self, self._start)

    def _start(self) -> None:
        self._stop.clear()
        self._problem = ""
        self.set_class(False, "-failed")
        self._show_progress(None)
        self.evaluate(self._stop)
        self.update_hints()

    @work(
        thread=True,
        exclusive=True,
        group="evaluate",
        exit_on_error=False,
        description="evaluating the emissions",
    )
    def evaluate(self, stop: threading.Event) -> None:
        worker = get_current_worker()
        posted = 0.0

        def report(progress: Progress) -> None:
            nonlocal posted
            now = monotonic()
            if now - posted >= POST_INTERVAL:
                posted = now
                self.post_message(self.Progressed(progress))

        def is_cancelled() -> bool:
            return worker.is_cancelled or is_too_late(self)

        control = Control(report, is_cancelled, stop.is_set)
        try:
            loaded = load(self.detected.path, control)
        except DocumentError as error:
            if not is_cancelled():
                self.post_message(self.NotEvaluated(error))
        else:
            self.post_message(self.Evaluated(Session.of(loaded, inputs=self.detected.inputs)))

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        message.stop()
        self._show_progress(message.progress)

    def _show_progress(self, progress: Progress | None) -> None:
        line = self.query_one(EvaluationLine)
        line.progress, line.is_stopping = progress, self._stop.is_set()
        line.refresh()

    @on(Evaluated)
    def _evaluated(self, message: Evaluated) -> None:
        message.stop()
        # By the app: this screen cannot wait for its own end.
        self.app.call_later(self._replace, Opened(self.detected, message.session), self._metric)

    @on(NotEvaluated)
    def _not_evaluated(self, message: NotEvaluated) -> None:
        message.stop()
        self._problem = clean(str(message.error), 600)
        self.set_class(True, "-failed")
        self._lines()

    @on(GoTo)
    def _remember_metric(self, message: GoTo) -> None:
        message.stop()
        self._metric = message.position

    def action_stop(self) -> None:
        if not self._problem:
            self._stop.set()
            self._show_progress(self.query_one(EvaluationLine).progress)

    def action_retry(self) -> None:
        if self._problem:
            self._start()

    def key_hints(self) -> Iterable[Hint]:
        return (Hint("evaluating.retry") if self._problem else Hint("evaluating.stop"),)

    def _lines(self) -> None:
        styles = theme_styles(self.app)
        location = Text(no_wrap=True, overflow="ellipsis")
        name = place_name(self.detected.path)
        location.append(name, styles.strong)
        # One cell is blank on each side.
        fits = cell_width(name) + 3 + len(APPROXIMATE_NOTE) <= self.size.width - 2
        location.append(f"   {APPROXIMATE_NOTE if fits else 'approximate'}", styles.accent)
        self.query_one("#location", Static).update(location)
        status = MetricStatus.FAIL_BLOCK
        problem = Text(f"{status.symbol} {self._problem}", styles.of(status))
        self.query_one("#problem", Static).update(problem)
        self.update_hints()

    def on_resize(self) -> None:
        self._lines()

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._lines()
        self.query_one(EvaluationLine).refresh()
