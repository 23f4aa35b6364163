"""The topics of a job or a batch as a database, read again when their files have changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.derived import Control
from resim_inspect.emissions.evaluation.errors import EvaluationError, require_extra
from resim_inspect.errors import InspectError
from resim_inspect.files import file_states

if TYPE_CHECKING:
    from resim_inspect.emissions.config.model import Config
    from resim_inspect.emissions.evaluation.columns import Table
    from resim_inspect.emissions.evaluation.query_client import QueryClient, SqlTable
    from resim_inspect.emissions.evaluation.specs import MetricSpec
    from resim_inspect.emissions.evaluation.translation import ResultTerm

MAX_ROWS = 1_000_000
"""Rows of a result that are shown."""


class TableInfo(NamedTuple):
    """A table that queries can read."""

    name: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    """Name and SQL type of each column."""
    is_builtin: bool
    """True for a table of the server."""


@dataclass(frozen=True)
class Catalogue:
    """The tables of a database, and the metrics of the config of the same scope."""

    tables: tuple[TableInfo, ...]
    metrics: Mapping[str, MetricSpec]
    note: str = ""
    """Problem of the config, as a sentence; empty for none."""


@dataclass(frozen=True)
class QueryResult:
    """The result of a query."""

    sql: str
    table: Table
    terms: tuple[ResultTerm, ...]
    seconds: float
    is_cut: bool
    """True if there are more rows than `table` has."""
    catalogue: Catalogue
    """The tables that it could read."""


class QueryDatabase:
    """A database in a limited process, for one worker thread at a time.

    Only `cancel` and `shut` may be called from another thread.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cancel = threading.Event()
        self._in_use = threading.Lock()
        self._is_shut = False
        self._client: QueryClient | None = None
        self._state: tuple[object, ...] = ()
        self._catalogue: Catalogue | None = None

    def catalogue(self) -> Catalogue:
        """Read the emissions if they have changed. Raises EvaluationError and UnreadableError."""
        with self._in_use:
            return self._opened()[1]

    def run(self, sql: str) -> QueryResult:
        """Run a query.

        Raises SqlError, EvaluationError and UnreadableError, and CancelledEvaluationError after
        `cancel`.
        """
        from resim_inspect.emissions.evaluation.columns import Table
        from resim_inspect.emissions.evaluation.translation import translate

        with self._in_use:
            self._cancel.clear()
            if self._is_shut:
                self._cancel.set()
            try:
                client, catalogue = self._opened()
                translation = translate(sql)
                limited = f"SELECT * FROM ({translation.sql}) LIMIT {MAX_ROWS + 1}"
                started = monotonic()
                table = client.run(translation._replace(sql=limited), sql)
                seconds = monotonic() - started
            finally:
                if self._is_shut:
                    self._close()
        is_cut = table.rows > MAX_ROWS
        if is_cut:
            columns = (
                replace(
                    column,
                    values=column.values[:MAX_ROWS],
                    nulls=None if column.nulls is None else column.nulls[:MAX_ROWS],
                )
                for column in table.columns
            )
            table = Table(tuple(columns), MAX_ROWS)
        return QueryResult(sql, table, translation.columns, seconds, is_cut, catalogue)

    def cancel(self) -> None:
        """Stop the query that runs."""
        self._cancel.set()

    def shut(self) -> None:
        """End the process; a query that runs is stopped."""
        self._is_shut = True
        self._cancel.set()
        if self._in_use.acquire(blocking=False):
            try:
                self._close()
            finally:
                self._in_use.release()

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _opened(self) -> tuple[QueryClient, Catalogue]:
        from resim_inspect.emission_jobs import find_jobs
        from resim_inspect.emissions.config.search import find_config
        from resim_inspect.emissions.evaluation.budget import Budget
        from resim_inspect.emissions.evaluation.config_metrics import select_metrics, topic_schemas
        from resim_inspect.emissions.evaluation.query_client import QueryClient
        from resim_inspect.emissions.evaluation.topic_tables import build_tables

        require_extra()
        emission_jobs = find_jobs(self.path)
        note, config = "", None
        configs: tuple[Path, ...] = ()
        try:
            configs = find_config(emission_jobs.folder)
            config = _load(configs)
        except (InspectError, OSError) as error:
            note = str(error)
        state = file_states([*configs, *(file for job in emission_jobs.jobs for file in job.files)])
        if self._client is not None and self._catalogue is not None and state == self._state:
            return self._client, self._catalogue
        self._close()
        schemas = topic_schemas(config) if config is not None else {}
        tables = build_tables([job.read() for job in emission_jobs.jobs], schemas)
        scope = "batch" if emission_jobs.is_batch else "test"
        specs = select_metrics(config, scope) if config is not None else []
        self._catalogue = Catalogue(
            tuple(_info(name, table) for name, table in tables.items()),
            {spec.name: spec for spec in specs},
            note,
        )
        self._client = QueryClient(
            tables, budget=Budget(control=Control(is_cancelled=self._cancel.is_set))
        )
        self._state = state
        return self._client, self._catalogue


def _load(configs: tuple[Path, ...]) -> Config | None:
    from resim_inspect.emissions.config.loader import load_config

    return load_config(configs) if configs else None


def _info(name: str, table: SqlTable) -> TableInfo:
    from resim_inspect.emissions.config.model import SERVER_TABLES

    names = [column.name for column in table.table.columns]
    columns = tuple(zip(names, table.types, strict=True))
    return TableInfo(name, table.table.rows, columns, name in SERVER_TABLES)


def emissions_path(path: Path | None) -> Path:
    """Return the path whose emissions belong to a document; raises EvaluationError without any."""
    from resim_inspect.document.discovery import EMISSIONS_SUFFIX
    from resim_inspect.emissions.reader import emissions_files

    if path is not None and path.name.endswith(EMISSIONS_SUFFIX):
        return path
    if path is None or not emissions_files(path.parent):
        raise EvaluationError("No emissions (*.resim.jsonl) are in the folder of these metrics.")
    return path.parent
