"""Results of a config's queries and templates: kept ones, else those of processes that run them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from resim_inspect.emissions.evaluation.columns import Table
from resim_inspect.emissions.evaluation.custom_templates import (
    TemplateRenderer,
    parse_figure,
    read_template,
)
from resim_inspect.emissions.evaluation.errors import RenderError, SqlError
from resim_inspect.emissions.evaluation.query_client import QueryClient, SqlTable
from resim_inspect.emissions.evaluation.template_idioms import lost_on_server
from resim_inspect.emissions.evaluation.translation import Translation, translate

if TYPE_CHECKING:
    from resim_inspect.emissions.evaluation.budget import Budget
    from resim_inspect.emissions.evaluation.kept_results import KeptResults
    from resim_inspect.emissions.evaluation.limits import Limits
    from resim_inspect.emissions.evaluation.specs import MetricSpec


class QueryResult(NamedTuple):
    """The result of a query."""

    translation: Translation
    table: Table
    key: Hashable | None
    """Everything that the result was worked out from; None if it is not kept."""


class QueryResults:
    """Results over some tables; close it after use.

    With `kept_results`, a query or template runs only if its text or a table that it reads has
    changed, and only the tables of such queries are loaded.
    """

    def __init__(
        self,
        tables: Mapping[str, SqlTable],
        limits: Limits,
        budget: Budget,
        kept_results: KeptResults | None,
    ) -> None:
        self._tables = tables
        self._limits = limits
        self._budget = budget
        self._kept = kept_results
        self._planned: dict[Hashable, object] = {}
        """Kept results of queries that will not run: they may leave `kept_results` before use."""
        self._names = {name.lower(): name for name in tables}
        self._client = QueryClient(tables, limits, budget)
        self._renderer = TemplateRenderer(limits, budget)

    def plan(self, specs: Iterable[MetricSpec]) -> None:
        """Load, of all tables, only those that the queries that will run may read."""
        if self._kept is None:
            return
        wanted: set[str] = set()
        for spec in specs:
            for sql, threshold in _queries(spec):
                with suppress(SqlError):
                    translation = translate(sql, threshold)
                    key = self._key(translation, sql, threshold)
                    value = self._found(key)
                    if value is None:
                        wanted |= self._read(translation)
                    else:
                        self._planned[key] = value
        self._client = QueryClient(
            {name: table for name, table in self._tables.items() if name in wanted},
            self._limits,
            self._budget,
        )

    def query(self, sql: str, threshold: float | int | None = None) -> QueryResult:
        """Return the result of a query; raises as `QueryClient.run`."""
        translation = translate(sql, threshold)
        key = self._key(translation, sql, threshold)
        value = self._found(key)
        if isinstance(value, SqlError):
            raise copy(value)
        if isinstance(value, Table):
            return QueryResult(translation, value, key)
        self._budget.check()
        try:
            table = self._client.run(translation, sql)
        except SqlError as fault:
            self._keep(key, copy(fault), 0)
            raise
        self._keep(key, table, table.size)
        return QueryResult(translation, table, key)

    def figure(self, spec: MetricSpec, result: QueryResult) -> dict[str, Any]:
        """Return the figure that the template of a metric prints of a result.

        Raises RenderError, and as `Budget.check`.
        """
        template = read_template(spec)
        key = None if result.key is None else (template, spec.template_file, result.key)
        value = self._found(key)
        if isinstance(value, RenderError):
            raise copy(value)
        if not isinstance(value, str):
            self._budget.check()
            try:
                value = self._renderer.render(template, spec.template_file, result.table)
            except RenderError as fault:
                self._keep(key, copy(fault), 0)
                raise
            self._keep(key, value, 4 * len(value))
        try:
            return parse_figure(value)
        except RenderError as fault:
            reason = lost_on_server(template)
            if not reason:
                raise
            raise RenderError(f"{str(fault).rstrip('. ')}. {reason}") from fault

    def close(self) -> None:
        """End the process of the database, if one runs."""
        self._client.close()

    def _found(self, key: Hashable | None) -> object | None:
        """A planned or kept value; None without one."""
        if self._kept is None or key is None:
            return None
        return self._planned.get(key) or self._kept.get(key)

    def _keep(self, key: Hashable | None, value: object, size: int) -> None:
        """Keep a result, or a copy of an error: the error itself has its traceback."""
        if self._kept is not None and key is not None:
            is_transient = isinstance(value, SqlError | RenderError) and value.is_transient
            self._kept.keep(key, value, size, is_transient=is_transient)

    def _key(
        self, translation: Translation, sql: str, threshold: float | int | None
    ) -> Hashable | None:
        """The query with the content of the tables that it reads; None if nothing is kept.

        Results of `now()` or `random()` are not.
        """
        if self._kept is None or translation.is_volatile:
            return None
        read = sorted(self._read(translation))
        prints = tuple((name, self._tables[name].fingerprint) for name in read)
        # An int and a float that are equal are not the same text of SQL.
        return (sql, repr(threshold), self._limits, prints)

    def _read(self, translation: Translation) -> set[str]:
        """Names of the tables that a query may read: all, if one of its tables is unknown."""
        read = translation.tables
        if read is None or not read - translation.defined <= self._names.keys():
            return set(self._tables)
        return {self._names[name] for name in read if name in self._names}


def _queries(spec: MetricSpec) -> Iterable[tuple[str, float | int | None]]:
    """The query of a metric, and that of its status with each threshold."""
    yield spec.query, None
    if spec.status is not None:
        for threshold in (spec.status.block, spec.status.warn):
            if threshold is not None:
                yield spec.status.query, threshold
