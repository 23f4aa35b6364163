"""Rules for metrics documents: what is wrong, where, and what to do about it.

`validate` finds everything in one pass; its verdict is that of ReSim's own validator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.validation.findings import Finding, Report, Severity, Target

if TYPE_CHECKING:
    from resim_inspect.document import Document

__all__ = ["Finding", "Report", "Severity", "Target", "validate"]


def validate(document: Document, *, edition: str | None = None) -> Report:
    """Everything that is wrong with a document, by the rules of a release of open-core.

    `Report.valid` is what that release's own validator says of the file. Raises ValueError
    for an edition that is no release number, and a DocumentError where the document cannot
    be read to its end. The rules are loaded when they are first needed.
    """
    from resim_inspect.validation.validator import validate as judge

    return judge(document, edition=edition)
