"""External files of a document that came from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import open_document, parse_document
from resim_inspect.validation import validate


def found(folder: Path, name: str) -> list[tuple[str, str]]:
    """(rule, message) for a document in `folder` with one image of this path."""
    b = DocumentBuilder()
    b.image("Photo", b.file("photo", name))
    path = b.write(folder / "metrics.binproto")
    with open_document(path) as document:
        return [(one.rule, one.message) for one in validate(document).findings]


def test_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "photo.png").write_bytes(b"x")
    for name in ("images/photo.png", "./images/photo.png", "images/../images/photo.png"):
        assert found(tmp_path, name) == []


@pytest.mark.parametrize(
    "name", ["/etc/hostname", "\\\\host\\share", "C:\\photo.png", "c:photo.png"]
)
def test_absolute(tmp_path: Path, name: str) -> None:
    assert [rule for rule, _ in found(tmp_path, name)] == ["path-absolute"]


@pytest.mark.parametrize(
    "name", ["../photo.png", "a/../../photo.png", "..", "a\\..\\..\\photo.png"]
)
def test_leaving_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "photo.png").write_bytes(b"x")
    (tmp_path / "out").mkdir()
    assert [rule for rule, _ in found(tmp_path / "out", name)] == ["path-escapes"]


def test_leaving_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"x")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link.png").symlink_to(tmp_path / "photo.png")
    assert found(tmp_path / "out", "link.png") == [
        ("path-escapes", '"link.png" links out of the file\'s folder')
    ]


def test_not_there_empty_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to("loop.png")
    assert found(tmp_path, "none.png") == [("file-missing", '"none.png" is not there')]
    assert found(tmp_path, "empty.png") == [("file-empty", '"empty.png" is empty')]
    assert found(tmp_path, "folder.png") == [("file-missing", '"folder.png" is a folder')]
    for name in ("loop.png", "nul\0.png", "x" * 300, "."):
        assert [rule for rule, _ in found(tmp_path, name)] in (["file-missing"], ["path-escapes"])


def test_document_from_memory_is_not_looked_up(tmp_path: Path) -> None:
    b = DocumentBuilder()
    b.image("Photo", b.file("photo", "none.png"))
    assert validate(parse_document(b.bytes())).findings == []
