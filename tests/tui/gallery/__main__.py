"""Draw stored screens as SVG pictures: `python -m tests.tui.gallery FOLDER [SCREEN...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.tui.gallery.cells import svg_of
from tests.tui.gallery.pages import read
from tests.tui.gallery.roles import THEMES, role_table
from tests.tui.gallery.scenes import VIEWS

PAGES = Path(__file__).parent / "screens"


def draw(folder: Path, names: list[str]) -> None:
    """Write `SCREEN-FORM[-THEME].svg` of each screen into a folder, which is made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    roles = role_table()
    for name in names:
        for form, pictures in read((PAGES / f"{name}.txt").read_text("utf-8"), roles).items():
            size, *rest = form.split()
            for theme, picture in zip(THEMES, pictures, strict=False):
                words = theme if len(pictures) > 1 else "no-color" if rest else THEMES[0]
                (folder / f"{name}-{size}-{words}.svg").write_text(svg_of(picture), "utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1]), sys.argv[2:] or list(VIEWS))
