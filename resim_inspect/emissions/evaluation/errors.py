"""Errors of evaluations, and the extra that brings DuckDB, sqlglot and python-liquid."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

from resim_inspect.errors import InspectError

INSTALL = "pip install 'resim-inspect[emissions]'"
_LIBRARIES = ("duckdb", "sqlglot", "liquid")


class EvaluationError(InspectError):
    """Emissions that cannot be evaluated at all; `str(error)` is one sentence."""


class MissingEvaluationExtraError(EvaluationError):
    """A library of the extra `emissions` is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Evaluating emissions needs the extra “emissions”, which is not installed: " + INSTALL
        )


class Position(NamedTuple):
    """A place in an SQL text; both count from 1."""

    line: int
    column: int


class SqlError(Exception):
    """A query that was refused, failed or was stopped; the text is a sentence for the user.

    It stays within the metric of the query.
    """

    def __init__(
        self, message: str, position: Position | None = None, *, is_transient: bool = False
    ) -> None:
        """`is_transient`: the load of the machine has a part in it, such as a timeout."""
        super().__init__(message)
        self.position = position
        self.is_transient = is_transient


class RenderError(Exception):
    """A template that cannot be rendered or drawn; the text is a sentence for the user."""

    def __init__(self, message: str, *, is_transient: bool = False) -> None:
        """`is_transient`: as that of SqlError."""
        super().__init__(message)
        self.is_transient = is_transient


def require_extra() -> None:
    """Raise MissingEvaluationExtraError unless the libraries are installed; nothing is imported."""
    if any(find_spec(name) is None for name in _LIBRARIES):
        raise MissingEvaluationExtraError
