"""`place = value`: the examples of the rules, applied to the small document they speak of.

Places are written as findings write them. A value is JSON, a bare word (`unset`, `NaN`,
`inf`, `PASSED`, `INDEXED_DOUBLE`), a place to copy from, or a list of these.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.schema import metrics_pb2 as pb

_STEP = re.compile(r'\.?([a-z_]+)|\[(-?\d+|"(?:[^"\\]|\\.)*")\]')
_ALIASES = {
    "doubles": ["doubles_over_time_data_id"],
    "statuses": ["statuses_over_time_data_id", "statuses_data_id"],
    "states": ["states_over_time_data_id"],
    "x": ["x_doubles_data_id"],
    "y": ["y_doubles_data_id"],
    "values": ["values_data_id"],
    "times": ["times_data_id"],
    "value": ["value", "value_data_id"],
    "status": ["status", "status_data_id"],
    "image": ["image_data_id"],
    "images": ["image_data_ids"],
    "figure": ["json"],
    "failure_definitions": ["failure_definition"],
    "type": ["type", "data_type"],
    "index": ["index_data_id"],
    "index_type": ["index_data_type"],
    "id": ["metrics_data_id", "metric_id", "event_id"],
    "path": ["external_file"],
}


def base(folder: Path) -> DocumentBuilder:
    """A valid document without any finding: all types, two events, files in `folder`."""
    (folder / "photo.png").write_bytes(b"photo")
    (folder / "map.png").write_bytes(b"map")
    (folder / "empty.png").write_bytes(b"")
    b = DocumentBuilder("examples")
    clock = b.times("clock", [0, 1, 2])
    speed = b.doubles("speed", [10, 20, 15], unit="m/s", index=clock)
    speed_status = b.statuses("speed status", speed)
    mode = b.strings("mode", ["cruise", "land", "cruise"], index=clock)
    mode_status = b.statuses("mode status", mode)
    other = b.times("other clock", [0, 1, 2])
    heat = b.doubles("heat", [1, 2, 3], index=other)
    heat_status = b.statuses("heat status", heat)
    by_camera = b.times("clock by camera", {"front": [0, 1], "rear": [0]})
    exposure = b.doubles("exposure", {"front": [1, 2], "rear": [3]}, index=by_camera)
    exposure_status = b.statuses("exposure status", exposure)
    labels = b.strings("labels", ["car", "bike"])
    detections = b.doubles("detections", [3, 4], index=labels)
    detections_status = b.statuses("detections status", detections)
    distance = b.doubles("distance", [1, 2, 3])
    height = b.doubles("height", [4, 5, 6])
    distance_status = b.statuses("distance status", distance)
    widths = b.doubles("widths", [1, 2])
    two = b.statuses("two statuses", widths)
    batch = "12345678-1234-1234-1234-12345678900"
    batches = b.uuids("batches", [batch + "1", batch + "2"])
    rate = b.doubles("pass rate", [0.5, 1], index=batches)
    when = b.times("batch times", [100, 200], index=batches)
    rate_status = b.statuses("pass rate status", rate)
    camera = b.doubles("by camera", {"front": [1, 2], "rear": [3]})
    camera_status = b.statuses("by camera status", camera)
    photo = b.file("photo", "photo.png")
    chart = b.file("map", "map.png")

    b.scalar("Max speed", 44.7, unit="m/s")
    b.double_over_time("Speed", [(speed, speed_status)])
    b.double_over_time("Heat", [(heat, heat_status)])
    b.double_over_time("Exposure", [(exposure, exposure_status)])
    b.line_plot("Path", [(distance, height, distance_status)])
    b.bar_chart("Detections", [(detections, detections_status)])
    b.batchwise_bar_chart("Pass rate", {"all": (when, rate, rate_status)}, colors=["#00aa55"])
    states = ["cruise", "land", "taxi"]
    b.states_over_time("Mode", [(mode, mode_status)], states=states, failures=["taxi"])
    buckets = [(0, 2), (2, 4)]
    b.histogram("Distances", distance, distance_status, buckets=buckets, lower=0, upper=4)
    b.double_summary("Last distance", distance, distance_status, index=2)
    b.double_summary("Last height", height, distance_status, index=2)
    b.double_summary("Width", widths, two, index=0)
    b.double_summary("Camera mean", camera, camera_status)
    b.double_summary("Camera worst", camera, camera_status)
    b.plotly("Figure", {"data": [{"x": [1], "y": [2]}]})
    b.image("Photo", photo)
    b.image("Map", chart)
    b.image_list("Photos", [photo])
    b.text("Summary", "All went well.")
    landing = b.scalar("Landing speed", 12, unit="m/s", event=True)
    b.event("Take-off", 1)
    b.event("Landing", 2, [landing])
    return b


def apply(message: pb.JobMetrics, lines: tuple[str, ...]) -> None:
    """Apply example lines in place."""
    for line in lines:
        if line.endswith("+= field 101"):
            _resolve(message, line.removesuffix("+= field 101").strip())[0].MergeFromString(
                b"\xa8\x06\x01"
            )
        elif "+=" in line:
            target, source = (part.strip() for part in line.split("+="))
            assert target == "data"
            message.metrics_data.append(_resolve(message, source)[0])
        else:
            target, text = line.split(" = ", 1)
            for path in _places(message, target):
                _assign(message, path, text)


def _places(message: pb.JobMetrics, target: str) -> list[str]:
    if "[*]" not in target:
        return [target]
    return [
        target.replace("[*]", f"[{position}]")
        for position in range(len(message.job_level_metrics.metrics))
    ]


def _field(node: Message, name: str) -> str:
    names = _ALIASES.get(name, [name])
    return next((name for name in names if name in node.DESCRIPTOR.fields_by_name), name)


def _resolve(message: pb.JobMetrics, path: str) -> tuple[Any, str | int | None]:
    """The parent message or list, and the field or position in it (None: the node itself)."""
    steps: list[str | int] = []
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        assert match is not None, path
        at = match.end()
        steps.append(match[1] if match[1] is not None else json.loads(match[2]))
    parent: Any = message
    if steps[0] in ("metrics", "data", "events"):
        collection: Any = {
            "metrics": message.job_level_metrics.metrics,
            "data": message.metrics_data,
            "events": message.events,
        }[str(steps[0])]
        key = steps[1]
        if isinstance(key, str):
            key = next(position for position, item in enumerate(collection) if item.name == key)
        parent = collection[key]
        steps = steps[2:]
    last: str | int | None = None
    for step in steps:
        if last is not None:
            parent = parent[last] if isinstance(last, int) else getattr(parent, last)
        last = step
        if isinstance(step, str) and isinstance(parent, pb.Metric) and step == "values":
            last = "metric_values"
        elif isinstance(parent, pb.MetricValues):
            parent, last = _values(parent, str(step))
        elif isinstance(parent, pb.SeriesPerCategory):
            parent, last = parent.category_to_series[str(step)], None
        elif isinstance(step, str) and isinstance(parent, Message):
            last = _field(parent, step)
            if isinstance(parent, pb.MetricsData) and last == "series" and parent.is_per_category:
                last = "series_per_category"
    return parent, last


def _values(parent: pb.MetricValues, name: str) -> tuple[Message, str]:
    present = parent.WhichOneof("metric_values")
    kinds = [present] if present else []
    for kind in kinds + [field.name for field in parent.DESCRIPTOR.fields]:
        message_type: Any = parent.DESCRIPTOR.fields_by_name[kind].message_type
        for alias in _ALIASES.get(name, [name]):
            if alias in message_type.fields_by_name:
                return getattr(parent, kind), alias
    raise AssertionError(f"no values have {name}")


def _assign(message: pb.JobMetrics, path: str, text: str) -> None:
    parent, last = _resolve(message, path)
    if last is None:
        _set_series(parent, _split(text))
    elif text == "unset":
        parent.ClearField(last)
    elif isinstance(parent, pb.MetricsData) and last == "series":
        _set_series(parent.series, _split(text))
    elif isinstance(parent, pb.MetricsData) and last == "external_file":
        parent.external_file.path = json.loads(text)
    else:
        assert isinstance(last, str)
        _set_field(message, parent, last, text)


def _set_field(message: pb.JobMetrics, parent: Message, last: str, text: str) -> None:
    field: Any = parent.DESCRIPTOR.fields_by_name[last]
    value = getattr(parent, last)
    if hasattr(value, "append"):
        del value[:]
        for entry in _split(text):
            if field.type != FieldDescriptor.TYPE_MESSAGE:
                value.append(json.loads(entry))
            elif entry.startswith("{"):
                ParseDict(json.loads(entry), value.add())
            else:
                value.add().id.data = _id(message, entry)
    elif field.type == FieldDescriptor.TYPE_MESSAGE:
        if text.startswith("{"):
            value.Clear()
            ParseDict(json.loads(text), value)
        else:
            (value if isinstance(value, pb.UUID) else value.id).data = _id(message, text)
    elif field.type == FieldDescriptor.TYPE_ENUM:
        setattr(parent, last, _number(field.enum_type, text))
    elif text in ("NaN", "inf"):
        setattr(parent, last, float(text))
    else:
        setattr(parent, last, json.loads(text))


def _number(enum: Any, word: str) -> int:
    if word.lstrip("-").isdigit():
        return int(word)
    wanted = word.replace("STATUS", "METRIC_STATUS")
    names = {value.name: value.number for value in enum.values}
    for suffix in ("_METRIC_STATUS", "_METRIC_TYPE", "_IMPORTANCE", "_SERIES_DATA_TYPE",
                   "_DATA_TYPE", "_TIMESTAMP"):  # fmt: skip
        if wanted + suffix in names:
            return int(names[wanted + suffix])
    raise AssertionError(f"{enum.name} has no {word}")


def _id(message: pb.JobMetrics, text: str) -> str:
    """An id as text, or that of the thing at a place."""
    if text.startswith('"'):
        return str(json.loads(text))
    if text == "job_id":
        return message.job_id.id.data
    node, last = _resolve(message, text)
    if last is not None:
        node = getattr(node, str(last))
        return str(node.id.data)
    for name in ("metric_id", "metrics_data_id", "event_id"):
        if hasattr(node, name):
            return str(getattr(node, name).id.data)
    raise AssertionError(f"{text} has no id")


def _split(text: str) -> list[str]:
    """The parts of `[a, b, c]`, as they stand there."""
    assert text.startswith("[")
    assert text.endswith("]")
    parts = re.findall(r'\{.*?\}|[a-z]+\["[^"]*"\]|"[^"]*"|[^,\s]+', text[1:-1])
    return [part for part in parts if part]


def _set_series(series: pb.Series, words: list[str]) -> None:
    kind = series.WhichOneof("series")
    assert kind is not None
    if words and words[0].startswith('"'):
        kind = "strings"
    getattr(series, kind).Clear()
    getattr(series, kind).SetInParent()
    for word in words:
        if kind == "timestamps":
            series.timestamps.series.add(seconds=int(word))
        elif kind == "strings":
            series.strings.series.append(json.loads(word))
        elif kind == "doubles":
            series.doubles.series.append(float(word))
        else:
            number = 0 if word == "unset" else _number(pb.MetricStatus.DESCRIPTOR, word)
            series.statuses.series.append(number)  # type: ignore[arg-type]
