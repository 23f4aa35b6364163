"""Changes between two documents that a test has built."""

from __future__ import annotations

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.comparison import Change, CompareOptions, Direction, compare_documents
from resim_inspect.document import Document


def changes(
    before: DocumentBuilder | Document, after: DocumentBuilder | Document, **options: object
) -> list[Change]:
    sides = [one if isinstance(one, Document) else one.document() for one in (before, after)]
    given = CompareOptions(**{"findings": False, **options})  # type: ignore[arg-type]
    return compare_documents(sides[0], sides[1], given).changes


def different(some: list[Change]) -> list[Change]:
    return [change for change in some if change.direction is not Direction.SAME]


def scalars(**values: float) -> DocumentBuilder:
    build = DocumentBuilder()
    for name, value in values.items():
        build.scalar(name, value, unit="m")
    return build
