"""Queries by DuckDB, the only module of the emissions that imports it: a process of its own.

Run as `python -m`; the messages are those of `query_client`.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from resim_inspect.emissions.evaluation.columns import Column, Table, pack, text_column, unpack
from resim_inspect.emissions.evaluation.frames import Frame
from resim_inspect.emissions.evaluation.processes.sandbox import Reply, serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

SQL_TYPES = {"int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN", "time": "BIGINT"}
LOCKDOWN = (
    # Trino divides integers without a remainder.
    "SET integer_division = true",
    # Else that of the machine decides about hours, days and texts of times.
    "SET TimeZone = 'UTC'",
    "SET memory_limit = '{memory}B'",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
_SOURCE = "loaded_columns"


class QueryProcess:
    """A database in memory that can reach neither files nor network."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "threads": 2,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
                "temp_directory": "",
            },
        )

    def answer(self, frame: Frame) -> Reply:
        """Load a table, lock the database, or run a query."""
        kind = frame.header["kind"]
        try:
            if kind == "table":
                self._load(frame)
            elif kind == "lock":
                for statement in LOCKDOWN:
                    memory = int(frame.header["memory_bytes"])
                    self._connection.execute(statement.format(memory=memory))
            else:
                return self._query(frame.header)
        except MemoryError:
            return {"error": "memory"}, []
        except Exception as error:  # noqa: BLE001 -- else the process ends, as if out of memory
            if isinstance(error, duckdb.OutOfMemoryException) or "bad_alloc" in str(error):
                return {"error": "memory"}, []
            return {"error": "sql", "message": str(error)}, []
        return {}, []

    def _load(self, frame: Frame) -> None:
        table = unpack(frame)
        sources: dict[str, NDArray[Any]] = {"row": np.arange(table.rows)}
        terms = []
        for number, column in enumerate(table.columns):
            sources[f"c{number}"] = _source(column)
            term = f"c{number}"
            if column.kind in SQL_TYPES and column.nulls is not None:
                sources[f"n{number}"] = column.nulls
                term = f"CASE WHEN n{number} THEN NULL ELSE {term} END"
            type_ = frame.header["types"][number]
            if type_.endswith("[]"):
                term = f"CAST({term} AS JSON)"
            terms.append(f"CAST({term} AS {type_}) AS {_name(column.name)}")
        self._connection.register(_SOURCE, sources)
        try:
            self._connection.execute(
                f"CREATE TABLE {_name(frame.header['table'])} AS "
                f"SELECT {', '.join(terms)} FROM {_SOURCE}"
            )
        finally:
            self._connection.unregister(_SOURCE)

    def _query(self, header: dict[str, Any]) -> Reply:
        sql = header["sql"]
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            return {"error": "sql", "message": "Only a single SELECT is allowed."}, []
        # The text, since the division of the parsed statement is not that of this connection.
        cursor = self._connection.execute(sql)
        names = [str(entry[0]) for entry in cursor.description]
        types = [str(entry[1]) for entry in cursor.description]
        arrays = list(cursor.fetchnumpy().values())
        rows = len(arrays[0])
        if rows > header["rows"]:
            return {"error": "rows", "rows": rows}, []
        columns = [_column(*entry) for entry in zip(names, types, arrays, strict=True)]
        reply, buffers = pack(Table(tuple(columns), rows))
        if sum(memoryview(buffer).nbytes for buffer in buffers) > header["bytes"]:
            return {"error": "bytes"}, []
        return reply, buffers


def _source(column: Column) -> NDArray[Any]:
    if column.kind in SQL_TYPES:
        return column.values
    texts = np.empty(len(column.texts) + 1, object)
    texts[: len(column.texts)] = column.texts
    # The last one is NULL.
    codes = column.values
    if column.nulls is not None:
        codes = np.where(column.nulls, len(column.texts), codes)
    spread: NDArray[Any] = texts[codes]
    return spread


def _column(name: str, type_: str, array: NDArray[Any]) -> Column:
    nulls = None
    if isinstance(array, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(array)
        nulls = mask if mask.any() else None
        array = array.data
    kind = array.dtype.kind
    if kind == "b":
        return Column(name, "bool", array, nulls)
    if kind == "f":
        return Column(name, "float", array.astype(np.float64), nulls)
    if kind in "iu" and array.dtype != np.uint64:
        return Column(name, "int", array.astype(np.int64), nulls)
    if kind == "u":
        return Column(name, "float", array.astype(np.float64), nulls)
    if kind == "M" and type_ != "DATE":
        return _time_column(name, array, nulls)
    if kind == "M":
        array = np.datetime_as_string(array, unit="D").astype(object)
    elif kind == "m":
        array = array.astype("m8[us]").astype(timedelta)
    values = array.tolist()
    if nulls is not None:
        values = [None if null else value for value, null in zip(values, nulls, strict=True)]
    if type_.endswith("]") or type_.startswith(("STRUCT", "MAP")):
        if "MAP(" in type_:
            values = [_with_plain_keys(value) for value in values]
        texts = (None if value is None else json.dumps(value, default=_plain) for value in values)
        return text_column(name, texts, "json")
    return text_column(name, (None if value is None else _text(value) for value in values))


def _time_column(name: str, array: NDArray[Any], nulls: NDArray[np.bool_] | None) -> Column:
    """Times of any unit in ns; without a value where the conversion overflows."""
    ns = array.astype("M8[ns]")
    unfit = ns.astype(array.dtype).view(np.int64) != array.view(np.int64)
    if nulls is not None:
        unfit &= ~nulls
    number = int(unfit.sum())
    if number:
        nulls = unfit if nulls is None else nulls | unfit
    return Column(name, "time", ns.view(np.int64), nulls, unfit=number)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _plain(value: object) -> object:
    """A value inside a list as JSON."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _text(value)


def _with_plain_keys(value: Any) -> Any:
    """A value whose maps have keys that JSON can hold: dates and decimals become texts."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list):
        return [_with_plain_keys(item) for item in value]
    if isinstance(value, dict):
        return {
            key if isinstance(key, str | int | float) else str(_plain(key)): _with_plain_keys(item)
            for key, item in value.items()
        }
    return value


def _name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


if __name__ == "__main__":
    serve(QueryProcess().answer)
