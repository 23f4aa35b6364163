"""Rules for metrics documents: what is wrong, where, and what to do about it.

`validate` finds everything in one pass; its verdict is that of ReSim's own validator.
"""

from __future__ import annotations

from resim_inspect.validation.findings import Finding, Report, Severity, Target
from resim_inspect.validation.judge import validate

__all__ = ["Finding", "Report", "Severity", "Target", "validate"]
