"""A page that is being written: its stream, its items and its side files."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from typing import IO

from resim_inspect.export.report.options import INLINE_BYTES, ReportOptions, SideFile
from resim_inspect.export.report.page_shell import head, item_element, tail
from resim_inspect.export.report.side_files import side_folder
from resim_inspect.files import Staging
from resim_inspect.text import clean


class Page:
    """Collects the content of one page in a temporary file: memory holds one part at a time."""

    def __init__(
        self, path: Path, stream: IO[bytes], staging: Staging, options: ReportOptions
    ) -> None:
        self.path = path
        self.options = options
        self.staging = staging
        self.side_files: list[SideFile] = []
        self.metrics = 0
        """Number of metrics that are shown."""
        self.library: str | None = None
        """Text of plotly.js; None as long as nothing needs it."""
        self.figures = False
        """True if the page has figures of a build."""
        self._stream = stream
        self._ids = 0

    @property
    def interactive(self) -> bool:
        """True if charts are drawn by plotly.js."""
        return self.options.library is not None

    def use_library(self) -> None:
        """Make plotly.js part of the page."""
        if self.library is None and self.options.library is not None:
            self.library = self.options.library.read_text("utf-8")

    def write(self, html: str) -> None:
        """Append to the content."""
        self._stream.write(html.encode("utf-8", "replace"))

    def item(self, text: str) -> str:
        """Append a compressed text that is not shown; returns its id."""
        name = self.unique_id("item")
        self.write(item_element(name, text))
        return name

    def chunk(self, content: str, section: str, positions: range, height: int) -> str:
        """The place of some cards that the page makes when they come near.

        `section` is the id that their anchors begin with, `positions` are those of the cards in
        it, `height` the px that they take before they are made.
        """
        item = self.item(f'<div class="cards">{content}</div>')
        return (
            f'<div class="chunk" data-item="{item}" data-job="{section}" '
            f'data-first="{positions.start}" data-last="{positions.stop - 1}" '
            f'style="min-height:{height}px"></div>'
        )

    def unique_id(self, kind: str) -> str:
        """An id that no other element of the page has."""
        self._ids += 1
        return f"{kind}-{self._ids}"

    def is_inline(self, size: int) -> bool:
        """Return True for something of this size that belongs into the page."""
        return self.options.self_contained or size <= INLINE_BYTES

    def side_file(self, what: str, suffix: str, content: bytes) -> str:
        """Write a file beside the page; returns its path relative to the page."""
        folder = side_folder(self.path)
        name = f"{what}-{len(self.side_files) + 1}{suffix}"
        self.staging.write(folder / name, content)
        self.side_files.append(SideFile(folder / name, what, len(content)))
        return f"{folder.name}/{name}"

    def finish(self, title: str, target: Path) -> int:
        """Write the whole page to a file; returns its size in bytes. Raises OSError."""
        with target.open("wb") as out:
            self.copy_to(title, out)
            return out.tell()

    def whole(self, title: str) -> bytes:
        """The whole page, for a small one."""
        out = BytesIO()
        self.copy_to(title, out)
        return out.getvalue()

    def copy_to(self, title: str, out: IO[bytes]) -> None:
        """Write the whole page to a stream; the page is complete then."""
        self.write("</main>\n")
        self.write(tail(self.library, figures=self.figures))
        self._stream.seek(0)
        start = head(
            clean(title, 200),
            self.library,
            figures=self.figures,
            side_files=[file.path.name for file in self.side_files],
        )
        out.write(start.encode("utf-8", "replace"))
        shutil.copyfileobj(self._stream, out, 1 << 20)
