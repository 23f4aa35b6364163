"""Changes between two documents that a test has built."""

from __future__ import annotations

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.comparison import Change, CompareOptions, Direction, compare_documents
from resim_inspect.document import Document


def changes(
    before: DocumentBuilder | Document, after: DocumentBuilder | Document, **options: object
) -> list[Change]:
    sides = [side if isinstance(side, Document) else side.document() for side in (before, after)]
    compare_options = CompareOptions(**{"findings": False, **options})  # type: ignore[arg-type]
    return compare_documents(sides[0], sides[1], compare_options).changes


def different(some: list[Change]) -> list[Change]:
    return [change for change in some if change.direction is not Direction.SAME]


def scalars(**values: float) -> DocumentBuilder:
    build = DocumentBuilder()
    for name, value in values.items():
        build.scalar(name, value, unit="m")
    return build
