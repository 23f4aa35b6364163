"""Pictures of all twelve types at three sizes, with and without colours, against those on file.

`UPDATE_SNAPSHOTS=1 pytest tests/charts/test_snapshots.py` rewrites them: look at them then.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.cells import cell_len

from resim_inspect.charts import DARK, PLAIN, Palette, draw, render, to_ansi
from resim_inspect.document import Document
from tests.charts.scenes import NAMES

FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((120, 30), (80, 24), (40, 12))


@pytest.mark.parametrize("palette", [DARK, PLAIN], ids=["color", "plain"])
@pytest.mark.parametrize(("width", "height"), SIZES, ids=lambda size: str(size))
@pytest.mark.parametrize("name", NAMES)
def test_picture(scene: Document, name: str, width: int, height: int, palette: Palette) -> None:
    metric = scene.metric_named(name)
    assert metric is not None
    picture = render(draw(scene, metric), width, height, palette=palette)
    assert len(picture.lines) <= height
    assert all(cell_len(line) <= width for line in picture.text.splitlines())
    shown = to_ansi(picture, color=palette.color)
    kind = "ansi" if palette.color else "txt"
    path = FOLDER / f"{name.lower().replace(' ', '_')}-{width}x{height}.{kind}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")
