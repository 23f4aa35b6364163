"""Images for terminals with graphics, and encoders that write marks in their place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual.geometry import Region
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.widgets.chart.terminal_graphics import Encoded, Graphics
from resim_inspect.tui.widgets.chart.view import ChartView
from tests.tui.conftest import settle

if TYPE_CHECKING:
    from PIL.Image import Image


class Terminal:
    """A terminal that records what the app writes past its lines."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def take(self) -> list[str]:
        images, self.written = [w for w in self.written if "image" in w], []
        return images


def pictures(folder: Path) -> DocumentBuilder:
    """Two images and a number beside them."""
    from PIL import Image

    build = DocumentBuilder("pictures")
    (folder / "images").mkdir()
    names = ("red", "blue")
    for name in names:
        Image.new("RGB", (64, 48), name).save(folder / "images" / f"{name}.png")
    refs = [build.file(name, f"images/{name}.png") for name in names]
    build.image("A red one", refs[0], order=1)
    build.image("B blue one", refs[1], order=2)
    build.scalar("C speed", 44.7, unit="m/s", order=3)
    build.write(folder / "metrics.binproto")
    return build


def kitty(image: Image, cells: tuple[int, int], _: tuple[int, int]) -> Encoded:
    color = image.getpixel((0, 0))
    rows = tuple(Segment("K" * cells[0]) for _ in range(cells[1]))
    return Encoded(f"<image {color}>", rows, f"<drop image {color}>")


def sixel(image: Image, cells: tuple[int, int], pixels: tuple[int, int]) -> Encoded:
    return Encoded(f"<image {image.getpixel((0, 0))} in {cells} of {pixels}>")


RED, BLUE = "<image (255, 0, 0)>", "<image (0, 0, 255)>"


async def show(pilot: Pilot[Any], graphics: Graphics) -> None:
    """Let the app have graphics, and draw again."""
    assert isinstance(pilot.app, InspectApp)
    pilot.app.graphics = graphics
    chart = pilot.app.screen.query_one("Card ChartView", ChartView)
    chart._painted = None
    chart._ask()
    await settle(pilot)


def lines(chart: ChartView) -> str:
    """Lines that a chart renders, also behind a dialog."""
    whole = Region(0, 0, chart.outer_size.width, chart.outer_size.height)
    return "\n".join(strip.text for strip in chart.render_lines(whole))
