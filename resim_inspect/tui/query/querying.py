"""Background work of the query pane: reading the emissions, running a query, drawing a result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from resim_inspect.emissions.evaluation.errors import Position, RenderError, SqlError
from resim_inspect.errors import InspectError
from resim_inspect.tui.query.database import Catalogue, QueryDatabase, QueryResult
from resim_inspect.tui.query.history import remember_query
from resim_inspect.tui.query.result_chart import draw
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.workers import Background

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from resim_inspect.emissions.evaluation.specs import MetricSpec


class QueryingScreen(MainScreen[None], Background):
    """A screen with a database of emissions; each worker ends with one message."""

    class Opened(Message):
        """The emissions have been read."""

        def __init__(self, catalogue: Catalogue) -> None:
            super().__init__()
            self.catalogue = catalogue

    class Finished(Message):
        """A query has a result."""

        def __init__(self, result: QueryResult) -> None:
            super().__init__()
            self.result = result

    class Failed(Message):
        """The emissions cannot be read, or a query was refused, failed or was stopped."""

        def __init__(
            self, sentence: str, position: Position | None = None, *, of_query: bool = True
        ) -> None:
            super().__init__()
            self.sentence = sentence
            self.position = position
            self.of_query = of_query

    class Drawn(Message):
        """The chart of a result is ready, or cannot be drawn for the reason in `sentence`."""

        def __init__(self, result: QueryResult, document: Document | None, sentence: str) -> None:
            super().__init__()
            self.result = result
            self.document = document
            self.sentence = sentence

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.database = QueryDatabase(path)

    def on_unmount(self) -> None:
        self.database.shut()

    @work(
        thread=True,
        exclusive=True,
        group="query-open",
        exit_on_error=False,
        description="reading the emissions",
    )
    def read_tables(self) -> None:
        try:
            self.post_message(self.Opened(self.database.catalogue()))
        except InspectError as error:
            self.post_message(self.Failed(error.located(), of_query=False))

    @work(thread=True, group="query", exit_on_error=False, description="running a query")
    def run_query(self, sql: str) -> None:
        from resim_inspect.emissions.evaluation.processes.child_process import (
            CancelledEvaluationError,
        )

        try:
            remember_query(sql)
            self.post_message(self.Finished(self.database.run(sql)))
        except SqlError as error:
            self.post_message(self.Failed(str(error), error.position))
        except CancelledEvaluationError:
            self.post_message(self.Failed("The query was stopped."))
        except InspectError as error:
            self.post_message(self.Failed(error.located()))
        except BaseException:
            self.post_message(self.Failed("The query ended with an internal error."))
            raise

    @work(
        thread=True,
        exclusive=True,
        group="query-chart",
        exit_on_error=False,
        description="drawing a result",
    )
    def draw_result(self, result: QueryResult, spec: MetricSpec | None) -> None:
        document, sentence = None, ""
        # A result that does not fit the template of its metric may fit another one.
        for metric in (None,) if spec is None else (spec, None):
            try:
                document = draw(result, metric)
                break
            except RenderError as error:
                sentence = str(error)
        self.post_message(self.Drawn(result, document, sentence))
