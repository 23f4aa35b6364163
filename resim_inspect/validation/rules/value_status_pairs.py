"""Rules about pairs: values and statuses of the right types, one for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.data_states import DataState
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.ids import is_uuid, short
from resim_inspect.validation.rules.shapes import difference

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb

VALUES_COUNT = Rule(
    "values-count",
    Severity.ERROR,
    "The lists of a metric are equally long",
    "Values, statuses and, by type, failure definitions, times and categories come one for "
    "each series.",
    ('metrics["Speed"].values.failure_definitions = []',),
    ('metrics["Speed"].values.failure_definitions = [{"fails_above": 40}]',),
)
DATA_MISSING = Rule(
    "data-missing",
    Severity.ERROR,
    "The data that a metric refers to is in the file",
    "Data are found by their id, which is compared as text: the same UUID in another case "
    "or with braces is not found.",
    ('metrics["Photos"].values.images = ["12345678-1234-1234-1234-123456789abc"]',),
    ('metrics["Photos"].values.images = [data["photo"]]',),
)
VALUES_DATA_TYPE = Rule(
    "values-data-type",
    Severity.ERROR,
    "The values are of a type that the metric can show",
    "Over time: indexed doubles. Bars: indexed doubles. States: indexed strings. Line plots "
    "and histograms: doubles, indexed or not. A summary at a time, UUID or string: indexed "
    "doubles.",
    (
        'metrics["Distances"].values.values = data["labels"]',
        'metrics["Distances"].values.statuses = data["two statuses"]',
    ),
    ('metrics["Distances"].values.values = data["distance"]',),
)
STATUS_DATA_TYPE = Rule(
    "status-data-type",
    Severity.ERROR,
    "The statuses are statuses, indexed exactly if the values are",
    "Indexed values need indexed statuses, others need plain ones.",
    ('metrics["Distances"].values.statuses = data["height"]',),
    ('metrics["Distances"].values.statuses = data["distance status"]',),
)
STATUS_INDEX = Rule(
    "status-index",
    Severity.ERROR,
    "Values and statuses have the same index",
    "Both must name the same index data, by the same id.",
    ('data["speed status"].index = data["other clock"]',),
    ('data["speed status"].index = data["clock"]',),
)
INDEX_DATA_TYPE = Rule(
    "index-data-type",
    Severity.ERROR,
    "The index is of a type that the metric can show",
    "Over time: timestamps. Bar charts: strings. Batchwise bar charts: UUIDs. A line plot: "
    "timestamps. A summary: what its own index is.",
    (
        'metrics["Path"].values.x = [data["detections"]]',
        'metrics["Path"].values.y = [data["detections"]]',
        'metrics["Path"].values.statuses = [data["detections status"]]',
    ),
    (
        'metrics["Path"].values.x = [data["speed"]]',
        'metrics["Path"].values.y = [data["speed"]]',
        'metrics["Path"].values.statuses = [data["speed status"]]',
    ),
)
VALUES_STATUS_FORM = Rule(
    "values-status-form",
    Severity.ERROR,
    "Values and statuses have the same form",
    "Both are one series, or both are one series for each of the same categories.",
    ('metrics["Camera mean"].values.status = data["distance status"]',),
    ('metrics["Camera mean"].values.status = data["by camera status"]',),
)
VALUES_STATUS_LENGTH = Rule(
    "values-status-length",
    Severity.ERROR,
    "There is one status for each value",
    "Values and statuses are equally long, category by category.",
    ('data["distance status"].series = [PASSED, PASSED]',),
    ('data["distance status"].series = [PASSED, PASSED, PASSED]',),
)

_DIFFERENCES = {"form": VALUES_STATUS_FORM, "length": VALUES_STATUS_LENGTH}

Slot = tuple["pb.MetricsDataId", str, int | None]
"""A reference, its field, and its position there (None: the field is not a list)."""


def _field(slot: Slot) -> str:
    return slot[1] if slot[2] is None else f"{slot[1]}[{slot[2]}]"


def reference(
    context: Context, position: int, data_id: str, field: str, types: Iterable[int]
) -> DataState | None:
    """The data that a metric refers to, marked as used; report it where it is missing."""
    entry = context.data_by_id.get(data_id)
    if entry is not None:
        entry.used = True
        return entry
    name = context.message.job_level_metrics.metrics[position].name
    where = f"{context.metric_place(position)}.values.{field}"
    target = Target("metric", position)
    hint = context.missing_hint(data_id, name, types)
    if is_uuid(data_id):
        message = f"refers to data {short(data_id)}, which is not in the file"
        context.report(DATA_MISSING, target, where, message, hint, ("missing", data_id, position))
    else:
        message = (
            f"refers to {quoted(data_id)}, which is not a valid UUID"
            if data_id
            else "refers to no data"
        )
        context.report(DATA_MISSING, target, where, message, "Refer to a data by its id.")
    return None


def report_values(
    context: Context, position: int, field: str, rule: Rule, message: str, hint: str
) -> None:
    where = f"{context.metric_place(position)}.values.{field}"
    context.report(rule, Target("metric", position), where, message, hint)


def same_counts(context: Context, position: int, counts: dict[str, int]) -> None:
    """Report lists of a metric that differ in length: `{"x": 2, "statuses": 1}`."""
    if len(set(counts.values())) == 1:
        return
    listed = ", ".join(f"{count} {field}" for field, count in counts.items())
    context.report(
        VALUES_COUNT,
        Target("metric", position),
        f"{context.metric_place(position)}.values.{next(iter(counts))}",
        f"the lists differ in length: {listed}",
        "Give one of each for every series.",
    )


def check_pair(
    context: Context,
    position: int,
    value_slot: Slot,
    status_slot: Slot,
    allowed: frozenset[int],
    index_types: frozenset[int],
) -> None:
    """Check for values of an allowed type, and statuses of the same form, length and index."""
    data = context.data_by_id
    values = data.get(value_slot[0].id.data)
    statuses = data.get(status_slot[0].id.data)
    if values is None:
        values = reference(context, position, value_slot[0].id.data, _field(value_slot), allowed)
    if statuses is None:
        indexed = allowed <= schema_constants.INDEXED
        wanted = (
            (schema_constants.INDEXED_STATUS,)
            if indexed
            else (schema_constants.STATUS, schema_constants.INDEXED_STATUS)
        )
        statuses = reference(context, position, status_slot[0].id.data, _field(status_slot), wanted)
    if values is not None:
        values.used = True
    if statuses is not None:
        statuses.used = True
    # A data of no type has a finding of its own.
    if values is not None and values.type not in allowed and values.type:
        _wrong_type(context, position, value_slot, values, allowed)
    if values is None or statuses is None:
        return

    if values.type not in allowed:
        fitting = statuses.type in (schema_constants.STATUS, schema_constants.INDEXED_STATUS)
    elif values.type in schema_constants.INDEXED:
        fitting = statuses.type == schema_constants.INDEXED_STATUS
        _check_index(context, position, value_slot, values, status_slot, statuses, index_types)
    else:
        fitting = statuses.type == schema_constants.STATUS
    if not fitting and statuses.type:
        _wrong_statuses(context, position, status_slot, values, statuses)
    if values.length != statuses.length or values.length < 0:
        _check_shape(context, position, values, status_slot, statuses)


def _wrong_type(
    context: Context, position: int, slot: Slot, entry: DataState, allowed: frozenset[int]
) -> None:
    context.report(
        VALUES_DATA_TYPE,
        Target("metric", position),
        f"{context.metric_place(position)}.values.{_field(slot)}",
        f"{quoted(entry.name)} is {schema_constants.data_type(entry.type)}; "
        f"allowed here: {schema_constants.data_types(allowed)}",
        "Refer to data of an allowed type, or use another type of metric.",
        (position, entry.position),
    )


def _wrong_statuses(
    context: Context, position: int, slot: Slot, values: DataState, statuses: DataState
) -> None:
    wanted = (
        schema_constants.INDEXED_STATUS
        if values.type in schema_constants.INDEXED
        else schema_constants.STATUS
    )
    context.report(
        STATUS_DATA_TYPE,
        Target("metric", position),
        f"{context.metric_place(position)}.values.{_field(slot)}",
        f"{quoted(statuses.name)} is {schema_constants.data_type(statuses.type)}; for the values "
        f"{quoted(values.name)}, which are {schema_constants.data_type(values.type)}, "
        f"it must be {schema_constants.data_type(wanted)}",
        "Refer to statuses that are indexed exactly if the values are.",
        (position, statuses.position),
    )


def _check_index(
    context: Context,
    position: int,
    value_slot: Slot,
    values: DataState,
    status_slot: Slot,
    statuses: DataState,
    allowed: frozenset[int],
) -> None:
    """Check that statuses have the same index as their values, and its type is allowed."""
    if values.index_type not in allowed and not _declared_wrongly(context, values, allowed):
        _wrong_index_type(context, position, value_slot, values, allowed)
    if statuses.type != schema_constants.INDEXED_STATUS:
        return
    same = _same_index(context, values, statuses)
    if same and statuses.index_type == values.index_type:
        return
    if not same:
        context.report(
            STATUS_INDEX,
            Target("metric", position),
            f"{context.metric_place(position)}.values.{_field(status_slot)}",
            f"{quoted(statuses.name)} is indexed by {_index_name(context, statuses)}, "
            f"its values {quoted(values.name)} by {_index_name(context, values)}",
            "Values and statuses must have the same index, by the same id.",
            (values.position, statuses.position),
        )
    if statuses.index_type not in allowed and not _declared_wrongly(context, statuses, allowed):
        _wrong_index_type(context, position, status_slot, statuses, allowed)


def _declared_wrongly(context: Context, entry: DataState, allowed: frozenset[int]) -> bool:
    """Return True if only the declared type of the index is wrong, which is another finding."""
    index = context.data_by_id.get(entry.index_id)
    return index is not None and entry.indexed and index.type in (0, *allowed)


def _same_index(context: Context, state: DataState, other: DataState) -> bool:
    """Return True if two data name the same index; like ReSim, compare message by message."""
    if state.index_id != other.index_id:
        return False
    if state.index_id and not context.unknown_fields:
        return True
    # Unknown fields, or an id that is empty here and missing there, make a difference.
    return context.of(state).index_data_id == context.of(other).index_data_id


def _wrong_index_type(
    context: Context, position: int, slot: Slot, entry: DataState, allowed: frozenset[int]
) -> None:
    context.report(
        INDEX_DATA_TYPE,
        Target("metric", position),
        f"{context.metric_place(position)}.values.{_field(slot)}",
        f"{quoted(entry.name)} is indexed by {schema_constants.data_type(entry.index_type)}; "
        f"allowed here: {schema_constants.data_types(allowed)}",
        "Index the data by what this type of metric is drawn against.",
        (position, entry.position),
    )


def _index_name(context: Context, entry: DataState) -> str:
    index = context.data_by_id.get(entry.index_id)
    if index is not None:
        return quoted(index.name) if index.name else f"data {short(entry.index_id)}"
    return f"data {short(entry.index_id)}" if entry.index_id else "nothing"


def _check_shape(
    context: Context, position: int, values: DataState, slot: Slot, statuses: DataState
) -> None:
    if values.broken or statuses.broken:
        return  # What is wrong there has its own finding.
    suffix, phrase = difference(values, statuses)
    if not suffix:
        return
    where = f"{context.metric_place(position)}.values.{_field(slot)}"
    names = f"{quoted(values.name)} and its statuses {quoted(statuses.name)}"
    if suffix == "length":
        message = f"{names} differ in length: {phrase}"
        hint = "Give one status for each value."
    else:
        message = f"{names} differ in form: {phrase}"
        hint = "Give the statuses in the form of the values, category by category."
    context.report(
        _DIFFERENCES[suffix],
        Target("metric", position),
        where,
        message,
        hint,
        (statuses.position, phrase),
    )
