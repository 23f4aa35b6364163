"""Screens of what may have emissions, from which the query pane opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from textual.screen import Screen

from resim_inspect.errors import InspectError
from resim_inspect.files import is_folder
from resim_inspect.text import clean


class QueryHost:
    """A screen of a document or a batch; it comes after the screen among the bases."""

    def query_path(self) -> Path | None:
        """Path of the document, or folder of the batch; None if it was not read from one."""
        raise NotImplementedError

    def query_metric(self) -> str:
        """Name of the metric whose query is filled in; empty for none."""
        return ""

    def action_query(self) -> None:
        from resim_inspect.tui.query.database import emissions_path
        from resim_inspect.tui.query.screen import QueryScreen

        screen, path = cast(Screen[Any], self), self.query_path()
        try:
            if path is None or not is_folder(path):
                path = emissions_path(path)
        except InspectError as error:
            screen.app.notify(clean(str(error), 300), title="No query", timeout=5, markup=False)
        else:
            screen.app.push_screen(QueryScreen(path, self.query_metric()))
