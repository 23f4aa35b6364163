"""Export of documents as tables that other tools read: Parquet, CSV, JSON and NDJSON.

`export_tables` writes files of jobs. The rows come in blocks of numpy columns, so that memory
holds one series at a time; Parquet needs the extra `export`, the other formats nothing.
"""

from __future__ import annotations

from resim_inspect.export.document_rows import JobFile
from resim_inspect.export.errors import ExportError, MissingExtraError
from resim_inspect.export.exporter import (
    ExportOptions,
    ExportResult,
    WrittenFile,
    export_tables,
)
from resim_inspect.export.formats import FORMATS
from resim_inspect.export.tables import TABLES

__all__ = [
    "FORMATS",
    "TABLES",
    "ExportError",
    "ExportOptions",
    "ExportResult",
    "JobFile",
    "MissingExtraError",
    "WrittenFile",
    "export_tables",
]
