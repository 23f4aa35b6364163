"""The rules about metrics, over columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.columns.identifiers import are_equal, are_uuids, id_texts
from resim_inspect.document.columns.metric_columns import MetricColumns, metric_columns
from resim_inspect.document.columns.record_spans import Spans
from resim_inspect.document.columns.rows import ID_LENGTH, Flags, Offsets
from resim_inspect.document.enums import MetricType
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context
from resim_inspect.validation.ids import is_uuid
from resim_inspect.validation.rules.metric_pass import MetricChecks
from resim_inspect.validation.rules.metrics import report_bad_id
from resim_inspect.validation.wide.states import WideStates


class WideMetrics(Mapping[str, tuple[int, str]]):
    """Position and name of each metric by id."""

    def __init__(self, positions: dict[bytes, int], metrics: pb.MetricCollection) -> None:
        self._positions = positions
        self._metrics = metrics.metrics

    def __getitem__(self, metric_id: str) -> tuple[int, str]:
        position = self._positions[metric_id.encode()]
        return position, self._metrics[position].name

    def __iter__(self) -> Iterator[str]:
        return (text.decode() for text in self._positions)

    def __len__(self) -> int:
        return len(self._positions)


class MetricTable:
    """The columns of all metrics."""

    def __init__(self, context: Context, message: bytes, spans: Spans) -> None:
        self._context = context
        self._metrics = context.message.job_level_metrics
        self._parts = list(metric_columns(message, spans))
        self.unusual: list[bytes] = []
        """The records of metrics that the columns do not hold."""
        self._ids: list[bytes] = []
        names: set[bytes] = set()
        for columns in self._parts:
            ids = id_texts(columns.block, np.maximum(columns.ids, 0))
            block_names = columns.names.texts(columns.block)
            for row in np.flatnonzero(~columns.usual).tolist():
                position = columns.first + row
                self.unusual.append(message[spans.starts[position] : spans.stops[position]])
                metric = self._metrics.metrics[position]
                ids[row] = metric.metric_id.id.data.encode()
                block_names[row] = metric.name.encode()
            self._ids += ids
            names.update(block_names)
        count = len(self._ids)
        self._positions = dict(zip(self._ids, range(count), strict=True))
        self.distinct = len(self._positions) == len(names) == count
        """True if no two metrics have the same id or the same name."""

    def check(self, states: WideStates) -> None:
        """Check all metrics, as `rules.metric_pass.check_metrics` does where they are distinct."""
        context = self._context
        context.metrics = WideMetrics(self._positions, self._metrics)
        checks = MetricChecks(context)
        for columns in self._parts:
            fine = self._fine(columns)
            context.statuses.update(np.unique(columns.statuses[fine]).tolist())
            _check_series(states, columns, fine)
            for row in np.flatnonzero(~fine).tolist():
                position = columns.first + row
                states.step = len(states) + position
                metric = self._metrics.metrics[position]
                metric_id = metric.metric_id.id.data
                if not is_uuid(metric_id):
                    report_bad_id(context, metric_id, position)
                if metric.event_metric:
                    context.event_metrics.append((position, metric_id))
                checks.check(position, metric, metric.name)

    def _fine(self, columns: MetricColumns) -> Flags:
        """True for usual metrics that break no rule, their series aside, (n,)."""
        last = schema_constants.LAST
        fine: Flags = columns.usual & columns.tagged & columns.even & (columns.of_event == 0)
        fine &= (columns.statuses >= 1) & (columns.statuses <= last)
        fine &= (columns.importances >= 1) & (columns.importances <= last)
        fine &= columns.names.stops > columns.names.starts
        fine &= columns.types == columns.holds
        fine &= (columns.holds != MetricType.SCALAR) | np.isfinite(columns.scalars)
        if self._context.edition.knows(schema_constants.VALUES_OF_TYPE[MetricType.TEXT]):
            fine &= ~columns.empty
        else:
            fine &= columns.holds != MetricType.TEXT
        fine &= self._of_this_job(columns)
        rows = np.flatnonzero(fine)
        fine[rows] = are_uuids([self._ids[columns.first + row] for row in rows.tolist()])
        return fine

    def _of_this_job(self, columns: MetricColumns) -> Flags:
        """True for metrics with the job id of the file and nothing else, (n,)."""
        job = self._context.message.job_id
        text = job.id.data.encode()
        same: Flags = columns.job_ids >= 0
        if len(text) != ID_LENGTH or job.SerializeToString() != _JOB_ID_HEAD + text:
            return np.zeros(len(same), np.bool_)
        same[same] = are_equal(columns.block, columns.job_ids[same], text)
        return same


_JOB_ID_HEAD = b"\x0a\x26\x0a\x24"  # of a JobId with a UUID of 36 bytes


def _check_series(states: WideStates, columns: MetricColumns, fine: Flags) -> None:
    """Clear `fine` for metrics over time whose series may break a rule; mark those of others."""
    clocks = np.full(len(fine), -1, np.int64)
    uses: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for data_ids, status_ids in columns.series:
        rows = np.flatnonzero(fine & (data_ids >= 0))
        data = _positions(states, columns, data_ids[rows])
        statuses = _positions(states, columns, status_ids[rows])
        if not len(states):
            fine[rows] = False
            continue
        index = states.index_positions[data]
        good = (data >= 0) & (statuses >= 0) & (index >= 0)
        good &= states.index_positions[statuses] == index
        good &= states.lengths[data] == states.lengths[statuses]
        good &= states.lengths[data] >= 0
        good &= states.types[data] == schema_constants.INDEXED_DOUBLE
        good &= states.types[statuses] == schema_constants.INDEXED_STATUS
        for positions in (data, statuses):
            good &= np.isin(states.index_types[positions], tuple(schema_constants.TIMES))
        # Series with the same index are on the same clock; others have to be looked at.
        good &= (clocks[rows] == -1) | (clocks[rows] == index)
        clocks[rows] = index
        fine[rows[~good]] = False
        uses += [(rows, data), (rows, statuses)]
    for rows, positions in uses:
        used = fine[rows]
        states.use(positions[used], len(states) + columns.first + rows[used])


def _positions(states: WideStates, columns: MetricColumns, starts: Offsets) -> NDArray[np.int64]:
    """Positions of the data whose ids stand at `starts`; -1 where there are none."""
    texts = id_texts(columns.block, starts)
    return np.fromiter(map(states.positions.get, texts, repeat(-1)), np.int64, len(texts))
