"""Emissions of one or many jobs as the tables that queries read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resim_inspect.emissions.evaluation.columns import (
    Column,
    Table,
    constant,
    text_column,
    valid_text,
)
from resim_inspect.emissions.evaluation.query_client import SqlTable
from resim_inspect.text import clean, count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.emissions.model import Column as TopicColumn
    from resim_inspect.emissions.model import Emissions, Topic

SQL_TYPES = {
    "boolean": "BOOLEAN",
    "int": "BIGINT",
    "bigint": "BIGINT",
    "float": "DOUBLE",
    "string": "VARCHAR",
    "status": "VARCHAR",
    "image": "VARCHAR",
    "video": "VARCHAR",
    "string[]": "VARCHAR[]",
    "metric[]": "JSON",
}
"""SQL type of each type of a schema."""
MEDIA_TYPES = ("image", "video")
_OF_VALUES = {"boolean": "boolean", "int": "int", "float": "float", "string": "string"}
_KINDS = {"BOOLEAN": "bool", "BIGINT": "int", "DOUBLE": "float", "VARCHAR": "text"}


@dataclass(frozen=True)
class JobIdentity:
    """Facts of a job that the server adds to each of its rows."""

    job_id: str
    batch_id: str
    project_id: str
    experience_name: str
    build_version: str | None = "local"
    run_counter: int = 1
    status: str | None = None
    """Status of the job as the server words it: PASSED, WARNING, BLOCKER."""
    created_ns: int | None = None


@dataclass(frozen=True)
class JobEmissions:
    """The emissions of one job."""

    identity: JobIdentity
    emissions: Emissions
    folder: Path
    """Folder of its outputs, in which its media files lie."""
    media_prefix: str = ""
    """Path of that folder relative to the document's, with `/`, and `/` at its end."""


def build_tables(
    jobs: Sequence[JobEmissions],
    schemas: Mapping[str, Mapping[str, str]],
    check: Callable[[], None] = lambda: None,
) -> dict[str, SqlTable]:
    """Build the table of every topic that is emitted or declared, and the builtin ones.

    `check` is called between them; what it raises ends the work.
    """
    names = dict.fromkeys(schemas)
    for job in jobs:
        names.update(dict.fromkeys(job.emissions.topics))
    names.update(dict.fromkeys(("container_performance", "test_length_seconds")))
    tables = {}
    for name in names:
        check()
        parts = [(job, job.emissions.topics.get(name)) for job in jobs]
        tables[name] = _topic_table(parts, schemas.get(name, {}))
    tables["metadata"] = _metadata(jobs)
    # Topics whose names differ by case only are one name in SQL; the first one stays.
    distinct: dict[str, str] = {}
    for name in tables:
        if _is_name(name):
            distinct.setdefault(name.lower(), name)
    return {name: tables[name] for name in distinct.values()}


def lost_values(jobs: Sequence[JobEmissions], tables: Mapping[str, SqlTable]) -> Iterator[str]:
    """Yield a sentence for each column with values that its type cannot hold, and are NULL."""
    for name, table in tables.items():
        topics = [job.emissions.topics[name] for job in jobs if name in job.emissions.topics]
        for column, sql_type in zip(table.table.columns, table.types, strict=True):
            emitted = sum(
                int((~topic.columns[column.name].missing).sum())
                for topic in topics
                if column.name in topic.columns
            )
            nulls = 0 if column.nulls is None else int(column.nulls.sum())
            lost = emitted - (table.table.rows - nulls)
            if lost > 0:
                verb = "does" if lost == 1 else "do"
                yield (
                    f"{count(lost, 'value')} of {clean(name, 80)}.{clean(column.name, 80)} "
                    f"{verb} not fit the type {sql_type}, and {'is' if lost == 1 else 'are'} NULL."
                )


def _topic_table(
    parts: Sequence[tuple[JobEmissions, Topic | None]], schema: Mapping[str, str]
) -> SqlTable:
    types = dict(schema)
    for _, topic in parts:
        for column in topic.columns.values() if topic is not None else ():
            types.setdefault(column.name, _OF_VALUES.get(column.type, "metric[]"))
    present = [(job, topic) for job, topic in parts if topic is not None]
    rows = sum(topic.rows for _, topic in present)
    columns: list[Column] = []
    sql_types: list[str] = []
    for name, type_ in _distinct(types):
        sql_type = SQL_TYPES.get(type_, "VARCHAR")
        pieces = []
        for job, topic in present:
            prefix = job.media_prefix if type_ in MEDIA_TYPES else ""
            pieces.append(_typed(name, topic.columns.get(name), topic.rows, sql_type, prefix))
        columns.append(_joined(name, sql_type, pieces))
        sql_types.append(sql_type)
    taken = {name.lower() for name in types}
    for name, sql_type, pieces in _server_columns(present):
        if name not in taken:
            columns.append(_joined(name, sql_type, pieces))
            sql_types.append(sql_type)
    return SqlTable(Table(tuple(columns), rows), sql_types)


def _distinct(types: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Columns that SQL can tell apart: names without regard to case, the first one stays."""
    taken: set[str] = set()
    for name, type_ in types.items():
        if _is_name(name) and name.lower() not in taken:
            taken.add(name.lower())
            yield name, type_


def _is_name(name: str) -> bool:
    """Return True for what SQL takes as the name of a table or a column."""
    return bool(name) and "\0" not in name and valid_text(name) == name


def _server_columns(
    present: Sequence[tuple[JobEmissions, Topic]],
) -> Iterable[tuple[str, str, list[Column]]]:
    times = [
        Column("timestamp", "int", topic.timestamps, _or_none(~topic.has_timestamp))
        for _, topic in present
    ]
    yield "timestamp", "BIGINT", times
    for name, sql_type in _IDENTITY.items():
        yield (
            name,
            sql_type,
            [constant(name, getattr(job.identity, name), topic.rows) for job, topic in present],
        )


_IDENTITY = {
    "job_id": "VARCHAR",
    "batch_id": "VARCHAR",
    "project_id": "VARCHAR",
    "build_version": "VARCHAR",
    "run_counter": "BIGINT",
    "experience_name": "VARCHAR",
}


def _metadata(jobs: Sequence[JobEmissions]) -> SqlTable:
    import numpy as np

    columns = []
    for name, sql_type in _IDENTITY.items():
        values = [getattr(job.identity, name) for job in jobs]
        columns.append(
            Column(name, "int", np.array(values, np.int64))
            if sql_type == "BIGINT"
            else text_column(name, values)
        )
    columns.append(text_column("job_conflated_status", (job.identity.status for job in jobs)))
    created = [job.identity.created_ns for job in jobs]
    columns.append(
        text_column(
            "build_creation_timestamp",
            (None if ns is None else str(np.datetime64(ns, "ns")) for ns in created),
        )
    )
    types = [*_IDENTITY.values(), "VARCHAR", "TIMESTAMP"]
    return SqlTable(Table(tuple(columns), len(jobs)), types)


def _typed(name: str, column: TopicColumn | None, rows: int, sql_type: str, prefix: str) -> Column:
    """A column of a topic as its SQL type; a value of another type is NULL."""
    import numpy as np

    kind = _KINDS.get(sql_type, "json")
    if column is None:
        return _nothing(name, kind, rows)
    missing = column.missing
    same = (column.type, kind) in (("boolean", "bool"), ("int", "int"), ("float", "float"))
    if same or (column.type, kind) == ("int", "float"):
        values = column.values.astype(np.float64) if kind == "float" else column.values
        return Column(name, kind, values, _or_none(missing))
    if (column.type, kind) == ("float", "int"):
        # As written: only whole numbers fit.
        whole = np.isfinite(column.values) & (np.abs(column.values) < 2**63)
        whole &= np.where(whole, column.values, 0.5) % 1 == 0
        integers = np.where(whole, column.values, 0).astype(np.int64)
        return Column(name, kind, integers, _or_none(missing | ~whole))
    values = column.values
    if kind == "text":
        if column.type == "string" and not prefix:
            return text_column(name, _masked(values, missing))
        texts = (
            None
            if value is None
            else prefix + (value if isinstance(value, str) else json.dumps(value))
            for value in _masked(values, missing)
        )
        return text_column(name, texts)
    if kind == "json":
        strings = sql_type == "VARCHAR[]"
        return text_column(
            name, (_json(value, strings) for value in _masked(values, missing)), "json"
        )
    if column.type == "json":
        return _mixed(name, kind, _masked(values, missing))
    return _nothing(name, kind, rows)


def _mixed(name: str, kind: str, values: Iterable[Any]) -> Column:
    """Values of several types: those that do not fit are NULL."""
    import numpy as np

    fits: tuple[type, ...] = {"bool": (bool,), "int": (int,), "float": (int, float)}[kind]
    type_ = {"bool": np.bool_, "int": np.int64, "float": np.float64}[kind]
    taken: list[Any] = []
    nulls: list[bool] = []
    for value in values:
        fitting = type(value) in fits and (kind == "float" or -(2**63) <= value < 2**63)
        if fitting and kind == "float":
            fitting = isinstance(value, float) or abs(value) < 2**1023
        taken.append(value if fitting else 0)
        nulls.append(not fitting)
    return Column(name, kind, np.array(taken, type_), _or_none(np.array(nulls, np.bool_)))


def _json(value: Any, strings: bool) -> str | None:
    if value is None or (strings and not isinstance(value, list)):
        return None
    if strings:
        value = [element if isinstance(element, str) else json.dumps(element) for element in value]
    try:
        # NaN and infinities are not JSON.
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(json.loads(json.dumps(value), parse_constant=str))


def _masked(values: NDArray[Any], missing: NDArray[np.bool_]) -> list[Any]:
    if not missing.any():
        return list(values)
    pairs = zip(values.tolist(), missing.tolist(), strict=True)
    return [None if absent else value for value, absent in pairs]


def _nothing(name: str, kind: str, rows: int) -> Column:
    import numpy as np

    types = {"bool": np.bool_, "int": np.int64, "float": np.float64}
    return Column(name, kind, np.zeros(rows, types.get(kind, np.int32)), np.ones(rows, np.bool_))


def _or_none(mask: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    return mask if mask.any() else None


def _joined(name: str, sql_type: str, pieces: Sequence[Column]) -> Column:
    """The columns of several jobs as one."""
    import numpy as np

    if len(pieces) == 1:
        return pieces[0]
    kind = _KINDS.get(sql_type, "json")
    if not pieces:
        return _nothing(name, kind, 0)
    nulls = None
    if any(piece.nulls is not None for piece in pieces):
        nulls = np.concatenate(
            [np.zeros(len(p), np.bool_) if p.nulls is None else p.nulls for p in pieces]
        )
    if kind in ("text", "json"):
        codes: list[NDArray[Any]] = []
        texts: list[str] = []
        for piece in pieces:
            codes.append(piece.values + len(texts))
            texts += piece.texts
        # A NULL has any code, which must not lead out of the texts.
        last = max(len(texts) - 1, 0)
        return Column(
            name, kind, np.minimum(np.concatenate(codes), last).astype(np.int32), nulls, texts
        )
    return Column(name, kind, np.concatenate([piece.values for piece in pieces]), nulls)
