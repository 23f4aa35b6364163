"""Reports of files, batches and comparisons: one HTML page that opens anywhere, or Markdown."""

from __future__ import annotations

from resim_inspect.export.report.options import ReportOptions as ReportOptions
from resim_inspect.export.report.options import WrittenReport as WrittenReport
