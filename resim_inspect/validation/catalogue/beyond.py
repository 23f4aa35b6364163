"""Rules that ReSim's validator does not have: what will surprise somebody later."""

from __future__ import annotations

from resim_inspect.validation.catalogue.rule import Rule
from resim_inspect.validation.findings import Severity

_W = Severity.WARNING
_I = Severity.INFO

RULES = (
    Rule(
        "status-contradicts",
        _W,
        "The file's status fits its metrics",
        "ReSim shows the status of the file. It may be set apart from the metrics, but where "
        "one fails and the other does not, it is more often forgotten.",
        ('metrics["Max speed"].status = FAIL_BLOCK',),
        (
            'metrics["Max speed"].status = FAIL_BLOCK',
            "metrics_status = FAIL_BLOCK",
            "job_level_metrics.metrics_status = FAIL_BLOCK",
        ),
        since="0.1.0",
    ),
    Rule(
        "summary-index",
        _W,
        "A double summary points at a value that is there",
        "The position counts from 0.",
        ('metrics["Last distance"].values.series_index = 3',),
        ('metrics["Last distance"].values.series_index = 2',),
    ),
    Rule(
        "scalar-infinite",
        _W,
        "The value of a scalar is finite",
        "ReSim accepts infinities, but no chart and no comparison between jobs can use them.",
        ('metrics["Max speed"].values.value = inf',),
        ('metrics["Max speed"].values.value = 44.7',),
    ),
    Rule(
        "plotly-empty",
        _W,
        "A plotly figure has traces",
        'A figure without "data" draws nothing.',
        ('metrics["Figure"].values.figure = {"layout": {}}',),
        ('metrics["Figure"].values.figure = {"data": [{"x": [1], "y": [2]}]}',),
    ),
    Rule(
        "event-metric-unused",
        _W,
        "A metric of an event is named by one",
        "ReSim shows event metrics with their event only; one that no event names is not seen.",
        ('metrics["Max speed"].event_metric = true',),
        (
            'metrics["Max speed"].event_metric = true',
            'events["Take-off"].metrics = [metrics["Max speed"]]',
        ),
    ),
    Rule(
        "event-id-duplicate",
        _W,
        "No two events have the same id",
        "ReSim's validator means to check this and does not.",
        ('events["Landing"].id = events["Take-off"].id',),
        ('events["Landing"].id = "12345678-1234-1234-1234-123456789abc"',),
    ),
    Rule(
        "time-backwards",
        _W,
        "Times do not run backwards",
        "A line over such times zigzags. Equal times are fine.",
        ('data["clock"].series = [0, 2, 1]',),
        ('data["clock"].series = [0, 1, 1]',),
    ),
    Rule(
        "status-unknown",
        _W,
        "A series of statuses holds statuses",
        "ReSim's validator looks at the length only; 0 is no status, and other numbers make "
        "its own reader fail.",
        ('data["distance status"].series = [PASSED, 9, unset]',),
        ('data["distance status"].series = [PASSED, FAIL_WARN, RAW]',),
    ),
    Rule(
        "values-infinite",
        _W,
        "Values are finite",
        "An axis cannot show infinities.",
        ('data["height"].series = [1, inf, 3]',),
        ('data["height"].series = [1, 2, 3]',),
    ),
    Rule(
        "values-all-nan",
        _W,
        "Not all values are NaN",
        "There is nothing to draw.",
        ('data["height"].series = [NaN, NaN, NaN]',),
        ('data["height"].series = [1, 2, 3]',),
    ),
    Rule(
        "values-nan",
        _I,
        "Some values are NaN",
        "They are gaps in a chart, which may be meant.",
        ('data["height"].series = [1, NaN, 3]',),
        ('data["height"].series = [1, 2, 3]',),
    ),
    Rule(
        "index-flag",
        _W,
        "Type and flag agree whether data is indexed",
        "is_indexed and an INDEXED type say the same thing twice; readers go by one or the other.",
        (
            'data["distance"].is_indexed = true',
            'data["distance"].index = data["other clock"]',
            'data["distance"].index_type = TIMESTAMP',
        ),
        ('data["distance"].is_indexed = false',),
    ),
    Rule(
        "path-absolute",
        _W,
        "The path of an external file is relative",
        "ReSim takes files from the folder of metrics.binproto; an absolute path of the "
        "container means nothing elsewhere.",
        ('data["photo"].path = "/tmp/resim/outputs/photo.png"',),
        ('data["photo"].path = "photo.png"',),
    ),
    Rule(
        "path-escapes",
        _W,
        "The path of an external file stays in the file's folder",
        "What lies outside of the outputs is not uploaded. A link that leads out counts too.",
        ('data["photo"].path = "../photo.png"',),
        ('data["photo"].path = "photo.png"',),
    ),
    Rule(
        "file-missing",
        _W,
        "External files are there",
        "Looked at only where the document came from a file.",
        ('data["photo"].path = "picture.png"',),
        ('data["photo"].path = "photo.png"',),
    ),
    Rule(
        "file-empty",
        _W,
        "External files are not empty",
        "Most likely the metrics build ended before it was written.",
        ('data["photo"].path = "empty.png"',),
        ('data["photo"].path = "photo.png"',),
    ),
    Rule(
        "unknown-field",
        _W,
        "The schema knows every field",
        "Fields that it does not know are kept but not read. A newer open-core may have written "
        "them, or another program.",
        ('metrics["Max speed"] += field 101',),
        ('metrics["Max speed"].order = 1',),
    ),
    Rule(
        "enum-unknown",
        _W,
        "The schema knows every number of an enumeration",
        "ReSim's validator lets unknown numbers pass in many places; its readers may fail.",
        ('metrics["Max speed"].importance = 42',),
        ('metrics["Max speed"].importance = CRITICAL',),
    ),
    Rule(
        "data-unused",
        _I,
        "Some data is referred to by nothing",
        "Batch metrics may use it; else it only makes the file larger.",
        ('metrics["Map"].values.image = data["photo"]',),
        ('metrics["Map"].values.image = data["map"]',),
    ),
    Rule(
        "no-metrics",
        _I,
        "The file has no metrics",
        "ReSim accepts that, but there is nothing to see.",
    ),
)
