"""Rules about metrics data: the ids, the series and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.data_states import DataState, ListedStates
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.ids import is_uuid, short
from resim_inspect.validation.rules.series_values import check_deferred, check_series
from resim_inspect.validation.rules.shapes import held, listed

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb

DATA_ID = Rule(
    "data-id",
    Severity.ERROR,
    "Every data has an id",
    "The id of a metrics data is a UUID.",
    (
        'data["distance"].id = "distance"',
        'metrics["Distances"].values.values = data["distance"]',
        'metrics["Path"].values.x = [data["distance"]]',
        'metrics["Last distance"].values.value = data["distance"]',
    ),
    (
        'data["distance"].id = "12345678-1234-1234-1234-123456789abc"',
        'metrics["Distances"].values.values = data["distance"]',
        'metrics["Path"].values.x = [data["distance"]]',
        'metrics["Last distance"].values.value = data["distance"]',
    ),
)
DATA_ID_DUPLICATE = Rule(
    "data-id-duplicate",
    Severity.ERROR,
    "No two data have the same id",
    "With the same id twice, it is ambiguous which of the two a reference means.",
    ('data += data["labels"]', 'data[-1].name = "more labels"'),
    ('metrics["Photo"].values.image = data["photo"]',),
)
DATA_NAME_DUPLICATE = Rule(
    "data-name-duplicate",
    Severity.ERROR,
    "No two data have the same name",
    "An empty name is a name too: one data may have it.",
    ('data["labels"].name = "distance"',),
    ('data["labels"].name = ""',),
)
DATA_TYPE_UNSET = Rule(
    "data-type-unset",
    Severity.ERROR,
    "Every data has a data type",
    "The data type is double, timestamp, UUID, string or status, each indexed or not, or "
    "external file.",
    ('data["other clock"].type = unset',),
    ('data["other clock"].type = TIMESTAMP',),
)
FILE_PATH_MISSING = Rule(
    "file-path-missing",
    Severity.ERROR,
    "An external file has a path",
    "The path is relative to the folder of metrics.binproto.",
    ('data["photo"].path = ""',),
    ('data["photo"].path = "photo.png"',),
)
SERIES_MISSING = Rule(
    "series-missing",
    Severity.ERROR,
    "A data holds its values in the form that it declares",
    "It has one series for each category if it is marked as per category, else one series.",
    ('data["distance"].is_per_category = true',),
    ('data["distance"].is_per_category = false',),
)
SERIES_EMPTY = Rule(
    "series-empty",
    Severity.ERROR,
    "A series has at least one value",
    "This holds for every category.",
    ('data["by camera"].series["rear"] = []', 'data["by camera status"].series["rear"] = []'),
    (
        'data["by camera"].series["rear"] = [0.5]',
        'data["by camera status"].series["rear"] = [PASSED]',
    ),
)
SERIES_TYPE = Rule(
    "series-type",
    Severity.ERROR,
    "A series holds values of the data's type",
    "Data of the type double holds doubles, and so on.",
    ('data["height"].series = ["low", "middle", "high"]',),
    ('data["height"].series = [1, 2, 3]',),
)
CATEGORY_NAMES = Rule(
    "category-names",
    Severity.ERROR,
    "The category names are those of the series",
    "Every category is named, and every name has a series; the order is free.",
    ('data["by camera"].category_names = ["front", "left"]',),
    ('data["by camera"].category_names = ["rear", "front"]',),
)


def read_data(context: Context) -> None:
    """Fill the table of data and check what each data says on its own.

    Raises MalformedError for a series whose bytes protobuf refuses.
    """
    by_id: dict[str, DataState] = {}
    states = ListedStates()
    context.data_by_id, context.data_list = by_id, states
    names: dict[str, int] = {}
    for position, message in enumerate(context.document.data_messages):
        entry = state_of(position, message)
        states.append(entry)
        data_id = message.metrics_data_id.id.data
        if data_id in by_id:
            _duplicate_id(context, data_id, entry)
        elif not is_uuid(data_id):
            report_bad_id(context, data_id, entry)
        by_id[data_id] = entry
        name = entry.name
        if name in names:
            _duplicate_name(context, name, names[name], position)
        else:
            names[name] = position
        check_data(context, entry, message)


def state_of(position: int, message: pb.MetricsData) -> DataState:
    """State of a data as it stands in the file, without the length of its series."""
    data_type = message.data_type
    entry = DataState(position, message.name, data_type)
    if message.is_indexed:
        entry.indexed = True
    if data_type in schema_constants.INDEXED or entry.indexed:
        entry.index_id = message.index_data_id.id.data
        entry.index_type = message.index_data_type
    entry.holds = message.WhichOneof("data") or ""
    return entry


def check_data(context: Context, entry: DataState, message: pb.MetricsData) -> None:
    """Check the series of a data, and add its length to the state. Raises as `read_data` does."""
    position, data_type, holds = entry.position, entry.type, entry.holds
    deferred = context.document.deferred
    per_category = message.is_per_category
    if holds == "series":
        kind, length = (
            check_deferred(context, entry, deferred[position].kind)
            if position in deferred
            else check_series(context, entry, message.series, None)
        )
        entry.length = length
        # Nearly all data: told apart here, so that they cost no more than this.
        if (
            length
            and data_type in schema_constants.SERIES
            and kind == schema_constants.FIELD_OF_DATA.get(data_type, "statuses")
            and not per_category
        ):
            return
        _check_series(context, entry, kind, length, None)
    elif holds == "series_per_category":
        _read_categories(context, entry, message)
    _check_holds(context, entry, message, per_category)


def _read_categories(context: Context, entry: DataState, message: pb.MetricsData) -> None:
    by_category = message.series_per_category.category_to_series
    entry.categories = {}
    # Sorted: protobuf gives a map in no order of its own.
    for category in sorted(by_category):
        kind, length = check_series(context, entry, by_category[category], category)
        entry.categories[category] = length
        _check_series(context, entry, kind, length, category)


def _check_series(
    context: Context, entry: DataState, kind: str | None, length: int, category: str | None
) -> None:
    """Check a series of a data that is not an external file."""
    wanted = schema_constants.FIELD_OF_DATA.get(entry.type, "statuses")
    if (kind == wanted and length) or entry.type == schema_constants.EXTERNAL_FILE:
        return
    target = Target("data", entry.position)
    where = _series_place(context, entry, category)
    if kind is None or not length:
        entry.broken = True
        context.report(
            SERIES_EMPTY,
            target,
            where,
            "has no values" if kind is not None else "has neither a type nor values",
            "Give at least one value, or leave the data out.",
        )
    if kind is not None and kind != wanted and entry.type:
        context.report(
            SERIES_TYPE,
            target,
            where,
            f"holds {kind}, but the data's type is {schema_constants.data_type(entry.type)}",
            f"Store {wanted}, or change the type.",
            ("type", entry.position),
        )


def _series_place(context: Context, entry: DataState, category: str | None) -> str:
    where = context.data_place(entry.position) + ".series"
    return where if category is None else f"{where}[{quoted(category)}]"


def _check_holds(
    context: Context, entry: DataState, message: pb.MetricsData, per_category: bool
) -> None:
    """Check that the data has the field that its type and flags require."""
    holds = entry.holds
    if entry.type == schema_constants.EXTERNAL_FILE:
        if holds != "external_file" or not message.external_file.path:
            entry.broken = holds != "external_file"
            context.report(
                FILE_PATH_MISSING,
                Target("data", entry.position),
                context.data_place(entry.position) + ".path",
                "is an external file without a path"
                if holds in ("external_file", "")
                else f"is an external file by its type, but holds {held(holds)}",
                "Give the file's path, relative to the folder of metrics.binproto.",
            )
        return
    if not entry.type:
        context.report(
            DATA_TYPE_UNSET,
            Target("data", entry.position),
            context.data_place(entry.position) + ".type",
            "has no data type",
            "Set the data type that fits its values.",
        )
    wanted = "series_per_category" if per_category else "series"
    if holds != wanted:
        entry.broken = True
        flag = "is" if per_category else "is not"
        context.report(
            SERIES_MISSING,
            Target("data", entry.position),
            context.data_place(entry.position) + ".series",
            f"{flag} marked as per category and must hold {held(wanted)}, "
            f"but it holds {held(holds)}",
            "Store the values in that form, or change is_per_category.",
        )
    elif per_category:
        _check_categories(context, entry, list(message.category_names))


def _check_categories(context: Context, entry: DataState, names: list[str]) -> None:
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
            parts.append(f"no series for {listed(missing)}")
        if unnamed:
            parts.append(f"{listed(unnamed)} not among the category names")
        message = "category names and series differ: " + "; ".join(parts)
    context.report(
        CATEGORY_NAMES,
        Target("data", entry.position),
        context.data_place(entry.position) + ".category_names",
        message,
        "List exactly the categories that have a series.",
    )


def report_bad_id(context: Context, data_id: str, entry: DataState) -> None:
    context.report(
        DATA_ID,
        Target("data", entry.position),
        context.data_place(entry.position) + ".id",
        f"has the id {quoted(data_id)}, which is not a valid UUID" if data_id else "has no id",
        "Give it a UUID.",
    )


def _duplicate_id(context: Context, data_id: str, entry: DataState) -> None:
    first = context.data_by_id[data_id]
    context.report(
        DATA_ID_DUPLICATE,
        Target("data", entry.position),
        context.data_place(entry.position) + ".id",
        f"has the same id as {context.data_place(first.position)}: {short(data_id)}",
        "Give each data an id of its own, or write it once.",
        ("same id", data_id),
    )


def _duplicate_name(context: Context, name: str, first: int, position: int) -> None:
    context.report(
        DATA_NAME_DUPLICATE,
        Target("data", position),
        f"data[{position}].name",
        f"has the same name as data[{first}]: {quoted(name)}",
        "Give each data a name of its own.",
        ("same name", name),
    )
