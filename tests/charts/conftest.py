"""Fixtures of the charts' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resim_inspect.document import Document
from tests.charts import scenes


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Document]:
    """The document with all twelve types."""
    with scenes.document(tmp_path_factory.mktemp("scene")) as document:
        yield document
