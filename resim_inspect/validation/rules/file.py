"""Rules about the file as a whole."""

from __future__ import annotations

from resim_inspect.document.approximate import APPROXIMATE_TAG, is_approximate
from resim_inspect.validation.context import FILE, Context, document_check, quoted
from resim_inspect.validation.findings import Rule, Severity
from resim_inspect.validation.ids import is_uuid

FILE_UNREADABLE = Rule(
    "file-unreadable",
    Severity.ERROR,
    "The file can be read",
    "The file is missing, empty, cut short, or not what protobuf allows. Its content "
    "cannot be validated.",
)
FILE_TOO_LARGE = Rule(
    "file-too-large",
    Severity.ERROR,
    "The file is smaller than 2 GiB",
    "protobuf parses up to 2,147,483,647 bytes in one piece. This program opens larger "
    "files, ReSim's own tools do not.",
)
JOB_ID = Rule(
    "job-id",
    Severity.ERROR,
    "The file has a job id",
    "The job id is a UUID: 32 hexadecimal digits, with or without dashes and braces.",
    ('job_id = "flight-17"',),
    ('job_id = "{7579AFFB-1111-4222-8333-444455556666}"', "metrics[*].job_id = job_id"),
)
NO_METRICS = Rule(
    "no-metrics",
    Severity.INFO,
    "The file has no metrics",
    "ReSim accepts that, but there is nothing to see.",
)
METRICS_APPROXIMATE = Rule(
    "metrics-approximate",
    Severity.INFO,
    "The metrics are those that ReSim computed",
    "These were evaluated here from emissions: the server's SQL differs in details, and its answer "
    "is the one that counts.",
    ('metrics["Max speed"].tags = [{"key": "RESIM_INSPECT_APPROXIMATE", "value": "1"}]',),
    ('metrics["Max speed"].tags = [{"key": "team", "value": "planning"}]',),
)

_PROTOBUF_LIMIT = (1 << 31) - 1


@document_check(FILE_TOO_LARGE)
def check_size(context: Context) -> None:
    """Compare the size with the limit of protobuf."""
    size = context.document.size
    if size > _PROTOBUF_LIMIT:
        context.report(
            FILE_TOO_LARGE,
            FILE,
            "file",
            f"has {size:,} bytes; protobuf, and with it every tool of ReSim's, reads up to "
            f"{_PROTOBUF_LIMIT:,}",
            "Store fewer samples, or spread the metrics over several jobs.",
        )


@document_check(JOB_ID)
def check_job_id(context: Context) -> None:
    """Check that the file has a job id and that it is a UUID."""
    job_id = context.message.job_id.id.data
    if not is_uuid(job_id):
        context.report(
            JOB_ID,
            FILE,
            "job_id",
            f"{quoted(job_id)} is not a valid UUID" if job_id else "the file has no job id",
            "Set the UUID of the job.",
        )


@document_check(NO_METRICS)
def check_any_metrics(context: Context) -> None:
    """Check that there is at least one metric."""
    if not context.message.job_level_metrics.metrics:
        context.report(
            NO_METRICS,
            FILE,
            "metrics",
            "the file has no metrics",
            "ReSim accepts that, but there is nothing to see.",
        )


@document_check(METRICS_APPROXIMATE)
def check_origin(context: Context) -> None:
    """Report metrics that carry the mark of an evaluation on this machine."""
    if is_approximate(context.document):
        key, value = APPROXIMATE_TAG
        context.report(
            METRICS_APPROXIMATE,
            FILE,
            "file",
            "has metrics that were evaluated here, not by ReSim: they are approximate",
            f"They carry the tag {key}={value}; push the emissions to see ReSim's own.",
        )
