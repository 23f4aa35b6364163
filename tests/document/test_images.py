"""Images that would spoil the terminal or take much memory."""

from __future__ import annotations

import tracemalloc
import warnings
from pathlib import Path

import pytest
from PIL import Image as Pillow

from resim_inspect.document.images import read_image
from resim_inspect.errors import MissingError


def test_a_broken_image_leaves_the_terminal_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.tif"
    Pillow.effect_noise((400, 300), 50).save(path, compression="tiff_lzw")
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 60] = bytes(range(60))
    path.write_bytes(content)
    with pytest.raises(MissingError, match="cannot be decoded"):
        read_image(path, "broken.tif")
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")


def test_an_image_with_a_broken_tag_gives_no_warning(tmp_path: Path) -> None:
    path = tmp_path / "tag.tif"
    Pillow.new("RGB", (9, 7)).save(path)
    content = path.read_bytes()
    # The last tag becomes a text of 99 bytes that starts after the end of the file.
    directory = int.from_bytes(content[4:8], "little")
    tags = int.from_bytes(content[directory : directory + 2], "little")
    last = directory + 2 + 12 * (tags - 1)
    text = b"\x0e\x01\x02\x00" + (99).to_bytes(4, "little") + (1 << 20).to_bytes(4, "little")
    path.write_bytes(content[:last] + text + content[last + 12 :])
    with pytest.warns(UserWarning, match="Truncated"), Pillow.open(path):
        pass
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        image = read_image(path, "tag.tif")
    assert image.pixels.shape == (7, 9, 3)
    assert seen == []


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_a_deep_image_is_made_small_before_its_values_are_stretched(
    tmp_path: Path, mode: str
) -> None:
    path = tmp_path / "deep.tif"
    wide = Pillow.linear_gradient("L").rotate(90).resize((6400, 3200)).convert("I")
    wide.convert(mode).save(path, compression="tiff_adobe_deflate")
    tracemalloc.start()
    try:
        image = read_image(path, "deep.tif")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (image.width, image.height) == (6400, 3200)
    assert image.pixels.shape == (800, 1600, 3)
    assert image.pixels[:, 0].max() <= 1
    assert image.pixels[:, -1].min() >= 254
    # As doubles, all pixels of the file take 164 MB.
    assert peak < 100e6
