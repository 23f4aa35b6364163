"""Pictures of the chart of a change on the whole screen: overlay, states, images, a diff."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.open.opening import open_path
from tests.tui.comparison.documents import flight, modes, pictures
from tests.tui.conftest import Shot, press, running
from tests.tui.looks import WAYS, Look

SCENES = {
    "overlay": (flight, ("x", *["left"] * 3)),
    "number": (flight, ("j", "j", "x")),
    "text": (flight, ("j", "j", "j", "x")),
    "states": (modes, ("x",)),
    "images": (pictures, ("x",)),
    "difference": (pictures, ("x", "I")),
}
"""Writer of a side of each scene, and the keys that lead to its picture."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scene", SCENES)
async def test_chart_alone(
    scene: str, way: str, tmp_path: Path, shot: Shot, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make, keys = SCENES[scene]
    for name in ("one", "two"):
        make(Path(name) / "outputs/metrics.binproto", late=name == "two")
    app = InspectApp(open_path(Path("two")), base=Path("one"), theme=look.theme, watch=False)
    async with running(app, look.size()) as pilot:
        await press(pilot, *keys)
        shot(pilot, f"{scene}-{way}")
