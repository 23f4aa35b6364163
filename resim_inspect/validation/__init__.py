"""Validation of metrics documents.

`validate` reports every finding in one pass; its verdict is that of ReSim's own validator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.validation.findings import Finding, Report, Severity, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from resim_inspect.document import Document

__all__ = ["Finding", "Report", "Severity", "Target", "validate"]


def validate(
    document: Document,
    *,
    edition: str | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Report:
    """Validate a document by the rules of a release of open-core; None: the newest.

    `Report.valid` is the verdict of that release's own validator. Raises ValueError for an
    edition that is not a release number, and a DocumentError where the document cannot be
    read to its end. `is_cancelled` is asked before each deferred series, unless these are small;
    once it returns True, the validation ends with the CancelledError of concurrent.futures. The
    rules are imported at the first call.
    """
    from resim_inspect.validation import validator

    return validator.validate(document, edition=edition, is_cancelled=is_cancelled)
