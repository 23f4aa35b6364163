"""Rows of exported files, as pandas, DuckDB and polars read them; None for missing.

Times are ns since 1970. pandas does not tell an empty cell of CSV from an empty text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.export.tables import Kind, Table

Rows = list[dict[str, Any]]
JSON_SUFFIXES = (".json", ".ndjson")


def pandas_rows(path: Path, table: Table) -> Rows:
    pd = pytest.importorskip("pandas")
    if path.suffix == ".parquet":
        pq = pytest.importorskip("pyarrow.parquet")
        # With pyarrow's types: numpy has no missing integers.
        frame = pq.read_table(path).to_pandas(types_mapper=pd.ArrowDtype)
        rows: Rows = [
            {name: _scalar(value) for name, value in row.items()}
            for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
        ]
        # NaN and missing are told apart by the column's own mask.
        for column in table.columns:
            if column.kind is Kind.DOUBLE:
                for row, value in zip(
                    rows, pq.read_table(path)[column.name].to_pylist(), strict=True
                ):
                    row[column.name] = value
        return rows
    if path.suffix == ".csv":
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        return [_parsed(row, table, empty=None) for row in frame.to_dict("records")]
    assert path.suffix in JSON_SUFFIXES, f"tests/export/readers.py reads no {path.suffix}"
    # The JSON reader of pandas itself rounds doubles, and refuses the smallest ones.
    text = path.read_text()
    tables = (
        map(json.loads, text.splitlines()) if path.suffix == ".ndjson" else json.loads(text)["rows"]
    )
    frame = pd.DataFrame(list(tables), dtype=object)
    frame = frame.astype(object).where(frame.notna(), None)
    return [_parsed(row, table, empty="") for row in frame.to_dict("records")]


def _scalar(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value


def duckdb_rows(path: Path, table: Table) -> Rows:
    duckdb = pytest.importorskip("duckdb")
    types = {
        Kind.DOUBLE: "DOUBLE", Kind.INTEGER: "BIGINT", Kind.BOOLEAN: "BOOLEAN",
        Kind.TIME: "TIMESTAMP_NS", Kind.TEXT: "VARCHAR", Kind.JSON: "JSON",
    }  # fmt: skip
    columns = {column.name: types[column.kind] for column in table.columns}
    names = [
        f'epoch_ns("{column.name}"::TIMESTAMP_NS) AS "{column.name}"'
        if column.kind is Kind.TIME
        else f'"{column.name}"'
        for column in table.columns
    ]
    selected = ", ".join(names)
    file = str(path)
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            query = f"SELECT {selected} FROM read_parquet($file)"
            parameters: dict[str, Any] = {"file": file}
        elif path.suffix == ".csv":
            # ISO 8601 with a zone is read as text and converted.
            texts = dict.fromkeys(columns, "VARCHAR")
            query = (
                "SELECT * FROM read_csv($file, columns = $columns, header = true, quote = '\"', "
                "allow_quoted_nulls = false, auto_detect = false, delim = ',', escape = '\"', "
                "new_line = '\\n')"
            )
            rows = connection.execute(query, {"file": file, "columns": texts}).fetchall()
            return [_parsed(dict(zip(columns, row, strict=True)), table, empty="") for row in rows]
        else:
            assert path.suffix in JSON_SUFFIXES, f"tests/export/readers.py reads no {path.suffix}"
            texts = dict.fromkeys(columns, "JSON")
            if path.suffix == ".json":
                query = "SELECT unnest(rows) FROM read_json($file, columns = {rows: 'JSON[]'})"
                rows = connection.execute(query, {"file": file}).fetchall()
                return [_parsed(json.loads(row), table, empty="") for (row,) in rows]
            query = "SELECT * FROM read_json($file, columns = $columns)"
            rows = connection.execute(query, {"file": file, "columns": texts}).fetchall()
            return [
                _parsed(
                    {
                        name: None if cell is None else json.loads(cell)
                        for name, cell in zip(columns, row, strict=True)
                    },
                    table,
                    empty="",
                )
                for row in rows
            ]
        rows = connection.execute(query, parameters).fetchall()
        return [dict(zip(columns, row, strict=True)) for row in rows]


def polars_rows(path: Path, table: Table) -> Rows:
    pl = pytest.importorskip("polars")
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        times = [column.name for column in table.columns if column.kind is Kind.TIME]
        frame = frame.with_columns(pl.col(times).dt.timestamp("ns")) if times else frame
        rows: Rows = frame.to_dicts()
        return rows
    if path.suffix == ".csv":
        frame = pl.read_csv(path, infer_schema=False)
    elif path.suffix == ".ndjson":
        # Doubles of JSON may be strings, which polars converts afterwards.
        schema = {
            column.name: pl.Int64 if column.kind is Kind.INTEGER
            else pl.Boolean if column.kind is Kind.BOOLEAN
            else pl.String
            for column in table.columns
        }  # fmt: skip
        frame = pl.read_ndjson(path, schema=schema)
    else:
        assert path.suffix == ".json", f"tests/export/readers.py reads no {path.suffix}"
        frame = pl.DataFrame(
            json.loads(path.read_text())["rows"],
            schema={column.name: pl.Object for column in table.columns},
        )
    return [_parsed(row, table, empty="") for row in frame.to_dicts()]


def _parsed(row: dict[str, Any], table: Table, *, empty: str | None) -> dict[str, Any]:
    """Texts and JSON values of a row as the table's types; `empty` is what "" means."""
    return {column.name: _value(row[column.name], column.kind, empty) for column in table.columns}


def _value(value: Any, kind: Kind, empty: str | None) -> Any:
    if value is None:
        return None
    if kind is Kind.TEXT:
        return value or empty
    if value == "":
        return None
    if kind is Kind.JSON:
        return value if isinstance(value, str) else json.dumps(value)
    if kind is Kind.DOUBLE:
        return float(value)
    if kind is Kind.INTEGER:
        return int(value)
    if kind is Kind.BOOLEAN:
        return value if isinstance(value, bool) else {"true": True, "false": False}[value]
    return _nanoseconds(value)


def _nanoseconds(text: str) -> int:
    """ISO 8601 with nine digits, read by the standard library: it has microseconds."""
    whole, _, rest = text.removesuffix("Z").partition(".")
    assert len(rest) == 9, text
    seconds = datetime.fromisoformat(whole + "+00:00").timestamp()
    assert math.floor(seconds) == seconds
    return int(seconds) * 10**9 + int(rest)


READERS: dict[str, Callable[[Path, Table], Rows]] = {
    "pandas": pandas_rows,
    "duckdb": duckdb_rows,
    "polars": polars_rows,
}


def same(rows: Rows, expected: Rows, *, empty_is_missing: bool = False) -> None:
    """Compare rows exactly: NaN is equal to NaN only, -0.0 differs from 0.0."""
    assert len(rows) == len(expected)
    for number, (row, other) in enumerate(zip(rows, expected, strict=True)):
        if empty_is_missing:
            other = {name: None if value == "" else value for name, value in other.items()}
        assert _exact(row) == _exact(other), number


def _exact(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.hex() if isinstance(value, float) else value for name, value in row.items()}
