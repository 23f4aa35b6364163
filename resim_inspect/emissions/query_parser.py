"""Parsing of SQL by sqlglot within a bound of work; sqlglot is imported when used."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

DIALECT = "trino"
_START = re.compile(r"(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*+\*/)*+([A-Za-z]+)")
"""First word behind comments; possessive, since other ways to divide the comments never help."""
_QUERIES = frozenset({"SELECT", "WITH", "VALUES", "TABLE"})
_FREE_NODES = 5_000
_NODES_PER_TOKEN = 8
"""Usual queries need less than one node for each token."""
_MAX_NODES = 100_000


class IntricateQueryError(Exception):
    """SQL of which the parser tries too many readings.

    The parser tries nested arrays and joins without ON in two ways at each level, which takes
    hours for 30 levels. It is not a subclass of sqlglot's errors, which the parser catches.
    """


def foreign_statement(sql: str) -> str:
    """Return the first word of SQL that begins no query, in capitals; empty for a query."""
    start = _START.match(sql)
    word = start[1].upper() if start is not None else ""
    return "" if word in _QUERIES else word[:20]


def parse_statements(sql: str) -> list[Expression]:
    """Return the trees of all statements.

    Raises IntricateQueryError, RecursionError for nesting, and sqlglot's errors.
    """
    from sqlglot import Dialect

    dialect = Dialect.get_or_raise(DIALECT)
    tokens = dialect.tokenize(sql)
    parser = _parser_class()(dialect=dialect)
    parser.nodes_left = min(_FREE_NODES + _NODES_PER_TOKEN * len(tokens), _MAX_NODES)
    return [tree for tree in parser.parse(tokens, sql) if tree is not None]


@cache
def _parser_class() -> Any:
    from sqlglot import Dialect

    parent: Any = Dialect.get_or_raise(DIALECT).parser_class

    class BoundedParser(parent):  # type: ignore[misc]
        """The parser of Trino's SQL, which counts the nodes of all readings that it tries."""

        nodes_left = _MAX_NODES

        def validate_expression(self, expression: Any, args: Any = None) -> Any:
            self.nodes_left -= 1
            if self.nodes_left < 0:
                raise IntricateQueryError
            return super().validate_expression(expression, args)

    return BoundedParser
