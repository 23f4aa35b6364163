"""SQL queries parsed by sqlglot: tables, columns and results; sqlglot is imported when used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from resim_inspect.emissions.query_parser import (
    IntricateQueryError,
    foreign_statement,
    parse_statements,
)
from resim_inspect.text import clean

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

INSTALL = 'pip install "resim-inspect[emissions]"'
MAX_QUERY = 50_000
"""Characters of a query that is parsed."""
MAX_DEPTH = 300
"""Levels of a tree whose names are looked up, which takes time for each level of each name."""


class SqlQueryError(Exception):
    """A query that cannot be parsed; the text continues the query as its subject."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line
        """Line in the query, from 1; 0 if it is unknown."""


class Name(NamedTuple):
    """A name in a query."""

    name: str
    line: int
    """Line in the query, from 1; 0 if it is unknown."""


class Reference(NamedTuple):
    """A column that a query refers to."""

    name: str
    table: str
    """Alias or name before the dot; empty without one."""
    line: int


class Source(NamedTuple):
    """A table or subquery that one SELECT reads."""

    alias: str
    table: str
    """Name of the table; empty for a subquery."""
    columns: frozenset[str] | None
    """Columns of a subquery in lower case; None for a table, or if they are not known."""


class Select(NamedTuple):
    """One SELECT of a query."""

    sources: tuple[Source, ...]
    references: tuple[Reference, ...]
    joined: frozenset[str]
    """Columns in lower case that USING joins, and that are one column then."""


class Query(NamedTuple):
    """A parsed query."""

    tables: tuple[Name, ...]
    """Tables that are read, without those that the query defines itself."""
    selects: tuple[Select, ...]
    aliases: frozenset[str]
    """Names in lower case that the query gives to columns."""
    width: int | None
    """Number of columns of the result; None if a star stands for some."""


@cache
def can_parse() -> bool:
    """Return True if sqlglot is installed."""
    return find_spec("sqlglot") is not None


def parse_query(text: str) -> Query:
    """Parse one SELECT; raises SqlQueryError for anything else. sqlglot must be installed."""
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.scope import traverse_scope

    tree = parse_select(text)
    if _is_deep(tree):
        raise SqlQueryError("is nested too deeply, or has too long a chain of operators")
    try:
        scopes = list(traverse_scope(tree))
        return _query(tree, scopes)
    except (SqlglotError, RecursionError) as error:
        raise SqlQueryError("cannot be understood: its names contradict each other") from error


def parse_select(text: str) -> exp.Query:
    """Return the tree of one SELECT; raises SqlQueryError for anything else."""
    from sqlglot import exp
    from sqlglot.errors import ParseError, SqlglotError

    if len(text) > MAX_QUERY:
        raise SqlQueryError(f"is longer than {MAX_QUERY:,} characters")
    word = foreign_statement(text)
    if word:
        # sqlglot reads INSTALL as a name, and finds fault with the syntax of ATTACH.
        raise SqlQueryError(f"is not a SELECT but {word}")
    try:
        trees = parse_statements(text)
    except ParseError as error:
        first: dict[str, Any] = error.errors[0] if error.errors else {}
        near = clean(str(first.get("highlight") or ""), 40)
        message = "is not valid SQL" + (f' near "{near}"' if near else "")
        raise SqlQueryError(message, int(first.get("line") or 0)) from error
    except SqlglotError as error:
        raise SqlQueryError("is not valid SQL: a quote or a comment does not end") from error
    except (RecursionError, IntricateQueryError) as error:
        raise SqlQueryError("is nested too deeply") from error
    if len(trees) != 1:
        raise SqlQueryError("is empty" if not trees else "has more than one statement")
    tree = trees[0]
    if not isinstance(tree, exp.Query):
        raise SqlQueryError(f"is not a SELECT but {clean(tree.key.upper(), 20)}")
    return tree


def _is_deep(tree: exp.Query) -> bool:
    level: list[Any] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return False
    return True


def _query(tree: exp.Query, scopes: list[Scope]) -> Query:
    from sqlglot import exp

    selects = tuple(_select(scope) for scope in scopes)
    tables: dict[str, Name] = {}
    for scope in scopes:
        for source in scope.sources.values():
            if isinstance(source, exp.Table) and source.name:
                tables.setdefault(source.name, Name(source.name, _line(source.this)))
    aliases = {alias.alias.lower() for alias in tree.find_all(exp.Alias) if alias.alias}
    for alias in tree.find_all(exp.TableAlias):
        aliases |= {column.name.lower() for column in alias.args.get("columns") or ()}
    width = None if tree.is_star else len(tree.selects)
    return Query(tuple(tables.values()), selects, frozenset(aliases), width)


def _select(scope: Scope) -> Select:
    from sqlglot import exp

    sources = []
    for alias, source in scope.sources.items():
        if isinstance(source, exp.Table):
            # A table of the scopes around is in the sources of this one too.
            if any(table is source for table in scope.tables):
                sources.append(Source(alias, source.name, None))
        elif alias in scope.selected_sources:
            sources.append(Source(alias, "", _columns_of(source)))
    joined = {
        name.name.lower()
        for join in scope.expression.args.get("joins") or ()
        for name in join.args.get("using") or ()
    }
    return Select(tuple(sources), tuple(_references(scope)), frozenset(joined))


def _columns_of(scope: Any) -> frozenset[str] | None:
    expression = getattr(scope, "expression", None)
    if expression is None or getattr(expression, "is_star", True):
        return None
    names = [name.lower() for name in expression.named_selects]
    return None if "" in names or "*" in names or not names else frozenset(names)


def _references(scope: Scope) -> Iterator[Reference]:
    for column in scope.columns:
        if column.name and column.name != "*":
            yield Reference(column.name, column.table, _line(column.this))


def _line(node: Any) -> int:
    return int(node.meta.get("line") or 0) if hasattr(node, "meta") else 0
