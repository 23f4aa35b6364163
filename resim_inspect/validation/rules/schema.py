"""Rules about what the schema does not know: fields and numbers of enumerations."""

from __future__ import annotations

from resim_inspect.validation.context import FILE, Context, document_check
from resim_inspect.validation.findings import Rule, Severity, Target

UNKNOWN_FIELD = Rule(
    "unknown-field",
    Severity.WARNING,
    "The schema knows every field",
    "Fields that it does not know are kept but not read. A newer open-core may have written "
    "them, or another program.",
    ('metrics["Max speed"] += field 101',),
    ('metrics["Max speed"].order = 1',),
)
ENUM_UNKNOWN = Rule(
    "enum-unknown",
    Severity.WARNING,
    "The schema knows every number of an enumeration",
    "ReSim's validator lets unknown numbers pass in many places; its readers may fail.",
    ('metrics["Max speed"].importance = 42',),
    ('metrics["Max speed"].importance = CRITICAL',),
)


@document_check(UNKNOWN_FIELD)
def check_unknown_fields(context: Context) -> None:
    """Report each unknown field once for each message that has it."""
    for field in context.unknown_fields:
        context.report(
            UNKNOWN_FIELD,
            FILE,
            field.where,
            f"has field {field.number}, which the schema does not know",
            "The field is kept but not read; a newer open-core may have written it.",
            field_number=field.number,
        )


def report_unknown_number(context: Context, target: Target, where: str, number: int) -> None:
    """Report a number that its enumeration does not have."""
    context.report(
        ENUM_UNKNOWN,
        target,
        where,
        f"is {number}, which the schema has no name for",
        "A newer open-core may have written it; readers may fail on it.",
    )
