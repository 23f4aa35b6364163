"""Rules for metrics data: the ids, the series and what they hold, the index, the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, Entry, quoted
from resim_inspect.validation.findings import Target
from resim_inspect.validation.ids import is_uuid, short
from resim_inspect.validation.rules.series_values import look_at_heavy, look_at_series

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb


def read_data(context: Context) -> None:
    """Fill the table of data and check what each data says on its own.

    Raises MalformedError for a series whose bytes protobuf refuses.
    """
    by_id = context.data
    names: dict[str, int] = {}
    heavy = context.document.heavy
    add = context.entries.append
    indexed_types, plain_series = schema_constants.INDEXED, schema_constants.SERIES
    field_of, statuses = schema_constants.FIELD_OF_DATA.get, "statuses"
    for position, message in enumerate(context.message.metrics_data):
        name, data_type = message.name, message.data_type
        entry = Entry(position, name, data_type)
        add(entry)
        data_id = message.metrics_data_id.id.data
        if data_id in by_id:
            _duplicate_id(context, data_id, entry)
        elif not is_uuid(data_id):
            _bad_id(context, data_id, entry)
        by_id[data_id] = entry
        if name in names:
            _duplicate_name(context, name, names[name], position)
        else:
            names[name] = position
        if message.is_indexed:
            entry.indexed = True
        if data_type in indexed_types or entry.indexed:
            entry.index_id = message.index_data_id.id.data
            entry.index_type = message.index_data_type
        entry.holds = holds = message.WhichOneof("data") or ""
        per_category = message.is_per_category
        if holds == "series":
            kind, length = (
                look_at_heavy(context, entry, heavy[position].kind)
                if position in heavy
                else look_at_series(context, entry, message.series, None)
            )
            entry.length = length
            # Nearly all data: told apart here, so that they cost no more than this.
            if (
                length
                and data_type in plain_series
                and kind == field_of(data_type, statuses)
                and not per_category
            ):
                continue
            _check_series(context, entry, kind, length, None)
        elif holds == "series_per_category":
            _read_categories(context, entry, message)
        _check_holds(context, entry, message, per_category)


def _read_categories(context: Context, entry: Entry, message: pb.MetricsData) -> None:
    by_category = message.series_per_category.category_to_series
    entry.categories = {}
    # Sorted: protobuf gives a map in no order of its own.
    for category in sorted(by_category):
        kind, length = look_at_series(context, entry, by_category[category], category)
        entry.categories[category] = length
        _check_series(context, entry, kind, length, category)


def _check_series(
    context: Context, entry: Entry, kind: str | None, length: int, category: str | None
) -> None:
    """What holds for every series of a data that is not an external file."""
    wanted = schema_constants.FIELD_OF_DATA.get(entry.type, "statuses")
    if (kind == wanted and length) or entry.type == schema_constants.EXTERNAL_FILE:
        return
    target = Target("data", entry.position)
    where = _series_place(context, entry, category)
    if kind is None or not length:
        entry.broken = True
        context.error(
            "series-empty",
            target,
            where,
            "has no values" if kind is not None else "is a series of no kind, without values",
            "Give at least one value, or leave the data out.",
        )
    if kind is not None and kind != wanted and entry.type:
        context.error(
            "series-type",
            target,
            where,
            f"holds {kind}, but the data's type is {schema_constants.data_type(entry.type)}",
            f"Store {wanted}, or change the type.",
            ("type", entry.position),
        )


def _series_place(context: Context, entry: Entry, category: str | None) -> str:
    where = context.data_place(entry.position) + ".series"
    return where if category is None else f"{where}[{quoted(category)}]"


def _check_holds(
    context: Context, entry: Entry, message: pb.MetricsData, per_category: bool
) -> None:
    """Whether the data holds what its type and flags say."""
    holds = entry.holds
    if entry.type == schema_constants.EXTERNAL_FILE:
        if holds != "external_file" or not message.external_file.path:
            entry.broken = holds != "external_file"
            context.error(
                "file-path-missing",
                Target("data", entry.position),
                context.data_place(entry.position) + ".path",
                "is an external file without a path"
                if holds in ("external_file", "")
                else f"is an external file by its type, but holds {_held(holds)}",
                "Give the file's path, relative to the folder of metrics.binproto.",
            )
        return
    if not entry.type:
        context.error(
            "data-type-unset",
            Target("data", entry.position),
            context.data_place(entry.position) + ".type",
            "says not what it holds: its data type is unset",
            "Set the data type that fits its values.",
        )
    wanted = "series_per_category" if per_category else "series"
    if holds != wanted:
        entry.broken = True
        flag = "is" if per_category else "is not"
        context.error(
            "series-missing",
            Target("data", entry.position),
            context.data_place(entry.position) + ".series",
            f"should hold {_held(wanted)}, for it {flag} marked as per category, "
            f"but it holds {_held(holds)}",
            "Store the values in that form, or change is_per_category.",
        )
    elif per_category:
        _check_categories(context, entry, list(message.category_names))


_HELD = {
    "series": "one series",
    "series_per_category": "a series for each category",
    "external_file": "an external file",
}


def _held(holds: str) -> str:
    return _HELD[holds] if holds else "nothing"


def _check_categories(context: Context, entry: Entry, names: list[str]) -> None:
    have = entry.categories or {}
    if names and set(names) == have.keys():
        return
    entry.broken = True
    missing = [name for name in dict.fromkeys(names) if name not in have]
    unnamed = sorted(have.keys() - set(names))
    if not names and not have:
        message = "is marked as per category, but has no categories"
    else:
        parts = []
        if missing:
            parts.append(f"no series for {_listed(missing)}")
        if unnamed:
            parts.append(f"{_listed(unnamed)} not among the category names")
        message = "category names and series differ: " + "; ".join(parts)
    context.error(
        "category-names",
        Target("data", entry.position),
        context.data_place(entry.position) + ".category_names",
        message,
        "List exactly the categories that have a series.",
    )


def _listed(texts: list[str], limit: int = 5) -> str:
    shown = ", ".join(quoted(text) for text in texts[:limit])
    return shown + (f" and {len(texts) - limit:,} more" if len(texts) > limit else "")


def check_indexes(context: Context) -> None:
    """Whether every indexed data has an index of its own form and of the type it says."""
    by_id = context.data
    indexed_types = schema_constants.INDEXED
    for entry in context.entries:
        if (entry.type in indexed_types) != entry.indexed:
            _flag_differs(context, entry)
        if not 0 <= entry.type <= schema_constants.EXTERNAL_FILE:
            _unknown(context, entry, "type", entry.type)
        if not 0 <= entry.index_type <= schema_constants.EXTERNAL_FILE:
            _unknown(context, entry, "index_type", entry.index_type)
        if not entry.indexed:
            continue
        index = by_id.get(entry.index_id)
        if index is None:
            _index_missing(context, entry)
            continue
        index.used = True
        # An index of no type has a finding of its own.
        if entry.index_type != index.type and index.type:
            context.error(
                "index-type",
                Target("data", entry.position),
                context.data_place(entry.position) + ".index",
                f"says that its index is {schema_constants.data_type(entry.index_type)}, "
                f"but {quoted(index.name)} is {schema_constants.data_type(index.type)}",
                "Set index_data_type to the type of the index data.",
            )
        if not (entry.broken or index.broken) and (
            entry.length != index.length or entry.length < 0
        ):
            _index_shape(context, entry, index)


def difference(one: Entry, other: Entry) -> tuple[str, str]:
    """How the values of two data differ in number: the rule's suffix and `this, but that`.

    Both are empty where they do not.
    """
    if one.holds != other.holds or not one.holds:
        return "form", f"{_held(one.holds)}, but {_held(other.holds)}"
    if one.categories is None or other.categories is None:
        if one.length != other.length:
            return "length", f"{one.length:,}, but {other.length:,}"
        return "", ""
    only_one = [name for name in one.categories if name not in other.categories]
    only_other = [name for name in other.categories if name not in one.categories]
    if only_one or only_other:
        return "form", (
            f"{len(one.categories)} categories, but {len(other.categories)}: "
            f"{_listed(only_one + only_other)} in one of them only"
        )
    for name, length in one.categories.items():
        if other.categories[name] != length:
            return "length", (
                f"{length:,}, but {other.categories[name]:,} in category {quoted(name)}"
            )
    return "", ""


def _index_shape(context: Context, entry: Entry, index: Entry) -> None:
    suffix, phrase = difference(entry, index)
    if not suffix:
        return
    what = "values" if suffix == "length" else "form"
    context.error(
        f"index-{suffix}",
        Target("data", entry.position),
        context.data_place(entry.position) + ".index",
        f"{what} of the data and of its index {quoted(index.name)}: {phrase}",
        "The index must have one value for each value of the data, category by category.",
        (index.position, phrase),
    )


def _index_missing(context: Context, entry: Entry) -> None:
    target = Target("data", entry.position)
    where = context.data_place(entry.position) + ".index"
    if not is_uuid(entry.index_id):
        context.error(
            "index-missing",
            target,
            where,
            "is indexed, but names no index"
            if not entry.index_id
            else f"is indexed by {short(entry.index_id)}, which is no UUID",
            "Name the id of the index data, or clear is_indexed.",
        )
        return
    context.error(
        "index-missing",
        target,
        where,
        f"is indexed by data {short(entry.index_id)}, which is not in the file",
        context.missing_hint(entry.index_id, entry.name, (entry.index_type,)),
        ("missing", entry.index_id),
    )


def _unknown(context: Context, entry: Entry, field: str, number: int) -> None:
    place = f"{context.data_place(entry.position)}.{field}"
    context.unknown_number(Target("data", entry.position), place, number)


def _flag_differs(context: Context, entry: Entry) -> None:
    if entry.type == schema_constants.EXTERNAL_FILE or not entry.type:
        return
    says = "is marked as indexed" if entry.indexed else "is not marked as indexed"
    context.warning(
        "index-flag",
        Target("data", entry.position),
        context.data_place(entry.position) + ".is_indexed",
        f"{says}, but its type is {schema_constants.data_type(entry.type)}",
        "Make type and flag say the same; readers go by one or the other.",
    )


def _bad_id(context: Context, data_id: str, entry: Entry) -> None:
    context.error(
        "data-id",
        Target("data", entry.position),
        context.data_place(entry.position) + ".id",
        f"has the id {quoted(data_id)}, which is no UUID" if data_id else "has no id",
        "Give it a UUID.",
    )


def _duplicate_id(context: Context, data_id: str, entry: Entry) -> None:
    first = context.data[data_id]
    context.error(
        "data-id-duplicate",
        Target("data", entry.position),
        context.data_place(entry.position) + ".id",
        f"has the same id as {context.data_place(first.position)}: {short(data_id)}",
        "Give each data an id of its own, or write it once.",
        ("same id", data_id),
    )


def _duplicate_name(context: Context, name: str, first: int, position: int) -> None:
    context.error(
        "data-name-duplicate",
        Target("data", position),
        f"data[{position}].name",
        f"has the same name as data[{first}]: {quoted(name)}",
        "Give each data a name of its own.",
        ("same name", name),
    )
