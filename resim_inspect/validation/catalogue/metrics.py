"""Rules about the file and its metrics."""

from __future__ import annotations

from resim_inspect.validation.catalogue.rule import Rule
from resim_inspect.validation.findings import Severity

_E = Severity.ERROR

RULES = (
    Rule(
        "file-unreadable",
        _E,
        "The file can be read",
        "The file is missing, empty, cut short, or not what protobuf allows. Nothing can be "
        "said about its content.",
    ),
    Rule(
        "file-too-large",
        _E,
        "The file is smaller than 2 GiB",
        "protobuf parses up to 2,147,483,647 bytes in one piece. This program opens larger "
        "files, ReSim's own tools do not.",
    ),
    Rule(
        "job-id",
        _E,
        "The file has a job id",
        "The job id is a UUID: 32 hexadecimal digits, with or without dashes and braces.",
        ('job_id = "flight-17"',),
        ('job_id = "{7579AFFB-1111-4222-8333-444455556666}"', "metrics[*].job_id = job_id"),
    ),
    Rule(
        "status-unset",
        _E,
        "Everything that is judged has a status",
        "The file, its collection of metrics, every metric and every event must have a status; "
        "protobuf leaves it unset if nobody sets it.",
        ('metrics["Max speed"].status = unset',),
        ('metrics["Max speed"].status = PASSED',),
    ),
    Rule(
        "status-disagrees",
        _E,
        "The file's status is that of its worst metric",
        "Old releases demand that file and collection are FAIL_BLOCK if a metric is, else "
        "FAIL_WARN if a metric is, else PASSED. Since 0.1.0 a metrics build may decide itself.",
        ('metrics["Max speed"].status = FAIL_WARN',),
        ('metrics["Max speed"].status = RAW',),
        until="0.1.0",
    ),
    Rule(
        "metric-id",
        _E,
        "Every metric has an id",
        "The id of a metric is a UUID.",
        ('metrics["Max speed"].id = "max-speed"',),
        ('metrics["Max speed"].id = "12345678-1234-1234-1234-123456789abc"',),
    ),
    Rule(
        "metric-id-duplicate",
        _E,
        "No two metrics have the same id",
        "Ids are compared as text. Writing a metric twice, or copying one with its id, breaks "
        "the file.",
        ('metrics["Max speed"].id = metrics["Summary"].id',),
        ('metrics["Max speed"].id = "12345678-1234-1234-1234-123456789abc"',),
    ),
    Rule(
        "metric-name-empty",
        _E,
        "Every metric has a name",
        "The name is what people see and what is compared between jobs.",
        ('metrics["Max speed"].name = ""',),
        ('metrics["Max speed"].name = "Top speed"',),
    ),
    Rule(
        "metric-name-duplicate",
        _E,
        "No two metrics have the same name",
        "Metrics of events are exempt since 0.12.0: each event may have its own Max speed.",
        ('metrics["Max speed"].name = "Summary"',),
        ('metrics["Max speed"].name = "Landing speed"',),
    ),
    Rule(
        "metric-type-unset",
        _E,
        "Every metric has a type",
        "The type says which of the twelve kinds of values the metric holds.",
        ('metrics["Max speed"].type = unset',),
        ('metrics["Max speed"].type = SCALAR',),
    ),
    Rule(
        "importance-unset",
        _E,
        "Every metric and every event has an importance",
        "ZERO is an importance; unset is not.",
        ('metrics["Max speed"].importance = unset',),
        ('metrics["Max speed"].importance = ZERO',),
    ),
    Rule(
        "metric-job-missing",
        _E,
        "Every metric has a job id",
        "Each metric repeats the job id of the file.",
        ('metrics["Max speed"].job_id = unset',),
        ('metrics["Max speed"].job_id = job_id',),
    ),
    Rule(
        "metric-job-differs",
        _E,
        "Every metric has the job id of the file",
        "The two are compared letter by letter: other case or braces are another id.",
        ('metrics["Max speed"].job_id = metrics["Summary"].id',),
        ('metrics["Max speed"].job_id = job_id',),
    ),
    Rule(
        "tag-empty",
        _E,
        "Every tag has a key and a value",
        "A tag with an empty key or value is rejected.",
        ('metrics["Max speed"].tags = [{"key": "team", "value": ""}]',),
        ('metrics["Max speed"].tags = [{"key": "team", "value": "planning"}]',),
    ),
    Rule(
        "values-missing",
        _E,
        "Every metric has values",
        "A metric without values cannot be shown.",
        ('metrics["Max speed"].values = unset',),
        ('metrics["Max speed"].values.value = 44.7',),
    ),
    Rule(
        "values-too-new",
        _E,
        "The release knows the values",
        "Batchwise bar charts came with 0.2.0, texts with 0.3.3, image lists with 0.5.0. An "
        "older release sees a metric without values.",
        ('metrics["Photo"].type = IMAGE_LIST', 'metrics["Photo"].values.images = [data["photo"]]'),
        ('metrics["Photo"].type = IMAGE',),
        until="0.5.0",
    ),
    Rule(
        "values-type",
        _E,
        "Type and values of a metric fit",
        "A metric of the type SCALAR holds the values of a scalar, and so on. A type that the "
        "release does not know is taken for IMAGE.",
        ('metrics["Max speed"].type = TEXT',),
        ('metrics["Max speed"].type = SCALAR',),
    ),
)
