"""Rules about SQL queries: tables, columns, and the columns that a template wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from resim_inspect.emissions.config.model import SERVER_TABLES, Config, MetricDefinition, where
from resim_inspect.emissions.query_tree import (
    INSTALL,
    Query,
    Select,
    Source,
    SqlQueryError,
    can_parse,
    parse_query,
)
from resim_inspect.emissions.rule_context import RuleContext, check, nearest_hint, shown
from resim_inspect.settings.faults import Origin
from resim_inspect.text import clean, count
from resim_inspect.validation.findings import Rule, Severity

_QUERY = 'metrics["Max speed"].query_string = "%s"'
_GOOD = (_QUERY % "SELECT MAX(v) FROM speed",)
SQL_UNCHECKED = Rule(
    "sql-unchecked",
    Severity.WARNING,
    "The queries were checked",
    "Queries are checked with sqlglot, which comes with resim-inspect[emissions]. Without it the "
    "config is not called valid.",
)
SQL_SYNTAX = Rule(
    "sql-syntax",
    Severity.WARNING,
    "A query is one SELECT in the dialect of Trino",
    "The server's own parser is not known; what sqlglot does not read as Trino's SQL may pass it.",
    (_QUERY % "SELECT MAX(v FROM speed",),
    _GOOD,
)
TABLE_UNKNOWN = Rule(
    "table-unknown",
    Severity.ERROR,
    "Each table of a query is a topic or one of the server",
    "The tables of the server are metadata, container_performance and test_length_seconds.",
    (_QUERY % "SELECT MAX(v) FROM spede",),
    _GOOD,
)
COLUMN_UNKNOWN = Rule(
    "column-unknown",
    Severity.WARNING,
    "Each column of a query is one of its tables",
    "A topic has the fields of its schema, timestamp, and the columns that the server adds: "
    "job_id, batch_id, project_id, build_version, run_counter and experience_name.",
    (_QUERY % "SELECT MAX(speed) FROM speed",),
    _GOOD,
)
COLUMN_AMBIGUOUS = Rule(
    "column-ambiguous",
    Severity.ERROR,
    "A column that several joined topics have is named with its topic",
    'The server refuses it when it renders: "exists in more than one joined topic". That holds for '
    "job_id and the other columns that it adds, too.",
    (_QUERY % "SELECT job_id FROM speed JOIN metadata ON speed.job_id = metadata.job_id",),
    (_QUERY % "SELECT speed.job_id FROM speed JOIN metadata ON speed.job_id = metadata.job_id",),
)
TEMPLATE_COLUMNS = Rule(
    "template-columns",
    Severity.WARNING,
    "A query has the columns that its template takes",
    "Their position decides: line takes group, x and y, bar group, category and value, pie label "
    "and value, state_timeline system, timestamp and state, histogram a value with or without a "
    "group, scalar one value.",
    (_QUERY % "SELECT MIN(v), MAX(v) FROM speed",),
    _GOOD,
)
METRIC_MEDIA = Rule(
    "metric-media",
    Severity.ERROR,
    "A metric of images or videos reads a topic with such a field",
    "The server refuses others.",
    ('metrics["Frames"].query_string = "SELECT v FROM speed"',),
    ('metrics["Frames"].query_string = "SELECT image FROM frames"',),
)
SERVER_COLUMNS = frozenset({"job_id", "batch_id", "project_id", "build_version", "run_counter"})
"""Columns that every topic and `metadata` have."""
TOPIC_COLUMNS = SERVER_COLUMNS | {"timestamp", "experience_name"}
_WIDTHS = {
    "line": (2, 3),
    "bar": (2, 4),
    "scalar": (1, 1),
    "histogram": (1, 2),
    "pie": (2, 2),
    "state_timeline": (3, 3),
}

Topics = Mapping[str, frozenset[str]]
"""Columns of each topic; all names in lower case."""


class _Text(NamedTuple):
    """A query with its place."""

    metric: MetricDefinition
    key: tuple[str, ...]
    text: str

    def origin(self, line: int) -> Origin:
        """Line of the file for a line of the query."""
        file = self.metric.file
        key = ("metrics", self.metric.name, *self.key)
        if file is None:
            return self.metric.origin
        start = file.text_lines.get(key)
        if start is None or line < 1:
            # The text stands on the line of its key, and may be folded.
            return file.origin(*key)
        return Origin(file.path, start + line - 1)


@check(SQL_UNCHECKED)
def check_parser(context: RuleContext) -> None:
    """Report that queries are not checked for want of the parser."""
    if context.config is None or can_parse():
        return
    for file in context.config.files:
        if any(metric.file is file and metric.query for metric in context.config.metrics):
            origin = Origin(file.path, 0)
            hint = f"Install it: {INSTALL}"
            context.report(SQL_UNCHECKED, origin, "", "SQL not checked: sqlglot is missing", hint)


@check(SQL_SYNTAX, TABLE_UNKNOWN, COLUMN_UNKNOWN, COLUMN_AMBIGUOUS, TEMPLATE_COLUMNS, METRIC_MEDIA)
def check_queries(context: RuleContext) -> None:
    """Parse each query and compare its names with the topics."""
    if context.config is None or not can_parse():
        return
    topics = _topics(context.config)
    for text in _texts(context.config):
        try:
            query = parse_query(text.text)
        except SqlQueryError as error:
            origin = text.origin(error.line)
            hint = "Write one SELECT in Trino's dialect."
            _report(context, SQL_SYNTAX, text, origin, str(error), hint)
            continue
        _check_tables(context, text, query, topics)
        _check_columns(context, text, query, topics)
        if text.key == ("query_string",):
            _check_template(context, text, query)


def _texts(config: Config) -> Iterator[_Text]:
    for metric in config.metrics:
        for key, query in metric.queries():
            if query.strip():
                yield _Text(metric, key, query)


def _report(
    context: RuleContext, rule: Rule, text: _Text, origin: Origin, message: str, hint: str
) -> None:
    context.report(rule, origin, where(("metrics", text.metric.name, *text.key)), message, hint)


def _topics(config: Config) -> Topics:
    return {
        name.lower(): frozenset(field.lower() for field in topic.fields) | TOPIC_COLUMNS
        for name, topic in config.topics.items()
    }


def _check_tables(context: RuleContext, text: _Text, query: Query, topics: Topics) -> None:
    for table in query.tables:
        if table.name.lower() in topics or table.name.lower() in SERVER_TABLES:
            continue
        hint = nearest_hint(table.name.lower(), [*topics, *SERVER_TABLES], "Add the topic.")
        message = f"reads {shown(table.name)}, which is not a topic"
        _report(context, TABLE_UNKNOWN, text, text.origin(table.line), message, hint)


def _check_columns(context: RuleContext, text: _Text, query: Query, topics: Topics) -> None:
    everywhere = set(query.aliases)
    for select in query.selects:
        for source in select.sources:
            columns = _columns(source, topics)
            if columns is None:
                # A name without a table may be one of its columns.
                everywhere.add("*")
            everywhere |= columns or set()
    reported: set[tuple[str, str]] = set()
    for select in query.selects:
        for name, table, line in select.references:
            if (table, name) in reported:
                continue
            message, hint, rule = "", "", COLUMN_UNKNOWN
            if table:
                of = next((source for source in select.sources if source.alias == table), None)
                columns = None if of is None else _columns(of, topics)
                if columns is not None and name.lower() not in columns:
                    message = f"reads {shown(f'{table}.{name}')}, which is not a column of it"
                    hint = _nearest(name, columns)
            elif _is_ambiguous(name, select, topics):
                rule = COLUMN_AMBIGUOUS
                message = f"reads {shown(name)}, which more than one joined topic has"
                hint = f"Write the topic before it: {clean(select.sources[0].alias, 60)}.{name}"
            elif name.lower() not in everywhere and "*" not in everywhere:
                message = f"reads {shown(name)}, which none of its tables has"
                hint = _nearest(name, everywhere)
            if message:
                reported.add((table, name))
                _report(context, rule, text, text.origin(line), message, hint)


def _columns(source: Source, topics: Topics) -> frozenset[str] | None:
    return topics.get(source.table.lower()) if source.table else source.columns


def _is_ambiguous(name: str, select: Select, topics: Topics) -> bool:
    if name.lower() in select.joined:
        return False
    having = 0
    for source in select.sources:
        columns = topics.get(source.table.lower())
        if source.table.lower() == "metadata":
            columns = SERVER_COLUMNS
        having += columns is not None and name.lower() in columns
    return having > 1


def _nearest(name: str, columns: frozenset[str] | set[str]) -> str:
    otherwise = "Add the field to the schema, or read another one."
    return nearest_hint(name.lower(), sorted(columns), otherwise)


def _check_template(context: RuleContext, text: _Text, query: Query) -> None:
    metric = text.metric
    if metric.template_type == "custom":
        return
    low, high = _WIDTHS.get(metric.template, (0, 0))
    if low and query.width is not None and not low <= query.width <= high:
        takes = str(low) if low == high else f"{low} to {high}"
        message = f"has {count(query.width, 'column')}, and {metric.template} takes {takes}"
        hint = "Select the columns of the template in its order."
        _report(context, TEMPLATE_COLUMNS, text, text.origin(0), message, hint)
    if metric.template in ("image", "video") and context.config is not None:
        kinds = {
            kind
            for name, topic in context.config.topics.items()
            for kind in topic.fields.values()
            if name.lower() in {table.name.lower() for table in query.tables}
        }
        if metric.template not in kinds:
            message = f"reads no topic with a field of the type {metric.template}"
            hint = f"Read a topic that has one, or add a field of the type {metric.template}."
            _report(context, METRIC_MEDIA, text, text.origin(0), message, hint)
