"""Rules about indexed data: the index, its type, its form and its length."""

from __future__ import annotations

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.data_states import DataState
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.ids import is_uuid, short
from resim_inspect.validation.rules.schema import report_unknown_number
from resim_inspect.validation.rules.shapes import difference

INDEX_MISSING = Rule(
    "index-missing",
    Severity.ERROR,
    "The index of indexed data is in the file",
    "Data that is marked as indexed names its index data by id.",
    (
        'data["speed"].index = "12345678-1234-1234-1234-123456789abc"',
        'data["speed status"].index = "12345678-1234-1234-1234-123456789abc"',
    ),
    ('data["speed"].index = data["clock"]', 'data["speed status"].index = data["clock"]'),
)
INDEX_TYPE = Rule(
    "index-type",
    Severity.ERROR,
    "Indexed data says the type of its index rightly",
    "index_data_type repeats the data type of the index.",
    (
        'data["speed"].index_type = INDEXED_TIMESTAMP',
        'data["speed status"].index_type = INDEXED_TIMESTAMP',
    ),
    ('data["speed"].index_type = TIMESTAMP', 'data["speed status"].index_type = TIMESTAMP'),
)
INDEX_FORM = Rule(
    "index-form",
    Severity.ERROR,
    "Data and index have the same form",
    "Both are one series, or both are one series for each of the same categories.",
    (
        'data["speed"].index = data["clock by camera"]',
        'data["speed status"].index = data["clock by camera"]',
    ),
    ('data["speed"].index = data["clock"]', 'data["speed status"].index = data["clock"]'),
)
INDEX_LENGTH = Rule(
    "index-length",
    Severity.ERROR,
    "The index has one value for each value",
    "Data and index are equally long, category by category.",
    ('data["clock"].series = [0, 1]',),
    ('data["clock"].series = [0, 1, 2]',),
)
INDEX_FLAG = Rule(
    "index-flag",
    Severity.WARNING,
    "Type and flag agree whether data is indexed",
    "is_indexed and an INDEXED type say the same thing twice; readers go by one or the other.",
    (
        'data["distance"].is_indexed = true',
        'data["distance"].index = data["other clock"]',
        'data["distance"].index_type = TIMESTAMP',
    ),
    ('data["distance"].is_indexed = false',),
)

_DIFFERENCES = {"form": INDEX_FORM, "length": INDEX_LENGTH}


def check_indexes(context: Context) -> None:
    """Check that every indexed data has an index of its own form and of its index type."""
    for entry in context.data_list:
        check_index(context, entry)


def check_index(context: Context, entry: DataState) -> None:
    """Check one data: its type, its flag, and its index if it is indexed."""
    if (entry.type in schema_constants.INDEXED) != entry.indexed:
        _flag_differs(context, entry)
    if not 0 <= entry.type <= schema_constants.EXTERNAL_FILE:
        _unknown(context, entry, "type", entry.type)
    if not 0 <= entry.index_type <= schema_constants.EXTERNAL_FILE:
        _unknown(context, entry, "index_type", entry.index_type)
    if not entry.indexed:
        return
    index = context.data_by_id.get(entry.index_id)
    if index is None:
        _index_missing(context, entry)
        return
    index.used = True
    # An index of no type has a finding of its own.
    if entry.index_type != index.type and index.type:
        context.report(
            INDEX_TYPE,
            Target("data", entry.position),
            context.data_place(entry.position) + ".index",
            f"has the index type {schema_constants.data_type(entry.index_type)}, "
            f"but {quoted(index.name)} is {schema_constants.data_type(index.type)}",
            "Set index_data_type to the type of the index data.",
        )
    if not (entry.broken or index.broken) and (entry.length != index.length or entry.length < 0):
        _index_shape(context, entry, index)


def _index_shape(context: Context, entry: DataState, index: DataState) -> None:
    suffix, phrase = difference(entry, index)
    if not suffix:
        return
    what = "values" if suffix == "length" else "form"
    context.report(
        _DIFFERENCES[suffix],
        Target("data", entry.position),
        context.data_place(entry.position) + ".index",
        f"{what} of the data and of its index {quoted(index.name)}: {phrase}",
        "The index must have one value for each value of the data, category by category.",
        (index.position, phrase),
    )


def _index_missing(context: Context, entry: DataState) -> None:
    target = Target("data", entry.position)
    where = context.data_place(entry.position) + ".index"
    if not is_uuid(entry.index_id):
        context.report(
            INDEX_MISSING,
            target,
            where,
            "is indexed, but names no index"
            if not entry.index_id
            else f"is indexed by {short(entry.index_id)}, which is not a valid UUID",
            "Name the id of the index data, or clear is_indexed.",
        )
        return
    context.report(
        INDEX_MISSING,
        target,
        where,
        f"is indexed by data {short(entry.index_id)}, which is not in the file",
        context.missing_hint(entry.index_id, entry.name, (entry.index_type,)),
        ("missing", entry.index_id),
    )


def _unknown(context: Context, entry: DataState, field: str, number: int) -> None:
    location = f"{context.data_place(entry.position)}.{field}"
    report_unknown_number(context, Target("data", entry.position), location, number)


def _flag_differs(context: Context, entry: DataState) -> None:
    if entry.type == schema_constants.EXTERNAL_FILE or not entry.type:
        return
    says = "is marked as indexed" if entry.indexed else "is not marked as indexed"
    context.report(
        INDEX_FLAG,
        Target("data", entry.position),
        context.data_place(entry.position) + ".is_indexed",
        f"{says}, but its type is {schema_constants.data_type(entry.type)}",
        "Make the type and the flag agree; readers go by one or the other.",
    )
