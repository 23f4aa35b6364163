"""Inspector for the files that ReSim metrics builds write.

As a library: `open_document` reads a metrics.binproto, `validate` checks it by the rules of a
release of open-core, and `DocumentBuilder` makes one. The names below are imported when they
are first used, so that importing the package costs nothing.
"""

TYPE_CHECKING = False
"""Stand-alone copy of the constant of `typing`, which takes longer to import than this module."""

__version__ = "0.1.0"

if TYPE_CHECKING:
    from resim_inspect.building.builder import DocumentBuilder
    from resim_inspect.document import Document, open_document, parse_document
    from resim_inspect.document.enums import DataType, Importance, MetricStatus, MetricType
    from resim_inspect.document.model import Event, Metric, MetricsData, Series
    from resim_inspect.document.series_iter import iter_series
    from resim_inspect.errors import (
        ChangedError,
        DocumentError,
        EmptyFileError,
        InspectError,
        MalformedError,
        SeriesError,
        TooLargeError,
        TruncatedError,
        UnreadableError,
    )
    from resim_inspect.validation import Finding, Report, Severity, Target, validate

__all__ = [
    "ChangedError",
    "DataType",
    "Document",
    "DocumentBuilder",
    "DocumentError",
    "EmptyFileError",
    "Event",
    "Finding",
    "Importance",
    "InspectError",
    "MalformedError",
    "Metric",
    "MetricStatus",
    "MetricType",
    "MetricsData",
    "Report",
    "Series",
    "SeriesError",
    "Severity",
    "Target",
    "TooLargeError",
    "TruncatedError",
    "UnreadableError",
    "__version__",
    "iter_series",
    "open_document",
    "parse_document",
    "validate",
]

_MODULES = {
    "building.builder": ("DocumentBuilder",),
    "document": ("Document", "open_document", "parse_document"),
    "document.enums": ("DataType", "Importance", "MetricStatus", "MetricType"),
    "document.model": ("Event", "Metric", "MetricsData", "Series"),
    "document.series_iter": ("iter_series",),
    "errors": (
        "ChangedError",
        "DocumentError",
        "EmptyFileError",
        "InspectError",
        "MalformedError",
        "SeriesError",
        "TooLargeError",
        "TruncatedError",
        "UnreadableError",
    ),
    "validation": ("Finding", "Report", "Severity", "Target", "validate"),
}
_HOMES = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
