"""The rules about metrics data and their indexes, over columns."""

from __future__ import annotations

from itertools import repeat

import numpy as np

from resim_inspect.document.columns.block_series import doubles
from resim_inspect.document.columns.data_columns import DataColumns, data_columns, flattened
from resim_inspect.document.columns.identifiers import are_uuids, id_texts
from resim_inspect.document.columns.record_spans import Spans
from resim_inspect.document.columns.rows import Flags
from resim_inspect.document.enums import SeriesKind
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context
from resim_inspect.validation.ids import is_uuid
from resim_inspect.validation.rules.data import check_data, report_bad_id, state_of
from resim_inspect.validation.rules.indexes import check_index
from resim_inspect.validation.wide.states import StatesById, WideStates

_TYPES = {
    SeriesKind.DOUBLES: (schema_constants.DOUBLE, schema_constants.INDEXED_DOUBLE),
    SeriesKind.STATUSES: (schema_constants.STATUS, schema_constants.INDEXED_STATUS),
}


def read_data(
    context: Context, message: bytes, spans: Spans, unusual: list[bytes]
) -> WideStates | None:
    """Fill the table of data and check each data by itself, as `rules.data.read_data` does.

    The records that the columns do not hold are added to `unusual`. None, and no finding, for a
    document in which two data have the same id or the same name.
    """
    count = len(spans.starts)
    states = WideStates(context, count)
    fine = np.zeros(count, np.bool_)
    ids: list[bytes] = []
    names: set[bytes] = set()
    index_ids: list[tuple[int, Flags, list[bytes]]] = []
    for columns in data_columns(message, spans):
        block_ids = id_texts(columns.block, np.maximum(columns.ids, 0))
        good = columns.usual.copy()
        good[good] = are_uuids([block_ids[row] for row in np.flatnonzero(good).tolist()])
        good &= _series_are_fine(columns)
        fine[columns.first : columns.first + len(good)] = good
        _fill(states, columns)
        block_names = columns.names.texts(columns.block)
        for row in np.flatnonzero(~columns.usual).tolist():
            position = columns.first + row
            unusual.append(message[spans.starts[position] : spans.stops[position]])
            data = pb.MetricsData.FromString(unusual[-1])
            block_ids[row] = data.metrics_data_id.id.data.encode()
            block_names[row] = data.name.encode()
        ids += block_ids
        names.update(block_names)
        indexed = (
            columns.usual
            & (columns.index_ids >= 0)
            & ((columns.indexed > 0) | (columns.types >= schema_constants.INDEXED_DOUBLE))
        )
        index_ids.append(
            (columns.first, indexed, id_texts(columns.block, columns.index_ids[indexed]))
        )
    positions = dict(zip(ids, range(count), strict=True))
    if len(positions) < count or len(names) < count:
        return None
    states.positions = positions
    context.data_list, context.data_by_id = states, StatesById(states)
    for first, indexed, texts in index_ids:
        numbers = np.fromiter(map(positions.get, texts, repeat(-1)), np.int64, len(texts))
        states.index_positions[first + np.flatnonzero(indexed)] = numbers
    for position in np.flatnonzero(~fine).tolist():
        _check_alone(context, states, position)
    return states


def _fill(states: WideStates, columns: DataColumns) -> None:
    rows = slice(columns.first, columns.first + len(columns.usual))
    states.types[rows] = columns.types
    states.indexed[rows] = columns.indexed > 0
    states.index_types[rows] = columns.index_types
    states.lengths[rows] = columns.lengths()


def _series_are_fine(columns: DataColumns) -> Flags:
    """True for usual data whose values are of its type, finite or known statuses, (n,)."""
    fine = np.zeros(len(columns.usual), np.bool_)
    for kind, types in _TYPES.items():
        rows = np.flatnonzero(
            columns.usual & (columns.kinds == kind) & np.isin(columns.types, types)
        )
        fine[rows] = True
        if kind is SeriesKind.DOUBLES:
            values, ends = doubles(columns, rows)
            odd = np.flatnonzero(~np.isfinite(values))
        else:
            numbers = columns.block.bytes[flattened(columns.values, rows)]
            ends = np.cumsum(columns.lengths()[rows])
            odd = np.flatnonzero((numbers < 1) | (numbers > schema_constants.LAST))
        fine[rows[np.searchsorted(ends, odd, side="right")]] = False
    return fine


def _check_alone(context: Context, states: WideStates, position: int) -> None:
    message = context.document.data_messages[position]
    state = state_of(position, message)
    data_id = message.metrics_data_id.id.data
    if not is_uuid(data_id):
        report_bad_id(context, data_id, state)
    check_data(context, state, message)
    states.put(state)


def check_indexes(context: Context, states: WideStates) -> None:
    """Check that every indexed data has an index, as `rules.indexes.check_indexes` does."""
    types, index_types = states.types, states.index_types
    last = schema_constants.EXTERNAL_FILE
    fine = np.isin(types, tuple(schema_constants.INDEXED)) == states.indexed
    fine &= (types >= 0) & (types <= last) & (index_types >= 0) & (index_types <= last)
    at = states.index_positions
    # What -1 refers to has no meaning, and is not asked for.
    matches = (at >= 0) & (index_types == types[at]) & ~(states.broken | states.broken[at])
    matches &= (states.lengths == states.lengths[at]) & (states.lengths >= 0)
    fine &= ~states.indexed | matches
    used = np.flatnonzero(fine & states.indexed)
    states.use(at[used], used)
    for position in np.flatnonzero(~fine).tolist():
        states.step = position
        check_index(context, states[position])
    states.step = len(states)
