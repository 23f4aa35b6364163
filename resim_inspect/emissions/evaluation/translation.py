"""SQL of Trino as SQL of DuckDB: one SELECT, with the threshold of a status in its place."""

from __future__ import annotations

import math
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.emissions.evaluation.errors import Position, SqlError
from resim_inspect.emissions.query_parser import (
    IntricateQueryError,
    foreign_statement,
    parse_statements,
)
from resim_inspect.text import count

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

MAX_SQL = 100_000
"""Characters of a query."""


_VOLATILE = frozenset(
    {"currenttimestamp", "currentdate", "currenttime", "currentdatetime", "localtime",
     "localtimestamp", "rand", "randn", "uuid", "tablesample", "shuffle", "now", "today", "age",
     "random", "gen_random_uuid", "array_shuffle", "get_current_timestamp", "get_current_time",
     "transaction_timestamp", "txid_current", "nextval", "currval", "setseed"}
)  # fmt: skip
"""Functions that give another value at another time."""


class Translation(NamedTuple):
    """A query that may run."""

    sql: str
    columns: tuple[ResultTerm, ...]
    """The terms of the outer SELECT before the first `*`, behind which columns have no term."""
    tables: frozenset[str] | None = None
    """Names in lower case behind FROM and JOIN; None if one is not the name of a table."""
    defined: frozenset[str] = frozenset()
    """Names in `tables` that the query defines by WITH; they may be names of tables too."""
    is_volatile: bool = False
    """True if two runs over the same rows may differ: it asks for the time or a random number."""


class ResultTerm(NamedTuple):
    """A term of the outer SELECT."""

    name: str
    time_unit: float = 0.0
    """ns of one unit, if the term is the timestamp divided by a number; else 0."""


def translate(sql: str, threshold: float | int | None = None) -> Translation:
    """Translate a query; `threshold` replaces its single `?`.

    Raises SqlError for anything but one SELECT, and for SQL that cannot be parsed.
    """
    if len(sql) > MAX_SQL:
        raise SqlError(f"The query is longer than {MAX_SQL:,} characters.")
    tree = _parsed(sql)
    from sqlglot import exp

    placeholders = list(tree.find_all(exp.Placeholder, exp.Parameter))
    if threshold is None and placeholders:
        raise SqlError("The query has a `?`, which only the query of a status may have.")
    if threshold is not None:
        if len(placeholders) != 1 or not isinstance(placeholders[0], exp.Placeholder):
            placeholders_text = count(len(placeholders), "placeholder")
            raise SqlError(
                "The query of a status needs one `?` for its threshold; "
                f"it has {placeholders_text}."
            )
        placeholders[0].replace(_literal(threshold))
    return Translation(
        _generated(tree), _terms(tree), _tables(tree), _defined(tree), _is_volatile(tree)
    )


@cache
def _failure() -> type[Exception]:
    import logging

    from sqlglot.errors import SqlglotError

    # What it cannot translate is an error of DuckDB; its warnings would go to stderr.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    return SqlglotError


def _parsed(sql: str) -> Expression:
    failure = _failure()
    from sqlglot import exp

    word = foreign_statement(sql)
    if word:
        raise SqlError(f"The query is not a SELECT but {word}; only a single SELECT is allowed.")
    try:
        trees = parse_statements(sql)
    except failure as error:
        raise _syntax_fault(error) from error
    except (RecursionError, IntricateQueryError) as error:
        raise SqlError("The query is nested too deeply.") from error
    trees = [tree for tree in trees if not isinstance(tree, exp.Semicolon)]
    if not trees:
        raise SqlError("The query is empty.")
    if len(trees) > 1:
        raise SqlError(f"The query has {len(trees)} statements; only a single SELECT is allowed.")
    tree: Expression = trees[0]
    if not isinstance(tree, exp.Query):
        raise SqlError("The query is not a SELECT; only a single SELECT is allowed.")
    if tree.find(exp.Into, exp.Command, exp.DDL, exp.DML) is not None:
        raise SqlError("The query would change tables; only a single SELECT is allowed.")
    return tree


def _syntax_fault(error: Exception) -> SqlError:
    errors = getattr(error, "errors", None) or [{}]
    first = errors[0]
    description = str(first.get("description") or str(error).partition("\n")[0]).rstrip(". ")
    position = None
    if first.get("line") and first.get("col"):
        # The column is that of the last character of the token.
        length = len(str(first.get("highlight") or " "))
        position = Position(int(first["line"]), max(1, int(first["col"]) - length + 1))
    return SqlError(f"The SQL cannot be parsed: {description}.", position)


def _generated(tree: Expression) -> str:
    failure = _failure()
    try:
        return tree.sql(dialect="duckdb", comments=False)
    except failure as error:
        raise SqlError(f"The SQL cannot be translated: {error}.") from error
    except RecursionError as error:
        raise SqlError("The query is nested too deeply.") from error


def _literal(value: float | int) -> Expression:
    from sqlglot import exp

    if isinstance(value, float) and not math.isfinite(value):
        raise SqlError("A threshold must be a finite number.")
    number = exp.Literal.number(repr(abs(value)))
    return exp.Paren(this=exp.Neg(this=number)) if value < 0 else number


def _tables(tree: Expression) -> frozenset[str] | None:
    from sqlglot import exp

    names = set()
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.args.get("db") is not None:
            # A function that returns a table, or a table of the database itself.
            return None
        names.add(table.name.lower())
    return frozenset(names)


def _defined(tree: Expression) -> frozenset[str]:
    from sqlglot import exp

    return frozenset(expression.alias_or_name.lower() for expression in tree.find_all(exp.CTE))


def _is_volatile(tree: Expression) -> bool:
    # Classes of sqlglot by their keys; what it has no class for by the name of the function.
    return any(
        expression.key in _VOLATILE
        or (expression.key == "anonymous" and expression.name.lower() in _VOLATILE)
        for expression in tree.walk()
    )


def _terms(tree: Expression) -> tuple[ResultTerm, ...]:
    from sqlglot import exp

    select = tree
    while isinstance(select, exp.SetOperation | exp.Subquery):
        select = select.this
    if not isinstance(select, exp.Select):
        return ()
    return tuple(
        ResultTerm(term.alias_or_name, _time_unit(term.unalias()))
        for term in takewhile(lambda term: not term.is_star, select.expressions)
    )


def _time_unit(term: Expression) -> float:
    """The ns of a unit of `timestamp / number`, also within CAST and parentheses; else 0."""
    from sqlglot import exp

    while isinstance(term, exp.Paren | exp.Cast):
        term = term.this
    if isinstance(term, exp.Column) and term.name.lower() == "timestamp":
        return 1.0
    if isinstance(term, exp.Div) and isinstance(term.expression.unnest(), exp.Literal):
        inner = _time_unit(term.this)
        try:
            number = float(term.expression.unnest().name)
        except ValueError:
            return 0.0
        return inner * number if number > 0 and math.isfinite(number) else 0.0
    return 0.0
